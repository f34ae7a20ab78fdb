using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>A two-operand arithmetic or logical operation on values of a size.</summary>
internal interface IX64Binary
{
    /// <summary>False for CMP and TEST, which only set flags.</summary>
    static abstract bool Writes { get; }

    /// <summary>True for ADC and SBB.</summary>
    static abstract bool TakesCarry { get; }

    /// <summary>The result, and the carry word for <see cref="IX64Core.SetFlags"/>.</summary>
    static abstract ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size;
}

/// <summary>ADD. SDM Vol. 2A, "ADD—Add".</summary>
internal readonly struct Add : IX64Binary
{
    public static bool Writes => true;

    public static bool TakesCarry => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size
    {
        ulong sum = X64Value.Truncate<TSize>(a + b);
        carries = X64Flags.FromVector<TSize>(X64Flags.AddVector(a, b, sum));
        return sum;
    }
}

/// <summary>ADC. SDM Vol. 2A, "ADC—Add With Carry".</summary>
internal readonly struct Adc : IX64Binary
{
    public static bool Writes => true;

    public static bool TakesCarry => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size
    {
        ulong sum = X64Value.Truncate<TSize>(a + b + carry);
        carries = X64Flags.FromVector<TSize>(X64Flags.AddVector(a, b, sum));
        return sum;
    }
}

/// <summary>SUB. SDM Vol. 2B, "SUB—Subtract".</summary>
internal readonly struct Sub : IX64Binary
{
    public static bool Writes => true;

    public static bool TakesCarry => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size
    {
        ulong difference = X64Value.Truncate<TSize>(a - b);
        carries = X64Flags.FromVector<TSize>(X64Flags.SubVector(a, b, difference));
        return difference;
    }
}

/// <summary>SBB. SDM Vol. 2B, "SBB—Integer Subtraction With Borrow".</summary>
internal readonly struct Sbb : IX64Binary
{
    public static bool Writes => true;

    public static bool TakesCarry => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size
    {
        ulong difference = X64Value.Truncate<TSize>(a - b - carry);
        carries = X64Flags.FromVector<TSize>(X64Flags.SubVector(a, b, difference));
        return difference;
    }
}

/// <summary>CMP. SDM Vol. 2A, "CMP—Compare Two Operands".</summary>
internal readonly struct Cmp : IX64Binary
{
    public static bool Writes => false;

    public static bool TakesCarry => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size => Sub.Apply<TSize>(a, b, carry, out carries);
}

/// <summary>AND. SDM Vol. 2A, "AND—Logical AND". CF and OF are cleared; AF: see <see cref="X64UndefinedFlags"/>.</summary>
internal readonly struct And : IX64Binary
{
    public static bool Writes => true;

    public static bool TakesCarry => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size
    {
        carries = 0;
        return a & b;
    }
}

/// <summary>TEST. SDM Vol. 2B, "TEST—Logical Compare".</summary>
internal readonly struct Test : IX64Binary
{
    public static bool Writes => false;

    public static bool TakesCarry => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size => And.Apply<TSize>(a, b, carry, out carries);
}

/// <summary>OR. SDM Vol. 2B, "OR—Logical Inclusive OR".</summary>
internal readonly struct Or : IX64Binary
{
    public static bool Writes => true;

    public static bool TakesCarry => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size
    {
        carries = 0;
        return a | b;
    }
}

/// <summary>XOR. SDM Vol. 2B, "XOR—Logical Exclusive OR".</summary>
internal readonly struct Xor : IX64Binary
{
    public static bool Writes => true;

    public static bool TakesCarry => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TSize>(ulong a, ulong b, ulong carry, out ulong carries)
        where TSize : struct, IX64Size
    {
        carries = 0;
        return a ^ b;
    }
}

/// <summary>ADD, ADC, SUB, SBB, CMP, AND, TEST, OR, XOR in every form. Flags change last, after the write can no longer fault.</summary>
internal readonly struct Alu<TOp, TSize, TDst, TSrc> : IX64Op
    where TOp : struct, IX64Binary
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong b))
            return Flow.Event;

        ulong address = TDst.Address(ref core, insn);
        ulong a;
        if (TOp.Writes
            ? !X64Operands.ReadToModify<TCore, TSize, TDst>(ref core, insn, address, out a)
            : !TDst.Read<TCore, TSize>(ref core, insn, address, Access.Plain, out a))
        {
            return Flow.Event;
        }

        ulong result = TOp.Apply<TSize>(a, b, TOp.TakesCarry && core.Cf ? 1ul : 0ul, out ulong carries);
        if (TOp.Writes && !TDst.Write<TCore, TSize>(ref core, insn, address, X64Operands.WriteAccess(insn), result))
            return Flow.Event;

        core.SetFlags(X64Value.SignExtend<TSize>(result), carries);
        return Flow.Next;
    }
}
