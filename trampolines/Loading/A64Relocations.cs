using static RcuEmu.Trampolines.Loading.Relocation;

namespace RcuEmu.Trampolines.Loading;

/// <summary>The relocations of arm64 kernel-style code. ELF for the Arm 64-bit Architecture (AAELF64), "Relocation".</summary>
internal static class A64Relocations
{
    private static readonly Int128 Two16 = 1 << 16, Two32 = 1L << 32, Two48 = 1L << 48, Two64 = Int128.One << 64;

    /// <summary>Those that are applied.</summary>
    public static IReadOnlyList<Relocation> All { get; } =
    [
        // Data
        new(257, "R_AARCH64_ABS64",               Target,       0,          Two64 - 1,     1,  WriteNumber,       8),
        new(258, "R_AARCH64_ABS32",               SignedTarget, -Two32 / 2, Two32 - 1,     1,  WriteNumber,       4),
        new(259, "R_AARCH64_ABS16",               SignedTarget, -Two16 / 2, Two16 - 1,     1,  WriteNumber,       2),
        new(260, "R_AARCH64_PREL64",              Distance,     -Two64 / 2, Two64 / 2 - 1, 1,  WriteNumber,       8),
        new(261, "R_AARCH64_PREL32",              Distance,     -Two32 / 2, Two32 - 1,     1,  WriteNumber,       4),
        new(262, "R_AARCH64_PREL16",              Distance,     -Two16 / 2, Two16 - 1,     1,  WriteNumber,       2),
        // MOVZ and MOVK: imm16
        new(263, "R_AARCH64_MOVW_UABS_G0",        Target,       0,          Two16 - 1,     1,  Field(5, 16, 0),   4),
        new(264, "R_AARCH64_MOVW_UABS_G0_NC",     Target,       0,          Two64 - 1,     1,  Field(5, 16, 0),   4),
        new(265, "R_AARCH64_MOVW_UABS_G1",        Target,       0,          Two32 - 1,     1,  Field(5, 16, 16),  4),
        new(266, "R_AARCH64_MOVW_UABS_G1_NC",     Target,       0,          Two64 - 1,     1,  Field(5, 16, 16),  4),
        new(267, "R_AARCH64_MOVW_UABS_G2",        Target,       0,          Two48 - 1,     1,  Field(5, 16, 32),  4),
        new(268, "R_AARCH64_MOVW_UABS_G2_NC",     Target,       0,          Two64 - 1,     1,  Field(5, 16, 32),  4),
        new(269, "R_AARCH64_MOVW_UABS_G3",        Target,       0,          Two64 - 1,     1,  Field(5, 16, 48),  4),
        // PC-relative addresses
        new(273, "R_AARCH64_LD_PREL_LO19",        Distance,     -(1 << 20), (1 << 20) - 1, 4,  Field(5, 19, 2),   4),
        new(274, "R_AARCH64_ADR_PREL_LO21",       Distance,     -(1 << 20), (1 << 20) - 1, 1,  AdrField(0),       4),
        new(275, "R_AARCH64_ADR_PREL_PG_HI21",    PageDistance, -Two32,     Two32 - 1,     1,  AdrField(12),      4),
        new(276, "R_AARCH64_ADR_PREL_PG_HI21_NC", PageDistance, -Two64 / 2, Two64 / 2 - 1, 1,  AdrField(12),      4),
        // Page offsets: imm12, scaled by the access
        new(277, "R_AARCH64_ADD_ABS_LO12_NC",     PageOffset,   0,          0xfff,         1,  Field(10, 12, 0),  4),
        new(278, "R_AARCH64_LDST8_ABS_LO12_NC",   PageOffset,   0,          0xfff,         1,  Field(10, 12, 0),  4),
        new(284, "R_AARCH64_LDST16_ABS_LO12_NC",  PageOffset,   0,          0xfff,         2,  Field(10, 12, 1),  4),
        new(285, "R_AARCH64_LDST32_ABS_LO12_NC",  PageOffset,   0,          0xfff,         4,  Field(10, 12, 2),  4),
        new(286, "R_AARCH64_LDST64_ABS_LO12_NC",  PageOffset,   0,          0xfff,         8,  Field(10, 12, 3),  4),
        new(299, "R_AARCH64_LDST128_ABS_LO12_NC", PageOffset,   0,          0xfff,         16, Field(10, 12, 4),  4),
        // Branches
        new(279, "R_AARCH64_TSTBR14",             Distance,     -(1 << 15), (1 << 15) - 1, 4,  Field(5, 14, 2),   4),
        new(280, "R_AARCH64_CONDBR19",            Distance,     -(1 << 20), (1 << 20) - 1, 4,  Field(5, 19, 2),   4),
        new(282, "R_AARCH64_JUMP26",              Distance,     -(1 << 27), (1 << 27) - 1, 4,  Field(0, 26, 2),   4),
        new(283, "R_AARCH64_CALL26",              Distance,     -(1 << 27), (1 << 27) - 1, 4,  Field(0, 26, 2),   4),
    ];

    /// <summary>Why a relocation that is not in the table is refused.</summary>
    public static string Refusal(uint type) => type switch
    {
        >= 300 and <= 313 =>
            $"relocation type {type} needs a global offset table, which a kernel has none of: refer to the symbol itself (without :got:, -fno-pic)",
        >= 512 and < 1024 => $"relocation type {type} is for thread-local storage, which a kernel has none of",
        _ => $"relocation type {type} is not one that GNU as emits for kernel code",
    };
}
