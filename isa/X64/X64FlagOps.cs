namespace RcuEmu.Isa.X64;

/// <summary>CLC. SDM Vol. 2A, "CLC—Clear Carry Flag".</summary>
internal readonly struct Clc : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64Flags.SetCf(ref core, false);
        return Flow.Next;
    }
}

/// <summary>STC. SDM Vol. 2B, "STC—Set Carry Flag".</summary>
internal readonly struct Stc : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64Flags.SetCf(ref core, true);
        return Flow.Next;
    }
}

/// <summary>CMC. SDM Vol. 2A, "CMC—Complement Carry Flag".</summary>
internal readonly struct Cmc : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64Flags.SetCf(ref core, !core.Cf);
        return Flow.Next;
    }
}

/// <summary>LAHF. SDM Vol. 2A, "LAHF—Load Status Flags Into AH Register".</summary>
internal readonly struct Lahf : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong flags = (core.ArithmeticFlags & ~X64Flags.Of) | X64Flags.Fixed;
        core.SetGpr(0, (core.Gpr(0) & ~0xff00ul) | (flags << 8));
        return Flow.Next;
    }
}

/// <summary>SAHF. SDM Vol. 2B, "SAHF—Store AH Into Flags": OF is kept.</summary>
internal readonly struct Sahf : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        uint flags = (uint)(core.Gpr(0) >> 8) & X64Flags.Arithmetic & ~X64Flags.Of;
        core.ArithmeticFlags = (core.ArithmeticFlags & X64Flags.Of) | flags;
        return Flow.Next;
    }
}

/// <summary>A flag outside the arithmetic ones.</summary>
internal interface IX64SystemFlag
{
    static abstract ulong Flag { get; }
}

/// <summary>DF: CLD, STD.</summary>
internal readonly struct Direction : IX64SystemFlag
{
    public static ulong Flag => X64Flags.Df;
}

/// <summary>IF: CLI, STI.</summary>
internal readonly struct InterruptEnable : IX64SystemFlag
{
    public static ulong Flag => X64Flags.If;
}

/// <summary>AC: CLAC, STAC.</summary>
internal readonly struct AccessControl : IX64SystemFlag
{
    public static ulong Flag => X64Flags.Ac;
}

/// <summary>CLD, CLI, CLAC. SDM Vol. 2A, "CLI—Clear Interrupt Flag".</summary>
internal readonly struct ClearFlag<TFlag> : IX64Op
    where TFlag : struct, IX64SystemFlag
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        core.SystemFlags &= ~TFlag.Flag;
        return Flow.Next;
    }
}

/// <summary>
/// STD, STI, STAC. SDM Vol. 2B, "STI—Set Interrupt Flag". Left out: the one instruction behind STI during which interrupts stay off, which
/// makes STI; HLT atomic; an interrupt may be seen to strike between the two.
/// </summary>
internal readonly struct SetFlag<TFlag> : IX64Op
    where TFlag : struct, IX64SystemFlag
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        core.SystemFlags |= TFlag.Flag;
        return Flow.Next;
    }
}
