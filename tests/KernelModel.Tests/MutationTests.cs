using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
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

    // Dekker's entry: SDM Vol. 3A, "Loads May Be Reordered with Earlier Stores to Different Locations" (example 8-3), and herd7's
    // SB and SB+mfences for x86 under TSO: allowed without a fence in either thread, forbidden with both.
    [Fact]
    public void A_barrier_of_guest_code_is_dropped_like_a_step()
    {
        Scenario scenario = Load("x86-64/dekker-needs-mfence.yaml");

        (string, string, string, bool, bool)[] found =
        [
            .. Mutation.Run(scenario, new ExploreOptions { Shortest = false }, TestContext.Current.CancellationToken)
                .Select(one => (one.Procedure, one.Step, one.Source, one.IsNecessary, one.IsMarked)),
        ];

        Assert.Equal(
            [
                ("enter_a", "mfence", "enter_a+0xb: mfence", true, true),
                ("enter_a", "lfence", "enter_a+0x21: lfence", false, false),
                ("enter_b", "mfence", "enter_b+0xb: mfence", true, true),
            ],
            found);
        Assert.Equal(
            "never inside is 2",
            (scenario with { Drop = [("mfence", 1)], Necessary = [] })
                .Explore(new ExploreOptions(), cancel: TestContext.Current.CancellationToken).Violation?.Property);
    }

    // Bytes from the GNU assembler, x86-64 and aarch64.
    [Theory]
    [InlineData(Architecture.X64, "90 0faef0 0faee8 0faef8 660fae38 0fae38 0f01e8 0faef0", "1 mfence, 4 lfence, 7 sfence, a clflushopt, e clflush, 11 serialize, 14 mfence:2")]
    [InlineData(Architecture.X64, "e90f01e800 b80faef000", "")] // inside other instructions
    [InlineData(
        Architecture.Arm64, "1f2003d5 9f3b03d5 bf3a03d5 df3f03d5 217b0bd5 22750bd5 1f7108d5 9f3b03d5 20740bd5",
        "4 dsb-ish, 8 dmb-ishst, c isb, 10 dc-cvau, 14 ic-ivau, 18 ic-ialluis, 1c dsb-ish:2")] // the last: dc zva
    public void Barriers_and_maintenance_are_found_by_decoding(Architecture architecture, string hex, string expected)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        IReadOnlyList<GuestBarrier> found = GuestBarrier.Find(architecture, bytes, 0x1000);

        Assert.Equal(expected, string.Join(", ", found.Select(one => $"{one.Offset:x} {one.Name}")));
        foreach (GuestBarrier barrier in found)
        {
            barrier.Blank(architecture, bytes);
            string nop = InstructionText.Of(architecture, bytes.AsSpan(barrier.Offset), 0x1000, out int length);
            Assert.StartsWith("nop", nop.Replace("xchg ax, ax", "nop", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Equal(barrier.Length, length);
        }

        Assert.Empty(GuestBarrier.Find(architecture, bytes, 0x1000));
    }

    // What a scenario calls necessary is: without it something is violated.
    [Theory]
    [InlineData("readers/trace-readers-end-6-12.yaml")]
    [InlineData("readers/trace-readers-end-7-2.yaml")]
    public void Every_step_that_is_marked_necessary_is_found_when_it_is_dropped(string file)
    {
        foreach (ScenarioVariant variant in ScenarioMatrix.Load(Path.Combine(Repository.Scenarios, file)).Variants)
        {
            foreach ((string step, long line) in variant.Scenario!.Necessary)
            {
                Scenario mutant = variant.Scenario with { Drop = [(step, line)], Necessary = [] };
                ExploreResult result = mutant.Explore(new ExploreOptions { Shortest = false }, cancel: TestContext.Current.CancellationToken);
                Assert.True(result.Violation?.Property == "trace-readers-end", $"{variant.Label}: {step}: {result.Verdict}");
            }
        }
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
