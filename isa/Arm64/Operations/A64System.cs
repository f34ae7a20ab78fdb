using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>An UNDEFINED word: no row has it and the architecture does not either, or UDF.</summary>
internal readonly struct Undefined : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.Raise(GuestEventKind.Undefined, insn.Word);
}

/// <summary>An instruction that the architecture has and RcuEmu does not.</summary>
internal readonly struct NotModelled : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.Raise(GuestEventKind.NotModelled, insn.Word);
}

/// <summary>NOP, and every hint that does nothing: YIELD, SEV, ESB, BTI (whose landing is the core's business).</summary>
/// <remarks>Left out: SEV and SEVL set no event register, so WFE always waits.</remarks>
internal readonly struct Hint : IA64Op
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct => Flow.Next;
}

/// <summary>An event that carries the immediate: SVC, HVC, SMC, BRK, HLT.</summary>
internal readonly struct RaiseEvent<TKind> : IA64Op
    where TKind : struct, IA64EventKind
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct => core.Raise(TKind.Kind, (ulong)insn.Imm);
}

/// <summary>The kind of event that an exception-generating instruction raises.</summary>
internal interface IA64EventKind
{
    static abstract GuestEventKind Kind { get; }
}

internal readonly struct Svc : IA64EventKind
{
    public static GuestEventKind Kind => GuestEventKind.SupervisorCall;
}

internal readonly struct Hvc : IA64EventKind
{
    public static GuestEventKind Kind => GuestEventKind.HypervisorCall;
}

internal readonly struct Smc : IA64EventKind
{
    public static GuestEventKind Kind => GuestEventKind.SecureMonitorCall;
}

internal readonly struct Brk : IA64EventKind
{
    public static GuestEventKind Kind => GuestEventKind.Breakpoint;
}

internal readonly struct Hlt : IA64EventKind
{
    public static GuestEventKind Kind => GuestEventKind.HaltDebug;
}

/// <summary>A barrier: which one, by the instruction and by the kind of access in CRm.</summary>
internal readonly struct DataBarrier<TBarriers> : IA64Op
    where TBarriers : struct, IA64Barriers
{
    /// <remarks>Left out: the shareability domain. Every core is in every domain.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.Barrier((insn.Option & 3) switch { 1 => TBarriers.Loads, 2 => TBarriers.Stores, _ => TBarriers.All });
        return Flow.Next;
    }
}

/// <summary>The three strengths of a barrier.</summary>
internal interface IA64Barriers
{
    static abstract Barrier All { get; }

    static abstract Barrier Loads { get; }

    static abstract Barrier Stores { get; }
}

internal readonly struct Dmb : IA64Barriers
{
    public static Barrier All => Barrier.Dmb;

    public static Barrier Loads => Barrier.DmbLd;

    public static Barrier Stores => Barrier.DmbSt;
}

internal readonly struct Dsb : IA64Barriers
{
    public static Barrier All => Barrier.Dsb;

    public static Barrier Loads => Barrier.DsbLd;

    public static Barrier Stores => Barrier.DsbSt;
}

internal readonly struct Isb : IA64Barriers
{
    public static Barrier All => Barrier.Isb;

    public static Barrier Loads => Barrier.Isb;

    public static Barrier Stores => Barrier.Isb;
}

internal readonly struct Sb : IA64Barriers
{
    public static Barrier All => Barrier.Speculation;

    public static Barrier Loads => Barrier.Speculation;

    public static Barrier Stores => Barrier.Speculation;
}

/// <summary>CLREX.</summary>
internal readonly struct ClearExclusive : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.ClearExclusive();
        return Flow.Next;
    }
}

/// <summary>MRS.</summary>
internal readonly struct ReadSystemRegister : IA64Op
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!core.ReadSystem((int)insn.Imm, out ulong value))
            return Flow.Event;
        core.SetX(insn.Rd, value);
        return Flow.Next;
    }
}

/// <summary>MSR (register).</summary>
internal readonly struct WriteSystemRegister : IA64Op
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.WriteSystem((int)insn.Imm, core.X(insn.Rd)) ? Flow.Next : Flow.Event;
}

/// <summary>MSR (immediate): goes through the register that holds the field. DDI 0487, C6.2, "MSR (immediate)".</summary>
internal readonly struct WritePstate : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong bit = (ulong)insn.Imm & 1;
        bool written = insn.Option switch
        {
            0b000_011 => core.WriteSystem(A64SystemRegisters.Uao, bit << 23),
            0b000_100 => core.WriteSystem(A64SystemRegisters.Pan, bit << 22),
            0b000_101 => core.WriteSystem(A64SystemRegisters.SpSel, bit),
            0b001_000 when insn.Imm < 2 => core.WriteSystem(A64SystemRegisters.AllInt, bit << 13),
            0b011_001 => core.WriteSystem(A64SystemRegisters.Ssbs, bit << 12),
            0b011_010 => core.WriteSystem(A64SystemRegisters.Dit, bit << 24),
            0b011_100 => core.WriteSystem(A64SystemRegisters.Tco, bit << 25),
            0b011_110 => ChangeDaif(ref core, (ulong)insn.Imm << 6, 0),
            0b011_111 => ChangeDaif(ref core, 0, (ulong)insn.Imm << 6),
            _ => core.Raise(GuestEventKind.NotModelled, insn.Word) != Flow.Event,
        };
        return written ? Flow.Next : Flow.Event;
    }

    private static bool ChangeDaif<TCore>(ref TCore core, ulong set, ulong clear)
        where TCore : struct, IA64Core, allows ref struct =>
        core.ReadSystem(A64SystemRegisters.Daif, out ulong daif)
        && core.WriteSystem(A64SystemRegisters.Daif, (daif | set) & ~clear);
}

/// <summary>SYS: cache, TLB and address translation maintenance, DC ZVA.</summary>
internal readonly struct SystemOperation : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (insn.Imm == A64Maintenance.DcZva)
            return ZeroBlock(ref core, core.X(insn.Rd)) ? Flow.Next : Flow.Event;
        CacheOperation? operation = A64Maintenance.Of((int)insn.Imm);
        if (operation is not CacheOperation known)
            return core.Raise(GuestEventKind.NotModelled, insn.Word);
        return core.Cache(known, core.X(insn.Rd)) ? Flow.Next : Flow.Event;
    }

    /// <summary>DC ZVA: the block around the address. It lies in one page, so that the first store decides for all.</summary>
    private static bool ZeroBlock<TCore>(ref TCore core, ulong address)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong block = address & ~(ulong)(A64SystemRegisters.ZeroBlockBytes - 1);
        for (int at = 0; at < A64SystemRegisters.ZeroBlockBytes; at += 16)
        {
            if (!core.Store128(block + (ulong)at, Access.Plain, 0, 0))
                return false;
        }

        return true;
    }
}

/// <summary>Which maintenance a SYS encoding (op1:CRn:CRm:op2) is.</summary>
internal static class A64Maintenance
{
    /// <summary>DC ZVA, which is a store.</summary>
    public const int DcZva = 0x1ba1;

    private static readonly CacheOperation?[] Operations = Make();

    private static CacheOperation?[] Make()
    {
        var operations = new CacheOperation?[1 << 14];
        foreach (var (encoding, instruction, name, _) in A64SystemTable.Operations)
        {
            operations[encoding] = (instruction, name) switch
            {
                ("dc", "cvau") => CacheOperation.DcCvau,
                ("dc", "cvac" or "cvap" or "cvadp" or "csw" or "cgvac" or "cgdvac") => CacheOperation.DcCvac,
                ("dc", "civac" or "cisw" or "cigvac" or "cigdvac" or "cipapa" or "cigdpapa") => CacheOperation.DcCivac,
                ("dc", "ivac" or "isw" or "igvac" or "igdvac") => CacheOperation.DcIvac,
                ("ic", "ivau") => CacheOperation.IcIvau,
                ("ic", "iallu") => CacheOperation.IcIallu,
                ("ic", "ialluis") => CacheOperation.IcIalluis,
                ("tlbi", _) => CacheOperation.Tlb,
                _ => null,
            };
        }

        return operations;
    }

    public static CacheOperation? Of(int encoding) => Operations[encoding];
}

/// <summary>WFE and WFI: the core waits.</summary>
internal readonly struct WaitHint : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct => core.Raise(GuestEventKind.WaitForInterrupt, (ulong)insn.Imm);
}

/// <summary>ERET: where it goes is for the core to say.</summary>
internal readonly struct ExceptionReturn : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct => core.Raise(GuestEventKind.ExceptionReturn, 0);
}

/// <summary>An instruction of a feature that the modelled core does not have: UNDEFINED, but known by name.</summary>
internal readonly struct FeatureAbsent : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.Raise(GuestEventKind.Undefined, insn.Word);
}
