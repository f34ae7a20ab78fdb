using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>
/// Indirect branch tracking in supervisor mode. SDM Vol. 1, "Control-flow Enforcement Technology (CET)", "Indirect Branch Tracking": a near
/// indirect CALL or JMP without a valid NOTRACK prefix waits for ENDBR64, and the next instruction is that, or INT3, or #CP.
/// </summary>
/// <remarks>
/// The tracker is a cell of the context and not IA32_S_CET.TRACKER, which no guest can see set: the read itself would be the wrong
/// instruction. An event that the machine delivers resets it: the delivery waits for the handler's own ENDBR64, and IRET restores
/// nothing. Left out: legacy code page treatment (LEG_IW_EN, SUPPRESS), and that an interrupt between branch and target loses the
/// wait on a processor; here it stays, which is stricter. Left out too: shadow stacks.
/// </remarks>
internal readonly struct X64BranchTracker(State state)
{
    private const ulong Cr4Cet = 1 << 23, EndbrEnable = 1 << 2, NoTrackEnable = 1 << 4;
    private const uint Endbr64 = 0xfa1e_0ff3;
    private const byte Int3 = 0xcc, NoTrack = 0x3e;

    private static readonly int Cr4 = X64SystemModel.Find("cr4")!.Cell, SupervisorCet = X64SystemModel.Find("s_cet")!.Cell;

    /// <summary>Gives a core the values with which a kernel that uses it runs.</summary>
    public void Enable(Core core)
    {
        state.Set(core.SystemCell + Cr4, state[core.SystemCell + Cr4] | Cr4Cet);
        state.Set(core.SystemCell + SupervisorCet, EndbrEnable);
    }

    /// <summary>True where the instruction is not what the branch before it must arrive at.</summary>
    public bool Refuses(Core core, Context context, ulong firstBytes) =>
        state[context.FirstCell + X64Cells.BranchTracker] != 0 && IsEnabled(core)
        && (uint)firstBytes != Endbr64 && (byte)firstBytes != Int3;

    /// <summary>Follows an instruction that was executed.</summary>
    public void Executed(Core core, Context context, Flow flow, in X64SearchCore step, ReadOnlySpan<byte> bytes)
    {
        if (flow == Flow.Event && step.Event is not (GuestEventKind.Breakpoint or GuestEventKind.DebugTrap))
            return;

        bool waits = flow == Flow.Branch && step.Branch is BranchKind.Indirect or BranchKind.IndirectCall && IsEnabled(core)
            && !(HasNoTrack(bytes) && (state[core.SystemCell + SupervisorCet] & NoTrackEnable) != 0);
        state.Set(context.FirstCell + X64Cells.BranchTracker, waits ? 1UL : 0);
    }

    private bool IsEnabled(Core core) =>
        (state[core.SystemCell + Cr4] & Cr4Cet) != 0 && (state[core.SystemCell + SupervisorCet] & EndbrEnable) != 0;

    // Of several segment prefixes the last counts. SDM Vol. 2A, "Instruction Prefixes".
    private static bool HasNoTrack(ReadOnlySpan<byte> bytes)
    {
        bool has = false;
        foreach (byte prefix in bytes)
        {
            if (prefix is NoTrack or 0x26 or 0x2e or 0x36 or 0x64 or 0x65)
                has = prefix == NoTrack;
            else if (prefix is not (0x66 or 0x67 or 0xf0 or 0xf2 or 0xf3 or (>= 0x40 and < 0x50)))
                break;
        }

        return has;
    }
}
