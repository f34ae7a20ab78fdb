using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Properties;

/// <summary>
/// <c>trace-readers-end</c> (I19): a reader of Tasks Trace RCU that began before a grace period has ended before that ends. This is the
/// definition of the flavour, so it is watched apart from what the grace period protects.
/// </summary>
public sealed class TraceReadersEnd : HearingProperty
{
    private readonly (KernelTask Task, Cell Awaited)[] _readers;

    /// <summary>Watches the readers and grace periods of <paramref name="kernel"/>.</summary>
    public TraceReadersEnd(Kernel kernel)
        : base(kernel, "trace-readers-end")
    {
        _readers = [.. kernel.Tasks.Where(task => task.Context is not null).Select(task => (task, Cell.Of(kernel.Machine)))];
        kernel.TasksTrace.Began += () =>
        {
            foreach ((KernelTask task, Cell awaited) in _readers)
                awaited.Value = task.Inside.TraceNesting.Value != 0 ? 1UL : 0;
        };
        kernel.TasksTrace.Ended += () =>
        {
            foreach ((KernelTask task, Cell awaited) in _readers)
            {
                if (awaited.Value != 0)
                    Violate($"synchronize_rcu_tasks_trace() returns while {task.Name} is in a reader that began before it");
            }
        };
    }

    /// <inheritdoc/>
    protected override string? Check(Machine machine, in StepInfo step)
    {
        foreach ((KernelTask task, Cell awaited) in _readers)
        {
            if (awaited.Peek != 0 && task.Inside.TraceNesting.Value == 0)
                awaited.Value = 0;
        }

        return null;
    }
}

/// <summary>
/// <c>srcu-fast-counts</c> (I20), 7.2: over both pairs, locks less unlocks are the readers that have passed rcu_read_lock_trace(). A reader that is not counted
/// is one that no grace period waits for. What breaks it is an interrupt between nesting and counter whose handler is a reader too (R15).
/// </summary>
public sealed class SrcuFastCounts(Kernel kernel) : KernelProperty(kernel, "srcu-fast-counts")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        if (Kernel.Config.Series < Series.V7_2)
            return null;

        long inside = Kernel.Tasks.Count(task => task.Context is not null && task.Inside.TraceNesting.Value > task.Inside.TraceUncounted.Value);
        long counted = Kernel.TasksTrace.Srcu.Live;
        return inside == counted ? null : $"{inside} readers of Tasks Trace RCU run, and {counted} are counted";
    }
}

/// <summary>
/// <c>balanced-readers</c> (I23): where a task returns to user mode or exits, it is in no reader and no region without preemption. Each marker has its end on every
/// way through the code; one that is left open holds grace periods up for ever, or lets them go too early once it is closed twice.
/// </summary>
public sealed class BalancedReaders(Kernel kernel) : KernelProperty(kernel, "balanced-readers")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        foreach (KernelTask task in Kernel.Tasks)
        {
            if (task.Context is null || (task.Inside.UserMode.Value == 0 && task.State != TaskState.Dead))
                continue;

            TaskContext inside = task.Inside;
            string? open = inside.PreemptCount.Value != 0 ? $"preempt_count {PreemptCount.Show(inside.PreemptCount.Value)}"
                : inside.RcuNesting.Value != 0 ? "rcu_read_lock()"
                : inside.TraceNesting.Value != 0 ? "rcu_read_lock_trace()"
                : inside.TrampolineNesting.Value != 0 ? "a trampoline's marker"
                : null;
            if (open is not null)
                return $"{task.Name} {(task.State == TaskState.Dead ? "exits" : "is in user mode")} with {open} left open";
        }

        return null;
    }
}

/// <summary>
/// <c>preemption-where-allowed</c> (I24): nobody is preempted with <c>preempt_count</c> other than 0. All that runs with preemption off takes it for granted, the
/// vanilla grace period first of all: it ends when each core has left such a region once.
/// </summary>
/// <remarks>Exits from NMI and from INT3 in kernel mode preempt nobody here because a handler's steps offer no preemption.</remarks>
public sealed class PreemptionWhereAllowed(Kernel kernel) : KernelProperty(kernel, "preemption-where-allowed")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step) => Kernel.PendingBreach(Name);
}

/// <summary>
/// <c>no-atomic-sleep</c>: nobody calls schedule() in a reader of vanilla RCU or with preemption off. In the first case the reader would be waited for by nobody, in
/// the second the kernel says "scheduling while atomic". kernel/sched/core.c: schedule_debug(); kernel/rcu/tree_plugin.h: rcu_note_context_switch().
/// </summary>
public sealed class NoAtomicSleep(Kernel kernel) : KernelProperty(kernel, "no-atomic-sleep")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step) => Kernel.PendingBreach(Name);
}
