using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Rcu;

namespace RcuEmu.KernelModel.Scheduling;

/// <summary>Whether a task can run.</summary>
public enum TaskState
{
    /// <summary>On its run queue (<c>on_rq</c> is 1), running or not.</summary>
    Runnable,

    /// <summary>Blocked by its own choice (<c>on_rq</c> is 0).</summary>
    Sleeping,

    /// <summary>Gone.</summary>
    Dead,
}

/// <summary>
/// <c>struct task_struct</c>: what the scheduler and Tasks RCU know of a task. include/linux/sched.h.
/// </summary>
/// <remarks>
/// Left out: <c>nivcsw</c> (nothing here reads it), delayed dequeue (a task that blocked may look runnable for a while: longer
/// grace periods, never shorter ones), migration between cores.
/// </remarks>
public sealed class KernelTask
{
    private readonly Cell _state;
    private readonly Cell _nvcsw;

    internal KernelTask(Machine machine, int number, string name, int core)
    {
        (Number, Name, CoreIndex) = (number, name, core);
        _state = Cell.Of(machine);
        _nvcsw = Cell.Of(machine);
        Holdout = Cell.Of(machine);
        HoldoutFlag = Cell.Of(machine);
        SnapshotNvcsw = Cell.Of(machine);
        RcuWaitMask = Cell.Of(machine);
        ExitPhaseCell = Cell.Of(machine);
        ExitCpu = Cell.Of(machine);
        ExitAwaited = Cell.Of(machine);
        RudeWaitMask = Cell.Of(machine);
        EventWaitMask = Cell.Of(machine);
        Inside = new TaskContext(machine);
    }

    /// <summary>Counted from 0; the order of the task list.</summary>
    public int Number { get; }

    /// <summary><c>comm</c>.</summary>
    public string Name { get; }

    /// <summary>The core that it is bound to.</summary>
    public int CoreIndex { get; }

    /// <summary>Its registers where it executes guest code; null for a task that executes a program.</summary>
    public Context? Context { get; internal set; }

    /// <summary>The program that it executes; null for guest code.</summary>
    public ProgramRun? Run { get; internal set; }

    /// <summary>
    /// Where a tracer keeps return addresses that it took off this task's stack (<c>ret_stack</c>), or an empty range. Set while the
    /// machine is set up.
    /// </summary>
    public Occupancy.AddressRange ShadowStack { get; set; }

    /// <summary>Runnable, sleeping or dead.</summary>
    public TaskState State
    {
        get => (TaskState)_state.Value;
        internal set => _state.Value = (ulong)value;
    }

    /// <summary><c>on_rq</c> is not 0.</summary>
    public bool IsOnRunQueue => State == TaskState.Runnable;

    /// <summary><c>nvcsw</c>: how often it blocked.</summary>
    public ulong VoluntarySwitches
    {
        get => _nvcsw.Value;
        internal set => _nvcsw.Value = value;
    }

    /// <summary>1 while the task is on the list <c>holdouts</c> of the grace period.</summary>
    public Cell Holdout { get; }

    /// <summary><c>rcu_tasks_holdout</c>: set by the scan, cleared by the task's own quiescent states.</summary>
    public Cell HoldoutFlag { get; }

    /// <summary><c>rcu_tasks_nvcsw</c>: <c>nvcsw</c> when it was scanned.</summary>
    public Cell SnapshotNvcsw { get; }

    /// <summary>The callback that wakes this task out of synchronize_rcu_tasks(); null for a task that executes guest code.</summary>
    public RcuTasksCallback? RcuTasksWaiter { get; internal set; }

    /// <summary>How far it is on its way out.</summary>
    public ExitPhase ExitPhase
    {
        get => (ExitPhase)ExitPhaseCell.Value;
        internal set => ExitPhaseCell.Value = (ulong)value;
    }

    internal Cell ExitPhaseCell { get; }

    /// <summary>The same without a footprint.</summary>
    public ExitPhase PeekExitPhase => (ExitPhase)ExitPhaseCell.Peek;

    /// <summary>
    /// 6.12 and later: <c>rcu_tasks_exit_cpu</c> plus 1 while the task is on that CPU's <c>rtp_exit_list</c>, else 0. 6.1: 1 while it is in a
    /// section of <c>tasks_rcu_exit_srcu</c>.
    /// </summary>
    public Cell ExitCpu { get; }

    /// <summary>6.1: 1 while a synchronize_srcu() of <c>tasks_rcu_exit_srcu</c> waits for this task.</summary>
    public Cell ExitAwaited { get; }

    /// <summary>True until exit_notify() takes it off the list that <c>for_each_process_thread</c> walks.</summary>
    public bool IsOnTaskList => ExitPhase < ExitPhase.Unlisted;

    /// <summary>The cores that a synchronize_rcu() of this task still waits for, one bit each.</summary>
    public Cell RcuWaitMask { get; }

    /// <summary>The preempted readers that a synchronize_rcu() of this task still waits for, one bit each by number; null where there can be none.</summary>
    public Cell[]? RcuReaders { get; internal set; }

    /// <summary>The cores that a synchronize_rcu_tasks_rude() of this task still waits for, one bit each.</summary>
    public Cell RudeWaitMask { get; }

    /// <summary>Design R: the cores that a grace period of this task still waits for an event of, one bit each.</summary>
    public Cell EventWaitMask { get; }

    /// <summary>What it is inside of: regions without preemption, readers, user mode.</summary>
    public TaskContext Inside { get; }

    /// <summary>What Tasks RCU knows of the task. Setting it writes back only what a grace period may write.</summary>
    internal TaskFacts Facts
    {
        get => new()
        {
            OnRq = IsOnRunQueue ? 1 : 0,
            Nvcsw = VoluntarySwitches,
            SnapshotNvcsw = SnapshotNvcsw.Value,
            Holdout = HoldoutFlag.Value != 0,
            IdleCpu = (int)Inside.IdleCpu.Value - 1,
            IsListed = Holdout.Value != 0,
        };

        set
        {
            SnapshotNvcsw.Value = value.SnapshotNvcsw;
            HoldoutFlag.Value = value.Holdout ? 1UL : 0;
            Holdout.Value = value.IsListed ? 1UL : 0;
        }
    }

    /// <summary>The same without a footprint, for people.</summary>
    internal TaskFacts PeekFacts => new()
    {
        OnRq = PeekState == TaskState.Runnable ? 1 : 0,
        Nvcsw = _nvcsw.Peek,
        SnapshotNvcsw = SnapshotNvcsw.Peek,
        Holdout = HoldoutFlag.Peek != 0,
        IdleCpu = (int)Inside.IdleCpu.Peek - 1,
        IsListed = Holdout.Peek != 0,
    };

    /// <summary>The state without a footprint, for properties and for people.</summary>
    public TaskState PeekState => (TaskState)_state.Peek;
}
