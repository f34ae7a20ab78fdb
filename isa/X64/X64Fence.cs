namespace RcuEmu.Isa.X64;

/// <summary>Which barrier an instruction is.</summary>
internal interface IX64Barrier
{
    static abstract Barrier Kind { get; }
}

/// <summary>MFENCE.</summary>
internal readonly struct OfMfence : IX64Barrier
{
    public static Barrier Kind => Barrier.Mfence;
}

/// <summary>LFENCE.</summary>
internal readonly struct OfLfence : IX64Barrier
{
    public static Barrier Kind => Barrier.Lfence;
}

/// <summary>SFENCE.</summary>
internal readonly struct OfSfence : IX64Barrier
{
    public static Barrier Kind => Barrier.Sfence;
}

/// <summary>SERIALIZE. SDM Vol. 2B, "SERIALIZE—Serialize Instruction Execution".</summary>
internal readonly struct OfSerialize : IX64Barrier
{
    public static Barrier Kind => Barrier.Serialize;
}

/// <summary>MFENCE, LFENCE, SFENCE, SERIALIZE.</summary>
internal readonly struct Fence<TBarrier> : IX64Op
    where TBarrier : struct, IX64Barrier
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        core.Barrier(TBarrier.Kind);
        return Flow.Next;
    }
}

/// <summary>CLFLUSH, CLFLUSHOPT, CLWB. SDM Vol. 2A, "CLFLUSH—Flush Cache Line".</summary>
internal readonly struct FlushLine : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.Cache(CacheOperation.Flush, X64Operands.Linear(ref core, insn)) ? Flow.Next : Flow.Event;
}

/// <summary>INVD, WBINVD, WBNOINVD: serialising. SDM Vol. 2D, "WBINVD—Write Back and Invalidate Cache".</summary>
internal readonly struct FlushAll : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.Cache(CacheOperation.Flush, 0))
            return Flow.Event;

        core.Barrier(Barrier.Serialize);
        return Flow.Next;
    }
}

/// <summary>INVLPG: serialising. SDM Vol. 2A, "INVLPG—Invalidate TLB Entries".</summary>
internal readonly struct Invlpg : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.Cache(CacheOperation.Tlb, X64Operands.Linear(ref core, insn)))
            return Flow.Event;

        core.Barrier(Barrier.Serialize);
        return Flow.Next;
    }
}

/// <summary>INVPCID: serialising; the descriptor's second quadword is the address. SDM Vol. 2A, "INVPCID".</summary>
internal readonly struct Invpcid : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.Load128(X64Operands.Linear(ref core, insn), Access.Plain, out _, out ulong address)
            || !core.Cache(CacheOperation.Tlb, address))
        {
            return Flow.Event;
        }

        core.Barrier(Barrier.Serialize);
        return Flow.Next;
    }
}

/// <summary>INVLPGB, TLBSYNC. APM Vol. 3, "INVLPGB": the machine has no TLB that could be stale.</summary>
internal readonly struct TlbBroadcast : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.Cache(CacheOperation.Tlb, core.Gpr(0) & ~0xffful) ? Flow.Next : Flow.Event;
}

/// <summary>
/// TPAUSE, UMWAIT. SDM Vol. 2B, "TPAUSE—Timed PAUSE": all arithmetic flags are cleared. Left out: the wait itself; as with MWAIT and
/// MONITOR, which are NOPs here, a wake-up for no reason is allowed, so code that waits loops instead.
/// </summary>
internal readonly struct TimedPause : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        core.ArithmeticFlags = 0;
        return Flow.Next;
    }
}

/// <summary>MOVDIR64B: 64 bytes from memory to the address in Reg0. SDM Vol. 2B, "MOVDIR64B—Move 64 Bytes as Direct Store".</summary>
internal readonly struct Movdir64b : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong from = X64Operands.Linear(ref core, insn);
        ulong to = (insn.Prefixes & X64Insn.Address32) != 0 ? (uint)core.Gpr(insn.Reg0) : core.Gpr(insn.Reg0);
        if ((to & 63) != 0)
            return core.Raise(GuestEventKind.GeneralProtection, to);

        if (!core.Load128(from, Access.Plain, out ulong q0, out ulong q1)
            || !core.Load128(from + 16, Access.Plain, out ulong q2, out ulong q3)
            || !core.Load128(from + 32, Access.Plain, out ulong q4, out ulong q5)
            || !core.Load128(from + 48, Access.Plain, out ulong q6, out ulong q7)
            || !core.CheckWrite(to, 64)
            || !core.Store128(to, Access.NonTemporal, q0, q1)
            || !core.Store128(to + 16, Access.NonTemporal, q2, q3)
            || !core.Store128(to + 32, Access.NonTemporal, q4, q5)
            || !core.Store128(to + 48, Access.NonTemporal, q6, q7))
        {
            return Flow.Event;
        }

        return Flow.Next;
    }
}
