using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>Full products of a size.</summary>
internal static class X64Product
{
    /// <summary>Low and high half of the unsigned product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Unsigned<TSize>(ulong a, ulong b, out ulong high)
        where TSize : struct, IX64Size
    {
        if (TSize.Bytes == 8)
        {
            high = Math.BigMul(a, b, out ulong low);
            return low;
        }

        ulong product = a * b;
        high = product >> X64Value.Bits<TSize>();
        return X64Value.Truncate<TSize>(product);
    }

    /// <summary>Low and high half of the signed product; <paramref name="overflow"/>: the low half alone does not hold it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Signed<TSize>(ulong a, ulong b, out ulong high, out bool overflow)
        where TSize : struct, IX64Size
    {
        long x = X64Value.SignExtend<TSize>(a), y = X64Value.SignExtend<TSize>(b);
        if (TSize.Bytes == 8)
        {
            long top = Math.BigMul(x, y, out long bottom);
            high = (ulong)top;
            overflow = top != bottom >> 63;
            return (ulong)bottom;
        }

        long product = x * y;
        overflow = product != X64Value.SignExtend<TSize>((ulong)product);
        high = X64Value.Truncate<TSize>((ulong)(product >> X64Value.Bits<TSize>()));
        return X64Value.Truncate<TSize>((ulong)product);
    }

    /// <summary>Writes a double-size result: AX for bytes, else DX:AX.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteDouble<TCore, TSize>(ref TCore core, ulong low, ulong high)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        if (TSize.Bytes == 1)
        {
            X64Operands.WriteRegister<TCore, S16>(ref core, 0, low | (high << 8));
            return;
        }

        X64Operands.WriteRegister<TCore, TSize>(ref core, 0, low);
        X64Operands.WriteRegister<TCore, TSize>(ref core, 2, high);
    }
}

/// <summary>MUL r/m. SDM Vol. 2B, "MUL—Unsigned Multiply". CF and OF: the high half is not 0; the others: <see cref="X64UndefinedFlags"/>.</summary>
internal readonly struct Mul<TSize, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong b))
            return Flow.Event;

        ulong low = X64Product.Unsigned<TSize>(X64Operands.ReadRegister<TCore, TSize>(ref core, 0), b, out ulong high);
        X64Product.WriteDouble<TCore, TSize>(ref core, low, high);
        core.SetFlags(X64Value.SignExtend<TSize>(low), X64Flags.Of3(high != 0, high != 0, af: false));
        return Flow.Next;
    }
}

/// <summary>IMUL r/m, into the double-size accumulator. SDM Vol. 2A, "IMUL—Signed Multiply".</summary>
internal readonly struct ImulDouble<TSize, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong b))
            return Flow.Event;

        ulong a = X64Operands.ReadRegister<TCore, TSize>(ref core, 0);
        ulong low = X64Product.Signed<TSize>(a, b, out ulong high, out bool overflow);
        X64Product.WriteDouble<TCore, TSize>(ref core, low, high);
        core.SetFlags(X64Value.SignExtend<TSize>(low), X64Flags.Of3(overflow, overflow, af: false));
        return Flow.Next;
    }
}

/// <summary>IMUL r, r/m and IMUL r, r/m, imm: <typeparamref name="TLeft"/> times <typeparamref name="TRight"/> into Reg0.</summary>
internal readonly struct Imul<TSize, TLeft, TRight> : IX64Op
    where TSize : struct, IX64Size
    where TLeft : struct, IX64Operand
    where TRight : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TLeft.Read<TCore, TSize>(ref core, insn, TLeft.Address(ref core, insn), Access.Plain, out ulong a)
            || !TRight.Read<TCore, TSize>(ref core, insn, TRight.Address(ref core, insn), Access.Plain, out ulong b))
        {
            return Flow.Event;
        }

        ulong low = X64Product.Signed<TSize>(a, b, out _, out bool overflow);
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, low);
        core.SetFlags(X64Value.SignExtend<TSize>(low), X64Flags.Of3(overflow, overflow, af: false));
        return Flow.Next;
    }
}

/// <summary>MULX. SDM Vol. 2B, "MULX—Unsigned Multiply Without Affecting Flags": the high half is written last.</summary>
internal readonly struct Mulx<TSize, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong b))
            return Flow.Event;

        ulong low = X64Product.Unsigned<TSize>(X64Operands.ReadRegister<TCore, TSize>(ref core, 2), b, out ulong high);
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg1, low);
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, high);
        return Flow.Next;
    }
}

/// <summary>DIV. SDM Vol. 2A, "DIV—Unsigned Divide": #DE where the quotient does not fit. Flags: <see cref="X64UndefinedFlags"/>.</summary>
internal readonly struct Div<TSize, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong divisor))
            return Flow.Event;

        X64Quotient.ReadDividend<TCore, TSize>(ref core, out ulong low, out ulong high);
        if (divisor == 0 || high >= divisor)
            return core.Raise(GuestEventKind.DivideError, 0);

        (ulong quotient, ulong remainder) = X64Quotient.Unsigned<TSize>(high, low, divisor);
        X64Product.WriteDouble<TCore, TSize>(ref core, quotient, remainder);
        return Flow.Next;
    }
}

/// <summary>IDIV. SDM Vol. 2A, "IDIV—Signed Divide": truncated towards 0, the remainder has the dividend's sign.</summary>
internal readonly struct Idiv<TSize, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong divisor))
            return Flow.Event;

        X64Quotient.ReadDividend<TCore, TSize>(ref core, out ulong low, out ulong high);
        bool negative = X64Value.Sign<TSize>(high), opposite = negative != X64Value.Sign<TSize>(divisor);
        if (negative)
            X64Quotient.Negate<TSize>(ref low, ref high);

        if (X64Value.Sign<TSize>(divisor))
            divisor = X64Value.Truncate<TSize>(0 - divisor);

        if (divisor == 0 || high >= divisor)
            return core.Raise(GuestEventKind.DivideError, 0);

        (ulong quotient, ulong remainder) = X64Quotient.Unsigned<TSize>(high, low, divisor);
        ulong limit = (1ul << (X64Value.Bits<TSize>() - 1)) - (opposite ? 0ul : 1ul);
        if (quotient > limit)
            return core.Raise(GuestEventKind.DivideError, 0);

        quotient = X64Value.Truncate<TSize>(opposite ? 0 - quotient : quotient);
        remainder = X64Value.Truncate<TSize>(negative ? 0 - remainder : remainder);
        X64Product.WriteDouble<TCore, TSize>(ref core, quotient, remainder);
        return Flow.Next;
    }
}

/// <summary>Double-size dividends.</summary>
internal static class X64Quotient
{
    /// <summary>AX in two bytes, or DX:AX of the size.</summary>
    public static void ReadDividend<TCore, TSize>(ref TCore core, out ulong low, out ulong high)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        ulong rax = core.Gpr(0);
        low = X64Value.Truncate<TSize>(rax);
        high = TSize.Bytes == 1 ? (byte)(rax >> 8) : X64Operands.ReadRegister<TCore, TSize>(ref core, 2);
    }

    /// <summary>Two's complement of a double-size value.</summary>
    public static void Negate<TSize>(ref ulong low, ref ulong high)
        where TSize : struct, IX64Size
    {
        low = X64Value.Truncate<TSize>(0 - low);
        high = X64Value.Truncate<TSize>(~high + (low == 0 ? 1ul : 0ul));
    }

    /// <summary>Quotient and remainder; <paramref name="high"/> is less than <paramref name="divisor"/>, so that both fit the size.</summary>
    public static (ulong Quotient, ulong Remainder) Unsigned<TSize>(ulong high, ulong low, ulong divisor)
        where TSize : struct, IX64Size
    {
        if (TSize.Bytes == 8 && high != 0)
        {
            UInt128 dividend = new(high, low);
            UInt128 quotient = dividend / divisor;
            return ((ulong)quotient, (ulong)(dividend - (quotient * divisor)));
        }

        if (TSize.Bytes < 8)
            low |= high << X64Value.Bits<TSize>();

        return Math.DivRem(low, divisor);
    }
}
