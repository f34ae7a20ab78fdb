using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Reports;
using RcuEmu.Tools.Shell;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Verbs;

/// <summary>Explores every variant of a matrix and prints one table of verdicts.</summary>
internal sealed class MatrixReport(Terminal terminal, ScenarioMatrix matrix, ExploreOptions options)
{
    /// <summary>The table as text, row by row as it is found, or as one JSON object. Returns the exit code.</summary>
    public int Run(bool json)
    {
        var table = new VariantTable(matrix);
        var rows = new List<VariantResult>();
        if (!json)
            terminal.Out.WriteLine(table.Heading);

        foreach (ScenarioVariant variant in matrix.Variants.TakeWhile(_ => !terminal.Stopped.IsCancellationRequested))
        {
            rows.Add(Explore(terminal, variant, options));
            if (!json)
                terminal.Out.WriteLine(table.Line(rows[^1]));
        }

        if (json)
            PrintJson(rows);
        else
            PrintEnd(rows);

        return Code(rows);
    }

    /// <summary>Explores one variant, unless it cannot be built or its image is not here.</summary>
    public static VariantResult Explore(Terminal terminal, ScenarioVariant variant, ExploreOptions options)
    {
        if (variant.Scenario is not { } scenario)
            return new VariantResult(variant, null, variant.Impossible!);

        if (MissingImage(scenario) is { } missing)
            return new VariantResult(variant, null, missing);

        ExploreResult result = scenario.Explore(options, new SearchProgress(terminal, scenario.Name), terminal.Stopped);
        terminal.EndProgress();
        return new VariantResult(variant, result, "");
    }

    // A scenario on a kernel that was not fetched is no failure: the message says how to get it.
    private static string? MissingImage(Scenario scenario)
    {
        if (scenario.Image is null)
            return null;

        try
        {
            KernelCache.Default.Resolve(scenario.Image);
            return null;
        }
        catch (UserErrorException missing)
        {
            return missing.Message;
        }
    }

    private static int Code(List<VariantResult> rows)
    {
        if (rows.Any(row => row.Result is { Verdict: not Verdict.NotFinished } && !row.IsExpected))
            return ExitCode.Violated;

        return rows.Any(row => row.Result is { Verdict: Verdict.NotFinished }) ? ExitCode.NotFinished : ExitCode.Holds;
    }

    private void PrintEnd(List<VariantResult> rows)
    {
        terminal.Out.WriteLine(VariantTable.Summary(rows));
        if (rows.FirstOrDefault(row => row.Result is not null && !row.IsExpected) is { } first)
            terminal.Out.WriteLine($"to see the first of them: {ScenarioFile.ExploreCommand(matrix.File, first.Variant.Label)}");
    }

    private void PrintJson(List<VariantResult> rows)
    {
        using var report = new JsonReport("explore");
        report.Add("scenario", matrix.Name).Add("file", matrix.File)
            .Add("verdict", rows.All(row => row.IsExpected || row.Result is null) ? "expected" : "unexpected")
            .AddSeconds(rows.Sum(row => row.Result?.Seconds ?? 0))
            .AddList("variants", rows, WriteRow)
            .Print(terminal.Out);
    }

    private static void WriteRow(JsonReport report, VariantResult row)
    {
        report.Add("variant", row.Variant.Label);
        foreach ((string axis, string value) in row.Variant.Values)
            report.Add($"axis:{axis}", value);

        report.Add("verdict", row.Verdict.Split('(')[0]).Add("message", row.Result?.Violation?.Message ?? (row.Remark.Length > 0 ? row.Remark : null));
        if (row.Result is not { } result)
            return;

        report.Add("property", result.Violation?.Property)
            .Add("expect", row.Variant.Scenario!.Expect.ToString()).Add("expected", row.IsExpected)
            .Add("executions", result.Executions).Add("states", result.States).Add("steps", result.Steps)
            .AddSeconds(result.Seconds)
            .Add("schedule", result.Witness?.ToString());
    }
}
