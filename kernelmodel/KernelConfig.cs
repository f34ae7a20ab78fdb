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
    /// <summary>PREEMPT_NONE, or <c>preempt=none</c>.</summary>
    None,

    /// <summary>PREEMPT_VOLUNTARY, or <c>preempt=voluntary</c>.</summary>
    Voluntary,

    /// <summary>PREEMPT, or <c>preempt=full</c>.</summary>
    Full,

    /// <summary>PREEMPT_LAZY (7.2), or <c>preempt=lazy</c>: the request waits for a tick, then strikes as in full.</summary>
    Lazy,
}

/// <summary>
/// The build and boot choices that the model depends on, under the kernel's own names. Each symbol that is not set has the value
/// that Kconfig gives it (<see cref="Kconfig"/>); one that is set against Kconfig is a negative control.
/// </summary>
/// <param name="Architecture">arm64 or x86-64.</param>
/// <param name="Series">Whose rules are in force.</param>
/// <param name="Preempt">The preemption model in force: built in, or chosen at boot where PREEMPT_DYNAMIC is built.</param>
public sealed record KernelConfig(Architecture Architecture, Series Series, PreemptionModel Preempt)
{
    private readonly bool? _dynamic;
    private readonly bool? _preemption;
    private readonly bool? _preemptRcu;
    private readonly bool? _tasksRcu;
    private readonly bool? _rude;
    private readonly bool? _trace;

    /// <summary>Spinlocks sleep, softirqs are threads. A choice of the preemption menu up to 6.12, a switch of its own in 7.2.</summary>
    public bool PREEMPT_RT { get; init; }

    /// <summary>The model is chosen at boot. Default: as Debian builds it, on x86-64 only, and not with PREEMPT_RT up to 6.12.</summary>
    public bool PREEMPT_DYNAMIC
    {
        get => _dynamic ?? Kconfig.Dynamic(this);
        init => _dynamic = value;
    }

    /// <summary>The kernel has preemption points in its text. kernel/Kconfig.preempt.</summary>
    public bool PREEMPTION
    {
        get => _preemption ?? Kconfig.Preemption(this);
        init => _preemption = value;
    }

    /// <summary>rcu_read_lock() counts in the task and leaves preemption on. kernel/rcu/Kconfig.</summary>
    public bool PREEMPT_RCU
    {
        get => _preemptRcu ?? Kconfig.PreemptRcu(this);
        init => _preemptRcu = value;
    }

    /// <summary>
    /// Tasks RCU is built. Without it synchronize_rcu_tasks() is synchronize_rcu(), include/linux/rcupdate.h; where tasks can be
    /// preempted anywhere that is wrong, and Kconfig does not give it.
    /// </summary>
    public bool TASKS_RCU
    {
        get => _tasksRcu ?? Kconfig.TasksRcu(this);
        init => _tasksRcu = value;
    }

    /// <summary>Tasks Rude RCU is built: FUNCTION_TRACER selects it.</summary>
    public bool TASKS_RUDE_RCU
    {
        get => _rude ?? true;
        init => _rude = value;
    }

    /// <summary>Tasks Trace RCU is built: BPF_SYSCALL selects it.</summary>
    public bool TASKS_TRACE_RCU
    {
        get => _trace ?? true;
        init => _trace = value;
    }

    /// <summary>Expert's choice: Tasks RCU even where nothing asks for it.</summary>
    public bool FORCE_TASKS_RCU { get; init; }

    /// <summary>Expert's choice: in 7.2, a Tasks Rude grace period that waits.</summary>
    public bool FORCE_TASKS_RUDE_RCU { get; init; }

    /// <summary>
    /// The model has virtual time: delays last as many ticks as in the kernel. Without it a delay may end at any moment, which is what a
    /// search wants.
    /// </summary>
    public bool IsTimed { get; init; }

    /// <summary>Boot parameters and build constants of Tasks RCU.</summary>
    public Rcu.TasksRcuParameters TasksRcu { get; init; } = new();

    /// <summary>What a preemption means to Tasks RCU: the kernel's rule, or a proposed or a wrong one.</summary>
    public Rcu.TasksRcuDesign Design { get; init; }

    /// <summary>A deliberate mistake, as a negative control.</summary>
    public Mistake Wrong { get; init; }

    /// <summary>CPUs that run user mode without a tick are possible.</summary>
    public bool NO_HZ_FULL { get; init; }

    /// <summary>
    /// synchronize_rcu_tasks_rude() waits: always up to 6.12, a no-op in 7.2 on architectures that want noinstr (x86-64 and
    /// arm64) unless it is forced. kernel/rcu/tasks.h (7.2): synchronize_rcu_tasks_rude().
    /// </summary>
    public bool RudeWaits => Series < Series.V7_2 || FORCE_TASKS_RUDE_RCU;

    /// <summary>An interrupt's exit may preempt the interrupted kernel code (P1). kernel/entry/common.c.</summary>
    public bool PreemptsOnInterruptExit => PREEMPT_RT || Preempt >= PreemptionModel.Full;

    /// <summary>The series as people write it.</summary>
    public string SeriesName => NameOf(Series);

    /// <summary>A series as people write it.</summary>
    public static string NameOf(Series series) => series switch { Series.V6_1 => "6.1", Series.V6_12 => "6.12", _ => "7.2" };
}
