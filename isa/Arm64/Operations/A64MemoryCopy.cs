namespace RcuEmu.Isa.Arm64;

/// <summary>
/// FEAT_MOPS as an implementation of option A: the prologue copies nothing, the main part everything, one unit of up to
/// 8 bytes at a time (<see cref="Flow.Again"/>), the epilogue what is left, which is nothing. Rd, Rm and Rn are the
/// destination, source and size registers. DDI 0487, C6.2, "CPYFP, CPYFM, CPYFE" and the two other families.
/// </summary>
/// <remarks>Left out: the exception for a sequence begun by an implementation of option B; a set C flag is not looked at.</remarks>
internal static class A64MemoryCopy
{
    /// <summary>What a size saturates to in CPYF and SET.</summary>
    public const ulong MaxForward = 0x7fff_ffff_ffff_ffff;

    /// <summary>What a size saturates to in CPY.</summary>
    public const ulong MaxEitherWay = 0x007f_ffff_ffff_ffff;

    /// <summary>How many bytes the next unit has: 8 where that many are left, else 1.</summary>
    public static int Unit(ulong left) => left >= 8 ? 8 : 1;

    /// <summary>How reads are done: bit 1 unprivileged, bit 3 non-temporal.</summary>
    public static Access ReadAccess(int option) =>
        ((option & 2) != 0 ? Access.Unprivileged : Access.Plain) | ((option & 8) != 0 ? Access.NonTemporal : Access.Plain);

    /// <summary>How writes are done: bit 0 unprivileged, bit 2 non-temporal.</summary>
    public static Access WriteAccess(int option) =>
        ((option & 1) != 0 ? Access.Unprivileged : Access.Plain) | ((option & 4) != 0 ? Access.NonTemporal : Access.Plain);

    /// <summary>How a set writes: bit 0 unprivileged, bit 1 non-temporal.</summary>
    public static Access SetAccess(int option) => WriteAccess((option & 1) | ((option & 2) << 1));
}

/// <summary>CPYF: the caller knows that forward is right.</summary>
internal readonly struct ForwardOnly : IA64Flag
{
    public static bool Value => true;
}

/// <summary>CPY: the direction follows from how the ranges overlap.</summary>
internal readonly struct EitherWay : IA64Flag
{
    public static bool Value => false;
}

/// <summary>CPYM, CPYFM.</summary>
internal readonly struct MainPart : IA64Flag
{
    public static bool Value => false;
}

/// <summary>CPYE, CPYFE.</summary>
internal readonly struct Epilogue : IA64Flag
{
    public static bool Value => true;
}

/// <summary>CPYP, CPYFP. Forward: both addresses move behind the ranges and the size becomes negative.</summary>
internal readonly struct CopyPrologue<TForward> : IA64Op
    where TForward : struct, IA64Flag
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong destination = core.X(insn.Rd), source = core.X(insn.Rm);
        ulong size = Math.Min(core.X(insn.Rn), TForward.Value ? A64MemoryCopy.MaxForward : A64MemoryCopy.MaxEitherWay);
        core.SetNzcv(0);
        bool isBackward = !TForward.Value && source < destination && destination - source < size;
        if (!isBackward)
        {
            core.SetX(insn.Rd, destination + size);
            core.SetX(insn.Rm, source + size);
        }

        core.SetX(insn.Rn, isBackward ? size : 0 - size);
        return Flow.Next;
    }
}

/// <summary>CPYM, CPYE, CPYFM, CPYFE: one unit, until none is left.</summary>
internal readonly struct CopyBytes<TPart, TForward> : IA64Op
    where TPart : struct, IA64Flag
    where TForward : struct, IA64Flag
{
    public static Course Course => Course.Other;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong size = core.X(insn.Rn);
        if (size == 0)
            return Flow.Next;
        bool isForward = TForward.Value || (long)size < 0;
        ulong left = isForward ? 0 - size : size;
        int unit = A64MemoryCopy.Unit(left);
        ulong at = isForward ? size : size - (ulong)unit;
        if (!core.Load(core.X(insn.Rm) + at, unit, A64MemoryCopy.ReadAccess(insn.Option), out ulong value)
            || !core.Store(core.X(insn.Rd) + at, unit, A64MemoryCopy.WriteAccess(insn.Option), value))
        {
            return Flow.Event;
        }

        core.SetX(insn.Rn, isForward ? size + (ulong)unit : at);
        return left == (ulong)unit ? Flow.Next : Flow.Again;
    }
}

/// <summary>SETP: the address moves behind the range and the size becomes negative.</summary>
internal readonly struct SetPrologue : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong size = Math.Min(core.X(insn.Rn), A64MemoryCopy.MaxForward);
        core.SetNzcv(0);
        core.SetX(insn.Rd, core.X(insn.Rd) + size);
        core.SetX(insn.Rn, 0 - size);
        return Flow.Next;
    }
}

/// <summary>SETM, SETE: the low byte of Rm, in units, until none is left.</summary>
internal readonly struct SetBytes : IA64Op
{
    public static Course Course => Course.Other;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong size = core.X(insn.Rn);
        if (size == 0)
            return Flow.Next;
        int unit = A64MemoryCopy.Unit(0 - size);
        ulong value = (byte)core.X(insn.Rm) * 0x0101010101010101UL;
        if (!core.Store(core.X(insn.Rd) + size, unit, A64MemoryCopy.SetAccess(insn.Option), value))
            return Flow.Event;
        core.SetX(insn.Rn, size + (ulong)unit);
        return size + (ulong)unit == 0 ? Flow.Next : Flow.Again;
    }
}
