using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Explaining;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Properties;

/// <summary>A property that hears what happens inside a step and speaks behind it.</summary>
/// <param name="kernel">The kernel under study.</param>
/// <param name="name">As scenarios name it.</param>
public abstract class HearingProperty(Kernel kernel, string name) : KernelProperty(kernel, name)
{
    private string? _message;

    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        string? message = _message ?? Check(machine, in step);
        _message = null;
        return message;
    }

    /// <summary>What else is to be seen behind the step.</summary>
    protected virtual string? Check(Machine machine, in StepInfo step) => null;

    /// <summary>The step in hand violates the property; the first message counts.</summary>
    protected void Violate(string message) => _message ??= message;

    /// <summary>True where the step in hand wrote the cell.</summary>
    protected static bool Wrote(Machine machine, Cell cell)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(cell);
        foreach (Touch touch in machine.Footprint.Touches)
        {
            if (touch is { IsCell: true, Kind: TouchKind.Write } && touch.Address == (ulong)cell.Number)
                return true;
        }

        return false;
    }
}

/// <summary>
/// <c>callbacks-wait-for-readers</c>: a callback of Tasks RCU runs only when every task that was runnable when it was queued has had a
/// quiescent state since: a voluntary switch, sleep, exit, or a report of its own (I5).
/// </summary>
/// <remarks>Justification: that is what a grace period of Tasks RCU is. Counted by the quiescent states themselves, not by the kthread's tests.</remarks>
public sealed class CallbacksWaitForReaders : HearingProperty
{
    private readonly Cell[][] _waited;
    private readonly IReadOnlyList<RcuTasksCallback> _callbacks;

    /// <summary>Watches every callback and every task but the kthread.</summary>
    public CallbacksWaitForReaders(Kernel kernel)
        : base(kernel, "callbacks-wait-for-readers")
    {
        _callbacks = kernel.TasksRcu.Queues.Callbacks;
        int words = (kernel.Tasks.Count + 63) / 64;
        _waited = [.. _callbacks.Select(_ => (Cell[])[.. Enumerable.Range(0, words).Select(_ => Cell.Of(kernel.Machine))])];
        kernel.TasksRcu.Queues.Queued += Queue;
        kernel.TasksRcu.Queues.Invoked += Run;
        kernel.TasksRcu.Quiescent += Release;
    }

    private void Queue(RcuTasksCallback callback)
    {
        foreach (KernelTask task in Kernel.Tasks)
        {
            if (task != Kernel.TasksRcu.Kthread && task.State == TaskState.Runnable)
                _waited[callback.Number][task.Number / 64].Value |= 1UL << (task.Number % 64);
        }
    }

    private void Release(KernelTask task)
    {
        foreach (Cell[] words in _waited)
        {
            Cell word = words[task.Number / 64];
            if ((word.Peek & (1UL << (task.Number % 64))) != 0)
                word.Value &= ~(1UL << (task.Number % 64));
        }
    }

    private void Run(RcuTasksCallback callback, ulong tag)
    {
        foreach (KernelTask task in Kernel.Tasks)
        {
            Cell word = _waited[callback.Number][task.Number / 64];
            if ((word.Value & (1UL << (task.Number % 64))) != 0)
                Violate($"callback {callback.Name} runs, and {task.Name} has had no quiescent state since it was queued");
        }

        foreach (Cell word in _waited[callback.Number])
            word.Value = 0;
    }
}

/// <summary>
/// <c>no-false-quiescence</c>: a task leaves the list of holdouts only behind a quiescent state of its own since it was listed; being
/// preempted, cond_resched() and the like are none (I6, I7's second half).
/// </summary>
/// <remarks>Justification: soundness of how quiescent states are detected, Q1 to Q4 of kernel/rcu/tasks.h: check_holdout_task().</remarks>
public sealed class NoFalseQuiescence : HearingProperty
{
    private readonly Cell[] _listed;

    /// <summary>Watches every task.</summary>
    public NoFalseQuiescence(Kernel kernel)
        : base(kernel, "no-false-quiescence")
    {
        _listed = [.. kernel.Tasks.Select(_ => Cell.Of(kernel.Machine))];
        kernel.TasksRcu.Quiescent += task => _listed[task.Number].Value = 0;
    }

    /// <inheritdoc/>
    protected override string? Check(Machine machine, in StepInfo step)
    {
        foreach (KernelTask task in Kernel.Tasks)
        {
            if (!Wrote(machine, task.Holdout))
                continue;

            if (task.Holdout.Value != 0)
                _listed[task.Number].Value = 1;
            else if (_listed[task.Number].Value != 0)
                return $"{task.Name} is let go, and has had no quiescent state since it was listed";
        }

        return null;
    }
}

/// <summary><c>holdouts-only-shrink</c>: behind the scans of a grace period nobody is added to the list of holdouts (I7).</summary>
/// <remarks>Justification: the wait set is fixed; who becomes runnable later cannot hold anything from before.</remarks>
public sealed class HoldoutsOnlyShrink : HearingProperty
{
    private readonly Cell _isFixed;

    /// <summary>Watches the kthread.</summary>
    public HoldoutsOnlyShrink(Kernel kernel)
        : base(kernel, "holdouts-only-shrink")
    {
        _isFixed = Cell.Of(kernel.Machine);
        kernel.ProgramStepDone += Hear;
    }

    /// <inheritdoc/>
    protected override string? Check(Machine machine, in StepInfo step)
    {
        foreach (KernelTask task in Kernel.Tasks)
        {
            if (Wrote(machine, task.Holdout) && task.Holdout.Value != 0 && _isFixed.Value != 0)
                return $"{task.Name} is added to the holdouts behind the scans";
        }

        return null;
    }

    private void Hear(ProgramRun run, ProgramStep step)
    {
        if (run.Task == Kernel.TasksRcu.Kthread)
            _isFixed.Value = step.Name is "check_all_holdout_tasks" or "rcu_tasks_postgp" ? 1UL : 0;
    }
}

/// <summary>
/// <c>two-vanilla-grace-periods</c>: every grace period of Tasks RCU has a whole one of vanilla RCU before its scan and another behind its
/// last look at the holdouts (I8).
/// </summary>
/// <remarks>
/// Justification: the first flushes changes of <c>on_rq</c> and <c>nvcsw</c> that are on their way, both together cover handlers, code with
/// preemption off, the idle loop and the last stretch of an exit.
/// </remarks>
public sealed class TwoVanillaGracePeriods : HearingProperty
{
    private readonly Cell _before;
    private readonly Cell _behind;

    /// <summary>Watches the kthread.</summary>
    public TwoVanillaGracePeriods(Kernel kernel)
        : base(kernel, "two-vanilla-grace-periods")
    {
        (_before, _behind) = (Cell.Of(kernel.Machine), Cell.Of(kernel.Machine));
        kernel.ProgramStepDone += Hear;
    }

    private void Hear(ProgramRun run, ProgramStep step)
    {
        if (run.Task != Kernel.TasksRcu.Kthread)
            return;

        switch (step.Name)
        {
            case "rcu_seq_start":
                (_before.Value, _behind.Value) = (0, 0);
                break;
            case "rcu_tasks_pregp_step" when step.Guard is not null:
                _before.Value = 1;
                break;
            case "rcu_tasks_postgp" when step.Guard is not null:
                _behind.Value = 1;
                break;
            case "rcu_tasks_pertask" when _before.Value == 0:
                Violate("tasks are scanned before the first grace period of vanilla RCU has ended");
                break;
            case "rcu_seq_end" when _behind.Value == 0:
                Violate("the grace period ends without one of vanilla RCU behind the holdouts");
                break;
            default:
                break;
        }
    }
}

/// <summary>
/// <c>one-grace-period</c>: at most one grace period of Tasks RCU runs; its number goes from idle to running to idle plus one; a callback
/// runs only when its number is reached (I15).
/// </summary>
/// <remarks>Justification: the meaning of the numbers that callbacks are tagged with. kernel/rcu/rcu.h: rcu_seq_start(), rcu_seq_end().</remarks>
public sealed class OneGracePeriod : HearingProperty
{
    private readonly Cell _last;

    /// <summary>Watches the sequence number and every callback.</summary>
    public OneGracePeriod(Kernel kernel)
        : base(kernel, "one-grace-period")
    {
        _last = Cell.Of(kernel.Machine);
        kernel.TasksRcu.Queues.Invoked += (callback, tag) =>
        {
            if (tag == 0 || tag > kernel.TasksRcu.CountSequence())
                Violate($"callback {callback.Name} runs at {kernel.TasksRcu.Sequence}, and its number is {tag}");
        };
    }

    /// <inheritdoc/>
    protected override string? Check(Machine machine, in StepInfo step)
    {
        if (!Wrote(machine, Kernel.TasksRcu.SequenceCell))
            return null;

        ulong now = Kernel.TasksRcu.CountSequence(), last = _last.Value;

        _last.Value = now;
        ulong expected = GracePeriodSequence.IsRunning(last) ? GracePeriodSequence.End(last) : GracePeriodSequence.Start(last);
        return now == expected ? null : $"tasks_gp_seq goes from {last} to {now}";
    }
}

/// <summary>
/// <c>callbacks-wait-for-the-next</c>: a callback that is queued while a grace period runs is not run at the end of that one (I16).
/// </summary>
/// <remarks>Justification: rcu_seq_snap(): the running one began before the callback, and may have looked at tasks already.</remarks>
public sealed class CallbacksWaitForTheNext : HearingProperty
{
    private readonly Cell[] _wanted;

    /// <summary>Watches every callback.</summary>
    public CallbacksWaitForTheNext(Kernel kernel)
        : base(kernel, "callbacks-wait-for-the-next")
    {
        _wanted = [.. kernel.TasksRcu.Queues.Callbacks.Select(_ => Cell.Of(kernel.Machine))];
        kernel.TasksRcu.Queues.Queued += callback => _wanted[callback.Number].Value = GracePeriodSequence.Snap(kernel.TasksRcu.CountSequence());
        kernel.TasksRcu.Queues.Invoked += (callback, _) =>
        {
            if (kernel.TasksRcu.CountSequence() < _wanted[callback.Number].Value)
                Violate($"callback {callback.Name} was queued while the grace period ran at whose end it runs");
        };
    }
}

/// <summary>
/// <c>exiting-tasks-are-covered</c>: a task between exit_tasks_rcu_start() and its last switch is on the task list, on an exit list (6.1: in
/// the SRCU section), or cannot be preempted any more (I17).
/// </summary>
/// <remarks>Justification: otherwise a task that is preempted in protected text is seen by no scan, and nothing waits for it.</remarks>
public sealed class ExitingTasksAreCovered(Kernel kernel) : HearingProperty(kernel, "exiting-tasks-are-covered")
{
    /// <inheritdoc/>
    protected override string? Check(Machine machine, in StepInfo step)
    {
        foreach (KernelTask task in Kernel.Tasks)
        {
            if (!Wrote(machine, task.ExitPhaseCell) && !Wrote(machine, task.ExitCpu))
                continue;

            if (task.ExitPhase == ExitPhase.Unlisted && task.State != TaskState.Dead && task.ExitCpu.Value == 0)
                return $"{task.Name} has left the task list, can still be preempted, and nothing covers its exit";
        }

        return null;
    }
}

/// <summary><c>holdout-flag-in-grace-period</c>: <c>rcu_tasks_holdout</c> of a task is set only while a grace period runs (I18).</summary>
/// <remarks>Justification: the second vanilla grace period confines the flag's accesses; a flag that stays is a holdout of nobody.</remarks>
public sealed class HoldoutFlagInGracePeriod(Kernel kernel) : HearingProperty(kernel, "holdout-flag-in-grace-period")
{
    /// <inheritdoc/>
    protected override string? Check(Machine machine, in StepInfo step)
    {
        bool ended = Wrote(machine, Kernel.TasksRcu.SequenceCell);
        foreach (KernelTask task in Kernel.Tasks)
        {
            if ((ended || Wrote(machine, task.HoldoutFlag)) && task.HoldoutFlag.Value != 0
                && !GracePeriodSequence.IsRunning(Kernel.TasksRcu.CountSequence()))
            {
                return $"{task.Name} has rcu_tasks_holdout set, and no grace period runs";
            }
        }

        return null;
    }
}

/// <summary>
/// <c>grace-periods-end</c>: where nothing can happen any more, no grace period runs and nobody waits for one (I21's deadlock; runs that
/// go on for ever are another matter).
/// </summary>
/// <remarks>Justification: if every task eventually sleeps, enters user mode or reports, every grace period ends.</remarks>
public sealed class GracePeriodsEnd(Kernel kernel) : KernelProperty(kernel, "grace-periods-end")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step) => null;

    /// <inheritdoc/>
    public override string? AtEnd(Machine machine)
    {
        IReadOnlyList<GracePeriodExplanation> waiting = Explanations.GracePeriods(Kernel);
        if (waiting.Count == 0)
            return null;

        GracePeriodExplanation first = waiting[0];
        HeldBy? held = first.Cpus.Concat(first.Tasks).FirstOrDefault();
        return $"{first.Flavour}: {first.Phase} and never ends{(held is null ? "" : $": {held.Subject}: {held.Test}")}";
    }
}
