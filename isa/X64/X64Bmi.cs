using System.Numerics;
using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>A BMI operation of one or two sources that sets flags: SF and ZF from the result, OF cleared.</summary>
internal interface IX64Bmi
{
    /// <summary>The result and CF. For AF and PF see <see cref="X64UndefinedFlags"/>.</summary>
    static abstract ulong Apply<TSize>(ulong a, ulong b, out bool cf)
        where TSize : struct, IX64Size;
}

/// <summary>ANDN. SDM Vol. 2A, "ANDN—Logical AND NOT".</summary>
internal readonly struct Andn : IX64Bmi
{
    public static ulong Apply<TSize>(ulong a, ulong b, out bool cf)
        where TSize : struct, IX64Size
    {
        cf = false;
        return ~a & b;
    }
}

/// <summary>BLSR. SDM Vol. 2A, "BLSR—Reset Lowest Set Bit".</summary>
internal readonly struct Blsr : IX64Bmi
{
    public static ulong Apply<TSize>(ulong a, ulong b, out bool cf)
        where TSize : struct, IX64Size
    {
        cf = b == 0;
        return X64Value.Truncate<TSize>(b - 1) & b;
    }
}

/// <summary>BLSMSK. SDM Vol. 2A, "BLSMSK—Get Mask Up to Lowest Set Bit".</summary>
internal readonly struct Blsmsk : IX64Bmi
{
    public static ulong Apply<TSize>(ulong a, ulong b, out bool cf)
        where TSize : struct, IX64Size
    {
        cf = b == 0;
        return X64Value.Truncate<TSize>(b - 1) ^ b;
    }
}

/// <summary>BLSI. SDM Vol. 2A, "BLSI—Extract Lowest Set Isolated Bit".</summary>
internal readonly struct Blsi : IX64Bmi
{
    public static ulong Apply<TSize>(ulong a, ulong b, out bool cf)
        where TSize : struct, IX64Size
    {
        cf = b != 0;
        return (0 - b) & b;
    }
}

/// <summary>BZHI: a is the index. SDM Vol. 2A, "BZHI—Zero High Bits Starting With Specified Bit Position".</summary>
internal readonly struct Bzhi : IX64Bmi
{
    public static ulong Apply<TSize>(ulong a, ulong b, out bool cf)
        where TSize : struct, IX64Size
    {
        int index = (byte)a;
        cf = index >= X64Value.Bits<TSize>();
        return cf ? b : b & ((1ul << index) - 1);
    }
}

/// <summary>BEXTR: a is the control. SDM Vol. 2A, "BEXTR—Bit Field Extract".</summary>
internal readonly struct Bextr : IX64Bmi
{
    public static ulong Apply<TSize>(ulong a, ulong b, out bool cf)
        where TSize : struct, IX64Size
    {
        int start = (byte)a, length = (byte)(a >> 8);
        cf = false;
        ulong shifted = start > 63 ? 0 : b >> start;
        return length > 63 ? shifted : shifted & ((1ul << length) - 1);
    }
}

/// <summary>ANDN, BLSR, BLSMSK, BLSI, BZHI, BEXTR: <typeparamref name="TLeft"/> and <typeparamref name="TSrc"/> into <typeparamref name="TDst"/>.</summary>
internal readonly struct Bmi<TOp, TSize, TDst, TLeft, TSrc> : IX64Op
    where TOp : struct, IX64Bmi
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
    where TLeft : struct, IX64Operand
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong b))
            return Flow.Event;

        TLeft.Read<TCore, TSize>(ref core, insn, 0, Access.Plain, out ulong a);
        ulong result = TOp.Apply<TSize>(a, b, out bool cf);
        TDst.Write<TCore, TSize>(ref core, insn, 0, Access.Plain, result);
        core.SetFlags(X64Value.SignExtend<TSize>(result), X64Flags.Of3(cf, of: false, af: false));
        return Flow.Next;
    }
}

/// <summary>A BMI2 operation that changes no flags.</summary>
internal interface IX64Flagless
{
    static abstract ulong Apply<TSize>(ulong a, ulong b)
        where TSize : struct, IX64Size;
}

/// <summary>SHLX. SDM Vol. 2B, "SARX/SHLX/SHRX—Shift Without Affecting Flags".</summary>
internal readonly struct Shlx : IX64Flagless
{
    public static ulong Apply<TSize>(ulong a, ulong b)
        where TSize : struct, IX64Size => X64Value.Truncate<TSize>(a << ((int)b & (X64Value.Bits<TSize>() - 1)));
}

/// <summary>SHRX.</summary>
internal readonly struct Shrx : IX64Flagless
{
    public static ulong Apply<TSize>(ulong a, ulong b)
        where TSize : struct, IX64Size => a >> ((int)b & (X64Value.Bits<TSize>() - 1));
}

/// <summary>SARX.</summary>
internal readonly struct Sarx : IX64Flagless
{
    public static ulong Apply<TSize>(ulong a, ulong b)
        where TSize : struct, IX64Size =>
        X64Value.Truncate<TSize>((ulong)(X64Value.SignExtend<TSize>(a) >> ((int)b & (X64Value.Bits<TSize>() - 1))));
}

/// <summary>RORX. SDM Vol. 2B, "RORX—Rotate Right Logical Without Affecting Flags".</summary>
internal readonly struct Rorx : IX64Flagless
{
    public static ulong Apply<TSize>(ulong a, ulong b)
        where TSize : struct, IX64Size =>
        TSize.Bytes == 8 ? BitOperations.RotateRight(a, (int)b) : BitOperations.RotateRight((uint)a, (int)b);
}

/// <summary>PEXT: b is the mask. SDM Vol. 2B, "PEXT—Parallel Bits Extract".</summary>
internal readonly struct Pext : IX64Flagless
{
    public static ulong Apply<TSize>(ulong a, ulong b)
        where TSize : struct, IX64Size
    {
        ulong result = 0;
        for (int to = 0; b != 0; to++, b &= b - 1)
            result |= ((a >> BitOperations.TrailingZeroCount(b)) & 1) << to;

        return result;
    }
}

/// <summary>PDEP: b is the mask. SDM Vol. 2B, "PDEP—Parallel Bits Deposit".</summary>
internal readonly struct Pdep : IX64Flagless
{
    public static ulong Apply<TSize>(ulong a, ulong b)
        where TSize : struct, IX64Size
    {
        ulong result = 0;
        for (; b != 0; a >>= 1, b &= b - 1)
            result |= (a & 1) << BitOperations.TrailingZeroCount(b);

        return result;
    }
}

/// <summary>SHLX, SHRX, SARX, RORX, PEXT, PDEP: Reg0 = <typeparamref name="TLeft"/> op <typeparamref name="TRight"/>.</summary>
internal readonly struct Flagless<TOp, TSize, TLeft, TRight> : IX64Op
    where TOp : struct, IX64Flagless
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

        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, TOp.Apply<TSize>(a, b));
        return Flow.Next;
    }
}

/// <summary>ADCX and ADOX: an addition with carry through one flag alone.</summary>
internal interface IX64CarryFlag
{
    /// <summary>CF or OF, by its place in RFLAGS.</summary>
    static abstract uint Flag { get; }
}

/// <summary>ADCX.</summary>
internal readonly struct ThroughCf : IX64CarryFlag
{
    public static uint Flag => X64Flags.Cf;
}

/// <summary>ADOX.</summary>
internal readonly struct ThroughOf : IX64CarryFlag
{
    public static uint Flag => X64Flags.Of;
}

/// <summary>ADCX, ADOX. SDM Vol. 2A, "ADCX—Unsigned Integer Addition of Two Operands With Carry Flag".</summary>
internal readonly struct AddThrough<TCarry, TSize, TSrc> : IX64Op
    where TCarry : struct, IX64CarryFlag
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong b))
            return Flow.Event;

        uint flags = core.ArithmeticFlags;
        ulong a = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg0);
        ulong sum = X64Value.Truncate<TSize>(a + b + ((flags & TCarry.Flag) != 0 ? 1ul : 0ul));
        bool carry = X64Value.Sign<TSize>(X64Flags.AddVector(a, b, sum));
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, sum);
        core.ArithmeticFlags = (flags & ~TCarry.Flag) | (carry ? TCarry.Flag : 0);
        return Flow.Next;
    }
}

/// <summary>CRC32. SDM Vol. 2A, "CRC32—Accumulate CRC32 Value": polynomial 11EDC6F41H.</summary>
internal readonly struct Crc32<TSize, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        uint crc = (uint)core.Gpr(insn.Reg0);
        crc = TSize.Bytes switch
        {
            1 => BitOperations.Crc32C(crc, (byte)value),
            2 => BitOperations.Crc32C(crc, (ushort)value),
            4 => BitOperations.Crc32C(crc, (uint)value),
            _ => BitOperations.Crc32C(crc, value),
        };
        core.SetGpr(insn.Reg0, crc);
        return Flow.Next;
    }
}
