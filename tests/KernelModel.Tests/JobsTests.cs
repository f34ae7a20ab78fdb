using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Tests;

/// <summary>The reduced search on a scenario says the same for any number of threads: verdict, classes, what was reached, witness.</summary>
public class JobsTests
{
    [Theory]
    [InlineData("x86-64/int3-protocol.yaml")]
    [InlineData("x86-64/int3-without-int3.yaml")]
    public void The_number_of_threads_changes_nothing_that_is_said(string file)
    {
        Scenario scenario = Scenario.Load(Path.Combine(Repository.Scenarios, file));
        ExploreResult one = Explore(scenario, 1);
        foreach (int jobs in (int[])[2, 3])
        {
            ExploreResult more = Explore(scenario, jobs);

            Assert.Equal((one.Verdict, one.Executions, one.ExecutionsExact), (more.Verdict, more.Executions, more.ExecutionsExact));
            Assert.Equal((one.Violation, one.Witness?.ToString()), (more.Violation, more.Witness?.ToString()));
            Assert.Equal(one.Sometimes, more.Sometimes);
        }
    }

    private static ExploreResult Explore(Scenario scenario, int jobs) => scenario.Explore(
        new ExploreOptions { Strategy = SearchStrategy.Dpor, Jobs = jobs }, cancel: TestContext.Current.CancellationToken);
}
