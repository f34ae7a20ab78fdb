namespace RcuEmu.Isa.Arm64;

/// <summary>
/// The SVE vector length: 128 bits, the least there is, which every SVE core can be set to. So Z0 to Z31 are V0 to V31 and no more, and
/// a predicate has 16 bits. DDI 0487, B1.2, "SVE registers".
/// </summary>
public static class A64VectorLength
{
    /// <summary>Bytes of a vector.</summary>
    public const int Bytes = 16;

    /// <summary>Bytes of a predicate: one bit for each byte of a vector.</summary>
    public const int PredicateBytes = Bytes / 8;
}

/// <summary>ADDVL and ADDPL. Imm is the multiple, in bytes.</summary>
internal readonly struct AddVectorLength : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetX(insn.Rd, core.X(insn.Rm) + (ulong)insn.Imm);
        return Flow.Next;
    }
}

/// <summary>PFALSE.</summary>
internal readonly struct ClearPredicate : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetP(insn.Rd, 0);
        return Flow.Next;
    }
}

/// <summary>RDFFR (unpredicated).</summary>
internal readonly struct ReadFirstFault : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetP(insn.Rd, core.P(A64Predicate.Ffr));
        return Flow.Next;
    }
}

/// <summary>WRFFR. Left out: a value that is not ones below zeros, after which FFR is UNPREDICTABLE; it is kept as it is.</summary>
internal readonly struct WriteFirstFault : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetP(A64Predicate.Ffr, core.P(insn.Rn));
        return Flow.Next;
    }
}

/// <summary>SETFFR.</summary>
internal readonly struct SetFirstFault : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetP(A64Predicate.Ffr, (1UL << A64VectorLength.Bytes) - 1);
        return Flow.Next;
    }
}

/// <summary>LDR (predicate).</summary>
internal readonly struct LoadPredicate : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!core.Load(core.X(insn.Rn) + (ulong)insn.Imm, A64VectorLength.PredicateBytes, Access.Plain, out ulong value))
            return Flow.Event;
        core.SetP(insn.Rd, value);
        return Flow.Next;
    }
}

/// <summary>STR (predicate).</summary>
internal readonly struct StorePredicate : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.Store(core.X(insn.Rn) + (ulong)insn.Imm, A64VectorLength.PredicateBytes, Access.Plain, core.P(insn.Rd)) ? Flow.Next : Flow.Event;
}
