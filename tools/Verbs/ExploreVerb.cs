using System.CommandLine;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu explore</c>: every order of a scenario.</summary>
internal sealed class ExploreVerb : Verb
{
    private readonly Argument<string> _file;
    private readonly Option<string?> _variant = ScenarioFile.Variant();
    private readonly ExploreOptionSet _options = new();
    private readonly Option<string?> _checkpoint;
    private readonly Option<bool> _all;

    public ExploreVerb(Terminal terminal)
        : base(
            terminal,
            "explore",
            "Runs a scenario in every order and says whether its properties hold, or shows the shortest witness",
            "rcuemu explore tests/scenarios/x86-64/free-without-tasks-rcu.yaml",
            "rcuemu explore tests/scenarios/arm64/free-with-tasks-rcu.yaml --time 60 --json")
    {
        _file = AddArgument<string>("FILE", ScenarioFile.Help);
        Options.Add(_variant);
        foreach (Option option in _options.All)
            Options.Add(option);

        _checkpoint = AddOption<string?>("--checkpoint", "FILE", "Keep the search in FILE when it is stopped, and go on from there");
        _all = AddFlag("--all-violations", "Go on behind violations, and show every kind with its shortest witness");
    }

    protected override int Run(ParseResult line)
    {
        string file = line.GetRequiredValue(_file);
        ExploreOptions options = _options.Read(line) with { AllViolations = line.GetValue(_all), Checkpoint = line.GetValue(_checkpoint) };
        ScenarioMatrix matrix = ScenarioFile.LoadMatrix(Terminal, file);
        string? variant = line.GetValue(_variant);
        if (matrix.IsMatrix && variant is null && options.Checkpoint is not null)
            throw new UserErrorException($"{file}: --checkpoint keeps one search, and this is a matrix; choose one with --variant");

        if (matrix.IsMatrix && variant is null)
            return new MatrixReport(Terminal, matrix, options).Run(line.GetValue(Json));

        Scenario scenario = matrix.Select(variant);
        ExploreResult result = scenario.Explore(options, new SearchProgress(Terminal, scenario.Name), Terminal.Stopped);
        Terminal.EndProgress();
        var report = new ExploreReport(Terminal, scenario, matrix.IsMatrix ? scenario.File : file, result);
        if (line.GetValue(Json))
            report.PrintJson();
        else
            report.Print();

        return Code(result.Verdict);
    }

    /// <summary>The exit code that a verdict stands for.</summary>
    public static int Code(Verdict verdict) => verdict switch
    {
        Verdict.Holds => ExitCode.Holds,
        Verdict.Violated => ExitCode.Violated,
        _ => ExitCode.NotFinished,
    };
}
