using System.CommandLine;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Explaining;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu explain</c>: why grace periods have not ended and why text may not be freed, at a step of a schedule.</summary>
internal sealed class ExplainVerb : Verb
{
    private readonly Argument<string> _file;
    private readonly Option<string> _schedule;
    private readonly Option<string?> _at;
    private readonly Option<string[]> _range;
    private readonly Option<bool> _force;
    private readonly Option<string?> _variant = ScenarioFile.Variant();

    public ExplainVerb(Terminal terminal)
        : base(
            terminal,
            "explain",
            "Says why each grace period has not ended and why text may not be freed, at a step of a schedule",
            "rcuemu explain tests/scenarios/x86-64/free-with-tasks-rcu.yaml --schedule LINE --at 40",
            "rcuemu explain tests/scenarios/arm64/free-with-tasks-rcu.yaml --schedule LINE --free probe.func")
    {
        _file = AddArgument<string>("FILE", ScenarioFile.Help);
        _schedule = AddOption<string>("--schedule", "LINE", "A schedule, as run and explore print it", required: true);
        _at = AddOption<string?>("--at", "STEP", "Explain the state behind this step [default: the last]");
        _range = AddOption<string[]>("--free", "NAME", "Explain this allocation or function instead of all that can be freed; may be given more than once");
        _force = AddFlag("--force", "Take a schedule of another version of the scenario too");
        Options.Add(_variant);
    }

    protected override int Run(ParseResult line)
    {
        string file = line.GetRequiredValue(_file);
        Schedule schedule = Schedule.Parse(line.GetRequiredValue(_schedule));
        long? at = line.GetValue(_at) is { } step ? Numbers.Count(_at.Name, step) : null;
        Scenario scenario = ScenarioFile.LoadFor(Terminal, file, schedule, line.GetValue(_variant));
        var explanation = ScenarioExplanation.At(scenario, schedule, at, line.GetValue(_range) ?? [], line.GetValue(_force), Terminal.Stopped);
        if (line.GetValue(Json))
            PrintJson(scenario, file, explanation);
        else
            PrintText(explanation);

        return ExitCode.Holds;
    }

    private void PrintText(ScenarioExplanation explanation)
    {
        foreach (string text in explanation.Lines())
            Terminal.Out.WriteLine(text);
    }

    private void PrintJson(Scenario scenario, string file, ScenarioExplanation explanation)
    {
        using var report = new JsonReport("explain");
        report.Add("scenario", scenario.Name).Add("file", file).Add("step", explanation.Step)
            .AddList("grace_periods", explanation.GracePeriods, (inner, one) => inner
                .Add("flavour", one.Flavour).Add("waiter", one.Waiter).Add("phase", one.Phase).Add("source", one.Source)
                .AddList("cpus", one.Cpus, AddHeld).AddList("tasks", one.Tasks, AddHeld))
            .AddList("ranges", explanation.Ranges, (inner, one) => inner
                .Add("name", one.Name).AddWord("address", one.Range.Start).Add("length", (long)one.Range.Length)
                .Add("may_be_freed", one.MayBeFreed)
                .AddList("references", one.References, (reference, held) => reference
                    .Add("task", held.Task.Name).Add("kind", held.Kind.ToString()).Add("place", held.Place).AddWord("value", held.Value))
                .AddTexts("published", one.Published).AddTexts("pending", one.Pending));
        report.Print(Terminal.Out);
    }

    private static void AddHeld(JsonReport report, HeldBy held) =>
        report.Add("subject", held.Subject).Add("test", held.Test).Add("release", held.Release);
}
