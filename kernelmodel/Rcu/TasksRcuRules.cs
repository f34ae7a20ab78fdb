namespace RcuEmu.KernelModel.Rcu;

/// <summary>The fields of <c>struct task_struct</c> that Tasks RCU reads and writes, under the kernel's names. include/linux/sched.h.</summary>
public struct TaskFacts
{
    /// <summary><c>on_rq</c>: 0 off its queue, 1 queued, 2 migrating.</summary>
    public int OnRq;

    /// <summary><c>flags</c> has PF_IDLE: an idle task, or a kthread that injects idleness.</summary>
    public bool IsIdle;

    /// <summary><c>nvcsw</c>: how often it blocked.</summary>
    public ulong Nvcsw;

    /// <summary><c>rcu_tasks_nvcsw</c>: <c>nvcsw</c> when it was scanned.</summary>
    public ulong SnapshotNvcsw;

    /// <summary><c>rcu_tasks_holdout</c>.</summary>
    public bool Holdout;

    /// <summary><c>rcu_tasks_idle_cpu</c>: the CPU on which it runs in user mode without a tick, or -1. With NO_HZ_FULL.</summary>
    public int IdleCpu;

    /// <summary>On the list of holdouts of the grace period.</summary>
    public bool IsListed;

    /// <summary>
    /// 6.12 and later: <c>rcu_tasks_exit_cpu</c> while the task is on that CPU's <c>rtp_exit_list</c>; 6.1: 0 while it is in a section of
    /// <c>tasks_rcu_exit_srcu</c>; else -1.
    /// </summary>
    public int ExitCpu;
}

/// <summary>What a grace period of Tasks RCU decides about one task. Judged against the kernel's own code by a test.</summary>
/// <remarks>
/// kernel/rcu/tasks.h: rcu_tasks_pertask(), check_holdout_task(); 6.1 has the test of a holdout in both, 6.12 and 7.2 in
/// rcu_tasks_is_holdout(). Left out: the idle task of a CPU that RCU considers offline (6.12 and later), which is no holdout; no
/// task here is one.
/// </remarks>
public static class TasksRcuRules
{
    /// <summary>True where the task would hold up a grace period that looks at it now.</summary>
    public static bool IsHoldout(in TaskFacts task) => task.OnRq != 0 && !task.IsIdle;

    /// <summary>rcu_tasks_pertask(): a holdout is listed, with its switches so far and its flag set.</summary>
    public static void Scan(ref TaskFacts task)
    {
        if (!IsHoldout(in task))
            return;

        task.SnapshotNvcsw = task.Nvcsw;
        task.Holdout = true;
        task.IsListed = true;
    }

    /// <summary>
    /// check_holdout_task() for a listed task: it is let go if it cleared its flag, blocked since the scan, is no holdout any more, or
    /// (NO_HZ_FULL) runs in user mode.
    /// </summary>
    public static void Check(ref TaskFacts task, bool noHzFull)
    {
        if (!CanRelease(in task, noHzFull))
            return;

        task.Holdout = false;
        task.IsListed = false;
    }

    /// <summary>
    /// rcu_note_context_switch(), its Tasks part (rcu_tasks_classic_qs(), include/linux/rcupdate.h): a switch that is no preemption clears the
    /// flag, whether the task goes to sleep or not.
    /// </summary>
    public static void NoteContextSwitch(ref TaskFacts task, bool preempt)
    {
        if (!preempt)
            task.Holdout = false;
    }

    /// <summary>exit_tasks_rcu_start() on a CPU.</summary>
    public static void ExitStart(ref TaskFacts task, Series series, int cpu) => task.ExitCpu = series == Series.V6_1 ? 0 : cpu;

    /// <summary>exit_tasks_rcu_stop() of 6.1, and exit_tasks_rcu_finish().</summary>
    public static void ExitFinish(ref TaskFacts task) => task.ExitCpu = -1;

    /// <summary>
    /// rcu_tasks_postscan() for one task: from 6.12 on who is on an exit list and not listed yet is looked at as in the scan. Returns
    /// true where the grace period has to wait for the task to leave its section (6.1).
    /// </summary>
    public static bool PostScan(ref TaskFacts task, Series series)
    {
        if (task.ExitCpu < 0)
            return false;

        if (series == Series.V6_1)
            return true;

        if (!task.IsListed)
            Scan(ref task);

        return false;
    }

    /// <summary>True where <see cref="Check"/> would let the task go.</summary>
    public static bool CanRelease(in TaskFacts task, bool noHzFull) =>
        !task.Holdout
        || task.Nvcsw != task.SnapshotNvcsw
        || !IsHoldout(in task)
        || (noHzFull && !task.IsIdle && task.IdleCpu >= 0);
}
