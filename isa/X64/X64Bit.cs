using System.Numerics;
using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>What BT, BTS, BTR and BTC do to the bit.</summary>
internal interface IX64BitOp
{
    /// <summary>False for BT.</summary>
    static abstract bool Writes { get; }

    /// <summary>The value with the bit changed.</summary>
    static abstract ulong Apply(ulong value, ulong bit);
}

/// <summary>BT.</summary>
internal readonly struct Bt : IX64BitOp
{
    public static bool Writes => false;

    public static ulong Apply(ulong value, ulong bit) => value;
}

/// <summary>BTS.</summary>
internal readonly struct Bts : IX64BitOp
{
    public static bool Writes => true;

    public static ulong Apply(ulong value, ulong bit) => value | bit;
}

/// <summary>BTR.</summary>
internal readonly struct Btr : IX64BitOp
{
    public static bool Writes => true;

    public static ulong Apply(ulong value, ulong bit) => value & ~bit;
}

/// <summary>BTC.</summary>
internal readonly struct Btc : IX64BitOp
{
    public static bool Writes => true;

    public static ulong Apply(ulong value, ulong bit) => value ^ bit;
}

/// <summary>
/// BT, BTS, BTR, BTC. SDM Vol. 2A, "BT—Bit Test": CF takes the bit. A register offset into memory is signed and may select
/// a bit far from the operand's address; the access is one of the operand size.
/// </summary>
internal readonly struct BitTest<TOp, TSize, TDst, TOffset> : IX64Op
    where TOp : struct, IX64BitOp
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
    where TOffset : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        TOffset.Read<TCore, TSize>(ref core, insn, 0, Access.Plain, out ulong offset);
        int bits = X64Value.Bits<TSize>();
        ulong address = TDst.Address(ref core, insn);
        if (TDst.IsMemory && typeof(TOffset) != typeof(Imm))
            address = Displaced(ref core, insn, (X64Value.SignExtend<TSize>(offset) & -bits) / 8);

        ulong value;
        if (TOp.Writes
            ? !X64Operands.ReadToModify<TCore, TSize, TDst>(ref core, insn, address, out value)
            : !TDst.Read<TCore, TSize>(ref core, insn, address, Access.Plain, out value))
        {
            return Flow.Event;
        }

        ulong bit = 1ul << ((int)offset & (bits - 1));
        if (TOp.Writes)
        {
            ulong result = TOp.Apply(value, bit);
            if (!TDst.Write<TCore, TSize>(ref core, insn, address, X64Operands.WriteAccess(insn), result))
                return Flow.Event;
        }

        X64Flags.SetCf(ref core, (value & bit) != 0);
        return Flow.Next;
    }

    private static ulong Displaced<TCore>(ref TCore core, in X64Insn insn, long bytes)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong effective = X64Operands.Effective(ref core, insn) + (ulong)bytes;
        if ((insn.Prefixes & X64Insn.Address32) != 0)
            effective = (uint)effective;

        return effective + X64Operands.SegmentBase(ref core, insn);
    }
}

/// <summary>Which end of a value is scanned.</summary>
internal interface IX64Scan
{
    /// <summary>The place of the first set bit of a value that is not 0.</summary>
    static abstract int Apply(ulong value);
}

/// <summary>BSF.</summary>
internal readonly struct Lowest : IX64Scan
{
    public static int Apply(ulong value) => BitOperations.TrailingZeroCount(value);
}

/// <summary>BSR.</summary>
internal readonly struct Highest : IX64Scan
{
    public static int Apply(ulong value) => BitOperations.Log2(value);
}

/// <summary>BSF, BSR. SDM Vol. 2A, "BSF—Bit Scan Forward": a source of 0 sets ZF and leaves the destination as it is (<see cref="X64UndefinedFlags"/>).</summary>
internal readonly struct BitScan<TScan, TSize, TSrc> : IX64Op
    where TScan : struct, IX64Scan
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        if (value != 0)
            X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, (ulong)TScan.Apply(value));

        core.ArithmeticFlags = (core.ArithmeticFlags & ~X64Flags.Zf) | (value == 0 ? X64Flags.Zf : 0);
        return Flow.Next;
    }
}

/// <summary>Counts that BMI1, ABM and POPCNT add.</summary>
internal interface IX64Count
{
    /// <summary>The count, and the flags that follow: all six are written.</summary>
    static abstract ulong Apply<TSize>(ulong value, uint flags, out uint newFlags)
        where TSize : struct, IX64Size;
}

/// <summary>POPCNT. SDM Vol. 2B, "POPCNT": ZF if the source is 0, all others cleared.</summary>
internal readonly struct Popcnt : IX64Count
{
    public static ulong Apply<TSize>(ulong value, uint flags, out uint newFlags)
        where TSize : struct, IX64Size
    {
        newFlags = value == 0 ? X64Flags.Zf : 0;
        return (ulong)BitOperations.PopCount(value);
    }
}

/// <summary>TZCNT. SDM Vol. 2B, "TZCNT": CF if the source is 0, ZF if the count is; the others keep what they were.</summary>
internal readonly struct Tzcnt : IX64Count
{
    public static ulong Apply<TSize>(ulong value, uint flags, out uint newFlags)
        where TSize : struct, IX64Size
    {
        int count = value == 0 ? X64Value.Bits<TSize>() : BitOperations.TrailingZeroCount(value);
        newFlags = CountFlags.Of(flags, value, count);
        return (ulong)count;
    }
}

/// <summary>LZCNT. SDM Vol. 2A, "LZCNT": flags as TZCNT.</summary>
internal readonly struct Lzcnt : IX64Count
{
    public static ulong Apply<TSize>(ulong value, uint flags, out uint newFlags)
        where TSize : struct, IX64Size
    {
        int count = BitOperations.LeadingZeroCount(value) - (64 - X64Value.Bits<TSize>());
        newFlags = CountFlags.Of(flags, value, count);
        return (ulong)count;
    }
}

internal static class CountFlags
{
    public static uint Of(uint flags, ulong value, int count) =>
        (flags & ~(X64Flags.Cf | X64Flags.Zf)) | (value == 0 ? X64Flags.Cf : 0) | (count == 0 ? X64Flags.Zf : 0);
}

/// <summary>POPCNT, TZCNT, LZCNT.</summary>
internal readonly struct Count<TCount, TSize, TSrc> : IX64Op
    where TCount : struct, IX64Count
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        ulong count = TCount.Apply<TSize>(value, core.ArithmeticFlags, out uint flags);
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, count);
        core.ArithmeticFlags = flags;
        return Flow.Next;
    }
}
