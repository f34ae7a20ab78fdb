using System.CommandLine;
using System.Globalization;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Reports;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu test</c>: scenarios against what they expect.</summary>
internal sealed class TestVerb : Verb
{
    private readonly Argument<string[]> _paths;
    private readonly Option<string?> _junit;
    private readonly ExploreOptionSet _options = new();

    public TestVerb(Terminal terminal)
        : base(
            terminal,
            "test",
            "Explores each scenario and compares the verdict with what the scenario expects; prints KTAP",
            "rcuemu test tests/scenarios",
            "rcuemu test tests/scenarios/arm64 --junit results.xml --time 60")
    {
        _paths = AddArgument<string[]>("PATH", "Scenario files, and folders that are searched for *.yaml");
        _paths.Arity = ArgumentArity.OneOrMore;
        _junit = AddOption<string?>("--junit", "FILE", "Also write JUnit XML");
        foreach (Option option in _options.All)
            Options.Add(option);
    }

    protected override int Run(ParseResult line)
    {
        ExploreOptions options = _options.Read(line);
        string[] files = [.. line.GetRequiredValue(_paths).SelectMany(Files)];
        bool json = line.GetValue(Json);
        KtapWriter? ktap = json ? null : new KtapWriter(Terminal.Out, files.Length);
        var suites = new List<CaseSuite>();
        var counts = new CaseCounts();
        foreach (string file in files)
        {
            CaseSuite suite = Test(file, options);
            ktap?.Write(suite);
            counts.Add(suite);
            suites.Add(suite);
            if (Terminal.Stopped.IsCancellationRequested)
                break;
        }

        ktap?.End(counts);
        if (json)
            TestJson.Print(Terminal.Out, suites, counts);
        if (line.GetValue(_junit) is { } path)
            InputFile.Write(path, stream => JUnitWriter.Write(stream, suites));

        return Code(counts);
    }

    private static int Code(CaseCounts counts)
    {
        if (counts[CaseStatus.Failed] > 0)
            return ExitCode.Violated;
        if (counts[CaseStatus.Error] > 0)
            return ExitCode.Usage;

        return counts[CaseStatus.NotFinished] > 0 ? ExitCode.NotFinished : ExitCode.Holds;
    }

    private static IEnumerable<string> Files(string path)
    {
        if (!Directory.Exists(path))
            return File.Exists(path) ? [path] : throw new UserErrorException($"{path}: no such file or folder");

        string[] found = [.. Directory.EnumerateFiles(path, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new UserErrorException($"{path}: there is no scenario (*.yaml) in it");
    }

    private CaseSuite Test(string file, ExploreOptions options)
    {
        try
        {
            ScenarioMatrix matrix = ScenarioMatrix.Load(file);
            var results = new List<CaseResult>();
            var table = new VariantTable(matrix);
            var lines = new List<string> { table.Heading };
            foreach (ScenarioVariant variant in matrix.Variants.TakeWhile(_ => !Terminal.Stopped.IsCancellationRequested || results.Count == 0))
            {
                (CaseResult result, string line) = Test(matrix, variant, table, options);
                results.Add(result);
                lines.Add(line);
            }

            return new CaseSuite(file, results) { Table = matrix.IsMatrix ? lines : [] };
        }
        catch (UserErrorException error)
        {
            return new CaseSuite(file, [new CaseResult(Path.GetFileNameWithoutExtension(file), CaseStatus.Error, error.Message)]);
        }
    }

    private (CaseResult Result, string Line) Test(ScenarioMatrix matrix, ScenarioVariant variant, VariantTable table, ExploreOptions options)
    {
        string name = matrix.IsMatrix ? variant.Label : matrix.Name;
        VariantResult found;
        try
        {
            found = MatrixReport.Explore(Terminal, variant, options);
        }
        catch (UserErrorException error)
        {
            return (new CaseResult(name, CaseStatus.Error, error.Message), table.Line(new VariantResult(variant, null, error.Message)));
        }

        CaseResult result = found.Result is { } explored
            ? Judge(name, variant.Scenario!, explored)
            : new CaseResult(name, CaseStatus.Skipped, found.Message);
        return (result, table.Line(found));
    }

    private CaseResult Judge(string name, Scenario scenario, ExploreResult result)
    {
        string file = scenario.File;
        var report = new ExploreReport(Terminal, scenario, file, result);
        CaseStatus status = scenario.IsExpected(result) ? CaseStatus.Passed
            : result.Verdict == Verdict.NotFinished ? CaseStatus.NotFinished
            : CaseStatus.Failed;
        string found = result.Verdict == Verdict.Violated ? $"violated({result.Violation!.Property}): {result.Violation.Message}" : "holds";
        string message = status switch
        {
            CaseStatus.Passed => "",
            CaseStatus.NotFinished => result.Bound ?? "stopped",
            _ => $"expected {scenario.Expect}, found {found}",
        };
        bool shows = status == CaseStatus.Failed && result.Witness is not null;
        return new CaseResult(name, status, message)
        {
            Verdict = ExploreReport.Word(result.Verdict),
            Seconds = result.Seconds,
            Facts = [.. Facts(result)],
            Witness = shows ? [.. report.Witness(), $"replay: {ScenarioFile.ReplayCommand(file, result.Witness!.ToString())}"] : [],
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Facts(ExploreResult result)
    {
        yield return KeyValuePair.Create("executions", result.Executions.ToString(CultureInfo.InvariantCulture));
        yield return KeyValuePair.Create("states", result.States.ToString(CultureInfo.InvariantCulture));
        yield return KeyValuePair.Create("steps", result.Steps.ToString(CultureInfo.InvariantCulture));
        if (result.Violation is { } violation)
            yield return KeyValuePair.Create("property", violation.Property);
        if (result.Witness is { } witness)
            yield return KeyValuePair.Create("schedule", witness.ToString());
    }
}
