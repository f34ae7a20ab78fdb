using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>A one-operand arithmetic operation on a value of a size.</summary>
internal interface IX64Unary
{
    /// <summary>False for NOT.</summary>
    static abstract bool SetsFlags { get; }

    /// <summary>The result, and the carry word. <paramref name="cf"/> is CF before, which INC and DEC keep.</summary>
    static abstract ulong Apply<TSize>(ulong a, bool cf, out ulong carries)
        where TSize : struct, IX64Size;
}

/// <summary>INC. SDM Vol. 2A, "INC—Increment by 1": CF is not affected.</summary>
internal readonly struct Inc : IX64Unary
{
    public static bool SetsFlags => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, bool cf, out ulong carries)
        where TSize : struct, IX64Size
    {
        ulong sum = X64Value.Truncate<TSize>(a + 1);
        carries = X64Flags.Of3(cf, sum == 1ul << (X64Value.Bits<TSize>() - 1), (sum & 15) == 0);
        return sum;
    }
}

/// <summary>DEC. SDM Vol. 2A, "DEC—Decrement by 1": CF is not affected.</summary>
internal readonly struct Dec : IX64Unary
{
    public static bool SetsFlags => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, bool cf, out ulong carries)
        where TSize : struct, IX64Size
    {
        carries = X64Flags.Of3(cf, a == 1ul << (X64Value.Bits<TSize>() - 1), (a & 15) == 0);
        return X64Value.Truncate<TSize>(a - 1);
    }
}

/// <summary>NEG. SDM Vol. 2B, "NEG—Two's Complement Negation": 0 - a.</summary>
internal readonly struct Neg : IX64Unary
{
    public static bool SetsFlags => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, bool cf, out ulong carries)
        where TSize : struct, IX64Size => Sub.Apply<TSize>(0, a, 0, out carries);
}

/// <summary>NOT. SDM Vol. 2B, "NOT—One's Complement Negation": no flags.</summary>
internal readonly struct Not : IX64Unary
{
    public static bool SetsFlags => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, bool cf, out ulong carries)
        where TSize : struct, IX64Size
    {
        carries = 0;
        return X64Value.Truncate<TSize>(~a);
    }
}

/// <summary>INC, DEC, NEG, NOT.</summary>
internal readonly struct Unary<TOp, TSize, TDst> : IX64Op
    where TOp : struct, IX64Unary
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = TDst.Address(ref core, insn);
        if (!X64Operands.ReadToModify<TCore, TSize, TDst>(ref core, insn, address, out ulong a))
            return Flow.Event;

        ulong result = TOp.Apply<TSize>(a, TOp.SetsFlags && core.Cf, out ulong carries);
        if (!TDst.Write<TCore, TSize>(ref core, insn, address, X64Operands.WriteAccess(insn), result))
            return Flow.Event;

        if (TOp.SetsFlags)
            core.SetFlags(X64Value.SignExtend<TSize>(result), carries);

        return Flow.Next;
    }
}
