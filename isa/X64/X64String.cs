using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>One iteration of a string instruction.</summary>
internal interface IX64String
{
    /// <summary>True for CMPS and SCAS: REPE and REPNE end on ZF.</summary>
    static abstract bool Compares { get; }

    /// <summary>Does one element and moves the index registers. False: an event was raised and nothing has changed.</summary>
    static abstract bool One<TCore, TSize>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size;
}

/// <summary>Index registers of string instructions.</summary>
internal static class X64Strings
{
    public const int Counter = 1, Source = 6, Destination = 7;

    /// <summary>An index register or the counter, of the address size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read<TCore>(ref TCore core, in X64Insn insn, int register)
        where TCore : struct, IX64Core, allows ref struct =>
        (insn.Prefixes & X64Insn.Address32) != 0 ? (uint)core.Gpr(register) : core.Gpr(register);

    /// <summary>Adds to a register of the address size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Advance<TCore>(ref TCore core, in X64Insn insn, int register, long by)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong value = core.Gpr(register) + (ulong)by;
        if ((insn.Prefixes & X64Insn.Address32) != 0)
            value = (uint)value;

        core.SetGpr(register, value);
        return value;
    }

    /// <summary>The element's size, negative with DF set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Stride<TCore, TSize>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size => (core.SystemFlags & X64Flags.Df) != 0 ? -TSize.Bytes : TSize.Bytes;

    /// <summary>The source's linear address: DS, or the segment that a prefix names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SourceAddress<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        Read(ref core, insn, Source) + X64Operands.SegmentBase(ref core, insn);
}

/// <summary>MOVS. SDM Vol. 2B, "MOVS/MOVSB/MOVSW/MOVSD/MOVSQ—Move Data From String to String".</summary>
internal readonly struct Movs : IX64String
{
    public static bool Compares => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool One<TCore, TSize>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        ulong to = X64Strings.Read(ref core, insn, X64Strings.Destination);
        if (!core.Load(X64Strings.SourceAddress(ref core, insn), TSize.Bytes, Access.Plain, out ulong value)
            || !core.Store(to, TSize.Bytes, Access.Plain, value))
        {
            return false;
        }

        long stride = X64Strings.Stride<TCore, TSize>(ref core);
        X64Strings.Advance(ref core, insn, X64Strings.Source, stride);
        X64Strings.Advance(ref core, insn, X64Strings.Destination, stride);
        return true;
    }
}

/// <summary>STOS. SDM Vol. 2B, "STOS/STOSB/STOSW/STOSD/STOSQ—Store String".</summary>
internal readonly struct Stos : IX64String
{
    public static bool Compares => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool One<TCore, TSize>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        ulong to = X64Strings.Read(ref core, insn, X64Strings.Destination);
        if (!core.Store(to, TSize.Bytes, Access.Plain, X64Value.Truncate<TSize>(core.Gpr(0))))
            return false;

        X64Strings.Advance(ref core, insn, X64Strings.Destination, X64Strings.Stride<TCore, TSize>(ref core));
        return true;
    }
}

/// <summary>LODS. SDM Vol. 2A, "LODS/LODSB/LODSW/LODSD/LODSQ—Load String".</summary>
internal readonly struct Lods : IX64String
{
    public static bool Compares => false;

    public static bool One<TCore, TSize>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        if (!core.Load(X64Strings.SourceAddress(ref core, insn), TSize.Bytes, Access.Plain, out ulong value))
            return false;

        X64Operands.WriteRegister<TCore, TSize>(ref core, 0, value);
        X64Strings.Advance(ref core, insn, X64Strings.Source, X64Strings.Stride<TCore, TSize>(ref core));
        return true;
    }
}

/// <summary>CMPS. SDM Vol. 2A, "CMPS/CMPSB/CMPSW/CMPSD/CMPSQ—Compare String Operands": source minus destination.</summary>
internal readonly struct Cmps : IX64String
{
    public static bool Compares => true;

    public static bool One<TCore, TSize>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        ulong other = X64Strings.Read(ref core, insn, X64Strings.Destination);
        if (!core.Load(X64Strings.SourceAddress(ref core, insn), TSize.Bytes, Access.Plain, out ulong a)
            || !core.Load(other, TSize.Bytes, Access.Plain, out ulong b))
        {
            return false;
        }

        ulong difference = Sub.Apply<TSize>(a, b, 0, out ulong carries);
        core.SetFlags(X64Value.SignExtend<TSize>(difference), carries);
        long stride = X64Strings.Stride<TCore, TSize>(ref core);
        X64Strings.Advance(ref core, insn, X64Strings.Source, stride);
        X64Strings.Advance(ref core, insn, X64Strings.Destination, stride);
        return true;
    }
}

/// <summary>SCAS. SDM Vol. 2B, "SCAS/SCASB/SCASW/SCASD—Scan String": accumulator minus element.</summary>
internal readonly struct Scas : IX64String
{
    public static bool Compares => true;

    public static bool One<TCore, TSize>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        ulong at = X64Strings.Read(ref core, insn, X64Strings.Destination);
        if (!core.Load(at, TSize.Bytes, Access.Plain, out ulong b))
            return false;

        ulong difference = Sub.Apply<TSize>(X64Value.Truncate<TSize>(core.Gpr(0)), b, 0, out ulong carries);
        core.SetFlags(X64Value.SignExtend<TSize>(difference), carries);
        X64Strings.Advance(ref core, insn, X64Strings.Destination, X64Strings.Stride<TCore, TSize>(ref core));
        return true;
    }
}

/// <summary>INS. SDM Vol. 2A, "INS/INSB/INSW/INSD—Input From Port to String".</summary>
internal readonly struct Ins : IX64String
{
    public static bool Compares => false;

    public static bool One<TCore, TSize>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        ulong to = X64Strings.Read(ref core, insn, X64Strings.Destination);
        if (!core.CheckWrite(to, TSize.Bytes)
            || !core.ReadSystem(X64System.Port, X64Port.Index<TSize>(core.Gpr(2)), out ulong value)
            || !core.Store(to, TSize.Bytes, Access.Plain, X64Value.Truncate<TSize>(value)))
        {
            return false;
        }

        X64Strings.Advance(ref core, insn, X64Strings.Destination, X64Strings.Stride<TCore, TSize>(ref core));
        return true;
    }
}

/// <summary>OUTS. SDM Vol. 2B, "OUTS/OUTSB/OUTSW/OUTSD—Output String to Port".</summary>
internal readonly struct Outs : IX64String
{
    public static bool Compares => false;

    public static bool One<TCore, TSize>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        if (!core.Load(X64Strings.SourceAddress(ref core, insn), TSize.Bytes, Access.Plain, out ulong value)
            || !core.WriteSystem(X64System.Port, X64Port.Index<TSize>(core.Gpr(2)), value))
        {
            return false;
        }

        X64Strings.Advance(ref core, insn, X64Strings.Source, X64Strings.Stride<TCore, TSize>(ref core));
        return true;
    }
}

/// <summary>
/// A string instruction with or without a repeat prefix. SDM Vol. 2B, "REP/REPE/REPZ/REPNE/REPNZ": one iteration for each execution;
/// RIP stays on it in between, so that an interrupt finds the registers as they are.
/// </summary>
internal readonly struct StringOp<TOp, TSize> : IX64Op
    where TOp : struct, IX64String
    where TSize : struct, IX64Size
{
    public static Course Course => Course.Other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        bool repeated = (insn.Prefixes & (X64Insn.Rep | X64Insn.Repne)) != 0;
        if (repeated && X64Strings.Read(ref core, insn, X64Strings.Counter) == 0)
            return Flow.Next;

        if (!TOp.One<TCore, TSize>(ref core, insn))
            return Flow.Event;

        if (!repeated || X64Strings.Advance(ref core, insn, X64Strings.Counter, -1) == 0)
            return Flow.Next;

        if (TOp.Compares && core.Zf != ((insn.Prefixes & X64Insn.Rep) != 0))
            return Flow.Next;

        return Flow.Again;
    }
}
