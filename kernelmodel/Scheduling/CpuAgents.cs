using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.KernelModel.Scheduling;

/// <summary>The interrupts that are pending on a core, each delivered in a step of its own: <c>c0!sync_core</c>.</summary>
internal sealed class CpuInterrupts(Kernel kernel, Cpu cpu) : IAgent
{
    private const int Deliver = 1;

    /// <inheritdoc/>
    public string Name { get; } = cpu.Name + "!";

    /// <inheritdoc/>
    public IAgent ActsFor => cpu;

    /// <inheritdoc/>
    public void Offer(int agent, List<MachineAction> actions)
    {
        kernel.Machine.Footprint.Cells(cpu.Core.PendingCell, 1, TouchKind.Read);
        if (cpu.Core.Pending == 0 || cpu.Int3.IsActive)
            return;

        for (ulong pending = cpu.Core.Pending; pending != 0; pending &= pending - 1)
            actions.Add(new MachineAction(agent, Deliver, BitOperations.TrailingZeroCount(pending)));
    }

    /// <inheritdoc/>
    public void Perform(MachineAction action)
    {
        kernel.ClearOops();
        cpu.Core.Unpend(action.Argument);
        cpu.Core.Synchronise();
        string? did = cpu.Interrupt(action.Argument);
        kernel.Machine.Say(did ?? kernel.Machine.Told($"interrupt: {Vector.Name(action.Argument)}"), isMinor: did is null);
    }

    /// <inheritdoc/>
    public string Key(MachineAction action) => $"{cpu.Name}!{Vector.Name(action.Argument)}";

    /// <inheritdoc/>
    public bool IsPreemption(MachineAction action) => false;

    /// <inheritdoc/>
    public bool TakesTurn(MachineAction action) => false;
}

/// <summary>
/// Which task a core executes next: an idle core picks one (<c>c0=worker</c>), a tick preempts the current one in favour of another
/// (<c>c0&gt;other</c>).
/// </summary>
internal sealed class CpuScheduler(Kernel kernel, Cpu cpu) : IAgent
{
    private const int Preempt = 2;
    private const int Pick = 3;
    private const int Tick = 5;

    /// <inheritdoc/>
    public string Name { get; } = cpu.Name + ">";

    /// <inheritdoc/>
    public IAgent ActsFor => cpu;

    /// <inheritdoc/>
    public void Offer(int agent, List<MachineAction> actions)
    {
        KernelTask? current = cpu.Current;
        if (current is not null && cpu.Ticks.Value == 0)
        {
            return;
        }

        if (current is not null && !cpu.CanBePreempted(current))
        {
            if (cpu.CanBeAsked(current) && cpu.HasOther(current))
                actions.Add(new MachineAction(agent, Tick, 0));

            return;
        }

        if (current is not null && Cpu.IsInUser(current) && current.HoldoutFlag.Value != 0)
            actions.Add(new MachineAction(agent, Tick, 0));

        foreach (KernelTask task in cpu.Tasks)
        {
            if (task != current && task.State == TaskState.Runnable)
                actions.Add(new MachineAction(agent, current is null ? Pick : Preempt, task.Number));
        }
    }

    /// <inheritdoc/>
    public void Perform(MachineAction action)
    {
        kernel.ClearOops();
        if (action.Code == Tick)
        {
            kernel.Machine.Say(cpu.Tick(cpu.Current!));
            return;
        }

        KernelTask next = kernel.Tasks[action.Argument];
        if (action.Code == Preempt)
        {
            cpu.Ticks.Value--;
            cpu.Core.Synchronise();
            kernel.Machine.Say(kernel.Machine.Told($"tick: {cpu.Current!.Name} is preempted at {Where(cpu.Current)}, {next.Name} runs"));
            cpu.LeaveByInterrupt(cpu.Current!);
        }
        else
        {
            kernel.Machine.Say(kernel.Machine.Told($"{next.Name} runs"));
        }

        cpu.SwitchTo(next);
    }

    /// <inheritdoc/>
    public string Key(MachineAction action) => action.Code == Tick
        ? $"{cpu.Name}!tick"
        : $"{cpu.Name}{(action.Code == Preempt ? '>' : '=')}{kernel.Tasks[action.Argument].Name}";

    /// <inheritdoc/>
    public bool IsPreemption(MachineAction action) => action.Code == Preempt;

    private string Where(KernelTask task) => task.Context is { } context
        ? kernel.Symbols.Show(kernel.Machine.Engine.Pc(context))
        : task.Run!.Next?.Name ?? "its end";
}

/// <summary>The tasks of a core that sleep, each waking up in a step of its own once its condition holds: <c>c0^updater</c>.</summary>
internal sealed class CpuWakeups(Kernel kernel, Cpu cpu) : IAgent
{
    private const int Wake = 4;

    /// <inheritdoc/>
    public string Name { get; } = cpu.Name + "^";

    /// <inheritdoc/>
    public IAgent ActsFor => cpu;

    /// <inheritdoc/>
    public void Offer(int agent, List<MachineAction> actions)
    {
        foreach (KernelTask task in cpu.Tasks)
        {
            if (task.State == TaskState.Sleeping && (task.Run is null || task.Run.IsReady) && !cpu.Int3.IsActive)
                actions.Add(new MachineAction(agent, Wake, task.Number));
        }
    }

    /// <inheritdoc/>
    public void Perform(MachineAction action)
    {
        kernel.ClearOops();
        KernelTask task = kernel.Tasks[action.Argument];
        kernel.Machine.Say(kernel.Machine.Told($"{task.Name} wakes up"));
        task.State = TaskState.Runnable;
        if (cpu.Current is null)
            cpu.SwitchTo(task);
    }

    /// <inheritdoc/>
    public string Key(MachineAction action) => $"{cpu.Name}^{kernel.Tasks[action.Argument].Name}";

    /// <inheritdoc/>
    public bool IsPreemption(MachineAction action) => false;
}
