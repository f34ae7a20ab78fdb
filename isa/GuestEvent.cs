namespace RcuEmu.Isa;

/// <summary>What one executed instruction did to the flow of control.</summary>
public enum Flow : byte
{
    /// <summary>The next instruction in memory follows.</summary>
    Next,

    /// <summary>The operation has set the address of the next instruction.</summary>
    Branch,

    /// <summary>One iteration of a repeated instruction is done; the same instruction goes on (x86-64 REP).</summary>
    Again,

    /// <summary>A guest event was raised; the core's pending event says which, and nothing else was changed.</summary>
    Event,
}

/// <summary>Which <see cref="Flow"/> values an operation can return: what a gear need not look for.</summary>
public enum Course : byte
{
    /// <summary>The next instruction, or an event.</summary>
    Sequential,

    /// <summary>The next instruction, or a branch by a distance that the instruction itself says. No event.</summary>
    DirectBranch,

    /// <summary>Any.</summary>
    Other,
}

/// <summary>How control was transferred. A property that watches calls, returns or landing pads reads this.</summary>
public enum BranchKind : byte
{
    /// <summary>B, B.cond, CBZ, TBZ; JMP rel, Jcc.</summary>
    Direct,

    /// <summary>BL; CALL rel.</summary>
    DirectCall,

    /// <summary>BR; JMP r/m.</summary>
    Indirect,

    /// <summary>BLR; CALL r/m.</summary>
    IndirectCall,

    /// <summary>RET, RET Xn; RET.</summary>
    Return,

    /// <summary>ERET; IRET, SYSRET.</summary>
    ExceptionReturn,
}

/// <summary>
/// What the code under study did that the instruction set does not go on from by itself: a fault, a trap, a call
/// of something outside the code. An event is a value, never a C# exception.
/// </summary>
public enum GuestEventKind : byte
{
    /// <summary>No event.</summary>
    None,

    /// <summary>A load from an address that is not mapped or not readable. Detail: the address.</summary>
    ReadFault,

    /// <summary>A store to an address that is not mapped or not writable. Detail: the address.</summary>
    WriteFault,

    /// <summary>An instruction fetch from an address that is not mapped or not executable. Detail: the address.</summary>
    FetchFault,

    /// <summary>An access that the instruction set requires to be aligned. Detail: the address.</summary>
    AlignmentFault,

    /// <summary>An UNDEFINED encoding (arm64) or #UD (x86-64). Detail: the word, or 0.</summary>
    Undefined,

    /// <summary>
    /// A valid instruction or register that RcuEmu does not model. Detail: for an instruction the word, or an Iced Code; for a
    /// system register its number in MRS and MSR, or <see cref="X64.X64System"/> &lt;&lt; 32 | index. The bytes tell which.
    /// </summary>
    NotModelled,

    /// <summary>BRK #imm16 (detail: the immediate; the PC stays on it), or INT3 (the RIP is behind it, as #BP leaves it).</summary>
    Breakpoint,

    /// <summary>INT1 or a single-step trap.</summary>
    DebugTrap,

    /// <summary>HLT #imm16 on arm64: a debug-state halt. Detail: the immediate.</summary>
    HaltDebug,

    /// <summary>SVC #imm16, or SYSCALL. Detail: the immediate. The PC is behind it.</summary>
    SupervisorCall,

    /// <summary>HVC #imm16, or VMCALL. Detail: the immediate. The PC is behind it.</summary>
    HypervisorCall,

    /// <summary>SMC #imm16. Detail: the immediate.</summary>
    SecureMonitorCall,

    /// <summary>INT n. Detail: the vector. The RIP is behind it.</summary>
    SoftwareInterrupt,

    /// <summary>WFI, WFE with no event pending, or x86-64 HLT: the core waits. The PC is behind it.</summary>
    WaitForInterrupt,

    /// <summary>#DE.</summary>
    DivideError,

    /// <summary>#GP. Detail: the error code or the offending address.</summary>
    GeneralProtection,

    /// <summary>A branch to a place that is no landing pad: Branch Target exception, or #CP. Detail: the target.</summary>
    BranchTarget,

    /// <summary>A pointer authentication failure (FEAT_FPAC). Detail: the pointer.</summary>
    PointerAuthentication,

    /// <summary>An arm64 exception return, or IRET/SYSRET to a mode that the machine does not have. Detail: the target.</summary>
    ExceptionReturn,
}

/// <summary>How memory is touched. The instruction semantics say it; the memory model in force decides what it means.</summary>
[Flags]
public enum Access : ushort
{
    /// <summary>A plain access.</summary>
    Plain = 0,

    /// <summary>Load-acquire (LDAR).</summary>
    Acquire = 1,

    /// <summary>Load-acquire RCpc (LDAPR).</summary>
    AcquirePc = 2,

    /// <summary>Store-release (STLR).</summary>
    Release = 4,

    /// <summary>One half of a single-copy atomic read-modify-write (LSE atomics, LOCK, XCHG).</summary>
    Atomic = 8,

    /// <summary>Load or store exclusive.</summary>
    Exclusive = 16,

    /// <summary>Unprivileged (LDTR, STTR).</summary>
    Unprivileged = 32,

    /// <summary>A read that is going to be written in the same instruction without LOCK (x86-64 ADD m, r).</summary>
    Modify = 64,

    /// <summary>Non-temporal hint.</summary>
    NonTemporal = 128,
}

/// <summary>Barriers and serialising events, by the architecture's own name.</summary>
public enum Barrier : byte
{
    /// <summary>DMB, all accesses.</summary>
    Dmb,

    /// <summary>DMB LD.</summary>
    DmbLd,

    /// <summary>DMB ST.</summary>
    DmbSt,

    /// <summary>DSB, all accesses.</summary>
    Dsb,

    /// <summary>DSB LD.</summary>
    DsbLd,

    /// <summary>DSB ST.</summary>
    DsbSt,

    /// <summary>ISB, a context synchronisation event.</summary>
    Isb,

    /// <summary>SB and CSDB: speculation barriers, without effect on an in-order machine.</summary>
    Speculation,

    /// <summary>MFENCE.</summary>
    Mfence,

    /// <summary>LFENCE.</summary>
    Lfence,

    /// <summary>SFENCE.</summary>
    Sfence,

    /// <summary>A serialising instruction: SERIALIZE, CPUID, IRET, MOV to CRn. SDM Vol. 3A, "Serializing Instructions".</summary>
    Serialize,
}

/// <summary>Cache and TLB maintenance, by the architecture's own name.</summary>
public enum CacheOperation : byte
{
    /// <summary>DC CVAU: clean by address to the point of unification.</summary>
    DcCvau,

    /// <summary>DC CVAC, DC CVAP, DC CVADP.</summary>
    DcCvac,

    /// <summary>DC CIVAC.</summary>
    DcCivac,

    /// <summary>DC IVAC.</summary>
    DcIvac,

    /// <summary>IC IVAU.</summary>
    IcIvau,

    /// <summary>IC IALLU.</summary>
    IcIallu,

    /// <summary>IC IALLUIS.</summary>
    IcIalluis,

    /// <summary>Any TLBI or INVLPG: the machine has no TLB that the guest could see.</summary>
    Tlb,

    /// <summary>CLFLUSH, CLFLUSHOPT, CLWB, WBINVD: no effect on what is fetched or read.</summary>
    Flush,
}
