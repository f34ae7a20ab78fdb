using RcuEmu.Emulator.Cores;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Verbs;

/// <summary>Guest events in words.</summary>
internal static class EventText
{
    /// <summary>The event's name: <c>read-fault</c>.</summary>
    public static string Name(GuestEventKind kind) =>
        string.Concat(kind.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    /// <summary>Where it was raised, by which instruction, and what its detail says: <c>at 0x100004: ldr x0, [x1] (address 0x0)</c>.</summary>
    public static string Describe(Architecture architecture, in ExecutedInstruction executed) =>
        $"at 0x{executed.Address:x}: {InstructionText.Of(architecture, executed)}{Detail(executed)}";

    private static string Detail(in ExecutedInstruction executed) => executed.Event switch
    {
        GuestEventKind.ReadFault or GuestEventKind.WriteFault or GuestEventKind.FetchFault or GuestEventKind.AlignmentFault =>
            $" (address 0x{executed.EventDetail:x})",
        GuestEventKind.None or GuestEventKind.WaitForInterrupt or GuestEventKind.DivideError or GuestEventKind.DebugTrap => "",
        _ => $" (0x{executed.EventDetail:x})",
    };
}
