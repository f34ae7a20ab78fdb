using System.Globalization;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Explaining;

/// <summary>What a scenario waits for at one step of a schedule.</summary>
/// <param name="Step">Behind which step, counted from 1; 0: at the beginning.</param>
/// <param name="Happened">What that step did.</param>
/// <param name="GracePeriods">Every grace period that has not ended.</param>
/// <param name="Ranges">Every allocation in use that was asked for.</param>
/// <param name="Symbols">Names addresses.</param>
public sealed record ScenarioExplanation(
    long Step, string Happened, IReadOnlyList<GracePeriodExplanation> GracePeriods, IReadOnlyList<FreeExplanation> Ranges, SymbolTable Symbols)
{
    /// <summary>Performs a schedule up to a step and explains the state there.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="schedule">One of its schedules.</param>
    /// <param name="at">The step; null: the last.</param>
    /// <param name="names">Allocations or functions; none: every piece of text and every object that is in use.</param>
    /// <param name="force">Tries a schedule of another version of the scenario too.</param>
    /// <param name="stopped">Ends it.</param>
    /// <exception cref="UserErrorException">The schedule does not fit or is shorter, or a name is unknown.</exception>
    public static ScenarioExplanation At(
        Scenario scenario, Schedule schedule, long? at, IReadOnlyList<string> names, bool force, CancellationToken stopped = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(names);
        string happened = "";
        using var run = new ScenarioRun(scenario, step => happened = step.Text);
        long done = run.ReplayTo(schedule, at ?? long.MaxValue, force, stopped);
        if (at is { } wanted && done < wanted)
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"--at {wanted}: the schedule has {done} steps"));

        Kernel kernel = run.Kernel;
        List<FreeExplanation> ranges = [];
        foreach (string name in names.Count != 0 ? names : InUse(kernel))
        {
            ranges.Add(Explanations.Free(kernel, name) ?? throw new UserErrorException(
                $"found '{name}', which is no allocation and no function; allocations are {string.Join(", ", kernel.Machine.Allocations.All.Select(one => one.Name))}"));
        }

        return new ScenarioExplanation(done, happened, Explanations.GracePeriods(kernel), ranges, kernel.Symbols);
    }

    /// <summary>As text for people.</summary>
    public IReadOnlyList<string> Lines()
    {
        var lines = new List<string> { Step == 0 ? "at the beginning" : $"behind step {Step}: {Happened}" };
        if (GracePeriods.Count == 0)
            lines.Add("no grace period runs or is asked for");

        lines.AddRange(GracePeriods.SelectMany(one => one.Lines()));
        lines.AddRange(Ranges.SelectMany(one => one.Lines(Symbols.Show)));
        return lines;
    }

    private static IEnumerable<string> InUse(Kernel kernel) => kernel.Machine.Allocations.All
        .Where(one => (Lifetime)kernel.Machine.State[one.LifetimeCell] == Lifetime.Live).Select(one => one.Name);
}
