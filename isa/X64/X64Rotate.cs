using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>A rotate of a value of a size by a masked count that is not 0. SDM Vol. 2B, "RCL/RCR/ROL/ROR—Rotate".</summary>
internal interface IX64Rotate
{
    /// <summary>The result; CF before in, CF and OF after out.</summary>
    static abstract ulong Apply<TSize>(ulong a, int count, ref bool cf, out bool of)
        where TSize : struct, IX64Size;
}

/// <summary>ROL.</summary>
internal readonly struct Rol : IX64Rotate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, int count, ref bool cf, out bool of)
        where TSize : struct, IX64Size
    {
        int bits = X64Value.Bits<TSize>(), places = count & (bits - 1);
        ulong result = X64Value.Truncate<TSize>((a << places) | (a >> ((bits - places) & (bits - 1))));
        cf = (result & 1) != 0;
        of = X64Value.Sign<TSize>(result) != cf;
        return result;
    }
}

/// <summary>ROR.</summary>
internal readonly struct Ror : IX64Rotate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, int count, ref bool cf, out bool of)
        where TSize : struct, IX64Size
    {
        int bits = X64Value.Bits<TSize>(), places = count & (bits - 1);
        ulong result = X64Value.Truncate<TSize>((a >> places) | (a << ((bits - places) & (bits - 1))));
        cf = X64Value.Sign<TSize>(result);
        of = cf != X64Value.Sign<TSize>(result << 1);
        return result;
    }
}

/// <summary>RCL: a rotate of size + 1 bits, the highest of them CF.</summary>
internal readonly struct Rcl : IX64Rotate
{
    public static ulong Apply<TSize>(ulong a, int count, ref bool cf, out bool of)
        where TSize : struct, IX64Size
    {
        int bits = X64Value.Bits<TSize>(), places = count % (bits + 1);
        UInt128 wide = new UInt128(cf ? 1ul : 0, 0) >> (64 - bits) | a;
        wide = (wide << places) | (wide >> (bits + 1 - places));
        cf = ((wide >> bits) & 1) != 0;
        ulong result = X64Value.Truncate<TSize>((ulong)wide);
        of = X64Value.Sign<TSize>(result) != cf;
        return result;
    }
}

/// <summary>RCR: a rotate of size + 1 bits, the highest of them CF.</summary>
internal readonly struct Rcr : IX64Rotate
{
    public static ulong Apply<TSize>(ulong a, int count, ref bool cf, out bool of)
        where TSize : struct, IX64Size
    {
        int bits = X64Value.Bits<TSize>(), places = count % (bits + 1);
        UInt128 wide = new UInt128(cf ? 1ul : 0, 0) >> (64 - bits) | a;
        wide = (wide >> places) | (wide << (bits + 1 - places));
        cf = ((wide >> bits) & 1) != 0;
        ulong result = X64Value.Truncate<TSize>((ulong)wide);
        of = X64Value.Sign<TSize>(result) != X64Value.Sign<TSize>(result << 1);
        return result;
    }
}

/// <summary>ROL, ROR, RCL, RCR by an immediate, 1 or CL: CF and OF alone are changed, by a count of 0 neither.</summary>
internal readonly struct Rotate<TOp, TSize, TDst, TCount> : IX64Op
    where TOp : struct, IX64Rotate
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
        bool cf = core.Cf, of = false;
        ulong result = count == 0 ? a : TOp.Apply<TSize>(a, count, ref cf, out of);
        if (!TDst.Write<TCore, TSize>(ref core, insn, address, X64Operands.WriteAccess(insn), result))
            return Flow.Event;

        if (count != 0)
            X64Flags.SetCfOf(ref core, cf, of);

        return Flow.Next;
    }
}

/// <summary>
/// SHLD, SHRD: SDM Vol. 2B, "SHLD—Double Precision Shift Left". Counts above 16 on words are undefined: <see cref="X64UndefinedFlags"/>.
/// </summary>
internal readonly struct DoubleShift<TLeft, TSize, TDst, TCount> : IX64Op
    where TLeft : struct, IX64Direction
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
    where TCount : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = TDst.Address(ref core, insn);
        if (!X64Operands.ReadToModify<TCore, TSize, TDst>(ref core, insn, address, out ulong a))
            return Flow.Event;

        ulong b = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg1);
        TCount.Read<TCore, S8>(ref core, insn, 0, Access.Plain, out ulong amount);
        int count = (int)amount & (TSize.Bytes == 8 ? 63 : 31);
        bool cf = false;
        ulong result = count == 0 ? a : Apply(a, b, count, out cf);
        if (!TDst.Write<TCore, TSize>(ref core, insn, address, X64Operands.WriteAccess(insn), result))
            return Flow.Event;

        if (count != 0)
        {
            bool of = X64Value.Sign<TSize>(result) != (TLeft.Left ? cf : X64Value.Sign<TSize>(result << 1));
            core.SetFlags(X64Value.SignExtend<TSize>(result), X64Flags.Of3(cf, of, af: false));
        }

        return Flow.Next;
    }

    /// <summary>Shifts a with b behind it; behind b of a word comes a again.</summary>
    private static ulong Apply(ulong a, ulong b, int count, out bool cf)
    {
        int bits = X64Value.Bits<TSize>();
        if (TSize.Bytes == 2 && count > 16)
        {
            (a, b) = (b, a);
            count -= 16;
        }

        if (TLeft.Left)
        {
            cf = ((a >> (bits - count)) & 1) != 0;
            return X64Value.Truncate<TSize>((a << count) | ShiftRight(b, bits - count));
        }

        cf = ((a >> (count - 1)) & 1) != 0;
        return X64Value.Truncate<TSize>(ShiftRight(a, count) | ShiftLeft(b, bits - count));
    }

    private static ulong ShiftRight(ulong value, int count) => count > 63 ? 0 : value >> count;

    private static ulong ShiftLeft(ulong value, int count) => count > 63 ? 0 : value << count;
}

/// <summary>Left or right, for SHLD and SHRD.</summary>
internal interface IX64Direction
{
    static abstract bool Left { get; }
}

/// <summary>SHLD.</summary>
internal readonly struct ToTheLeft : IX64Direction
{
    public static bool Left => true;
}

/// <summary>SHRD.</summary>
internal readonly struct ToTheRight : IX64Direction
{
    public static bool Left => false;
}
