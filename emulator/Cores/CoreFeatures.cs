using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores;

/// <summary>What the cores of a machine have beyond the plain instruction set. Nothing, where nobody says otherwise.</summary>
public sealed record CoreFeatures
{
    /// <summary>A core without any of them.</summary>
    public static CoreFeatures None { get; } = new();

    /// <summary>
    /// Indirect calls and jumps must arrive at a landing pad, or raise <see cref="Isa.GuestEventKind.BranchTarget"/>. x86-64: indirect
    /// branch tracking, with CR4.CET and IA32_S_CET.ENDBR_EN set as a kernel with IBT has them behind boot; guest code may clear them.
    /// arm64: BTI with all executable memory guarded, and SCTLR_EL1.BT1 set as the kernel does, so that PACIASP is no landing pad for BR
    /// of registers other than X16 and X17.
    /// </summary>
    /// <remarks>
    /// Left out, arm64: unguarded executable memory, and SPSR_EL1.BTYPE. Whoever diverts a context between an indirect branch and its
    /// target (an interrupt) keeps and restores register <c>btype</c>, or that landing goes unchecked.
    /// </remarks>
    public bool BranchTargets { get; init; }

    /// <summary>arm64: pointer authentication, with keys (APIAKeyLo_EL1 and so on) in each core, 0 at first, all enabled in SCTLR_EL1.</summary>
    public A64PointerAuthentication PointerAuthentication { get; init; }

    /// <summary>
    /// arm64: bits of an address, 48 or 52 (TCR_EL1.T0SZ and T1SZ); the bits above hold a pointer's code. Counts with
    /// <see cref="PointerAuthentication"/> only.
    /// </summary>
    public int VirtualAddressBits { get; init; } = 48;

    /// <summary>arm64: TCR_EL1.TBI0, the top byte of a user address is a tag and no part of the code.</summary>
    /// <remarks>Left out: memory accesses do not ignore the top byte.</remarks>
    public bool TagsUserPointers { get; init; }

    /// <summary>arm64: TCR_EL1.TBI1, the same of kernel addresses; TBID1 too, so that it holds for data only, as with KASAN_SW_TAGS.</summary>
    public bool TagsKernelPointers { get; init; }

    /// <summary>What is wrong with them, or null.</summary>
    internal string? Error(Architecture architecture)
    {
        if (architecture != Architecture.Arm64 && this with { BranchTargets = false } != None)
            return "pointer authentication is a feature of arm64 cores";

        return VirtualAddressBits is 48 or 52 ? null : $"{VirtualAddressBits} address bits: an arm64 core has 48 or 52";
    }
}
