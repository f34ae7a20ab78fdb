using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>AND, ORR or EOR of two operands; the inverted ones invert the second first.</summary>
internal interface IA64Logic
{
    static abstract ulong Apply(ulong first, ulong second);
}

internal readonly struct And : IA64Logic
{
    public static ulong Apply(ulong first, ulong second) => first & second;
}

internal readonly struct Bic : IA64Logic
{
    public static ulong Apply(ulong first, ulong second) => first & ~second;
}

internal readonly struct Orr : IA64Logic
{
    public static ulong Apply(ulong first, ulong second) => first | second;
}

internal readonly struct Orn : IA64Logic
{
    public static ulong Apply(ulong first, ulong second) => first | ~second;
}

internal readonly struct Eor : IA64Logic
{
    public static ulong Apply(ulong first, ulong second) => first ^ second;
}

internal readonly struct Eon : IA64Logic
{
    public static ulong Apply(ulong first, ulong second) => first ^ ~second;
}

internal static class A64LogicResult
{
    /// <summary>Writes the result; ANDS and BICS set N and Z and clear C and V.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Write<TCore, TWidth, TFlags>(ref TCore core, int rd, ulong result)
        where TCore : struct, IA64Core, allows ref struct
        where TWidth : struct, IA64Width
        where TFlags : struct, IA64Flag
    {
        if (TFlags.Value)
            core.SetFlags(TWidth.Is64 ? (long)result : (int)result, carry: false, overflow: false);
        A64Arithmetic.SetResult<TCore, TWidth>(ref core, rd, result);
        return Flow.Next;
    }
}

/// <summary>AND, ORR, EOR, ANDS (immediate).</summary>
internal readonly struct LogicalImmediate<TWidth, TFlags, TLogic> : IA64Op
    where TWidth : struct, IA64Width
    where TFlags : struct, IA64Flag
    where TLogic : struct, IA64Logic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        A64LogicResult.Write<TCore, TWidth, TFlags>(ref core, insn.Rd, TLogic.Apply(core.X(insn.Rn), (ulong)insn.Imm));
}

/// <summary>AND, BIC, ORR, ORN, EOR, EON, ANDS, BICS (shifted register).</summary>
internal readonly struct LogicalShifted<TWidth, TFlags, TLogic, TShift> : IA64Op
    where TWidth : struct, IA64Width
    where TFlags : struct, IA64Flag
    where TLogic : struct, IA64Logic
    where TShift : struct, IA64Shift
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong second = TShift.Apply(core.X(insn.Rm), insn.Imm2, TWidth.Is64);
        return A64LogicResult.Write<TCore, TWidth, TFlags>(ref core, insn.Rd, TLogic.Apply(core.X(insn.Rn), second));
    }
}

/// <summary>MOVZ. The decoder has shifted the immediate.</summary>
internal readonly struct MoveZero<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetX(insn.Rd, (ulong)insn.Imm);
        return Flow.Next;
    }
}

/// <summary>MOVN.</summary>
internal readonly struct MoveNot<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        A64Arithmetic.SetResult<TCore, TWidth>(ref core, insn.Rd, ~(ulong)insn.Imm);
        return Flow.Next;
    }
}

/// <summary>MOVK: 16 bits at Imm2 are replaced. Ra is Rd as a source.</summary>
internal readonly struct MoveKeep<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong kept = core.X(insn.Ra) & ~(0xffffUL << insn.Imm2);
        A64Arithmetic.SetResult<TCore, TWidth>(ref core, insn.Rd, kept | (ulong)insn.Imm);
        return Flow.Next;
    }
}

/// <summary>SBFM and UBFM as a shift left and a shift right, which the decoder has worked out.</summary>
internal readonly struct BitfieldMove<TWidth, TSigned> : IA64Op
    where TWidth : struct, IA64Width
    where TSigned : struct, IA64Flag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong left = Lsl.Apply(core.X(insn.Rn), (int)insn.Imm, TWidth.Is64);
        core.SetX(insn.Rd, TSigned.Value
            ? Asr.Apply(left, insn.Imm2, TWidth.Is64)
            : Lsr.Apply(left, insn.Imm2, TWidth.Is64));
        return Flow.Next;
    }
}

/// <summary>BFM: the field goes into Rd, whose other bits stay. Ra is Rd as a source.</summary>
internal readonly struct BitfieldInsert<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong mask = Lsr.Apply(Lsl.Apply(ulong.MaxValue, (int)insn.Imm, TWidth.Is64), insn.Imm2, TWidth.Is64);
        ulong field = Lsr.Apply(Lsl.Apply(core.X(insn.Rn), (int)insn.Imm, TWidth.Is64), insn.Imm2, TWidth.Is64);
        A64Arithmetic.SetResult<TCore, TWidth>(ref core, insn.Rd, (core.X(insn.Ra) & ~mask) | field);
        return Flow.Next;
    }
}

/// <summary>EXTR: bits from Rn:Rm.</summary>
internal readonly struct Extract<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int lsb = (int)insn.Imm;
        ulong high = core.X(insn.Rn), low = core.X(insn.Rm);
        core.SetX(insn.Rd, TWidth.Is64
            ? (low >> lsb) | (lsb == 0 ? 0 : high << (64 - lsb))
            : (uint)((((high << 32) | (uint)low)) >> lsb));
        return Flow.Next;
    }
}
