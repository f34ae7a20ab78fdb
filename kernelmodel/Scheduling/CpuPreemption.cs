using RcuEmu.KernelModel.Rcu;

namespace RcuEmu.KernelModel.Scheduling;

// Regions without preemption, requests to reschedule, user mode: what decides where the current task may lose its core.
public sealed partial class Cpu
{
    /// <summary>The kernel around this core.</summary>
    internal Kernel Kernel => _kernel;

    /// <summary>True where an interrupt's exit may preempt the current task now (P1), or interrupts user mode.</summary>
    internal bool CanBePreempted(KernelTask current) =>
        !Int3.IsActive && current.ExitPhase < ExitPhase.NonPreemptible && (IsInUser(current) || (Strikes(PreemptionPoint.InterruptExit) && (Count(current) == 0 || _kernel.Config.Wrong == Mistake.PreemptCountIgnored)));

    /// <summary>True where a tick now leaves a request behind that somebody looks at later.</summary>
    internal bool CanBeAsked(KernelTask current) =>
        _kernel.HasReschedPoints && current.Context is not null && !Int3.IsActive && current.Inside.NeedResched.Value == 0 && !CanBePreempted(current);

    /// <summary>True where a worker that is queued on this core can run at once.</summary>
    internal bool CanSwitch => Current is not { } current || CanBePreempted(current);

    /// <summary>True where another task of this core can run.</summary>
    internal bool HasOther(KernelTask current)
    {
        foreach (KernelTask task in _tasks)
        {
            if (task != current && task.State == TaskState.Runnable)
                return true;
        }

        return false;
    }

    /// <summary>What a delivered interrupt does beyond synchronising its core; null: nothing.</summary>
    internal string? Interrupt(int vector) => vector switch
    {
        Vector.TraceCheck => _kernel.TasksTrace.ByIpi.Interrupt(this),
        Vector.Reschedule => Kick(),
        _ => null,
    };

    /// <summary>A tick takes the core from the current task: a preemption, but in user mode schedule() of mode SM_NONE.</summary>
    internal void LeaveByInterrupt(KernelTask task)
    {
        if (!IsInUser(task))
        {
            Preempt(task, Pc(task));
            return;
        }

        _kernel.TasksRcu.NoteQuiescent(task);
        _kernel.TrampolineReaders.NoteOwnEvent(this, task);
        task.Inside.NeedResched.Value = 0;
        NoteSwitch(task);
    }

    /// <summary>preempt_disable(), local_bh_disable(). Without PREEMPTION there is no count; on PREEMPT_RT softirqs are threads.</summary>
    internal string Disable(KernelTask task, ulong unit)
    {
        if (Counts(unit))
            task.Inside.PreemptCount.Value += unit;

        return _kernel.Machine.Told($"{task.Name}: preempt_count is {PreemptCount.Show(Count(task))}");
    }

    /// <summary>preempt_enable(), preempt_enable_notrace(), local_bh_enable(): preempts where the count drops to 0 with a request set (P3, P4, P6).</summary>
    internal string Enable(KernelTask task, ulong unit, PreemptionPoint point)
    {
        if (Counts(unit))
            task.Inside.PreemptCount.Value -= unit;

        if (Count(task) != 0)
            return _kernel.Machine.Told($"{task.Name}: preempt_count is {PreemptCount.Show(Count(task))}");

        if (IsQuiescent)
            _kernel.Rcu.NoteQuiescent(Core.Index);

        if (CanSwitch)
            _kernel.TasksRude.NoteSwitch(Core.Index);

        return Resched(task, point);
    }

    /// <summary>A preemption point in the kernel's text: takes the core where there is a request and the model has this point.</summary>
    internal string Resched(KernelTask task, PreemptionPoint point)
    {
        if (task.Inside.NeedResched.Value == 0 || Count(task) != 0 || !Strikes(point))
            return _kernel.Machine.Told($"{task.Name}: {Show(point)}");

        Preempt(task, null);
        SwitchTo(null);
        return _kernel.Machine.Told($"{task.Name} is preempted in {Show(point)}");
    }

    /// <summary>rcu_read_lock().</summary>
    internal string LockRcu(KernelTask task)
    {
        if (_kernel.Config.PREEMPT_RCU)
            task.Inside.RcuNesting.Value++;
        else
            Disable(task, PreemptCount.Preempt);

        return _kernel.Machine.Told($"{task.Name}: rcu_read_lock()");
    }

    /// <summary>rcu_read_unlock().</summary>
    internal string UnlockRcu(KernelTask task)
    {
        if (!_kernel.Config.PREEMPT_RCU)
            return _kernel.Machine.Told($"{task.Name}: rcu_read_unlock(); {Enable(task, PreemptCount.Preempt, PreemptionPoint.PreemptEnable)}");

        _kernel.Rcu.Unlock(this, task);
        return _kernel.Machine.Told($"{task.Name}: rcu_read_unlock()");
    }

    /// <summary>
    /// rcu_softirq_qs_periodic(): a quiescent state of vanilla and of Tasks RCU; nothing on PREEMPT_RT. kernel/rcu/tree.c: rcu_softirq_qs().
    /// It reports at most every HZ/10 jiffies; without time every call reports.
    /// </summary>
    internal string SoftirqQuiescent(KernelTask task)
    {
        bool isDue = !_kernel.Config.IsTimed || _kernel.Jiffies.Value > task.Inside.SoftirqStamp.Value + ((ulong)_kernel.Config.TasksRcu.HZ / 10);
        if (!_kernel.Config.PREEMPT_RT && isDue)
        {
            _kernel.TasksRcu.NoteQuiescent(task);
            _kernel.TrampolineReaders.NoteOwnEvent(this, task);
            _kernel.Rcu.NoteQuiescent(Core.Index);
            task.Inside.SoftirqStamp.Value = _kernel.Jiffies.Value;
        }

        return _kernel.Machine.Told($"{task.Name}: rcu_softirq_qs_periodic()");
    }

    /// <summary>Return to user mode: a request, full or lazy, is honoured by schedule() first, mode SM_NONE. kernel/entry/common.c.</summary>
    internal string EnterUser(KernelTask task)
    {
        bool switches = task.Inside.NeedResched.Value != 0;
        task.Inside.UserMode.Value = 1;
        if (_kernel.Config.NO_HZ_FULL)
            task.Inside.IdleCpu.Value = (ulong)Core.Index + 1;

        _kernel.Rcu.NoteQuiescent(Core.Index);
        _kernel.TasksRude.NoteSwitch(Core.Index);
        if (switches)
            Schedule(TaskState.Runnable);

        return _kernel.Machine.Told($"{task.Name} returns to user mode{(switches ? ", by schedule()" : "")}");
    }

    /// <summary>A system call.</summary>
    internal string LeaveUser(KernelTask task)
    {
        task.Inside.UserMode.Value = 0;
        task.Inside.IdleCpu.Value = 0;
        return _kernel.Machine.Told($"{task.Name} enters the kernel");
    }

    /// <summary>
    /// A contended spinlock. On PREEMPT_RT the task sleeps in mode SM_RTLOCK_WAIT: off its queue, <c>nvcsw</c> + 1, its flag as it was. Elsewhere
    /// it spins, and the lock comes free at once here.
    /// </summary>
    internal string WaitForRtLock(KernelTask task)
    {
        if (!_kernel.Config.PREEMPT_RT)
            return _kernel.Machine.Told($"{task.Name}: spin_lock()");

        task.Inside.NeedResched.Value = 0;
        task.State = TaskState.Sleeping;
        task.VoluntarySwitches++;
        NoteSwitch(task);
        SwitchTo(null);
        return _kernel.Machine.Told($"{task.Name} waits for an RT lock");
    }

    /// <summary>
    /// __schedule(SM_PREEMPT) of the current task; the caller switches. The task stays on its queue, its flag stays, <c>nvcsw</c> stays.
    /// <paramref name="pc"/>: the interrupted address, or null where no interrupt did it (P3 to P5).
    /// </summary>
    internal void Preempt(KernelTask task, ulong? pc)
    {
        if (Count(task) != 0)
            _kernel.NoteBreach("preemption-where-allowed", $"{task.Name} is preempted with preempt_count {PreemptCount.Show(Count(task))}");

        task.Inside.NeedResched.Value = 0;
        NoteSwitch(task);
        _kernel.Preempted.NotePreempted(this, task, pc);
    }

    /// <summary>A tick: in user mode a quiescent state of Tasks RCU, elsewhere a request. kernel/rcu/tree.c: rcu_sched_clock_irq().</summary>
    internal string Tick(KernelTask task)
    {
        Ticks.Value--;
        Core.Synchronise();
        if (IsInUser(task))
        {
            _kernel.TasksRcu.NoteQuiescent(task);
            _kernel.TrampolineReaders.NoteOwnEvent(this, task);
            return _kernel.Machine.Told($"tick: {task.Name} is in user mode");
        }

        task.Inside.NeedResched.Value = 1;
        return _kernel.Machine.Told($"tick: {task.Name} is asked to reschedule");
    }

    /// <summary>True where a task is in user mode.</summary>
    internal static bool IsInUser(KernelTask task) => task.Context is not null && task.Inside.UserMode.Value != 0;

    private bool IsQuiescentIn(KernelTask current) => IsInUser(current)
        || (_kernel.Config.PREEMPTION && current.ExitPhase < ExitPhase.NonPreemptible && Count(current) == 0 && (current.Context is null || current.Inside.RcuNesting.Value == 0));

    // schedule() where nobody may sleep; the exit of a task is no sleep.
    private void CheckSleep(KernelTask task, TaskState becomes)
    {
        if (task.Context is null || becomes == TaskState.Dead)
            return;

        if (Count(task) != 0)
            _kernel.NoteBreach("no-atomic-sleep", $"{task.Name} calls schedule() with preempt_count {PreemptCount.Show(Count(task))}");
        else if (task.Inside.RcuNesting.Value != 0)
            _kernel.NoteBreach("no-atomic-sleep", $"{task.Name} calls schedule() inside rcu_read_lock()");
    }

    // What a switch away from a task means to readers, whatever its mode.
    private void NoteSwitch(KernelTask task)
    {
        if (task.Context is null)
            return;

        _kernel.Rcu.NotePreemptedReader(Core.Index, task);
        _kernel.TasksTrace.NoteSwitch(task);
    }

    // A kick: __schedule() with nothing else to run, or a request where the task cannot be preempted now.
    private string? Kick()
    {
        if (Current is not { Context: not null } task)
            return null;

        if (!CanBePreempted(task))
        {
            task.Inside.NeedResched.Value = 1;
            return _kernel.Machine.Told($"kick: {task.Name} is asked to reschedule");
        }

        LeaveByInterrupt(task);
        return _kernel.Machine.Told($"kick: {task.Name} passes __schedule()");
    }

    private ulong? Pc(KernelTask task) => task.Context is { } context ? _kernel.Machine.Engine.Pc(context) : null;

    private static ulong Count(KernelTask task) => task.Context is null ? 0 : task.Inside.PreemptCount.Value;

    private bool Counts(ulong unit) => _kernel.Config.PREEMPTION && !(unit == PreemptCount.SoftirqDisable && _kernel.Config.PREEMPT_RT);

    private bool Strikes(PreemptionPoint point) => PreemptionPoints.Strikes(
        point, _kernel.Model, _kernel.Config.PREEMPT_RT, _kernel.Config.Architecture, _kernel.Config.Series);

    private static string Show(PreemptionPoint point) => point switch
    {
        PreemptionPoint.PreemptEnable => "preempt_enable()",
        PreemptionPoint.PreemptEnableNotrace => "preempt_enable_notrace()",
        PreemptionPoint.CondResched => "cond_resched()",
        PreemptionPoint.MightSleep => "might_sleep()",
        _ => "an exit of an interrupt",
    };
}
