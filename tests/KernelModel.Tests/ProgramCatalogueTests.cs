using System.Text.RegularExpressions;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Tests;

/// <summary>What the model consists of: every step cites a kernel function, and the points of preemption are the kernel's.</summary>
public partial class ProgramCatalogueTests
{
    [Fact]
    public void Every_step_of_every_program_cites_a_kernel_function()
    {
        string[] notKernel = ["the module that owns the callback is unloaded", "the owner frees the object"];
        Assert.All(
            ProgramCatalogue.All().SelectMany(program => program.Steps).Where(step => !notKernel.Contains(step.Function)),
            step => Assert.Matches(Citation(), step.Function));
    }

    // 6.1 and 6.12 ask running tasks by IPI, 7.2 counts: tasks-rcu 5.2, 5.3.
    [Theory]
    [InlineData("rcu_tasks_trace_running", "6.1 6.12")]
    [InlineData("srcu_flip", "7.2")]
    [InlineData("synchronize_rcu_tasks_rude", "6.1 6.12")] // a no-op in 7.2
    [InlineData("prog_tasks", "7.2")] // 7.2.13 waits for Tasks RCU before it frees a program
    public void A_step_is_in_the_series_that_have_it(string step, string series)
    {
        CatalogueStep found = ProgramCatalogue.All().SelectMany(program => program.Steps).First(known => known.Name == step);
        Assert.Equal((series, series), (string.Join(' ', found.X64), string.Join(' ', found.Arm64)));
    }

    // The comment above sched_dynamic_update(), row by row, none to lazy; P2 by architecture: tasks-rcu 7.2, 7.4.
    [Theory]
    [InlineData(PreemptionPoint.InterruptExit, "no no yes yes")]
    [InlineData(PreemptionPoint.PreemptEnable, "no no yes yes")]
    [InlineData(PreemptionPoint.PreemptEnableNotrace, "no no yes yes")]
    [InlineData(PreemptionPoint.CondResched, "yes yes no no")]
    [InlineData(PreemptionPoint.MightSleep, "no yes no no")]
    public void A_point_strikes_in_the_models_that_have_it(PreemptionPoint point, string models)
    {
        PreemptionModel[] all = [PreemptionModel.None, PreemptionModel.Voluntary, PreemptionModel.Full, PreemptionModel.Lazy];
        Assert.Equal(models, string.Join(' ', all.Select(model =>
            PreemptionPoints.Strikes(point, model, false, Architecture.Arm64, Series.V6_12) ? "yes" : "no")));
    }

    [Theory]
    [InlineData(Architecture.X64, Series.V6_1, true)]
    [InlineData(Architecture.Arm64, Series.V6_1, false)]
    [InlineData(Architecture.Arm64, Series.V6_12, false)]
    [InlineData(Architecture.Arm64, Series.V7_2, true)]
    public void The_exit_of_an_exception_preempts_on_arm64_only_since_the_generic_entry(Architecture architecture, Series series, bool strikes) =>
        Assert.Equal(strikes, PreemptionPoints.Strikes(PreemptionPoint.ExceptionExit, PreemptionModel.Full, false, architecture, series));

    // include/linux/preempt.h: 8 bits, 8 bits, 4 bits, 4 bits; local_bh_disable() adds two units.
    [Theory]
    [InlineData(0x0000_0000u, "0")]
    [InlineData(0x0000_0001u, "preempt 1")]
    [InlineData(0x0000_0201u, "preempt 1, softirq 2")]
    [InlineData(0x0011_0100u, "softirq 1, hardirq 1, nmi 1")]
    public void Preempt_count_is_read_by_its_fields(uint count, string text) => Assert.Equal(text, PreemptCount.Show(count));

    [GeneratedRegex(@"^(arch|kernel|include|net|lib)/[\w/.-]+( \([^)]*\))?: [\w.]+\(?\)?")]
    private static partial Regex Citation();
}
