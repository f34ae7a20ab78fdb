using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>The stack: RSP moves only after its access has succeeded.</summary>
internal static class X64Stack
{
    /// <summary>Stores below RSP, then moves RSP. False: an event was raised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Push<TCore, TSize>(ref TCore core, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        ulong rsp = core.Gpr(X64Operands.Rsp) - (ulong)TSize.Bytes;
        if (!core.Store(rsp, TSize.Bytes, Access.Plain, value))
            return false;

        core.SetGpr(X64Operands.Rsp, rsp);
        return true;
    }
}

/// <summary>PUSH r, imm, m. SDM Vol. 2B, "PUSH—Push Word, Doubleword, or Quadword Onto the Stack". PUSH RSP pushes the old value.</summary>
internal readonly struct Push<TSize, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value)
            || !X64Stack.Push<TCore, TSize>(ref core, value))
        {
            return Flow.Event;
        }

        return Flow.Next;
    }
}

/// <summary>POP r. SDM Vol. 2B, "POP—Pop a Value From the Stack". RSP moves before the register is written, so POP RSP keeps the value.</summary>
internal readonly struct PopRegister<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong rsp = core.Gpr(X64Operands.Rsp);
        if (!core.Load(rsp, TSize.Bytes, Access.Plain, out ulong value))
            return Flow.Event;

        core.SetGpr(X64Operands.Rsp, rsp + (ulong)TSize.Bytes);
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, value);
        return Flow.Next;
    }
}

/// <summary>POP m: the destination's address is computed with the RSP after the pop.</summary>
internal readonly struct PopMemory<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong rsp = core.Gpr(X64Operands.Rsp);
        if (!core.Load(rsp, TSize.Bytes, Access.Plain, out ulong value))
            return Flow.Event;

        ulong effective = X64Operands.Effective(ref core, insn);
        if (insn.Base == X64Operands.Rsp)
            effective += (ulong)TSize.Bytes;

        if ((insn.Prefixes & X64Insn.Address32) != 0)
            effective = (uint)effective;

        ulong address = effective + X64Operands.SegmentBase(ref core, insn);
        if (!core.Store(address, TSize.Bytes, Access.Plain, value))
            return Flow.Event;

        core.SetGpr(X64Operands.Rsp, rsp + (ulong)TSize.Bytes);
        return Flow.Next;
    }
}

/// <summary>PUSHF, PUSHFQ. SDM Vol. 2B, "PUSHF/PUSHFD/PUSHFQ": VM and RF are pushed as 0.</summary>
internal readonly struct PushFlags<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        X64Stack.Push<TCore, TSize>(ref core, X64Flags.Read(ref core)) ? Flow.Next : Flow.Event;
}

/// <summary>POPF, POPFQ. SDM Vol. 2B, "POPF/POPFD/POPFQ", at CPL 0.</summary>
internal readonly struct PopFlags<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong rsp = core.Gpr(X64Operands.Rsp);
        if (!core.Load(rsp, TSize.Bytes, Access.Plain, out ulong value))
            return Flow.Event;

        core.SetGpr(X64Operands.Rsp, rsp + (ulong)TSize.Bytes);
        X64Flags.Write(ref core, value, X64Value.Truncate<TSize>(~0ul));
        return Flow.Next;
    }
}

/// <summary>LEAVE. SDM Vol. 2A, "LEAVE—High Level Procedure Exit": RSP = RBP, then POP RBP.</summary>
internal readonly struct Leave<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong rbp = core.Gpr(5);
        if (!core.Load(rbp, TSize.Bytes, Access.Plain, out ulong value))
            return Flow.Event;

        core.SetGpr(X64Operands.Rsp, rbp + (ulong)TSize.Bytes);
        X64Operands.WriteRegister<TCore, TSize>(ref core, 5, value);
        return Flow.Next;
    }
}

/// <summary>
/// ENTER imm16, imm8. SDM Vol. 2A, "ENTER—Make Stack Frame for Procedure Parameters". Left out: the final check that
/// the new top of the stack is writable; an overflow shows at the next push.
/// </summary>
internal readonly struct Enter<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        int level = (int)(insn.Imm >> 16) & 31;
        ulong bytes = (ulong)TSize.Bytes, rsp = core.Gpr(X64Operands.Rsp), rbp = core.Gpr(5), frame = rsp - bytes;
        if (!core.CheckWrite(frame - ((ulong)level * bytes), (int)bytes) || !core.Store(frame, TSize.Bytes, Access.Plain, rbp))
            return Flow.Event;

        ulong top = frame;
        for (int i = 1; i < level; i++)
        {
            top -= bytes;
            if (!core.Load(rbp - ((ulong)i * bytes), TSize.Bytes, Access.Plain, out ulong outer)
                || !core.Store(top, TSize.Bytes, Access.Plain, outer))
            {
                return Flow.Event;
            }
        }

        if (level > 0)
        {
            top -= bytes;
            if (!core.Store(top, TSize.Bytes, Access.Plain, frame))
                return Flow.Event;
        }

        X64Operands.WriteRegister<TCore, TSize>(ref core, 5, frame);
        core.SetGpr(X64Operands.Rsp, top - (ushort)insn.Imm);
        return Flow.Next;
    }
}
