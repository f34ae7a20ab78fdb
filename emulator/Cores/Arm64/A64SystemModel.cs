using System.Collections.Frozen;
using System.Numerics;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>How a system register behaves.</summary>
internal enum A64SystemKind : byte
{
    /// <summary>A cell of the core, all bits of which can be written.</summary>
    Cell,

    /// <summary>A half of a pointer authentication key: a cell in a core that has the feature, UNDEFINED in others.</summary>
    Key,

    /// <summary>Says what the virtual model is; writes are UNDEFINED.</summary>
    Constant,

    /// <summary>Kept in the context's registers: NZCV, FPCR, FPSR.</summary>
    Context,

    /// <summary>DAIF: D, A and F in the core's cell, I is whether the core masks interrupts.</summary>
    Daif,

    /// <summary>MPIDR_EL1: the core's index.</summary>
    Affinity,

    /// <summary>CNTVCT_EL0 and CNTPCT_EL0: see <see cref="A64SystemModel.TicksPerRead"/>.</summary>
    Counter,

    /// <summary>CTR_EL0: what the machine's caches promise, see <see cref="A64CacheType"/>.</summary>
    CacheType,
}

/// <summary>One system register of the virtual model.</summary>
/// <param name="Name">The manual's name, in lower case.</param>
/// <param name="Encoding">op0:op1:CRn:CRm:op2 as in bits 20:5 of MRS and MSR.</param>
/// <param name="Kind">How it behaves.</param>
/// <param name="Value">Its starting value, or its constant.</param>
/// <param name="Mask">The bits that can be written; the others read as they started.</param>
internal sealed record A64SystemRow(string Name, int Encoding, A64SystemKind Kind, ulong Value, ulong Mask)
{
    /// <summary>The register's cell, counted from the core's first system cell; -1 where it has none.</summary>
    public int Cell { get; init; } = -1;

    /// <summary>Whether a core with these features has the register.</summary>
    public bool IsIn(CoreFeatures features) =>
        Kind != A64SystemKind.Key || A64Features.HasKeys(features);

    /// <summary>The starting value, or constant, in a core with these features.</summary>
    public ulong Start(CoreFeatures features) => Encoding switch
    {
        A64SystemRegisters.SctlrEl1 => Value | A64Features.Sctlr(features),
        A64SystemRegisters.TcrEl1 => Value | A64Features.Tcr(features),
        A64SystemRegisters.IdAa64Isar1El1 => Value | A64Features.Isar1(features),
        A64SystemRegisters.IdAa64Mmfr2El1 => Value | A64Features.Mmfr2(features),
        _ => Value,
    };
}

/// <summary>
/// The system registers that a core has. The virtual model: an Armv8.5-A core at EL1 with LSE atomics, LDAPR, BTI
/// and no pointer authentication unless <see cref="CoreFeatures"/> give it (its hints execute as NOP), 4 KiB pages, SVE with vectors
/// of 128 bits (<see cref="A64VectorLength"/>), no MTE, no statistical profiling. Registers that
/// are not here raise NotModelled. Encodings: DDI 0487, D24, "AArch64 System Register Encoding".
/// </summary>
/// <remarks>
/// Left out: EL0, EL2, EL3 and what registers of translation, exceptions, debug and access to floating point and SVE (CPACR_EL1) do; the cells only keep what was
/// written. SCTLR_EL1.SA is set and yet no SP alignment is checked: an access through an SP that is not a multiple of 16 bytes goes
/// through, so code that would fault there is not found. A core starts as a kernel left it behind boot: EL1, SPSel 1, interrupts unmasked, PAN set.
/// </remarks>
internal static class A64SystemModel
{
    /// <summary>
    /// Virtual time passes where it is looked at: each read of the counter by a core adds this many ticks to that core's
    /// counter. It is part of the state, so that two states that differ in time only are two states.
    /// </summary>
    public const ulong TicksPerRead = 16;

    private const A64SystemKind Cell = A64SystemKind.Cell;
    private const A64SystemKind Constant = A64SystemKind.Constant;
    private const ulong All = ulong.MaxValue;

    /// <summary>All rows.</summary>
    public static IReadOnlyList<A64SystemRow> Rows { get; } = Number(
    [
        // Process state
        Row("nzcv",          3, 3,  4,  2, 0, A64SystemKind.Context),
        Row("daif",          3, 3,  4,  2, 1, A64SystemKind.Daif),
        Row("spsel",         3, 0,  4,  2, 0, Cell, 1, 1),
        Row("currentel",     3, 0,  4,  2, 2, Constant, 1 << 2),
        Row("pan",           3, 0,  4,  2, 3, Cell, 1 << 22, 1 << 22),
        Row("uao",           3, 0,  4,  2, 4, Cell, 0, 1 << 23),
        Row("dit",           3, 3,  4,  2, 5, Cell, 0, 1 << 24),
        Row("ssbs",          3, 3,  4,  2, 6, Cell, 0, 1 << 12),
        Row("tco",           3, 3,  4,  2, 7, Cell, 0, 1 << 25),
        Row("fpcr",          3, 3,  4,  4, 0, A64SystemKind.Context),
        Row("fpsr",          3, 3,  4,  4, 1, A64SystemKind.Context),

        // Thread pointers and stacks
        Row("sp_el0",        3, 0,  4,  1, 0),
        Row("tpidr_el0",     3, 3, 13,  0, 2),
        Row("tpidrro_el0",   3, 3, 13,  0, 3),
        Row("tpidr2_el0",    3, 3, 13,  0, 5),
        Row("tpidr_el1",     3, 0, 13,  0, 4),
        Row("tpidr_el2",     3, 4, 13,  0, 2),
        Row("contextidr_el1", 3, 0, 13, 0, 1),

        // Exceptions
        Row("spsr_el1",      3, 0,  4,  0, 0),
        Row("elr_el1",       3, 0,  4,  0, 1),
        Row("esr_el1",       3, 0,  5,  2, 0),
        Row("far_el1",       3, 0,  6,  0, 0),
        Row("afsr0_el1",     3, 0,  5,  1, 0),
        Row("afsr1_el1",     3, 0,  5,  1, 1),
        Row("par_el1",       3, 0,  7,  4, 0),
        Row("vbar_el1",      3, 0, 12,  0, 0),
        Row("isr_el1",       3, 0, 12,  1, 0, Constant, 0),
        Row("disr_el1",      3, 0, 12,  1, 1),
        Row("icc_pmr_el1",   3, 0,  4,  6, 0, Cell, 0xf0, 0xff),

        // Control and translation: what a kernel set up
        Row("sctlr_el1",     3, 0,  1,  0, 0, Cell, 0x30d0_591d),
        Row("actlr_el1",     3, 0,  1,  0, 1),
        Row("cpacr_el1",     3, 0,  1,  0, 2, Cell, (3 << 20) | (3 << 16)), // FPEN, ZEN
        Row("zcr_el1",       3, 0,  1,  2, 0, Cell, 0, 0xf),
        Row("ttbr0_el1",     3, 0,  2,  0, 0),
        Row("ttbr1_el1",     3, 0,  2,  0, 1),
        Row("tcr_el1",       3, 0,  2,  0, 2),
        Row("mair_el1",      3, 0, 10,  2, 0),
        Row("amair_el1",     3, 0, 10,  3, 0),
        Row("mdscr_el1",     2, 0,  0,  2, 2),
        Row("oslsr_el1",     2, 0,  1,  1, 4, Constant, 1 << 3),
        Row("cntkctl_el1",   3, 0, 14,  1, 0),

        // Pointer authentication keys
        Row("apiakeylo_el1", 3, 0,  2,  1, 0, A64SystemKind.Key),
        Row("apiakeyhi_el1", 3, 0,  2,  1, 1, A64SystemKind.Key),
        Row("apibkeylo_el1", 3, 0,  2,  1, 2, A64SystemKind.Key),
        Row("apibkeyhi_el1", 3, 0,  2,  1, 3, A64SystemKind.Key),
        Row("apdakeylo_el1", 3, 0,  2,  2, 0, A64SystemKind.Key),
        Row("apdakeyhi_el1", 3, 0,  2,  2, 1, A64SystemKind.Key),
        Row("apdbkeylo_el1", 3, 0,  2,  2, 2, A64SystemKind.Key),
        Row("apdbkeyhi_el1", 3, 0,  2,  2, 3, A64SystemKind.Key),
        Row("apgakeylo_el1", 3, 0,  2,  3, 0, A64SystemKind.Key),
        Row("apgakeyhi_el1", 3, 0,  2,  3, 1, A64SystemKind.Key),

        // Time
        Row("cntfrq_el0",    3, 3, 14,  0, 0, Constant, 1_000_000_000),
        Row("cntpct_el0",    3, 3, 14,  0, 1, A64SystemKind.Counter),
        Row("cntvct_el0",    3, 3, 14,  0, 2, A64SystemKind.Counter),
        Row("cntpctss_el0",  3, 3, 14,  0, 5, A64SystemKind.Counter),
        Row("cntvctss_el0",  3, 3, 14,  0, 6, A64SystemKind.Counter),
        Row("cntv_ctl_el0",  3, 3, 14,  3, 1, Cell, 0, 3),
        Row("cntv_cval_el0", 3, 3, 14,  3, 2),
        Row("cntp_ctl_el0",  3, 3, 14,  2, 1, Cell, 0, 3),
        Row("cntp_cval_el0", 3, 3, 14,  2, 2),

        // Identification. MIDR: implementer 0, reserved for software; DCZID: blocks of 2^BS words, DC ZVA permitted.
        Row("midr_el1",      3, 0,  0,  0, 0, Constant, 0x000f_0010),
        Row("mpidr_el1",     3, 0,  0,  0, 5, A64SystemKind.Affinity, 1ul << 31),
        Row("revidr_el1",    3, 0,  0,  0, 6, Constant),
        Row("ctr_el0",       3, 3,  0,  0, 1, A64SystemKind.CacheType),
        Row("dczid_el0",     3, 3,  0,  0, 7, Constant, (ulong)BitOperations.Log2(A64SystemRegisters.ZeroBlockBytes / 4)),
        Row("clidr_el1",     3, 1,  0,  0, 1, Constant, 0x0a20_0023),
        Row("ccsidr_el1",    3, 1,  0,  0, 0, Constant, 0x701f_e00a),
        Row("csselr_el1",    3, 2,  0,  0, 0, Cell, 0, 0xf),
        Row("id_aa64pfr0_el1",  3, 0, 0, 4, 0, Constant, 0x1100_0001_0000_0011), // EL0, EL1: AArch64 only; FP, AdvSIMD, SVE; CSV2, CSV3
        Row("id_aa64pfr1_el1",  3, 0, 0, 4, 1, Constant, 0x0000_0000_0000_0011), // BT, SSBS
        Row("id_aa64pfr2_el1",  3, 0, 0, 4, 2, Constant),
        Row("id_aa64zfr0_el1",  3, 0, 0, 4, 4, Constant),
        Row("id_aa64smfr0_el1", 3, 0, 0, 4, 5, Constant),
        Row("id_aa64dfr0_el1",  3, 0, 0, 5, 0, Constant, 0x0000_0000_1010_1006), // Armv8 debug, two breakpoints and watchpoints
        Row("id_aa64dfr1_el1",  3, 0, 0, 5, 1, Constant),
        Row("id_aa64isar0_el1", 3, 0, 0, 6, 0, Constant, 0x0010_0000_0021_0000), // TS: FlagM; Atomic: LSE; CRC32
        Row("id_aa64isar1_el1", 3, 0, 0, 6, 1, Constant, 0x0000_0010_0010_0001), // SB, LRCPC, DPB
        Row("id_aa64isar2_el1", 3, 0, 0, 6, 2, Constant),
        Row("id_aa64isar3_el1", 3, 0, 0, 6, 3, Constant),
        Row("id_aa64mmfr0_el1", 3, 0, 0, 7, 0, Constant, 0x0000_0000_0f00_0005), // 48 bits; 4 KiB granule only
        Row("id_aa64mmfr1_el1", 3, 0, 0, 7, 1, Constant, 0x0000_0000_0030_0000), // PAN
        Row("id_aa64mmfr2_el1", 3, 0, 0, 7, 2, Constant, 0x0000_0001_0000_0010), // UAO; 64-bit single-copy atomicity within 16 bytes (AT)
        Row("id_aa64mmfr3_el1", 3, 0, 0, 7, 3, Constant),
    ]);

    /// <summary>How many cells a core needs: one for each register that has one, and the counter.</summary>
    public static int Cells { get; } = 1 + Rows.Count(row => row.Cell >= 0);

    /// <summary>The counter's cell.</summary>
    public const int CounterCell = 0;

    private static readonly FrozenDictionary<int, A64SystemRow> ByEncoding = Rows.ToFrozenDictionary(row => row.Encoding);
    private static readonly FrozenDictionary<string, A64SystemRow> ByName =
        Rows.ToFrozenDictionary(row => row.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The register with this encoding, or null: not modelled.</summary>
    public static A64SystemRow? Find(int encoding) => ByEncoding.GetValueOrDefault(encoding);

    /// <summary>The register with this name, or null.</summary>
    public static A64SystemRow? Find(string name) => ByName.GetValueOrDefault(name);

    private static A64SystemRow Row(
        string name, int op0, int op1, int crn, int crm, int op2, A64SystemKind kind = Cell, ulong value = 0, ulong mask = All) =>
        new(name, (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2, kind, value, mask);

    private static A64SystemRow[] Number(A64SystemRow[] rows)
    {
        int next = CounterCell + 1;
        return [.. rows.Select(row => row.Kind is Cell or A64SystemKind.Daif or A64SystemKind.Key ? row with { Cell = next++ } : row)];
    }
}
