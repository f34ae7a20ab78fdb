namespace RcuEmu.Isa.Arm64;

/// <summary>RMIF: bits 3:0 of the rotated register go to the flags that the mask names.</summary>
internal readonly struct RotateIntoFlags : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        uint mask = (uint)insn.Imm2;
        uint bits = (uint)ulong.RotateRight(core.X(insn.Rn), (int)insn.Imm) & 15;
        core.SetNzcv(((A64Flags.Nzcv(ref core) & ~mask) | (bits & mask)) << 28);
        return Flow.Next;
    }
}

/// <summary>SETF8, SETF16: N, Z and V as an addition of that size would leave them; C stays.</summary>
internal readonly struct EvaluateIntoFlags<TSize> : IA64Op
    where TSize : struct, IA64Size
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int bits = TSize.Bytes * 8;
        uint value = (uint)core.X(insn.Rn), sign = (value >> (bits - 1)) & 1, above = (value >> bits) & 1;
        uint n = sign << 3, z = (value & ((1u << bits) - 1)) == 0 ? 4u : 0, v = sign ^ above;
        core.SetNzcv((n | z | (A64Flags.Nzcv(ref core) & 2) | v) << 28);
        return Flow.Next;
    }
}

/// <summary>The four flags as one number.</summary>
internal static class A64Flags
{
    /// <summary>N Z C V in bits 3:0.</summary>
    public static uint Nzcv<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct =>
        (core.N ? 8u : 0) | (core.Z ? 4u : 0) | (core.C ? 2u : 0) | (core.Overflow ? 1u : 0);
}

/// <summary>What CFINV, XAFLAG and AXFLAG make of N Z C V in bits 3:0.</summary>
internal interface IA64FlagChange
{
    static abstract uint Apply(uint nzcv);
}

/// <summary>CFINV.</summary>
internal readonly struct InvertCarry : IA64FlagChange
{
    public static uint Apply(uint nzcv) => nzcv ^ 2;
}

/// <summary>XAFLAG: from the external floating-point format. DDI 0487, C6.2, "XAFLAG".</summary>
internal readonly struct ToArmFlags : IA64FlagChange
{
    public static uint Apply(uint nzcv)
    {
        bool z = (nzcv & 4) != 0, c = (nzcv & 2) != 0;
        return (!c && !z ? 8u : 0) | (z && c ? 4u : 0) | (c || z ? 2u : 0) | (!c && z ? 1u : 0);
    }
}

/// <summary>AXFLAG: to the external floating-point format. DDI 0487, C6.2, "AXFLAG".</summary>
internal readonly struct ToExternalFlags : IA64FlagChange
{
    public static uint Apply(uint nzcv)
    {
        bool z = (nzcv & 4) != 0, c = (nzcv & 2) != 0, v = (nzcv & 1) != 0;
        return (z || v ? 4u : 0) | (c && !v ? 2u : 0);
    }
}

/// <summary>CFINV, XAFLAG, AXFLAG.</summary>
internal readonly struct ChangeFlags<TChange> : IA64Op
    where TChange : struct, IA64FlagChange
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetNzcv(TChange.Apply(A64Flags.Nzcv(ref core)) << 28);
        return Flow.Next;
    }
}
