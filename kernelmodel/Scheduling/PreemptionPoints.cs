using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Scheduling;

/// <summary>Where the kernel may take a core from a task that did not ask for it.</summary>
public enum PreemptionPoint
{
    /// <summary>P1: exit of an interrupt, at any instruction. kernel/entry/common.c: raw_irqentry_exit_cond_resched().</summary>
    InterruptExit,

    /// <summary>P2: exit of an exception such as a page fault. x86-64 always; arm64 since its move to the generic entry (7.2).</summary>
    ExceptionExit,

    /// <summary>P3: preempt_enable(), and what contains it: spin_unlock(), local_bh_enable() (P6).</summary>
    PreemptEnable,

    /// <summary>P4: preempt_enable_notrace(), with which a callback of ftrace ends.</summary>
    PreemptEnableNotrace,

    /// <summary>P5: cond_resched().</summary>
    CondResched,

    /// <summary>might_sleep().</summary>
    MightSleep,
}

/// <summary>Which preemption points a model has, and how strong a request of the fair class is.</summary>
/// <remarks>kernel/sched/core.c: the comment above sched_dynamic_update(); kernel/entry/common.c; arch/arm64/kernel/entry-common.c.</remarks>
public static class PreemptionPoints
{
    /// <summary>True where a full request strikes at a point, the task's <c>preempt_count</c> being 0 and interrupts on.</summary>
    public static bool Strikes(PreemptionPoint point, PreemptionModel model, bool isRt, Architecture architecture, Series series)
    {
        bool isPreemptible = isRt || model >= PreemptionModel.Full;
        return point switch
        {
            PreemptionPoint.CondResched => !isPreemptible,
            PreemptionPoint.MightSleep => !isPreemptible && model == PreemptionModel.Voluntary,
            PreemptionPoint.ExceptionExit => isPreemptible && (architecture == Architecture.X64 || series >= Series.V7_2),
            _ => isPreemptible,
        };
    }

    /// <summary>
    /// True where a request of the fair class first waits for the next tick (TIF_NEED_RESCHED_LAZY), which makes it a full one.
    /// kernel/sched/core.c (7.2): resched_curr_lazy(), sched_tick().
    /// </summary>
    public static bool IsLazy(PreemptionModel model) => model == PreemptionModel.Lazy;
}
