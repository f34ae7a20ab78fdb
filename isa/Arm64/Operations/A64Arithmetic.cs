using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>What the arithmetic operations share: AddWithCarry and its flags.</summary>
internal static class A64Arithmetic
{
    /// <summary>Writes a result of the operation's width, zero-extended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetResult<TCore, TWidth>(ref TCore core, int slot, ulong value)
        where TCore : struct, IA64Core, allows ref struct
        where TWidth : struct, IA64Width =>
        core.SetX(slot, TWidth.Is64 ? value : (uint)value);

    /// <summary>Rd = first ± second, and NZCV where asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow AddSub<TCore, TWidth, TFlags, TSub>(ref TCore core, int rd, ulong first, ulong second)
        where TCore : struct, IA64Core, allows ref struct
        where TWidth : struct, IA64Width
        where TFlags : struct, IA64Flag
        where TSub : struct, IA64Flag
    {
        ulong result = TSub.Value ? first - second : first + second;
        if (TFlags.Value)
            SetFlags<TCore, TWidth, TSub>(ref core, first, second, result);
        SetResult<TCore, TWidth>(ref core, rd, result);
        return Flow.Next;
    }

    /// <summary>NZCV of first ± second without a carry in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TCore, TWidth, TSub>(ref TCore core, ulong first, ulong second, ulong result)
        where TCore : struct, IA64Core, allows ref struct
        where TWidth : struct, IA64Width
        where TSub : struct, IA64Flag
    {
        ulong signs = TSub.Value ? (first ^ second) & (first ^ result) : (first ^ result) & (second ^ result);
        if (TWidth.Is64)
        {
            core.SetFlags((long)result, TSub.Value ? first >= second : result < first, (long)signs < 0);
        }
        else
        {
            core.SetFlags(
                (int)result,
                TSub.Value ? (uint)first >= (uint)second : (uint)result < (uint)first,
                (int)signs < 0);
        }
    }

    /// <summary>Rd = first + second + C, and NZCV where asked for. SBC passes its second operand inverted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow AddWithCarry<TCore, TWidth, TFlags>(ref TCore core, int rd, ulong first, ulong second)
        where TCore : struct, IA64Core, allows ref struct
        where TWidth : struct, IA64Width
        where TFlags : struct, IA64Flag
    {
        ulong carry = core.C ? 1UL : 0;
        ulong result = first + second + carry;
        if (TFlags.Value)
        {
            ulong signs = (first ^ result) & (second ^ result);
            if (TWidth.Is64)
                core.SetFlags((long)result, result < first || (carry == 1 && result == first), (long)signs < 0);
            else
                core.SetFlags((int)result, ((ulong)(uint)first + (uint)second + carry) >> 32 != 0, (int)signs < 0);
        }

        SetResult<TCore, TWidth>(ref core, rd, result);
        return Flow.Next;
    }

    /// <summary>For each condition as encoded, one bit for each value of NZCV: set where it holds. DDI 0487, C1.2.4, "Condition code".</summary>
    private static ReadOnlySpan<ushort> Holding =>
    [
        0xf0f0, 0x0f0f, 0xcccc, 0x3333, 0xff00, 0x00ff, 0xaaaa, 0x5555, // EQ NE CS CC MI PL VS VC
        0x0c0c, 0xf3f3, 0xaa55, 0x55aa, 0x0a05, 0xf5fa, 0xffff, 0xffff, // HI LS GE LT GT LE AL NV
    ];

    /// <summary>ConditionHolds for a condition as encoded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core, int condition)
        where TCore : struct, IA64Core, allows ref struct
    {
        int nzcv = (core.N ? 8 : 0) | (core.Z ? 4 : 0) | (core.C ? 2 : 0) | (core.Overflow ? 1 : 0);
        return (Unsafe.Add(ref MemoryMarshal.GetReference(Holding), (nint)(uint)condition & 15) >> nzcv & 1) != 0;
    }
}
