using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>ADD, ADDS, SUB, SUBS (immediate).</summary>
internal readonly struct AddSubImmediate<TWidth, TFlags, TSub> : IA64Op
    where TWidth : struct, IA64Width
    where TFlags : struct, IA64Flag
    where TSub : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        A64Arithmetic.AddSub<TCore, TWidth, TFlags, TSub>(ref core, insn.Rd, core.X(insn.Rn), (ulong)insn.Imm);
}

/// <summary>ADD, ADDS, SUB, SUBS (shifted register).</summary>
internal readonly struct AddSubShifted<TWidth, TFlags, TSub, TShift> : IA64Op
    where TWidth : struct, IA64Width
    where TFlags : struct, IA64Flag
    where TSub : struct, IA64Flag
    where TShift : struct, IA64Shift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        A64Arithmetic.AddSub<TCore, TWidth, TFlags, TSub>(
            ref core, insn.Rd, core.X(insn.Rn), TShift.Apply(core.X(insn.Rm), insn.Imm2, TWidth.Is64));
}

/// <summary>ADD, ADDS, SUB, SUBS (extended register).</summary>
internal readonly struct AddSubExtended<TWidth, TFlags, TSub, TExtend> : IA64Op
    where TWidth : struct, IA64Width
    where TFlags : struct, IA64Flag
    where TSub : struct, IA64Flag
    where TExtend : struct, IA64Extend
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        A64Arithmetic.AddSub<TCore, TWidth, TFlags, TSub>(
            ref core, insn.Rd, core.X(insn.Rn), TExtend.Apply(core.X(insn.Rm)) << insn.Imm2);
}

/// <summary>ADC, ADCS, SBC, SBCS.</summary>
internal readonly struct AddSubCarry<TWidth, TFlags, TSub> : IA64Op
    where TWidth : struct, IA64Width
    where TFlags : struct, IA64Flag
    where TSub : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong second = core.X(insn.Rm);
        return A64Arithmetic.AddWithCarry<TCore, TWidth, TFlags>(
            ref core, insn.Rd, core.X(insn.Rn), TSub.Value ? ~second : second);
    }
}

/// <summary>ADR and ADRP. ADRP counts from the page of the PC.</summary>
internal readonly struct Address<TPage> : IA64Op
    where TPage : struct, IA64Flag
{
    public static bool ReadsPc => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetX(insn.Rd, (TPage.Value ? core.Pc & ~0xfffUL : core.Pc) + (ulong)insn.Imm);
        return Flow.Next;
    }
}

/// <summary>ADR.</summary>
internal readonly struct Adr : IA64Flag
{
    public static bool Value => false;
}

/// <summary>ADRP.</summary>
internal readonly struct Adrp : IA64Flag
{
    public static bool Value => true;
}

/// <summary>CCMP and CCMN with an immediate: flags of the comparison, or nzcv where the condition fails.</summary>
internal readonly struct ConditionalCompareImmediate<TWidth, TSub> : IA64Op
    where TWidth : struct, IA64Width
    where TSub : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        ConditionalCompare.Execute<TCore, TWidth, TSub>(ref core, insn, (ulong)insn.Imm);
}

/// <summary>CCMP and CCMN with a register.</summary>
internal readonly struct ConditionalCompareRegister<TWidth, TSub> : IA64Op
    where TWidth : struct, IA64Width
    where TSub : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        ConditionalCompare.Execute<TCore, TWidth, TSub>(ref core, insn, core.X(insn.Rm));
}

internal static class ConditionalCompare
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore, TWidth, TSub>(ref TCore core, in A64Insn insn, ulong second)
        where TCore : struct, IA64Core, allows ref struct
        where TWidth : struct, IA64Width
        where TSub : struct, IA64Flag
    {
        if (A64Arithmetic.Holds(ref core, insn.Cond))
            return A64Arithmetic.AddSub<TCore, TWidth, SetsFlags, TSub>(ref core, A64Slot.Sink, core.X(insn.Rn), second);
        core.SetNzcv((uint)insn.Imm2 << 28);
        return Flow.Next;
    }
}

/// <summary>What CSEL, CSINC, CSINV and CSNEG make of Rm where the condition fails.</summary>
internal interface IA64Otherwise
{
    static abstract ulong Apply(ulong value);
}

internal readonly struct Same : IA64Otherwise
{
    public static ulong Apply(ulong value) => value;
}

internal readonly struct Increment : IA64Otherwise
{
    public static ulong Apply(ulong value) => value + 1;
}

internal readonly struct Invert : IA64Otherwise
{
    public static ulong Apply(ulong value) => ~value;
}

internal readonly struct Negate : IA64Otherwise
{
    public static ulong Apply(ulong value) => 0 - value;
}

/// <summary>CSEL, CSINC, CSINV, CSNEG.</summary>
internal readonly struct ConditionalSelect<TWidth, TOtherwise> : IA64Op
    where TWidth : struct, IA64Width
    where TOtherwise : struct, IA64Otherwise
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong holds = core.X(insn.Rn), fails = TOtherwise.Apply(core.X(insn.Rm));
        A64Arithmetic.SetResult<TCore, TWidth>(
            ref core, insn.Rd, A64Arithmetic.Holds(ref core, insn.Cond) ? holds : fails);
        return Flow.Next;
    }
}
