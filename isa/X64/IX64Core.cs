namespace RcuEmu.Isa.X64;

/// <summary>
/// What an x86-64 operation may touch of the core that executes it. One call is one effect that the rest of the
/// machine can see. Implemented by structs, so that operations are compiled once for each gear.
/// </summary>
public interface IX64Core
{
    /// <summary>A general register, 0 to 15 in encoding order (RAX RCX RDX RBX RSP RBP RSI RDI R8 …), all 64 bits.</summary>
    ulong Gpr(int register);

    /// <summary>Writes all 64 bits of a general register; merging of 8 and 16 bits is the operation's.</summary>
    void SetGpr(int register, ulong value);

    /// <summary>Quadword 0 to 3 of YMM0 to YMM15.</summary>
    ulong Ymm(int register, int quadword);

    /// <summary>Writes one quadword of a vector register.</summary>
    void SetYmm(int register, int quadword, ulong value);

    /// <summary>The address of the instruction being executed.</summary>
    ulong Rip { get; }

    /// <summary>The address of the instruction behind it.</summary>
    ulong NextRip { get; }

    /// <summary>Sets the address of the next instruction. Returns <see cref="Flow.Branch"/>.</summary>
    Flow BranchTo(ulong target, BranchKind kind);

    /// <summary>Sets the address of the next instruction to <see cref="NextRip"/> plus <paramref name="distance"/>. Returns <see cref="Flow.Branch"/>.</summary>
    Flow BranchBy(long distance, BranchKind kind);

    /// <summary>
    /// Sets the six arithmetic flags. <paramref name="result"/> is sign-extended to 64 bits (SF, ZF, PF follow from it);
    /// <paramref name="carries"/> holds CF in bit 63, CF xor OF in bit 62 (the carry into the sign bit), AF in bit 3, rest 0.
    /// </summary>
    void SetFlags(long result, ulong carries);

    /// <summary>The six arithmetic flags at their places in RFLAGS (CF 0, PF 2, AF 4, ZF 6, SF 7, OF 11), nothing else.</summary>
    uint ArithmeticFlags { get; set; }

    /// <summary>CF.</summary>
    bool Cf { get; }

    /// <summary>ZF.</summary>
    bool Zf { get; }

    /// <summary>SF.</summary>
    bool Sf { get; }

    /// <summary>OF.</summary>
    bool Of { get; }

    /// <summary>PF.</summary>
    bool Pf { get; }

    /// <summary>RFLAGS without the six arithmetic flags: IF, DF, TF, IOPL, NT, AC, ID and the fixed bit 1.</summary>
    ulong SystemFlags { get; set; }

    /// <summary>Base of the FS or GS segment (<see cref="Iced.Intel.Register.FS"/>, <see cref="Iced.Intel.Register.GS"/>).</summary>
    ulong SegmentBase(Iced.Intel.Register segment);

    /// <summary>Loads 1, 2, 4 or 8 bytes at a linear address, zero-extended. False: an event was raised.</summary>
    bool Load(ulong address, int bytes, Access access, out ulong value);

    /// <summary>Loads 16 bytes.</summary>
    bool Load128(ulong address, Access access, out ulong low, out ulong high);

    /// <summary>Stores the low 1, 2, 4 or 8 bytes. False: an event was raised.</summary>
    bool Store(ulong address, int bytes, Access access, ulong value);

    /// <summary>Stores 16 bytes.</summary>
    bool Store128(ulong address, Access access, ulong low, ulong high);

    /// <summary>True if a store to these bytes would not fault; raises the event if it would. Asked before a read-modify-write.</summary>
    bool CheckWrite(ulong address, int bytes);

    /// <summary>A fence or a serialising event.</summary>
    void Barrier(Barrier barrier);

    /// <summary>Cache or TLB maintenance.</summary>
    bool Cache(CacheOperation operation, ulong address);

    /// <summary>A system register by <see cref="X64System"/>. False: an event was raised.</summary>
    bool ReadSystem(X64System register, uint index, out ulong value);

    /// <summary>Writes a system register. False: an event was raised.</summary>
    bool WriteSystem(X64System register, uint index, ulong value);

    /// <summary>CPUID of the machine's stated virtual model.</summary>
    void Cpuid(ref uint eax, ref uint ebx, ref uint ecx, ref uint edx);

    /// <summary>The time stamp counter: emulated. Each reading is larger than the core's last.</summary>
    ulong TimeStamp { get; }

    /// <summary>Raises a guest event. Returns <see cref="Flow.Event"/>.</summary>
    Flow Raise(GuestEventKind kind, ulong detail);
}

/// <summary>x86-64 system state that an instruction can read or write by number.</summary>
public enum X64System : byte
{
    /// <summary>CR0 to CR8, by index.</summary>
    ControlRegister,

    /// <summary>DR0 to DR7, by index.</summary>
    DebugRegister,

    /// <summary>A model-specific register, by its ECX number (FS and GS base among them).</summary>
    Msr,

    /// <summary>Segment selectors, by Iced's order ES CS SS DS FS GS.</summary>
    Selector,

    /// <summary>XCR0 and others, by index.</summary>
    ExtendedControl,

    /// <summary>PKRU.</summary>
    Pkru,

    /// <summary>MXCSR.</summary>
    Mxcsr,

    /// <summary>LDTR, TR, GDTR base and limit, IDTR base and limit, MSW: by index 0 to 6.</summary>
    DescriptorTable,

    /// <summary>An I/O port: its number in bits 15 to 0 of the index, the size in bytes in bits 23 to 16.</summary>
    Port,
}

/// <summary>
/// The registers that belong to what runs (a task), as they lie in memory: 64-bit cells, all of them. The arithmetic
/// flags are kept as a result and a carry word, see <see cref="IX64Core.SetFlags"/>; bits 4 and 8 to 15 of the carry word
/// are exclusive-ored into SF and into the byte that PF is taken from, so that any six flags can be represented.
/// </summary>
public unsafe struct X64Registers
{
    /// <summary>RAX RCX RDX RBX RSP RBP RSI RDI R8 to R15.</summary>
    public fixed ulong Gpr[16];

    /// <summary>RIP.</summary>
    public ulong Rip;

    /// <summary>SF, ZF and PF follow from this.</summary>
    public ulong FlagResult;

    /// <summary>CF in bit 63, CF xor OF in bit 62, AF in bit 3.</summary>
    public ulong FlagCarries;

    /// <summary>RFLAGS without the arithmetic flags.</summary>
    public ulong SystemFlags;

    /// <summary>FS and GS base.</summary>
    public ulong FsBase, GsBase;

    /// <summary>MXCSR.</summary>
    public ulong Mxcsr;

    /// <summary>YMM0 to YMM15, four quadwords each, lowest first.</summary>
    public fixed ulong Ymm[64];
}
