namespace RcuEmu.Emulator.Cores;

/// <summary>What the cores of a machine have beyond the plain instruction set. Nothing, where nobody says otherwise.</summary>
public sealed record CoreFeatures
{
    /// <summary>A core without any of them.</summary>
    public static CoreFeatures None { get; } = new();

    /// <summary>
    /// Indirect calls and jumps must arrive at a landing pad, or raise <see cref="Isa.GuestEventKind.BranchTarget"/>. x86-64: indirect
    /// branch tracking, with CR4.CET and IA32_S_CET.ENDBR_EN set as a kernel with IBT has them behind boot; guest code may clear them.
    /// </summary>
    public bool BranchTargets { get; init; }
}
