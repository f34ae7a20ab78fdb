
namespace RcuEmu.KernelModel.Scheduling;

/// <summary>A kernel function that guest code calls by a gate, <c>gate NAME</c> in a scenario's text.</summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Number">The gate.</param>
/// <param name="Source">Where it can be checked.</param>
/// <param name="Do">What it does, for the current task of a core; returns what to say.</param>
public sealed record GateRow(string Name, Gate Number, string Source, Func<Cpu, KernelTask, string> Do);

/// <summary>The gates of preemption, readers and user mode, one row each.</summary>
/// <remarks>Each is one atomic step. Left out: what a real one does besides (lockdep, checks, the instructions themselves).</remarks>
public static class Gates
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<GateRow> All { get; } =
    [
        new("preempt_disable", Gate.PreemptDisable, "include/linux/preempt.h: preempt_disable()", (cpu, task) => cpu.Disable(task, PreemptCount.Preempt)),
        new("preempt_enable", Gate.PreemptEnable, "include/linux/preempt.h: preempt_enable()",
            (cpu, task) => cpu.Enable(task, PreemptCount.Preempt, PreemptionPoint.PreemptEnable)),
        new("preempt_enable_notrace", Gate.PreemptEnableNotrace, "include/linux/preempt.h: preempt_enable_notrace()",
            (cpu, task) => cpu.Enable(task, PreemptCount.Preempt, PreemptionPoint.PreemptEnableNotrace)),
        new("local_bh_disable", Gate.LocalBhDisable, "kernel/softirq.c: __local_bh_disable_ip()", (cpu, task) => cpu.Disable(task, PreemptCount.SoftirqDisable)),
        new("local_bh_enable", Gate.LocalBhEnable, "kernel/softirq.c: __local_bh_enable_ip()",
            (cpu, task) => cpu.Enable(task, PreemptCount.SoftirqDisable, PreemptionPoint.PreemptEnable)),
        new("cond_resched", Gate.CondResched, "kernel/sched/core.c: __cond_resched()", (cpu, task) => cpu.Resched(task, PreemptionPoint.CondResched)),
        new("might_sleep", Gate.MightSleep, "kernel/sched/core.c: dynamic_might_resched()", (cpu, task) => cpu.Resched(task, PreemptionPoint.MightSleep)),
        new("rcu_read_lock", Gate.RcuReadLock, "include/linux/rcupdate.h: rcu_read_lock()", (cpu, task) => cpu.LockRcu(task)),
        new("rcu_read_unlock", Gate.RcuReadUnlock, "include/linux/rcupdate.h: rcu_read_unlock()", (cpu, task) => cpu.UnlockRcu(task)),
        new("rcu_read_lock_trace", Gate.TraceReadLock, "include/linux/rcupdate_trace.h: rcu_read_lock_trace()", (cpu, task) => cpu.Kernel.TasksTrace.Lock(cpu, task)),
        new("rcu_read_unlock_trace", Gate.TraceReadUnlock, "include/linux/rcupdate_trace.h: rcu_read_unlock_trace()",
            (cpu, task) => cpu.Kernel.TasksTrace.Unlock(cpu, task)),
        new("srcu_fast_nesting", Gate.SrcuFastNesting, "include/linux/rcupdate_trace.h: rcu_read_lock_trace()", (cpu, task) => cpu.Kernel.TasksTrace.BeginLock(task)),
        new("srcu_fast_count", Gate.SrcuFastCount, "include/linux/srcutree.h: __srcu_read_lock_fast()", (cpu, task) => cpu.Kernel.TasksTrace.EndLock(cpu, task)),
        new("rcu_softirq_qs_periodic", Gate.SoftirqQuiescent, "include/linux/rcupdate.h: rcu_softirq_qs_periodic()", (cpu, task) => cpu.SoftirqQuiescent(task)),
        new("user_enter", Gate.UserEnter, "kernel/entry/common.c: exit_to_user_mode_loop()", (cpu, task) => cpu.EnterUser(task)),
        new("user_exit", Gate.UserExit, "kernel/entry/common.c: enter_from_user_mode()", (cpu, task) => cpu.LeaveUser(task)),
        new("rt_spin_lock", Gate.RtSpinLock, "kernel/locking/spinlock_rt.c: rt_spin_lock()", (cpu, task) => cpu.WaitForRtLock(task)),
        new("exit_tasks_rcu_start", Gate.ExitTasksRcuStart, "kernel/rcu/tasks.h: exit_tasks_rcu_start()", (cpu, task) => cpu.Kernel.TasksRcu.Exit.Start(task)),
        new("exit_notify", Gate.ExitNotify, "kernel/exit.c: exit_notify()", (cpu, task) => cpu.Kernel.TasksRcu.Exit.Notify(task)),
        new("exit_preempt_disable", Gate.ExitPreemptDisable, "kernel/exit.c: do_exit()", (cpu, task) => cpu.Kernel.TasksRcu.Exit.DisablePreemption(task)),
        new("exit_tasks_rcu_finish", Gate.ExitTasksRcuFinish, "kernel/rcu/tasks.h: exit_tasks_rcu_finish()", (cpu, task) => cpu.Kernel.TasksRcu.Exit.Finish(task)),
        new("tramp_enter", Gate.TrampolineEnter, "the proposal of 2026, design N: rcu_tramp_nesting + 1", (_, task) =>
        {
            task.Inside.TrampolineNesting.Value++;
            return $"{task.Name}: marks the trampoline";
        }),
        new("tramp_leave", Gate.TrampolineLeave, "the proposal of 2026, design N: rcu_tramp_nesting - 1", (_, task) =>
        {
            task.Inside.TrampolineNesting.Value--;
            return $"{task.Name}: marks the trampoline's end";
        }),
    ];

    /// <summary>The gate of this name, or null.</summary>
    public static GateRow? Find(string name) => All.FirstOrDefault(row => row.Name == name);

    /// <summary>Does a gate. Null where there is none of this number.</summary>
    internal static string? Perform(Cpu cpu, KernelTask task, Gate gate)
    {
        foreach (GateRow row in All)
        {
            if (row.Number == gate)
                return row.Do(cpu, task);
        }

        return null;
    }
}
