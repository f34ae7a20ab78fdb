using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Tests;

/// <summary>The shipped scenarios against what they expect; each expectation is the kernel's own reasoning, cited in the file.</summary>
public class ScenarioTests
{
    public static TheoryData<string, string> Variants()
    {
        var data = new TheoryData<string, string>();
        foreach (string file in Directory.EnumerateFiles(Repository.Scenarios, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (ScenarioVariant variant in ScenarioMatrix.Load(file).Variants.Where(variant => variant.Scenario?.File == file))
                data.Add(Path.GetRelativePath(Repository.Scenarios, file), variant.Label);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_shipped_scenario_has_the_verdict_that_it_expects(string file, string variant)
    {
        Scenario scenario = ScenarioMatrix.Load(Path.Combine(Repository.Scenarios, file)).Variants.Single(one => one.Label == variant).Scenario!;
        Images.SkipWithout(scenario.Image);

        ExploreResult result = scenario.Explore(new ExploreOptions(), cancel: TestContext.Current.CancellationToken);

        Assert.True(scenario.IsExpected(result), $"{result.Verdict} {result.Violation} {result.Bound} after {result.States} states");
    }

    [Theory]
    [InlineData("x86-64/free-without-tasks-rcu.yaml")]
    [InlineData("arm64/free-without-tasks-rcu.yaml")]
    [InlineData("x86-64/int3-without-publish.yaml")]
    public void A_witness_replays_to_the_same_violation_on_a_new_machine(string file)
    {
        Scenario scenario = Scenario.Load(Path.Combine(Repository.Scenarios, file));
        ExploreResult result = scenario.Explore(new ExploreOptions(), cancel: TestContext.Current.CancellationToken);
        Schedule schedule = Schedule.Parse(result.Witness!.ToString());

        using Machine machine = scenario.Build().Machine;
        Violation? violation = new Replay(machine, schedule).Run();

        Assert.Equal(result.Violation, violation);
    }
}
