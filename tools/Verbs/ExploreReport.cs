using System.Globalization;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Explaining;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>Prints what a search found: the verdict first, then the witness, then how to replay it.</summary>
internal sealed class ExploreReport(Terminal terminal, Scenario scenario, string file, ExploreResult result)
{
    /// <summary>The verdict as reports spell it.</summary>
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Holds => "holds",
        Verdict.Violated => "violated",
        _ => "not-finished",
    };

    /// <summary>As text.</summary>
    public void Print()
    {
        terminal.Out.WriteLine(Headline());
        foreach (string line in result.Violations.Count == 0 ? Witness() : Kinds())
            terminal.Out.WriteLine(line);

        terminal.Out.WriteLine(Effort());
        foreach ((string name, bool reached) in result.Sometimes)
            terminal.Out.WriteLine($"{(reached ? "reached" : "not reached")}: {name}");

        if (result.Cycle is { } cycle)
        {
            terminal.Out.WriteLine($"a run need not end: its last {cycle.Length} steps can go on for ever");
            foreach (string line in Starved(cycle.Schedule))
                terminal.Out.WriteLine(line);
        }

        if (result.Witness is not { } witness || result.Violations.Count > 0)
            return;

        terminal.Out.WriteLine($"schedule: {witness}");
        terminal.Out.WriteLine($"replay:   {ScenarioFile.ReplayCommand(file, witness.ToString())}");
    }

    /// <summary>As one JSON object.</summary>
    public void PrintJson()
    {
        using var report = new JsonReport("explore");
        report.Add("scenario", scenario.Name).Add("file", file)
            .Add("verdict", Word(result.Verdict))
            .Add("executions", result.Executions).Add("executions_exact", result.ExecutionsExact)
            .Add("counts_classes", result.CountsClasses)
            .Add("states", result.States).Add("steps", result.Steps).Add("max_depth", result.MaxDepth)
            .AddSeconds(result.Seconds)
            .Add("property", result.Violation?.Property).Add("message", result.Violation?.Message)
            .Add("bound", result.Bound)
            .AddList("sometimes", result.Sometimes, (inner, one) => inner.Add("name", one.Name).Add("reached", one.Reached))
            .Add("expected", scenario.IsExpected(result))
            .Add("schedule", result.Witness?.ToString());
        if (result.Witness is not null)
            report.AddTexts("witness", Witness());
        if (result.Violations.Count > 0)
        {
            report.AddList("violations", result.Violations, (inner, one) => inner
                .Add("property", one.Violation.Property).Add("message", one.Violation.Message).Add("consequence", one.IsConsequence)
                .Add("schedule", one.Witness.ToString()).AddTexts("witness", ScenarioWitness.Lines(scenario, one.Witness)));
        }

        report.Print(terminal.Out);
    }

    /// <summary>The witness in columns; nothing where there is none.</summary>
    public IReadOnlyList<string> Witness() =>
        result.Witness is { } witness ? ScenarioWitness.Lines(scenario, witness) : [];

    private IEnumerable<string> Kinds()
    {
        for (int i = 0; i < result.Violations.Count; i++)
        {
            DistinctViolation one = result.Violations[i];
            string behind = one.IsConsequence ? ", only behind another violation" : "";
            yield return $"{terminal.Strong($"{i + 1}. {one.Violation.Property}")}: {one.Violation.Message} ({one.Witness.Actions} steps{behind})";
            foreach (string line in ScenarioWitness.Lines(scenario, one.Witness))
                yield return line;

            yield return $"schedule: {one.Witness}";
        }

        yield return $"replay:   {ScenarioFile.ReplayCommand(file, "SCHEDULE")}";
    }
    // What waits all the while: whoever reads "can go on for ever" asks for whom.
    private IEnumerable<string> Starved(Schedule schedule) =>
        ScenarioExplanation.At(scenario, schedule, null, [], force: true).GracePeriods.SelectMany(one => one.Lines()).Select(line => $"  {line}");

    private string Headline() => result.Verdict switch
    {
        Verdict.Violated when result.Violations.Count > 0 =>
            $"{terminal.Bad("violated")} in {Grouped(result.Violations.Count)} {(result.Violations.Count == 1 ? "way" : "ways")}"
                + (result.Bound is { } bound ? $"; not finished: {bound}" : ""),
        Verdict.Holds => $"{terminal.Good("holds")} for {Executions()}",
        Verdict.Violated => $"{terminal.Bad("violated")} {result.Violation!.Property}: {result.Violation.Message}",
        _ => $"{terminal.Doubtful("not finished")}: {result.Bound}",
    };

    // A search that goes through one execution for many says how many it went through, and of endless ones nobody knows the number.
    private string Executions() => (result.ExecutionsExact, result.Cycle) switch
    {
        (true, _) => $"all {Grouped(result.Executions)} {(result.CountsClasses ? "classes of executions" : "executions")}",
        (false, null) => "all executions",
        _ => $"all executions (they need not end; {Grouped(result.Executions)} ends were met)",
    };

    private string Effort() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Grouped(result.States)} states, {Grouped(result.Steps)} steps, at most {Grouped(result.MaxDepth)} in one execution, {result.Seconds:0.00} s");

    private static string Grouped(System.Numerics.BigInteger value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
