namespace RcuEmu.Isa.X64;

/// <summary>
/// INT3, which traps: a core leaves RIP behind it, as the frame of #BP has it. SDM Vol. 2A, "INT n/INTO/INT3/INT1".
/// </summary>
internal readonly struct Int3 : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => core.Raise(GuestEventKind.Breakpoint, 0);
}

/// <summary>INT1.</summary>
internal readonly struct Int1 : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => core.Raise(GuestEventKind.DebugTrap, 0);
}

/// <summary>INT n. Detail: the vector.</summary>
internal readonly struct IntN : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.Raise(GuestEventKind.SoftwareInterrupt, (byte)insn.Imm);
}

/// <summary>UD0, UD1, UD2, every encoding that is none, and what the virtual model's CPUID does not have: #UD. SDM Vol. 2B, "UD—Undefined Instruction".</summary>
internal readonly struct UndefinedInstruction : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => core.Raise(GuestEventKind.Undefined, 0);
}

/// <summary>A valid instruction that has no row. Detail: Iced's Code.</summary>
internal readonly struct NotModelledInstruction : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => core.Raise(GuestEventKind.NotModelled, insn.Code);
}

/// <summary>The fetch stopped before the instruction was complete. Detail: the address of the first missing byte.</summary>
internal readonly struct IncompleteInstruction : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.Raise(GuestEventKind.FetchFault, core.Rip + insn.Length);
}

/// <summary>HLT. SDM Vol. 2A, "HLT—Halt".</summary>
internal readonly struct Hlt : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => core.Raise(GuestEventKind.WaitForInterrupt, 0);
}

/// <summary>
/// VMCALL, VMMCALL, and VMGEXIT, which is VMMCALL in a guest without SEV-ES. SDM Vol. 3C, "VMCALL—Call to VM Monitor"; AMD64 APM Vol. 3, "VMGEXIT".
/// </summary>
internal readonly struct Vmcall : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => core.Raise(GuestEventKind.HypervisorCall, 0);
}

/// <summary>SYSCALL. SDM Vol. 2B, "SYSCALL—Fast System Call": what it does is the kernel model's.</summary>
internal readonly struct Syscall : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => core.Raise(GuestEventKind.SupervisorCall, 0);
}

/// <summary>
/// NOP in all its lengths, ENDBR64 (which landing pads are checked is the core's, by <see cref="BranchKind"/>), PAUSE,
/// prefetches and CLDEMOTE: hints without effect on an in-order machine.
/// </summary>
internal readonly struct Nop : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => Flow.Next;
}
