namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// Boot parameters (prefix <c>rcupdate.</c>) and build constants of Tasks RCU, in jiffies where they are times.
/// kernel/rcu/tasks.h; Documentation/admin-guide/kernel-parameters.txt.
/// </summary>
/// <param name="HZ">Ticks in a second: 100, 250, 300 or 1000.</param>
public sealed record TasksRcuParameters(int HZ = 250)
{
    /// <summary>Ticks between two reports of stalled tasks; 0 or less: none. <c>rcu_task_stall_timeout</c>.</summary>
    public long StallTimeout { get; init; } = 600L * HZ;

    /// <summary>Ticks until the first informational report; 0 or less: none. <c>rcu_task_stall_info</c>.</summary>
    public long StallInfo { get; init; } = 10L * HZ;

    /// <summary>By what the interval between informational reports grows, 1 to 10. <c>rcu_task_stall_info_mult</c>.</summary>
    public int StallInfoMult { get; init; } = 3;

    /// <summary>How many queues there are; -1: one, and one a CPU under contention. <c>rcu_task_enqueue_lim</c>.</summary>
    public int EnqueueLim { get; init; } = -1;

    /// <summary>Failed tries of a queue's lock in one jiffy that lead to a queue a CPU. <c>rcu_task_contend_lim</c>.</summary>
    public int ContendLim { get; init; } = 100;

    /// <summary>Callbacks at which all go back to one queue. <c>rcu_task_collapse_lim</c>.</summary>
    public int CollapseLim { get; init; } = 10;

    /// <summary>6.12 and later: callbacks in a queue that end its laziness; -1: never. <c>rcu_task_lazy_lim</c>.</summary>
    public int LazyLim { get; init; } = 32;

    /// <summary>6.12 and later: how long call_rcu_tasks() waits for more callbacks; -1: 250 ms; 0: not. <c>rcu_tasks_lazy_ms</c>.</summary>
    public int LazyMs { get; init; } = -1;

    /// <summary><c>gp_sleep</c>: the kthread's rest behind each pass.</summary>
    public ulong GpSleep => (ulong)HZ / 10;

    /// <summary><c>init_fract</c>: the wait before the first look at the holdouts.</summary>
    public ulong InitFract => (ulong)HZ / 10;

    /// <summary><c>lazy_jiffies</c>: none in 6.1.</summary>
    public ulong LazyJiffies(Series series) => series == Series.V6_1 ? 0
        : LazyMs < 0 ? (ulong)((HZ + 3) / 4)
        : (ulong)(((long)LazyMs * HZ + 999) / 1000);
}
