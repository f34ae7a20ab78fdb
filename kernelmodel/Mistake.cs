namespace RcuEmu.KernelModel;

/// <summary>
/// A deliberate mistake in the model of Tasks RCU (<c>kernel: { wrong: }</c>): negative controls, so that each property is seen to fail.
/// </summary>
public enum Mistake
{
    /// <summary>None: the kernel as it is.</summary>
    Nothing,

    /// <summary>Each look at the holdouts adds tasks that are holdouts by now.</summary>
    LooksScanAgain,

    /// <summary>Neither a quiescent state nor the kthread clears a task's <c>rcu_tasks_holdout</c>.</summary>
    FlagStays,

    /// <summary>A callback is tagged with the number of the grace period that runs, not of the first one that wholly follows.</summary>
    TagsTheRunningOne,

    /// <summary>The kthread ends a grace period that another one has ended already: its number counts twice.</summary>
    EndsTwice,

    /// <summary>An interrupt's exit preempts whatever <c>preempt_count</c> says.</summary>
    PreemptCountIgnored,
}
