using RcuEmu.Isa;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Tests;

/// <summary>Which builds there are. Judges: the configuration files of Debian's kernels, and Kconfig's own conditions.</summary>
public class KconfigTests
{
    // Whatever the build says of the symbols that we derive, we derive too, from its model and PREEMPT_DYNAMIC alone.
    [Theory]
    [InlineData("amd64/6.1.0-50", Architecture.X64, Series.V6_1)]
    [InlineData("amd64/6.12.107+deb13", Architecture.X64, Series.V6_12)]
    [InlineData("amd64/7.2.13+deb14", Architecture.X64, Series.V7_2)]
    [InlineData("arm64/6.1.0-50", Architecture.Arm64, Series.V6_1)]
    [InlineData("arm64/6.12.107+deb13", Architecture.Arm64, Series.V6_12)]
    [InlineData("arm64/7.2.13+deb14", Architecture.Arm64, Series.V7_2)]
    public void A_real_build_has_the_symbols_that_follow_from_its_model(string image, Architecture architecture, Series series)
    {
        Images.SkipWithout(image);
        Trampolines.Loading.KernelConfig built = KernelImage.Load(KernelCache.Default.Resolve(image)).Config!;
        bool Has(string symbol) => built.IsSet($"CONFIG_{symbol}");
        PreemptionModel model = Has("PREEMPT_LAZY") ? PreemptionModel.Lazy
            : Has("PREEMPT") || Has("PREEMPT_RT") ? PreemptionModel.Full
            : Has("PREEMPT_VOLUNTARY") ? PreemptionModel.Voluntary
            : PreemptionModel.None;

        var derived = new KernelConfig(architecture, series, model) { PREEMPT_RT = Has("PREEMPT_RT") };

        Assert.Equal(
            (Has("PREEMPT_DYNAMIC"), Has("PREEMPTION"), Has("PREEMPT_RCU"), Has("TASKS_RCU"), Has("TASKS_RUDE_RCU"), Has("TASKS_TRACE_RCU")),
            (derived.PREEMPT_DYNAMIC, derived.PREEMPTION, derived.PREEMPT_RCU, derived.TASKS_RCU, derived.TASKS_RUDE_RCU, derived.TASKS_TRACE_RCU));
        Assert.Empty(Kconfig.Contradictions(derived));
    }

    // Each with the clause of Kconfig that stands against it.
    [Theory]
    [InlineData("arm64", "\"6.12\"", "lazy", "", "preempt", "PREEMPT_LAZY came with 6.13")]
    [InlineData("arm64", "\"6.1\"", "none", "TASKS_RCU: y", "TASKS_RCU", "TASKS_RCU needs PREEMPTION")]
    [InlineData("x86-64", "\"6.12\"", "none", "PREEMPT_DYNAMIC: n, TASKS_RCU: y", "TASKS_RCU", "TASKS_RCU needs PREEMPTION")]
    [InlineData("x86-64", "\"6.12\"", "none", "TASKS_RCU: n", "TASKS_RCU", "FUNCTION_TRACER selects NEED_TASKS_RCU")]
    [InlineData("x86-64", "\"6.1\"", "full", "TASKS_RCU: n", "TASKS_RCU", "FUNCTION_TRACER selects TASKS_RCU if PREEMPTION")]
    [InlineData("arm64", "\"7.2\"", "voluntary", "", "preempt", "in 7.2 x86-64 and arm64 have full and lazy only")]
    [InlineData("arm64", "\"7.2\"", "lazy", "PREEMPT_RCU: y", "PREEMPT_RCU", "PREEMPT_RCU needs PREEMPT, PREEMPT_RT or PREEMPT_DYNAMIC")]
    [InlineData("x86-64", "\"7.2\"", "lazy", "PREEMPT_RCU: n", "PREEMPT_RCU", "PREEMPT, PREEMPT_RT and PREEMPT_DYNAMIC each give PREEMPT_RCU")]
    [InlineData("arm64", "\"6.12\"", "full", "PREEMPT_RCU: n", "PREEMPT_RCU", "PREEMPT_RCU is there wherever PREEMPTION is")]
    [InlineData("arm64", "\"6.12\"", "voluntary", "PREEMPTION: y", "PREEMPTION", "nothing selects PREEMPTION")]
    [InlineData("x86-64", "\"6.12\"", "full", "PREEMPTION: n", "PREEMPTION", "PREEMPT selects PREEMPTION")]
    [InlineData("x86-64", "\"6.12\"", "rt", "PREEMPT_DYNAMIC: y", "PREEMPT_DYNAMIC", "PREEMPT_DYNAMIC depends on !PREEMPT_RT")]
    [InlineData("arm64", "\"6.12\"", "none", "PREEMPT_RT: y", "PREEMPT_RT", "PREEMPT_RT stands in one menu with none and voluntary")]
    [InlineData("arm64", "\"6.12\"", "full", "TASKS_RUDE_RCU: n", "TASKS_RUDE_RCU", "FUNCTION_TRACER selects TASKS_RUDE_RCU")]
    [InlineData("arm64", "\"6.12\"", "full", "TASKS_TRACE_RCU: n", "TASKS_TRACE_RCU", "BPF_SYSCALL selects TASKS_TRACE_RCU")]
    public void What_Kconfig_cannot_give_is_refused_with_its_reason_unless_it_is_meant(
        string arch, string series, string preempt, string symbols, string key, string reason)
    {
        string File(string config) => $"scenario: s\nmachine: {{ arch: {arch} }}\nkernel: {{ series: {series}, preempt: {preempt}, config: {{ {config} }} }}\n";

        var error = Assert.Throws<ImpossibleException>(() => Scenario.Parse("s.yaml", File(symbols)));

        Assert.StartsWith("s.yaml:3:", error.Message, StringComparison.Ordinal);
        Assert.StartsWith(reason, error.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; 'config: { allow: impossible }' says that it is meant", error.Message, StringComparison.Ordinal);
        Scenario meant = Scenario.Parse("s.yaml", File((symbols.Length > 0 ? symbols + ", " : "") + "allow: impossible"));
        Assert.Contains(Kconfig.Contradictions(meant.Config), contradiction => contradiction.Key == key);
    }

    // tasks-rcu's own consequence: a distribution kernel booted with preempt=none still has Tasks RCU; a lazy one without
    // PREEMPT_DYNAMIC has Tasks RCU but no preemptible RCU.
    [Theory]
    [InlineData(Architecture.X64, Series.V6_12, PreemptionModel.None, true, true)]
    [InlineData(Architecture.Arm64, Series.V6_12, PreemptionModel.None, false, false)]
    [InlineData(Architecture.Arm64, Series.V7_2, PreemptionModel.Lazy, true, false)]
    [InlineData(Architecture.X64, Series.V7_2, PreemptionModel.Lazy, true, true)]
    [InlineData(Architecture.Arm64, Series.V7_2, PreemptionModel.Full, true, true)]
    public void Tasks_rcu_and_preemptible_rcu_are_switches_of_their_own(
        Architecture architecture, Series series, PreemptionModel model, bool tasks, bool preemptible)
    {
        var config = new KernelConfig(architecture, series, model);
        Assert.Equal((tasks, preemptible), (config.TASKS_RCU, config.PREEMPT_RCU));
    }

    [Fact]
    public void A_series_that_is_not_the_images_is_refused()
    {
        Images.SkipWithout("amd64/6.12");
        string text = "scenario: s\nkernel: { series: \"7.2\" }\nimage: amd64/6.12\n";

        var error = Assert.Throws<ScenarioException>(() => Scenario.Parse("s.yaml", text).Build());

        Assert.StartsWith("s.yaml:3:1: found 'amd64/6.12', a kernel 6.12, beside series 7.2; ", error.Message, StringComparison.Ordinal);
        Scenario.Parse("s.yaml", text.Replace("\"7.2\"", "\"7.2\", config: { allow: impossible }", StringComparison.Ordinal)).Build().Dispose();
    }
}
