using System.CommandLine;
using System.Globalization;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu mutate</c>: which steps of the kernel's procedures a scenario needs.</summary>
internal sealed class MutateVerb : Verb
{
    private readonly Argument<string> _file;
    private readonly Option<string?> _variant = ScenarioFile.Variant();
    private readonly ExploreOptionSet _options = new();

    public MutateVerb(Terminal terminal)
        : base(
            terminal,
            "mutate",
            "Leaves out each step of the kernel's procedures and each barrier of guest code in turn and says which are necessary, with what goes wrong without them",
            "rcuemu mutate tests/scenarios/x86-64/int3-protocol.yaml",
            "rcuemu mutate tests/scenarios/x86-64/free-with-tasks-rcu.yaml --time 60")
    {
        _file = AddArgument<string>("FILE", ScenarioFile.Help);
        Options.Add(_variant);
        foreach (Option option in _options.All)
            Options.Add(option);
    }

    protected override int Run(ParseResult line)
    {
        string file = line.GetRequiredValue(_file);
        ExploreOptions options = _options.Read(line);
        Scenario scenario = ScenarioFile.Load(Terminal, file, line.GetValue(_variant));
        bool json = line.GetValue(Json);
        var results = new List<MutationResult>();
        foreach (MutationResult result in Mutation.Run(scenario, options, Terminal.Stopped))
        {
            results.Add(result);
            if (!json)
                Terminal.Out.WriteLine(Line(result));
        }

        if (json)
            PrintJson(scenario, file, results);

        if (results.Any(result => result is { IsMarked: true, Result.Verdict: Verdict.Holds }))
            return ExitCode.Violated;

        return results.Any(result => result.Result.Verdict == Verdict.NotFinished) ? ExitCode.NotFinished : ExitCode.Holds;
    }

    private string Line(MutationResult result)
    {
        string name = $"{result.Procedure}/{result.Step}";
        return result.Result.Verdict switch
        {
            Verdict.Violated => $"necessary     {name,-44} {result.Result.Violation!.Property}: {result.Result.Violation.Message}{Length(result)}",
            Verdict.Holds when result.IsMarked => $"{Terminal.Bad("droppable")}     {name,-44} holds without it, and the scenario says that it is necessary",
            Verdict.Holds => $"droppable     {name,-44} holds without it",
            _ => $"not finished  {name,-44} {result.Result.Bound}",
        };
    }

    private static string Length(MutationResult result) => result.Result.Witness is { } witness
        ? string.Create(CultureInfo.InvariantCulture, $" ({witness.Actions} steps)")
        : "";

    private void PrintJson(Scenario scenario, string file, List<MutationResult> results)
    {
        using var report = new JsonReport("mutate");
        report.Add("scenario", scenario.Name).Add("file", file)
            .AddList("steps", results, (inner, result) => inner
                .Add("procedure", result.Procedure).Add("step", result.Step).Add("source", result.Source)
                .Add("verdict", ExploreReport.Word(result.Result.Verdict))
                .Add("marked", result.IsMarked)
                .Add("property", result.Result.Violation?.Property).Add("message", result.Result.Violation?.Message)
                .Add("executions", result.Result.Executions).Add("states", result.Result.States)
                .Add("schedule", result.Result.Witness?.ToString()));
        report.Print(Terminal.Out);
    }
}
