using RcuEmu.Emulator.Execution;

namespace RcuEmu.KernelModel.Scheduling;

/// <summary>
/// What a task is inside of: regions without preemption, readers of each flavour, user mode; and what was asked of it. All of it
/// goes with the task when it is switched out.
/// </summary>
public sealed class TaskContext
{
    internal TaskContext(Machine machine)
    {
        PreemptCount = Cell.Of(machine);
        NeedResched = Cell.Of(machine);
        UserMode = Cell.Of(machine);
        IdleCpu = Cell.Of(machine);
        RcuNesting = Cell.Of(machine);
        TraceNesting = Cell.Of(machine);
        TraceNeedQs = Cell.Of(machine);
        TraceIndex = Cell.Of(machine);
        TraceHoldout = Cell.Of(machine);
        TraceUncounted = Cell.Of(machine);
        TraceBlocked = Cell.Of(machine);
        TrampolineNesting = Cell.Of(machine);
        InterruptedInText = Cell.Of(machine);
        SoftirqStamp = Cell.Of(machine);
    }

    /// <summary><c>preempt_count</c>, its fields as <see cref="Scheduling.PreemptCount"/> has them.</summary>
    public Cell PreemptCount { get; }

    /// <summary><c>TIF_NEED_RESCHED</c>.</summary>
    public Cell NeedResched { get; }

    /// <summary>With time: the jiffy at which rcu_softirq_qs_periodic() last reported.</summary>
    public Cell SoftirqStamp { get; }

    /// <summary>1 in user mode.</summary>
    public Cell UserMode { get; }

    /// <summary><c>rcu_tasks_idle_cpu</c> plus 1: with NO_HZ_FULL, the CPU on which it runs in user mode; 0 stands for -1.</summary>
    public Cell IdleCpu { get; }

    /// <summary><c>rcu_read_lock_nesting</c>, with PREEMPT_RCU.</summary>
    public Cell RcuNesting { get; }

    /// <summary><c>trc_reader_nesting</c>.</summary>
    public Cell TraceNesting { get; }

    /// <summary>Up to 6.12: <c>trc_reader_special.b.need_qs</c>: 0, TRC_NEED_QS (1), TRC_NEED_QS_CHECKED (2).</summary>
    public Cell TraceNeedQs { get; }

    /// <summary>7.2: which counter pair <c>trc_reader_scp</c> points to.</summary>
    public Cell TraceIndex { get; }

    /// <summary>Up to 6.12: on the holdout list of a Tasks Trace grace period.</summary>
    public Cell TraceHoldout { get; }

    /// <summary>1 between the two halves of rcu_read_lock_trace(): nesting is raised and nothing is counted yet.</summary>
    public Cell TraceUncounted { get; }

    /// <summary>Up to 6.12: on <c>rtp_blkd_tasks</c>: it was switched out inside this reader, whether or not it runs again.</summary>
    public Cell TraceBlocked { get; }

    /// <summary>The counter of design N, <c>rcu_tramp_nesting</c>: how many marked trampolines have called out and not come back.</summary>
    public Cell TrampolineNesting { get; }

    /// <summary>Design R: 1 while the task is preempted at an address that no reader covers.</summary>
    public Cell InterruptedInText { get; }
}
