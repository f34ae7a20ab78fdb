using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>B.</summary>
internal readonly struct Branch : IA64Op
{
    public static Course Course => Course.DirectBranch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.BranchBy(insn.Imm, BranchKind.Direct);
}

/// <summary>BL: the link register takes the return address before the branch.</summary>
internal readonly struct BranchWithLink : IA64Op
{
    public static Course Course => Course.DirectBranch;

    public static bool ReadsPc => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetX(30, core.Pc + 4);
        return core.BranchBy(insn.Imm, BranchKind.DirectCall);
    }
}

/// <summary>B.cond and BC.cond.</summary>
internal readonly struct BranchConditional<TCondition> : IA64Op
    where TCondition : struct, IA64Condition
{
    public static Course Course => Course.DirectBranch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        TCondition.Holds(ref core) ? core.BranchBy(insn.Imm, BranchKind.Direct) : Flow.Next;
}

/// <summary>CBZ and CBNZ.</summary>
internal readonly struct CompareBranch<TWidth, TBranches> : IA64Op
    where TWidth : struct, IA64Width
    where TBranches : struct, IA64Flag
{
    public static Course Course => Course.DirectBranch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong value = core.X(insn.Rd);
        bool isZero = TWidth.Is64 ? value == 0 : (uint)value == 0;
        return isZero == TBranches.Value ? core.BranchBy(insn.Imm, BranchKind.Direct) : Flow.Next;
    }
}

/// <summary>TBZ and TBNZ.</summary>
internal readonly struct TestBranch<TBranches> : IA64Op
    where TBranches : struct, IA64Flag
{
    public static Course Course => Course.DirectBranch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        bool isZero = ((core.X(insn.Rd) >> insn.Imm2) & 1) == 0;
        return isZero == TBranches.Value ? core.BranchBy(insn.Imm, BranchKind.Direct) : Flow.Next;
    }
}

/// <summary>The branch is taken on zero.</summary>
internal readonly struct OnZero : IA64Flag
{
    public static bool Value => true;
}

/// <summary>The branch is taken on what is not zero.</summary>
internal readonly struct OnNonzero : IA64Flag
{
    public static bool Value => false;
}

/// <summary>BR.</summary>
internal readonly struct BranchRegister : IA64Op
{
    public static Course Course => Course.Other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.BranchTo(core.X(insn.Rn), BranchKind.Indirect);
}

/// <summary>BLR. Rn is read first: BLR X30 is legal.</summary>
internal readonly struct BranchRegisterWithLink : IA64Op
{
    public static Course Course => Course.Other;

    public static bool ReadsPc => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong target = core.X(insn.Rn);
        core.SetX(30, core.Pc + 4);
        return core.BranchTo(target, BranchKind.IndirectCall);
    }
}

/// <summary>RET.</summary>
internal readonly struct Return : IA64Op
{
    public static Course Course => Course.Other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.BranchTo(core.X(insn.Rn), BranchKind.Return);
}
