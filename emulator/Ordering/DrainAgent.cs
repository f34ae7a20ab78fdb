using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Ordering;

/// <summary>Moves a core's oldest buffered store to memory, whenever there is one: <c>c0~</c> in a schedule.</summary>
/// <remarks>A bound of preemptions counts a drain between two steps of a core as it counts a step of another core.</remarks>
internal sealed class DrainAgent(Machine machine, StoreBuffers buffers, Core core) : IAgent
{
    private readonly string _text = $"core {core.Index}'s oldest buffered store reaches memory";

    /// <inheritdoc/>
    public string Name { get; } = $"c{core.Index}~";

    /// <inheritdoc/>
    public void Offer(int agent, List<MachineAction> actions)
    {
        buffers.TouchBuffer(core, TouchKind.Read);
        if (buffers.Waiting(core) != 0)
            actions.Add(new MachineAction(agent, 0, 0));
    }

    /// <inheritdoc/>
    public void Perform(MachineAction action)
    {
        machine.Say(machine.Chooser.ReadsReasons ? Told() : _text);
        buffers.Drain(core);
    }

    /// <inheritdoc/>
    public string Key(MachineAction action) => Name;

    /// <inheritdoc/>
    public bool IsPreemption(MachineAction action) => false;

    private string Told()
    {
        (ulong address, int bytes, ulong value) = buffers.Oldest(core);
        return $"core {core.Index}'s buffered store of 0x{value:x} ({bytes} bytes) reaches memory at 0x{address:x}";
    }
}
