namespace RcuEmu.Isa.Arm64;

/// <summary>
/// What an A64 operation may touch of the core that executes it. One call is one effect that the rest of the
/// machine can see. Implemented by structs, so that operations are compiled once for each gear.
/// </summary>
/// <remarks>
/// Registers are named by slot: 0 to 30 are X0 to X30, <see cref="A64Slot.Sp"/> is SP, <see cref="A64Slot.Zero"/> reads
/// as 0 (XZR as a source) and <see cref="A64Slot.Sink"/> takes writes that are dropped (XZR as a destination). The
/// decoder maps register 31 to the slot its role asks for, so no operation tests for it.
/// </remarks>
public interface IA64Core
{
    /// <summary>The value in a slot.</summary>
    ulong X(int slot);

    /// <summary>Writes a slot. 32-bit results are written zero-extended by the operation.</summary>
    void SetX(int slot, ulong value);

    /// <summary>Half 0 (bits 63:0) or 1 (bits 127:64) of vector register V0 to V31.</summary>
    ulong V(int register, int half);

    /// <summary>Writes one half of a vector register.</summary>
    void SetV(int register, int half, ulong value);

    /// <summary>Predicate register P0 to P15, or the first fault register (<see cref="A64Predicate.Ffr"/>): 16 bits, one for each byte of a vector.</summary>
    ulong P(int register);

    /// <summary>Writes one, zero-extended from 16 bits.</summary>
    void SetP(int register, ulong value);

    /// <summary>The address of the instruction being executed.</summary>
    ulong Pc { get; }

    /// <summary>Sets the address of the next instruction. Returns <see cref="Flow.Branch"/>.</summary>
    Flow BranchTo(ulong target, BranchKind kind);

    /// <summary>Sets the address of the next instruction to that of this one plus <paramref name="distance"/>. Returns <see cref="Flow.Branch"/>.</summary>
    Flow BranchBy(long distance, BranchKind kind);

    /// <summary>
    /// Sets NZCV from a result: N is bit 63 of <paramref name="result"/>, Z is <paramref name="result"/> == 0. A 32-bit
    /// result is passed sign-extended.
    /// </summary>
    void SetFlags(long result, bool carry, bool overflow);

    /// <summary>PSTATE.N.</summary>
    bool N { get; }

    /// <summary>PSTATE.Z.</summary>
    bool Z { get; }

    /// <summary>PSTATE.C.</summary>
    bool C { get; }

    /// <summary>PSTATE.V.</summary>
    bool Overflow { get; }

    /// <summary>Sets the four flags from bits 31:28 (N Z C V), as in the NZCV register.</summary>
    void SetNzcv(uint nzcv);

    /// <summary>Loads 1, 2, 4 or 8 bytes, zero-extended. False: an event was raised; return <see cref="Flow.Event"/>.</summary>
    bool Load(ulong address, int bytes, Access access, out ulong value);

    /// <summary>Loads 16 bytes as one access.</summary>
    bool Load128(ulong address, Access access, out ulong low, out ulong high);

    /// <summary>Stores the low 1, 2, 4 or 8 bytes. False: an event was raised.</summary>
    bool Store(ulong address, int bytes, Access access, ulong value);

    /// <summary>Stores 16 bytes as one access.</summary>
    bool Store128(ulong address, Access access, ulong low, ulong high);

    /// <summary>Sets the local exclusive monitor to these bytes (after a load exclusive of up to 16 bytes).</summary>
    void SetExclusive(ulong address, int bytes);

    /// <summary>
    /// True if the local monitor still covers exactly these bytes and no other core has written them since; clears it.
    /// Asked before the store of a store exclusive.
    /// </summary>
    bool PassExclusive(ulong address, int bytes);

    /// <summary>CLREX.</summary>
    void ClearExclusive();

    /// <summary>A barrier, or ISB.</summary>
    void Barrier(Barrier barrier);

    /// <summary>Cache or TLB maintenance by address (0 where it has none). False: an event was raised.</summary>
    bool Cache(CacheOperation operation, ulong address);

    /// <summary>How much of pointer authentication the core has. A constant None where a gear leaves the others to another one.</summary>
    A64PointerAuthentication PointerAuthentication { get; }

    /// <summary>MRS. The register is o0:op1:CRn:CRm:op2 as in bits 20:5 of the instruction (with op0). False: event raised.</summary>
    bool ReadSystem(int register, out ulong value);

    /// <summary>MSR (register), and MSR (immediate) through the register that holds the field.</summary>
    bool WriteSystem(int register, ulong value);

    /// <summary>Raises a guest event. Returns <see cref="Flow.Event"/>.</summary>
    Flow Raise(GuestEventKind kind, ulong detail);
}

/// <summary>Register slots beyond X0 to X30.</summary>
public static class A64Slot
{
    /// <summary>SP.</summary>
    public const int Sp = 31;

    /// <summary>XZR as a source: always 0.</summary>
    public const int Zero = 32;

    /// <summary>XZR as a destination: never read.</summary>
    public const int Sink = 33;

    /// <summary>How many slots there are.</summary>
    public const int Count = 34;
}

/// <summary>Predicate registers beyond P0 to P15.</summary>
public static class A64Predicate
{
    /// <summary>FFR.</summary>
    public const int Ffr = 16;

    /// <summary>How many there are.</summary>
    public const int Count = 17;
}

/// <summary>
/// The registers that belong to what runs (a task), as they lie in memory: 64-bit cells, all of them. Flags are kept
/// apart so that setting them costs two stores: N in bit 63 of <see cref="NResult"/>, Z set if <see cref="ZResult"/> is 0.
/// </summary>
public unsafe struct A64Registers
{
    /// <summary>By <see cref="A64Slot"/>.</summary>
    public fixed ulong X[A64Slot.Count];

    /// <summary>The program counter.</summary>
    public ulong Pc;

    /// <summary>Bit 63 is PSTATE.N.</summary>
    public ulong NResult;

    /// <summary>PSTATE.Z is set where this is 0.</summary>
    public ulong ZResult;

    /// <summary>PSTATE.C, 0 or 1.</summary>
    public ulong C;

    /// <summary>PSTATE.V, 0 or 1.</summary>
    public ulong Overflow;

    /// <summary>FPCR and FPSR.</summary>
    public ulong Fpcr, Fpsr;

    /// <summary>V0 to V31, low half first. Z0 to Z31 are the same: see <see cref="A64VectorLength"/>.</summary>
    public fixed ulong V[64];

    /// <summary>By <see cref="A64Predicate"/>.</summary>
    public fixed ulong P[A64Predicate.Count];
}
