using RcuEmu.Isa;
using RcuEmu.KernelModel.Rcu;
using YamlDotNet.RepresentationModel;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Reads a scenario's <c>kernel:</c>, and refuses what Kconfig cannot give unless the scenario says that it means it.</summary>
internal static class KernelReader
{
    private static readonly (string Word, bool Value)[] YesNo = [("y", true), ("n", false)];

    private static readonly (string Word, Mistake Value)[] Mistakes =
    [
        ("nothing", Mistake.Nothing),
        ("looks-scan-again", Mistake.LooksScanAgain),
        ("flag-stays", Mistake.FlagStays),
        ("tags-the-running-one", Mistake.TagsTheRunningOne),
        ("ends-twice", Mistake.EndsTwice),
        ("preempt-count-ignored", Mistake.PreemptCountIgnored),
    ];

    /// <summary>The configuration, how many ticks a core sees, and whether Kconfig was overruled on purpose.</summary>
    public static (KernelConfig Config, int Ticks, bool AllowsImpossible) Read(YamlMap? map, Architecture architecture)
    {
        if (map is null)
            return (new KernelConfig(architecture, Series.V6_12, PreemptionModel.Full), 1, false);

        Series series = map.Choice("series", Series.V6_12, ("6.1", Series.V6_1), ("6.12", Series.V6_12), ("7.2", Series.V7_2));
        (PreemptionModel model, bool isRt) = map.Choice("preempt", (PreemptionModel.Full, false),
            ("none", (PreemptionModel.None, false)), ("voluntary", (PreemptionModel.Voluntary, false)),
            ("full", (PreemptionModel.Full, false)), ("lazy", (PreemptionModel.Lazy, false)), ("rt", (PreemptionModel.Full, true)));
        int ticks = map.Number("ticks", 1, 0, 8);
        TasksRcuDesign design = map.Choice("design", TasksRcuDesign.Classic,
            ("classic", TasksRcuDesign.Classic), ("preemption", TasksRcuDesign.Preemption), ("ip", TasksRcuDesign.Ip),
            ("markers", TasksRcuDesign.Markers), ("markers-and-ip", TasksRcuDesign.MarkersAndIp), ("readers", TasksRcuDesign.Readers));
        Mistake mistake = map.Choice("wrong", Mistake.Nothing, Mistakes);
        var config = new KernelConfig(architecture, series, model) { PREEMPT_RT = isRt, Wrong = mistake, Design = design };
        YamlMap? options = map.Map("config");
        bool allowsImpossible = false;
        if (options is not null)
        {
            config = ReadOptions(options, config);
            allowsImpossible = options.Choice("allow", false, ("impossible", true));
            options.Finish("config");
        }

        map.Find("classified");
        map.Finish("kernel");
        if (!allowsImpossible && Kconfig.Contradictions(config).FirstOrDefault() is { } contradiction)
            throw Refusal(map, options, contradiction);

        return (config, ticks, allowsImpossible);
    }

    // What is set later depends on what is set before it.
    private static KernelConfig ReadOptions(YamlMap options, KernelConfig config)
    {
        bool Ask(string symbol, bool otherwise) => options.Choice(symbol, otherwise, YesNo);

        bool Has(string symbol) => options.Find(symbol) is not null;

        config = config with
        {
            PREEMPT_RT = Ask("PREEMPT_RT", config.PREEMPT_RT),
            NO_HZ_FULL = Ask("NO_HZ_FULL", config.NO_HZ_FULL),
            FORCE_TASKS_RCU = Ask("FORCE_TASKS_RCU", false),
            FORCE_TASKS_RUDE_RCU = Ask("FORCE_TASKS_RUDE_RCU", false),
        };
        if (Has("PREEMPT_DYNAMIC"))
            config = config with { PREEMPT_DYNAMIC = Ask("PREEMPT_DYNAMIC", false) };
        if (Has("PREEMPTION"))
            config = config with { PREEMPTION = Ask("PREEMPTION", false) };
        if (Has("PREEMPT_RCU"))
            config = config with { PREEMPT_RCU = Ask("PREEMPT_RCU", false) };
        if (Has("TASKS_RCU"))
            config = config with { TASKS_RCU = Ask("TASKS_RCU", false) };
        if (Has("TASKS_RUDE_RCU"))
            config = config with { TASKS_RUDE_RCU = Ask("TASKS_RUDE_RCU", false) };
        if (Has("TASKS_TRACE_RCU"))
            config = config with { TASKS_TRACE_RCU = Ask("TASKS_TRACE_RCU", false) };

        return config;
    }

    private static ImpossibleException Refusal(YamlMap map, YamlMap? options, Contradiction contradiction)
    {
        YamlNode? said = options?.Find(contradiction.Key) ?? map.Find(contradiction.Key) ?? map.Find("preempt") ?? map.Find("series");
        string found = said is YamlScalarNode { Value: { } value } ? $"found '{value}'; " : "";
        return map.Impossible(said ?? map.Node, $"{found}{contradiction.Reason}", contradiction.Reason);
    }
}
