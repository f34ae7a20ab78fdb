using RcuEmu.Isa;

namespace RcuEmu.KernelModel;

/// <summary>The kernel series whose rules are in force.</summary>
public enum Series
{
    /// <summary>6.1 (long-term).</summary>
    V6_1,

    /// <summary>6.12 (long-term).</summary>
    V6_12,

    /// <summary>7.2.</summary>
    V7_2,
}

/// <summary>Where the kernel can be preempted. kernel/Kconfig.preempt; kernel/sched/core.c: sched_dynamic_update().</summary>
public enum PreemptionModel
{
    /// <summary>PREEMPT_NONE.</summary>
    None,

    /// <summary>PREEMPT_VOLUNTARY.</summary>
    Voluntary,

    /// <summary>PREEMPT.</summary>
    Full,

    /// <summary>PREEMPT_LAZY (7.2): the request waits for a tick, then strikes as in full.</summary>
    Lazy,
}

/// <summary>The build and boot choices that the model depends on, under the kernel's own names.</summary>
/// <param name="Architecture">arm64 or x86-64.</param>
/// <param name="Series">Whose rules are in force.</param>
/// <param name="Preempt">The preemption model in force.</param>
public sealed record KernelConfig(Architecture Architecture, Series Series, PreemptionModel Preempt)
{
    /// <summary>
    /// The kernel has preemption points in its text. x86-64 distribution kernels are built with PREEMPT_DYNAMIC, which selects
    /// it whatever the model at boot; arm64 has it where the model asks for it. kernel/Kconfig.preempt.
    /// </summary>
    public bool PREEMPTION { get; init; } = Architecture == Architecture.X64 || Preempt >= PreemptionModel.Full;

    /// <summary>
    /// Tasks RCU is built. Default: where the kernel is preemptible. kernel/rcu/Kconfig. A scenario may set it against Kconfig, as
    /// a negative control: then synchronize_rcu_tasks() is synchronize_rcu() although tasks can be preempted anywhere.
    /// </summary>
    public bool TASKS_RCU { get; init; } = Architecture == Architecture.X64 || Preempt >= PreemptionModel.Full;

    /// <summary>
    /// synchronize_rcu_tasks_rude() waits: always up to 6.12, a no-op in 7.2 on architectures that want noinstr (x86-64 and
    /// arm64). kernel/rcu/tasks.h (7.2): synchronize_rcu_tasks_rude().
    /// </summary>
    public bool RudeWaits { get; init; } = Series < Series.V7_2;

    /// <summary>An interrupt's exit may preempt the interrupted kernel code (P1). kernel/entry/common.c.</summary>
    public bool PreemptsOnInterruptExit => Preempt >= PreemptionModel.Full;

    /// <summary>The series as people write it.</summary>
    public string SeriesName => Series switch { Series.V6_1 => "6.1", Series.V6_12 => "6.12", _ => "7.2" };
}
