using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// The search that leaves out what it takes for equivalent, against the one that enters every state, on all shipped scenarios that are small
/// enough: the same verdicts, and where a scenario holds, the same final states. What an agent forgets to say of what it touches shows here.
/// </summary>
public class SearchAgreementTests
{
    private const int MostStates = 40_000;

    [Fact]
    [Trait("Category", "Long")]
    public void A_reduced_search_comes_to_the_same_verdicts_and_ends()
    {
        int compared = 0;
        foreach (TheoryDataRow<string, string> row in ScenarioTests.Variants())
        {
            (string file, string variant) = row.Data;
            Scenario scenario = ScenarioMatrix.Load(Path.Combine(Repository.Scenarios, file)).Variants.Single(one => one.Label == variant).Scenario!;
            if (scenario.Image is not null)
                continue;

            HashSet<StateHash> all = [], reduced = [];
            ExploreResult every = Explore(scenario, SearchStrategy.Stateful, all);
            if (every.Verdict == Verdict.NotFinished)
                continue;

            ExploreResult fewer = Explore(scenario, SearchStrategy.Reduced, reduced);
            Assert.True(
                (every.Verdict, every.Violation?.Property) == (fewer.Verdict, fewer.Violation?.Property),
                $"{file} {variant}: {every.Verdict} {every.Violation}, reduced {fewer.Verdict} {fewer.Violation}");
            Assert.True(
                every.Verdict != Verdict.Holds || all.SetEquals(reduced),
                $"{file} {variant}: {all.Count} final states, reduced {reduced.Count}");
            compared++;
        }

        Assert.True(compared > 100, $"compared {compared} scenarios");
    }

    private static ExploreResult Explore(Scenario scenario, SearchStrategy strategy, HashSet<StateHash> ends) => new Explorer(
        () =>
        {
            Machine machine = scenario.Build().Machine;
            machine.AddMonitor(new Ends(ends));
            return machine;
        },
        scenario.Name).Explore(
        new ExploreOptions { Strategy = strategy, MaxStates = MostStates, Shortest = false }, cancel: TestContext.Current.CancellationToken);

    private sealed class Ends(HashSet<StateHash> ends) : IMonitor
    {
        public string Name => "ends";

        public string? AfterStep(Machine machine, in StepInfo step) => null;

        public string? AtEnd(Machine machine)
        {
            ends.Add(machine.State.Hash);
            return null;
        }
    }
}
