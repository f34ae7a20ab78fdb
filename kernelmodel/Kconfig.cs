using RcuEmu.Isa;

namespace RcuEmu.KernelModel;

/// <summary>Why a build cannot be: which key of a scenario's <c>kernel:</c> says it, and what Kconfig says to that.</summary>
/// <param name="Key">The key: <c>preempt</c>, or a symbol.</param>
/// <param name="Reason">One clause, to stand behind what was found.</param>
public sealed record Contradiction(string Key, string Reason);

/// <summary>
/// What Kconfig makes of a few choices, series by series. A test compares it with the configuration files of real builds.
/// </summary>
/// <remarks>
/// kernel/Kconfig.preempt, kernel/rcu/Kconfig, kernel/trace/Kconfig (6.1, 6.12, 7.2). FUNCTION_TRACER and BPF_SYSCALL are taken as set: who
/// has a trampoline to free has one of them. Left out: builds without either, RCU_EXPERT, uniprocessor builds.
/// </remarks>
public static class Kconfig
{
    /// <summary>As Debian's builds have it.</summary>
    internal static bool Dynamic(KernelConfig config) =>
        config.Architecture == Architecture.X64 && !(config.PREEMPT_RT && config.Series < Series.V7_2);

    /// <summary>PREEMPT, PREEMPT_LAZY, PREEMPT_RT and (through PREEMPT_BUILD) PREEMPT_DYNAMIC select it.</summary>
    internal static bool Preemption(KernelConfig config) =>
        config.Preempt >= PreemptionModel.Full || config.PREEMPT_RT || config.PREEMPT_DYNAMIC;

    /// <summary>Up to 6.12 wherever PREEMPTION is; in 7.2 not for a build that is only lazy.</summary>
    internal static bool PreemptRcu(KernelConfig config) => config.Series < Series.V7_2
        ? config.PREEMPTION
        : config.Preempt == PreemptionModel.Full || config.PREEMPT_RT || config.PREEMPT_DYNAMIC;

    /// <summary>Its users select it where the kernel is preemptible; FORCE_TASKS_RCU selects it anywhere.</summary>
    internal static bool TasksRcu(KernelConfig config) => config.PREEMPTION || config.FORCE_TASKS_RCU;

    /// <summary>All that Kconfig has against a configuration, in the order of the symbols' dependence; empty where it can be built.</summary>
    public static IEnumerable<Contradiction> Contradictions(KernelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (Model(config) is { } model)
            yield return model;

        if (Dynamics(config) is { } dynamics)
            yield return dynamics;

        if (config.PREEMPTION != Preemption(config))
        {
            yield return new("PREEMPTION", config.PREEMPTION
                ? "nothing selects PREEMPTION: neither PREEMPT, PREEMPT_LAZY, PREEMPT_RT nor PREEMPT_DYNAMIC is set (kernel/Kconfig.preempt)"
                : $"{Selector(config)} selects PREEMPTION (kernel/Kconfig.preempt)");
        }

        if (config.PREEMPT_RCU != PreemptRcu(config))
            yield return new("PREEMPT_RCU", PreemptRcuReason(config));

        if (config.TASKS_RCU != TasksRcu(config))
            yield return new("TASKS_RCU", TasksRcuReason(config));

        if (!config.TASKS_RUDE_RCU)
            yield return new("TASKS_RUDE_RCU", "FUNCTION_TRACER selects TASKS_RUDE_RCU (kernel/trace/Kconfig)");

        if (!config.TASKS_TRACE_RCU)
            yield return new("TASKS_TRACE_RCU", "BPF_SYSCALL selects TASKS_TRACE_RCU (kernel/bpf/Kconfig)");

        if (config.FORCE_TASKS_RUDE_RCU && !config.TASKS_RUDE_RCU)
            yield return new("FORCE_TASKS_RUDE_RCU", "FORCE_TASKS_RUDE_RCU selects TASKS_RUDE_RCU (kernel/rcu/Kconfig)");
    }

    private static Contradiction? Model(KernelConfig config)
    {
        if (config.Preempt == PreemptionModel.Lazy && config.Series < Series.V7_2)
            return new("preempt", "PREEMPT_LAZY came with 6.13: of these series only 7.2 has it");

        if (config.Preempt < PreemptionModel.Full && config.PREEMPT_RT)
        {
            return new("PREEMPT_RT", config.Series < Series.V7_2
                ? "PREEMPT_RT stands in one menu with none and voluntary: one of them is built (kernel/Kconfig.preempt)"
                : "PREEMPT_RT combines with full or lazy only (kernel/Kconfig.preempt)");
        }

        return config.Preempt < PreemptionModel.Full && config.Series == Series.V7_2
            ? new("preempt", "in 7.2 x86-64 and arm64 have full and lazy only (kernel/Kconfig.preempt)")
            : null;
    }

    private static Contradiction? Dynamics(KernelConfig config) =>
        config.PREEMPT_DYNAMIC && config.PREEMPT_RT && config.Series < Series.V7_2
            ? new("PREEMPT_DYNAMIC", "PREEMPT_DYNAMIC depends on !PREEMPT_RT (kernel/Kconfig.preempt, up to 6.12)")
            : null;

    private static string Selector(KernelConfig config) => config switch
    {
        { PREEMPT_RT: true } => "PREEMPT_RT",
        { Preempt: PreemptionModel.Full } => "PREEMPT",
        { Preempt: PreemptionModel.Lazy } => "PREEMPT_LAZY",
        _ => "PREEMPT_DYNAMIC, through PREEMPT_BUILD,",
    };

    private static string PreemptRcuReason(KernelConfig config) => (config.Series < Series.V7_2, config.PREEMPT_RCU) switch
    {
        (true, true) => "PREEMPT_RCU is there where PREEMPTION is, and this build has none (kernel/rcu/Kconfig)",
        (true, false) => "PREEMPT_RCU is there wherever PREEMPTION is (kernel/rcu/Kconfig, up to 6.12)",
        (false, true) => "PREEMPT_RCU needs PREEMPT, PREEMPT_RT or PREEMPT_DYNAMIC; a build that is only lazy has none (kernel/rcu/Kconfig)",
        (false, false) => "PREEMPT, PREEMPT_RT and PREEMPT_DYNAMIC each give PREEMPT_RCU (kernel/rcu/Kconfig)",
    };

    private static string TasksRcuReason(KernelConfig config) => (config.TASKS_RCU, config.FORCE_TASKS_RCU) switch
    {
        (true, _) => "TASKS_RCU needs PREEMPTION, and this build has none; FORCE_TASKS_RCU: y would give it (kernel/rcu/Kconfig)",
        (false, true) => "FORCE_TASKS_RCU selects TASKS_RCU (kernel/rcu/Kconfig)",
        (false, false) => config.Series == Series.V6_1
            ? "FUNCTION_TRACER selects TASKS_RCU if PREEMPTION (kernel/trace/Kconfig, 6.1)"
            : "FUNCTION_TRACER selects NEED_TASKS_RCU, and with PREEMPTION that gives TASKS_RCU (kernel/rcu/Kconfig)",
    };
}
