using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// Which steps a protocol needs. Expected: ftrace-and-patching facts on the INT3 protocol (each write and the last sync are
/// necessary under a coherent fetch; the other syncs only under a stale one), and Tasks RCU's own reasons for its steps.
/// </summary>
public class MutationTests
{
    [Fact]
    public void Under_a_coherent_fetch_the_int3_protocol_needs_its_writes_and_its_last_sync()
    {
        var necessary = Mutation
            .Run(Load("x86-64/int3-protocol.yaml"), new ExploreOptions { Shortest = false }, TestContext.Current.CancellationToken)
            .Where(mutation => mutation.Procedure == "ftrace.register")
            .ToDictionary(mutation => mutation.Step, mutation => mutation.IsNecessary, StringComparer.Ordinal);

        Assert.Equal(
            ["create_trampoline", "poke-first-byte", "poke-int3", "poke-publish", "poke-sync-first-byte", "poke-tail"],
            necessary.Where(step => step.Value).Select(step => step.Key).Order(StringComparer.Ordinal));
        Assert.False(necessary["poke-sync-int3"]);
        Assert.False(necessary["poke-sync-tail"]);
    }

    [Theory]
    [InlineData("x86-64/free-with-tasks-rcu.yaml", "ftrace.unregister/synchronize_rcu_tasks")]
    [InlineData("x86-64/free-with-tasks-rcu.yaml", "rcu_tasks_kthread/rcu_tasks_pertask")]
    [InlineData("arm64/free-with-tasks-rcu.yaml", "ftrace.unregister/synchronize_rcu_tasks")]
    [InlineData("arm64/free-with-tasks-rcu.yaml", "rcu_tasks_kthread/rcu_tasks_pertask")]
    public void A_dynamic_ops_needs_the_tasks_rcu_grace_period_and_its_scan(string file, string step)
    {
        Scenario scenario = Load(file) with { Drop = [(step, 1)] };

        ExploreResult result = scenario.Explore(
            new ExploreOptions { Shortest = false }, cancel: TestContext.Current.CancellationToken);

        Assert.Equal("no-freed-text", result.Violation?.Property);
    }

    private static Scenario Load(string file) => Scenario.Load(Path.Combine(Repository.Scenarios, file));

    [Fact]
    public void A_step_marked_necessary_must_exist()
    {
        Scenario scenario = Load("x86-64/int3-protocol.yaml") with { Necessary = [("poke-nothing", 7)] };

        var error = Assert.Throws<ScenarioException>(() => scenario.Build());

        Assert.Contains(":7:1: found 'poke-nothing'; steps that can be dropped: ", error.Message, StringComparison.Ordinal);
    }
}
