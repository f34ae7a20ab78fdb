using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>JMP rel. SDM Vol. 2A, "JMP—Jump". Left out in all branches: #GP on a target that is not canonical; the fetch from it faults.</summary>
internal readonly struct JumpRelative : IX64Op
{
    public static Course Course => Course.DirectBranch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.BranchBy(insn.Displacement, BranchKind.Direct);
}

/// <summary>JMP r/m64.</summary>
internal readonly struct JumpIndirect<TSrc> : IX64Op
    where TSrc : struct, IX64Operand
{
    public static Course Course => Course.Other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, S64>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong target))
            return Flow.Event;

        return core.BranchTo(target, BranchKind.Indirect);
    }
}

/// <summary>Jcc. SDM Vol. 2A, "Jcc—Jump if Condition Is Met".</summary>
internal readonly struct JumpIf<TCondition> : IX64Op
    where TCondition : struct, IX64Condition
{
    public static Course Course => Course.DirectBranch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TCondition.Holds(ref core))
            return Flow.Next;

        return core.BranchBy(insn.Displacement, BranchKind.Direct);
    }
}

/// <summary>JECXZ, JRCXZ.</summary>
internal readonly struct JumpIfCounterZero<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    public static Course Course => Course.DirectBranch;

    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (X64Operands.ReadRegister<TCore, TSize>(ref core, 1) != 0)
            return Flow.Next;

        return core.BranchBy(insn.Displacement, BranchKind.Direct);
    }
}

/// <summary>The second condition of LOOP, LOOPE and LOOPNE.</summary>
internal interface IX64LoopCondition
{
    /// <summary>True if the loop may go on, the counter aside.</summary>
    static abstract bool GoesOn(bool zf);
}

/// <summary>LOOP.</summary>
internal readonly struct LoopAlways : IX64LoopCondition
{
    public static bool GoesOn(bool zf) => true;
}

/// <summary>LOOPE.</summary>
internal readonly struct LoopWhileEqual : IX64LoopCondition
{
    public static bool GoesOn(bool zf) => zf;
}

/// <summary>LOOPNE.</summary>
internal readonly struct LoopWhileNotEqual : IX64LoopCondition
{
    public static bool GoesOn(bool zf) => !zf;
}

/// <summary>LOOP, LOOPE, LOOPNE. SDM Vol. 2A, "LOOP/LOOPcc—Loop According to ECX Counter": no flags are changed.</summary>
internal readonly struct Loop<TCondition, TSize> : IX64Op
    where TCondition : struct, IX64LoopCondition
    where TSize : struct, IX64Size
{
    public static Course Course => Course.DirectBranch;

    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong count = X64Value.Truncate<TSize>(core.Gpr(1) - 1);
        X64Operands.WriteRegister<TCore, TSize>(ref core, 1, count);
        if (count == 0 || !TCondition.GoesOn(core.Zf))
            return Flow.Next;

        return core.BranchBy(insn.Displacement, BranchKind.Direct);
    }
}

/// <summary>CALL rel32. SDM Vol. 2A, "CALL—Call Procedure".</summary>
internal readonly struct CallRelative : IX64Op
{
    public static Course Course => Course.Other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!X64Stack.Push<TCore, S64>(ref core, core.NextRip))
            return Flow.Event;

        return core.BranchBy(insn.Displacement, BranchKind.DirectCall);
    }
}

/// <summary>CALL r/m64: the target is read before the push, so CALL RSP and CALL [RSP] use the old one.</summary>
internal readonly struct CallIndirect<TSrc> : IX64Op
    where TSrc : struct, IX64Operand
{
    public static Course Course => Course.Other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, S64>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong target)
            || !X64Stack.Push<TCore, S64>(ref core, core.NextRip))
        {
            return Flow.Event;
        }

        return core.BranchTo(target, BranchKind.IndirectCall);
    }
}

/// <summary>RET, RET imm16. SDM Vol. 2B, "RET—Return From Procedure".</summary>
internal readonly struct Return : IX64Op
{
    public static Course Course => Course.Other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong rsp = core.Gpr(X64Operands.Rsp);
        if (!core.Load(rsp, 8, Access.Plain, out ulong target))
            return Flow.Event;

        core.SetGpr(X64Operands.Rsp, rsp + 8 + (ulong)insn.Imm);
        return core.BranchTo(target, BranchKind.Return);
    }
}
