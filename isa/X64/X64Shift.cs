using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>A shift of a value of a size by a masked count that is not 0.</summary>
internal interface IX64Shift
{
    /// <summary>The result, CF and OF.</summary>
    static abstract ulong Apply<TSize>(ulong a, int count, out bool cf, out bool of)
        where TSize : struct, IX64Size;
}

/// <summary>SHL, SAL. The count may pass the size of bytes and words: <see cref="X64UndefinedFlags"/>.</summary>
internal readonly struct Shl : IX64Shift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, int count, out bool cf, out bool of)
        where TSize : struct, IX64Size
    {
        int bits = X64Value.Bits<TSize>();
        cf = count <= bits && ((a >> (bits - count)) & 1) != 0;
        ulong result = X64Value.Truncate<TSize>(a << count);
        of = X64Value.Sign<TSize>(result) != cf;
        return result;
    }
}

/// <summary>SHR.</summary>
internal readonly struct Shr : IX64Shift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, int count, out bool cf, out bool of)
        where TSize : struct, IX64Size
    {
        ulong almost = a >> (count - 1);
        cf = (almost & 1) != 0;
        of = X64Value.Sign<TSize>(almost);
        return almost >> 1;
    }
}

/// <summary>SAR.</summary>
internal readonly struct Sar : IX64Shift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, int count, out bool cf, out bool of)
        where TSize : struct, IX64Size
    {
        long almost = X64Value.SignExtend<TSize>(a) >> (count - 1);
        cf = (almost & 1) != 0;
        of = false;
        return X64Value.Truncate<TSize>((ulong)(almost >> 1));
    }
}

/// <summary>
/// SHL, SHR, SAR by an immediate, 1 or CL. SDM Vol. 2B, "SAL/SAR/SHL/SHR—Shift": the count is masked to 5 bits (6 for
/// 64-bit operands), and a count of 0 changes no flag.
/// </summary>
internal readonly struct Shift<TOp, TSize, TDst, TCount> : IX64Op
    where TOp : struct, IX64Shift
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
    where TCount : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = TDst.Address(ref core, insn);
        if (!X64Operands.ReadToModify<TCore, TSize, TDst>(ref core, insn, address, out ulong a))
            return Flow.Event;

        TCount.Read<TCore, S8>(ref core, insn, 0, Access.Plain, out ulong amount);
        int count = (int)amount & (TSize.Bytes == 8 ? 63 : 31);
        bool cf = false, of = false;
        ulong result = count == 0 ? a : TOp.Apply<TSize>(a, count, out cf, out of);
        if (!TDst.Write<TCore, TSize>(ref core, insn, address, X64Operands.WriteAccess(insn), result))
            return Flow.Event;

        if (count != 0)
            core.SetFlags(X64Value.SignExtend<TSize>(result), X64Flags.Of3(cf, of, af: false));

        return Flow.Next;
    }
}
