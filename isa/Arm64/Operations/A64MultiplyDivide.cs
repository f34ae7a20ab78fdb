using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>UDIV and SDIV. A division by zero gives zero; the most negative number over −1 gives itself.</summary>
internal readonly struct Divide<TWidth, TSigned> : IA64Op
    where TWidth : struct, IA64Width
    where TSigned : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetX(insn.Rd, TWidth.Is64
            ? Quotient((long)core.X(insn.Rn), (long)core.X(insn.Rm))
            : (uint)(TSigned.Value
                ? Quotient((int)core.X(insn.Rn), (int)core.X(insn.Rm))
                : Quotient((uint)core.X(insn.Rn), (uint)core.X(insn.Rm))));
        return Flow.Next;
    }

    private static ulong Quotient(long dividend, long divisor) => divisor switch
    {
        0 => 0,
        -1 when TSigned.Value => (ulong)(0 - dividend),
        _ => TSigned.Value ? (ulong)(dividend / divisor) : (ulong)dividend / (ulong)divisor,
    };
}

/// <summary>LSLV, LSRV, ASRV, RORV: by Rm modulo the width.</summary>
internal readonly struct ShiftVariable<TWidth, TShift> : IA64Op
    where TWidth : struct, IA64Width
    where TShift : struct, IA64Shift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int amount = (int)core.X(insn.Rm) & (TWidth.Is64 ? 63 : 31);
        core.SetX(insn.Rd, TShift.Apply(core.X(insn.Rn), amount, TWidth.Is64));
        return Flow.Next;
    }
}

/// <summary>MADD and MSUB.</summary>
internal readonly struct MultiplyAdd<TWidth, TSub> : IA64Op
    where TWidth : struct, IA64Width
    where TSub : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong product = core.X(insn.Rn) * core.X(insn.Rm), addend = core.X(insn.Ra);
        A64Arithmetic.SetResult<TCore, TWidth>(ref core, insn.Rd, TSub.Value ? addend - product : addend + product);
        return Flow.Next;
    }
}

/// <summary>SMADDL, SMSUBL, UMADDL, UMSUBL: 32 by 32 bits, added to 64.</summary>
internal readonly struct MultiplyAddLong<TSigned, TSub> : IA64Op
    where TSigned : struct, IA64Flag
    where TSub : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong first = core.X(insn.Rn), second = core.X(insn.Rm), addend = core.X(insn.Ra);
        ulong product = TSigned.Value ? (ulong)((long)(int)first * (int)second) : (ulong)(uint)first * (uint)second;
        core.SetX(insn.Rd, TSub.Value ? addend - product : addend + product);
        return Flow.Next;
    }
}

/// <summary>SMULH and UMULH.</summary>
internal readonly struct MultiplyHigh<TSigned> : IA64Op
    where TSigned : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong first = core.X(insn.Rn), second = core.X(insn.Rm);
        core.SetX(insn.Rd, TSigned.Value
            ? (ulong)Math.BigMul((long)first, (long)second, out _)
            : Math.BigMul(first, second, out _));
        return Flow.Next;
    }
}

/// <summary>RBIT.</summary>
internal readonly struct ReverseBits<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong value = BinaryPrimitives.ReverseEndianness(core.X(insn.Rn));
        value = ((value >> 4) & 0x0f0f0f0f0f0f0f0f) | ((value & 0x0f0f0f0f0f0f0f0f) << 4);
        value = ((value >> 2) & 0x3333333333333333) | ((value & 0x3333333333333333) << 2);
        value = ((value >> 1) & 0x5555555555555555) | ((value & 0x5555555555555555) << 1);
        core.SetX(insn.Rd, TWidth.Is64 ? value : value >> 32);
        return Flow.Next;
    }
}

/// <summary>REV16.</summary>
internal readonly struct ReverseBytesIn16<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong value = core.X(insn.Rn);
        value = ((value >> 8) & 0x00ff00ff00ff00ff) | ((value & 0x00ff00ff00ff00ff) << 8);
        A64Arithmetic.SetResult<TCore, TWidth>(ref core, insn.Rd, value);
        return Flow.Next;
    }
}

/// <summary>REV32: bytes within each word of a 64-bit register.</summary>
internal readonly struct ReverseBytesIn32 : IA64Op
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetX(insn.Rd, ulong.RotateLeft(BinaryPrimitives.ReverseEndianness(core.X(insn.Rn)), 32));
        return Flow.Next;
    }
}

/// <summary>REV.</summary>
internal readonly struct ReverseBytes<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong value = BinaryPrimitives.ReverseEndianness(core.X(insn.Rn));
        core.SetX(insn.Rd, TWidth.Is64 ? value : value >> 32);
        return Flow.Next;
    }
}

/// <summary>CLZ.</summary>
internal readonly struct CountLeadingZeros<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong value = core.X(insn.Rn);
        core.SetX(insn.Rd, (ulong)(TWidth.Is64
            ? BitOperations.LeadingZeroCount(value)
            : BitOperations.LeadingZeroCount((uint)value)));
        return Flow.Next;
    }
}

/// <summary>CLS: how many bits behind the sign bit are equal to it.</summary>
internal readonly struct CountLeadingSigns<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong value = core.X(insn.Rn);
        core.SetX(insn.Rd, (ulong)(TWidth.Is64
            ? BitOperations.LeadingZeroCount((ulong)((long)value >> 63) ^ value) - 1
            : BitOperations.LeadingZeroCount((uint)((int)value >> 31) ^ (uint)value) - 1));
        return Flow.Next;
    }
}

/// <summary>The polynomial of a checksum, bits reversed.</summary>
internal interface IA64Polynomial
{
    static abstract uint Reversed { get; }
}

/// <summary>0x04C11DB7.</summary>
internal readonly struct Crc32 : IA64Polynomial
{
    public static uint Reversed => 0xedb88320;
}

/// <summary>0x1EDC6F41.</summary>
internal readonly struct Crc32c : IA64Polynomial
{
    public static uint Reversed => 0x82f63b78;
}

/// <summary>CRC32B/H/W/X and CRC32CB/H/W/X.</summary>
internal readonly struct Checksum<TSize, TPolynomial> : IA64Op
    where TSize : struct, IA64Size
    where TPolynomial : struct, IA64Polynomial
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        uint sum = (uint)core.X(insn.Rn);
        ulong data = core.X(insn.Rm);
        for (int bit = 0; bit < TSize.Bytes * 8; bit++)
        {
            bool differs = ((sum ^ (uint)(data >> bit)) & 1) != 0;
            sum >>= 1;
            if (differs)
                sum ^= TPolynomial.Reversed;
        }

        core.SetX(insn.Rd, sum);
        return Flow.Next;
    }
}
