using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Cores;

/// <summary>
/// A core without a kernel: executes its context until an event, which ends it. Pending interrupts are ignored. For blobs
/// and for small programs.
/// </summary>
public sealed class CoreAgent : IAgent
{
    private readonly Machine _machine;
    private readonly Core _core;
    private readonly ulong _until;

    /// <summary>Runs <paramref name="core"/> until an event, or until the program counter is <paramref name="until"/>.</summary>
    public CoreAgent(Machine machine, Core core, ulong until = ulong.MaxValue)
    {
        (_machine, _core, _until) = (machine, core, until);
        Name = $"c{core.Index}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public void Offer(int agent, List<MachineAction> actions)
    {
        int context = _core.ContextNumber;
        _machine.Footprint.Cells(_core.ContextCell, 1, TouchKind.Read);
        if (context < 0)
            return;

        _machine.Footprint.Cells(_machine.Contexts[context].FirstCell, _machine.Engine.RegisterCells, TouchKind.Read);
        if (_machine.Engine.Pc(_machine.Contexts[context]) != _until)
            actions.Add(new MachineAction(agent, 0, 0));
    }

    /// <inheritdoc/>
    public void Perform(MachineAction action)
    {
        if (_machine.Execute(_core).Flow == Isa.Flow.Event)
            _core.Switch(null);
    }

    /// <inheritdoc/>
    public string Key(MachineAction action) => Name;

    /// <inheritdoc/>
    public bool IsPreemption(MachineAction action) => false;
}
