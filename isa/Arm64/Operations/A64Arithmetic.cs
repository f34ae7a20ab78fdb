using System.Runtime.CompilerServices;

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

    /// <summary>ConditionHolds for a condition as encoded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core, int condition)
        where TCore : struct, IA64Core, allows ref struct
    {
        bool holds = (condition >> 1) switch
        {
            0 => core.Z,
            1 => core.C,
            2 => core.N,
            3 => core.Overflow,
            4 => core.C && !core.Z,
            5 => core.N == core.Overflow,
            6 => core.N == core.Overflow && !core.Z,
            _ => true,
        };
        return (condition & 1) == 0 || condition == 15 ? holds : !holds;
    }
}
