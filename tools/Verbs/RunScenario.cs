using System.CommandLine;
using System.Globalization;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>The part of <c>run</c> that runs a scenario in one order.</summary>
internal sealed class RunScenario(Terminal terminal)
{
    private const long DefaultSteps = 1_000_000;

    private readonly Option<string?> _schedule = new("--schedule") { HelpName = "LINE", Description = "The order that explore printed" };
    private readonly Option<bool> _force = new("--force") { Description = "Replay a schedule of another version of the scenario too" };
    private readonly Option<string?> _seed = new("--seed") { HelpName = "N", Description = "An order at random; the same one for the same N" };
    private readonly Option<string?> _depth = new("--depth") { HelpName = "N", Description = $"End after N steps [default: {DefaultSteps}]" };
    private readonly Option<string?> _trace = new("--trace") { HelpName = "FILE", Description = "Write the trace to a file" };

    private readonly Option<string?> _variant = ScenarioFile.Variant();

    /// <summary>Its options, in the order of the help.</summary>
    public IEnumerable<Option> All => [_variant, _schedule, _force, _seed, _depth, _trace];

    /// <summary>Runs the scenario of <paramref name="file"/>.</summary>
    public int Run(ParseResult line, string file, bool json)
    {
        string? scheduleText = line.GetValue(_schedule), seedText = line.GetValue(_seed);
        if (scheduleText is not null && seedText is not null)
            throw new UserErrorException("--schedule and --seed are two orders; give one");

        Schedule? schedule = scheduleText is null ? null : Schedule.Parse(scheduleText);
        long limit = line.GetValue(_depth) is { } depth ? Numbers.Count(_depth.Name, depth) : DefaultSteps;
        Scenario scenario = ScenarioFile.LoadFor(terminal, file, schedule, line.GetValue(_variant));
        var steps = new List<RunStep>();
        using var run = new ScenarioRun(scenario, steps.Add, seedText is null ? null : Seed(seedText));
        RunResult result = schedule is null
            ? run.Run(limit, terminal.Stopped)
            : run.Replay(schedule, line.GetValue(_force), terminal.Stopped);

        if (line.GetValue(_trace) is { } path)
            WriteTrace(path, steps);
        if (json)
            PrintJson(scenario, file, result, steps);
        else
            Print(result, line.GetValue(_trace) is null ? steps : []);

        return ExploreVerb.Code(result.Verdict);
    }

    private int Seed(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seed)
        ? seed
        : throw new UserErrorException($"{_seed.Name}: '{text}' is no seed; write a whole number from 0 to {int.MaxValue}");

    private void Print(RunResult result, List<RunStep> steps)
    {
        foreach (RunStep step in steps)
            terminal.Out.WriteLine(Line(step));

        terminal.Out.WriteLine(result.Verdict switch
        {
            Verdict.Holds => $"{terminal.Good("holds")} for this order, {result.Steps} steps",
            Verdict.Violated => $"{terminal.Bad("violated")} {result.Violation!.Property}: {result.Violation.Message}",
            _ => $"{terminal.Doubtful("not finished")} after {result.Steps} steps",
        });
        terminal.Out.WriteLine($"schedule: {result.Schedule}");
    }

    private static string Line(RunStep step) => $"{step.Step,5} {step.Agent,-12} {(step.Task is null ? "" : $"{step.Task}: ")}{step.Text}".TrimEnd();

    private static void WriteTrace(string path, List<RunStep> steps) => InputFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream) { NewLine = "\n" };
        foreach (RunStep step in steps)
            writer.WriteLine(Line(step));
    });

    private void PrintJson(Scenario scenario, string file, RunResult result, List<RunStep> steps)
    {
        using var report = new JsonReport("run");
        report.Add("scenario", scenario.Name).Add("file", file)
            .Add("verdict", ExploreReport.Word(result.Verdict)).Add("steps", result.Steps)
            .Add("property", result.Violation?.Property).Add("message", result.Violation?.Message)
            .Add("schedule", result.Schedule.ToString())
            .AddList("trace", steps, (inner, step) => inner.Add("step", step.Step).Add("agent", step.Agent).Add("task", step.Task).Add("text", step.Text))
            .Print(terminal.Out);
    }
}
