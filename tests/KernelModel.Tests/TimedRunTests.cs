using RcuEmu.KernelModel.Scenarios;
using RcuEmu.KernelModel.Timing;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// Starvation of Tasks RCU by a kernel thread that never switches voluntarily, with virtual time: net/core/dev.c, threaded NAPI, before and after
/// rcu_softirq_qs_periodic(). The moments of reports are those that rcu_tasks_wait_gp() of real images has, see
/// <see cref="TasksRcuTimingJudgeTests"/>; the lengths are counted from HZ/10, init_fract and the sleeps by hand.
/// </summary>
public class TimedRunTests
{
    private const ulong Hz = 250;

    [Theory]
    [InlineData("6.1", "none")]
    [InlineData("6.12", "voluntary")]
    [InlineData("6.12", "full")]
    [InlineData("7.2", "lazy")]
    public void A_polling_thread_starves_the_grace_period_and_it_reports(string series, string preempt)
    {
        (TimedRun run, _) = Run(series, preempt, "cond_resched", 160_000);

        TimedGracePeriod only = Assert.Single(run.GracePeriods);
        Assert.Null(only.End);
        // 10, 41, 131 and 402 s, and 600 s: in jiffies since the scan, which the first vanilla grace period precedes by less than a tick or two.
        Assert.Equal(5, run.Events.Count);
        ulong[] expected = [2550, 10140, 32825, 100575, 150075];
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(run.Events[i].Jiffy - only.Begin, expected[i], expected[i] + 3);

        Assert.All(run.Events.Take(4), report => Assert.Contains("jiffies old", report.Text, StringComparison.Ordinal));
        Assert.Contains("napi: .N nvcsw: 0/0 holdout: 1 idle_cpu: -1/0", run.Events[4].Text, StringComparison.Ordinal);
    }

    // The thread reports at most HZ/10 behind the scan, and the first look comes HZ/10 behind it, the second HZ/10 + 1 later: 25 or 51 jiffies, and
    // those few that the steps take.
    [Theory]
    [InlineData("6.1", "none", "rcu_softirq_qs_periodic, cond_resched")]
    [InlineData("6.12", "voluntary", "rcu_softirq_qs_periodic, cond_resched")]
    [InlineData("6.12", "full", "rcu_softirq_qs_periodic, cond_resched")]
    [InlineData("7.2", "lazy", "rcu_softirq_qs_periodic, cond_resched")]
    [InlineData("7.2", "lazy", "quiescent")] // cond_resched_tasks_rcu_qs()
    public void With_a_report_of_its_own_the_grace_period_ends_at_the_next_look(string series, string preempt, string behind)
    {
        (TimedRun run, _) = Run(series, preempt, behind, 2_000);

        TimedGracePeriod first = run.GracePeriods[0];
        Assert.NotNull(first.End);
        Assert.InRange(first.End!.Value - first.Begin, Hz / 10, (2 * Hz / 10) + 6);
        Assert.Empty(run.Events);
        TestContext.Current.TestOutputHelper?.WriteLine($"{series} {preempt}: {first.End - first.Begin} jiffies");
    }

    // 6.12 and later: 250 ms, ceil(HZ/4) jiffies, before a callback of call_rcu_tasks() begins a grace period; none in 6.1, and none for a waiter.
    [Theory]
    [InlineData("6.1", "call_rcu_tasks: probe", 0, 2)]
    [InlineData("6.12", "call_rcu_tasks: probe", 63, 66)]
    [InlineData("7.2", "call_rcu_tasks: probe", 63, 66)]
    [InlineData("7.2", "synchronize_rcu_tasks", 0, 2)]
    public void A_callback_is_lazy_and_a_waiter_is_not(string series, string procedure, ulong least, ulong most)
    {
        Scenario scenario = Scenario.Parse("t.yaml", $$"""
            scenario: t
            machine: { cores: 2 }
            kernel: { series: "{{series}}", preempt: full }
            code:
              - { function: traced, asm: ret }
            ops:
              - probe: { traces: traced }
            tasks:
              - updater: { core: 1, does: ["{{procedure.Split(':')[0]}}"{{(procedure.Contains(':', StringComparison.Ordinal) ? ": probe" : "")}}] }
            """);
        using Kernel kernel = (scenario with { Config = scenario.Config with { IsTimed = true } }).Build();
        var run = new TimedRun(kernel);
        // The kthread's own urgency at its start is used up by the first grace period after boot.
        run.Run(500, () => run.GracePeriods.Count > 0);

        Assert.InRange(run.GracePeriods[0].Begin, least, most);
    }

    private static (TimedRun Run, Scenario Scenario) Run(string series, string preempt, string behind, ulong jiffies)
    {
        Scenario scenario = Scenario.Parse("t.yaml", $$"""
            scenario: t
            machine: { cores: 2 }
            kernel: { series: "{{series}}", preempt: {{preempt}} }
            tasks:
              - napi: { core: 0, runs: [loop, local_bh_disable, local_bh_enable, {{behind}}] }
              - other: { core: 0, runs: [loop, sleep] }
              - updater: { core: 1, does: [synchronize_rcu_tasks] }
            """);
        using Kernel kernel = (scenario with { Config = scenario.Config with { IsTimed = true } }).Build();
        var run = new TimedRun(kernel, stepsPerTick: 6);
        run.Run(jiffies, () => run.GracePeriods is [{ End: not null }, ..], TestContext.Current.CancellationToken);
        Assert.Null(run.Violation);
        return (run, scenario);
    }
}
