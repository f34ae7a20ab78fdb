using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>What a core's features are in its system registers: bits to set in their starting values. DDI 0487, D24.2.</summary>
internal static class A64Features
{
    /// <summary>SCTLR_EL1.BT1.</summary>
    public const ulong Bt1 = 1UL << 36;

    private const ulong Bt0 = 1UL << 35;
    private const ulong EnableKeys = (1UL << 31) | (1UL << 30) | (1UL << 27) | (1UL << 13); // EnIA, EnIB, EnDA, EnDB

    /// <summary>SCTLR_EL1.</summary>
    public static ulong Sctlr(CoreFeatures features) =>
        (HasKeys(features) ? EnableKeys : 0) | (features.BranchTargets ? Bt0 | Bt1 : 0);

    /// <summary>TCR_EL1: T0SZ, T1SZ, TBI0, TBI1 and TBID1.</summary>
    public static ulong Tcr(CoreFeatures features)
    {
        if (!HasKeys(features))
            return 0;

        var size = (ulong)(64 - features.VirtualAddressBits);
        return size | (size << 16)
            | (features.TagsUserPointers ? 1UL << 37 : 0) | (features.TagsKernelPointers ? (1UL << 38) | (1UL << 52) : 0);
    }

    /// <summary>ID_AA64ISAR1_EL1: API (11:8) and GPI (31:28), an IMPLEMENTATION DEFINED algorithm.</summary>
    public static ulong Isar1(CoreFeatures features) => features.PointerAuthentication switch
    {
        A64PointerAuthentication.None => 0,
        A64PointerAuthentication.PAuth => (1UL << 28) | (1 << 8),
        A64PointerAuthentication.PAuth2 => (1UL << 28) | (3 << 8),
        A64PointerAuthentication.Fpac => (1UL << 28) | (4 << 8),
        _ => (1UL << 28) | (5 << 8),
    };

    /// <summary>ID_AA64MMFR2_EL1: VARange.</summary>
    public static ulong Mmfr2(CoreFeatures features) => features.VirtualAddressBits == 52 ? 1UL << 16 : 0;

    /// <summary>Whether there are keys, and instructions that use them.</summary>
    public static bool HasKeys(CoreFeatures features) => features.PointerAuthentication != A64PointerAuthentication.None;
}
