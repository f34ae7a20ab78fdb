using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Timing;

/// <summary>Something that happened at a moment of a timed run.</summary>
/// <param name="Jiffy">Ticks since the beginning.</param>
/// <param name="Text">What.</param>
public sealed record TimedEvent(ulong Jiffy, string Text);

/// <summary>A grace period of Tasks RCU in a timed run.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Begin">The jiffy of its beginning.</param>
/// <param name="End">The jiffy of its end, or null.</param>
public sealed record TimedGracePeriod(ulong Number, ulong Begin, ulong? End);

/// <summary>
/// Runs a kernel with virtual time: each core does a number of steps between two ticks, and each tick moves <c>jiffies</c> on, runs the
/// timers, and lets another task of the core run where the preemption model does. One order, without undo.
/// </summary>
/// <remarks>
/// For what is a question of time: starvation, laziness, back-off, reports. A grace period of vanilla RCU ends as soon as it can (the real
/// one takes a few ticks more). Left out: frequencies and the cost of instructions; ticks strike all cores at one moment.
/// </remarks>
public sealed class TimedRun
{
    // A tick is millions of instructions: what stands for a few of them does not count as one of the user's.
    private const int ProcedureStepsPerTick = 4096;

    private readonly Kernel _kernel;
    private readonly int _stepsPerTick;
    private readonly List<MachineAction> _offered = [];
    private readonly int[][] _agents;
    private readonly int[] _last;
    private readonly List<TimedEvent> _events = [];
    private readonly List<TimedGracePeriod> _gracePeriods = [];

    /// <summary>Takes a kernel whose configuration is timed, sealed and not yet run.</summary>
    /// <param name="kernel">It.</param>
    /// <param name="stepsPerTick">
    /// Instructions and switches that a busy core does between two ticks, at least 1. Steps of kernel procedures do not count, up to 4,096.
    /// </param>
    public TimedRun(Kernel kernel, int stepsPerTick = 16)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerTick, 1);
        if (!kernel.Config.IsTimed)
            throw new ArgumentException("the kernel has no virtual time", nameof(kernel));

        (_kernel, _stepsPerTick) = (kernel, stepsPerTick);
        _last = new int[kernel.Cpus.Count];
        _agents = [.. kernel.Cpus.Select(cpu => Enumerable.Range(0, kernel.Machine.Agents.Count)
            .Where(i => kernel.Machine.TurnOf(i) == IndexOf(cpu)).OrderBy(i => Rank(kernel.Machine.Agents[i])).ToArray())];
        kernel.ProgramStepDone += Hear;
        kernel.TasksRcu.Timing.Reported += text => _events.Add(new TimedEvent(Now, text));
    }

    /// <summary>The present jiffy.</summary>
    public ulong Now => _kernel.Jiffies.Peek;

    /// <summary>What was reported, in order.</summary>
    public IReadOnlyList<TimedEvent> Events => _events;

    /// <summary>The grace periods of Tasks RCU, in order.</summary>
    public IReadOnlyList<TimedGracePeriod> GracePeriods => _gracePeriods;

    /// <summary>The first violation, or null.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>Steps performed.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs up to a jiffy, a violation, or until <paramref name="until"/> says so behind a tick.</summary>
    public void Run(ulong jiffies, Func<bool>? until = null, CancellationToken stopped = default)
    {
        while (Now < jiffies && Violation is null && until?.Invoke() != true)
        {
            stopped.ThrowIfCancellationRequested();
            foreach (Cpu cpu in _kernel.Cpus)
                RunTick(cpu);

            Tick();
        }
    }

    private int IndexOf(Cpu cpu)
    {
        for (int i = 0; i < _kernel.Machine.Agents.Count; i++)
        {
            if (_kernel.Machine.Agents[i] == cpu)
                return i;
        }

        throw new InvalidOperationException($"{cpu.Name} is no agent");
    }

    // Between two ticks: who sleeps and may wake does so at the beginning, and later only where the core has nothing else to do; interrupts
    // are taken at once, an idle core picks the next runnable task.
    private void RunTick(Cpu cpu)
    {
        int[] agents = _agents[cpu.Core.Index];
        WakeAll(agents);
        for (int step = 0, procedure = 0; step < _stepsPerTick && procedure < ProcedureStepsPerTick && Violation is null;)
        {
            _offered.Clear();
            foreach (int agent in agents)
            {
                if (_offered.Count == 0)
                    _kernel.Machine.Agents[agent].Offer(agent, _offered);
            }

            _kernel.Machine.Footprint.Clear();
            if (_offered.Count == 0)
                return;

            bool isProcedure = cpu.PeekCurrent is { Run: not null };
            (step, procedure) = isProcedure ? (step, procedure + 1) : (step + 1, procedure);
            // Round robin: an idle core does not go back to whom it left.
            bool picks = cpu.PeekCurrent is null;
            Perform(picks ? Next(_last[cpu.Core.Index]) : _offered[0]);
            if (cpu.PeekCurrent is { } current)
                _last[cpu.Core.Index] = current.Number;
        }
    }

    private static int Rank(IAgent agent) => agent switch { CpuInterrupts => 0, CpuScheduler => 1, CpuWakeups => 3, _ => 2 };

    private void WakeAll(int[] agents)
    {
        _offered.Clear();
        _kernel.Machine.Agents[agents[^1]].Offer(agents[^1], _offered);
        _kernel.Machine.Footprint.Clear();
        foreach (MachineAction action in _offered.ToArray())
            Perform(action);
    }

    private void Tick()
    {
        _kernel.Jiffies.Value++;
        _kernel.TasksRcu.Queues.RunTimers(Now);
        foreach (Cpu cpu in _kernel.Cpus)
        {
            if (cpu.PeekCurrent is not { } current)
                continue;

            cpu.Ticks.Value = 1;
            _offered.Clear();
            foreach (int agent in _agents[cpu.Core.Index])
            {
                if (_kernel.Machine.Agents[agent] is CpuScheduler scheduler)
                    scheduler.Offer(agent, _offered);
            }

            if (_offered.Count > 0)
                Perform(Next(current.Number));

            cpu.Ticks.Value = 0;
        }

        _kernel.Machine.Footprint.Clear();
        _kernel.Machine.State.Restart();
    }

    // The first that is offered for a task behind this one in the task list.
    private MachineAction Next(int task)
    {
        foreach (MachineAction action in _offered)
        {
            if (action.Argument > task)
                return action;
        }

        return _offered[0];
    }

    private void Perform(MachineAction action)
    {
        Violation ??= _kernel.Machine.Perform(action);
        Steps++;
    }

    private void Hear(ProgramRun run, ProgramStep step)
    {
        if (run.Task != _kernel.TasksRcu.Kthread)
            return;

        if (step.Name == "rcu_seq_start")
            _gracePeriods.Add(new TimedGracePeriod(_kernel.TasksRcu.Number, Now, null));
        else if (step.Name == "rcu_seq_end")
            _gracePeriods[^1] = _gracePeriods[^1] with { End = Now };
    }
}
