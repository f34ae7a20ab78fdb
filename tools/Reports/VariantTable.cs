using System.Globalization;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Verbs;

namespace RcuEmu.Tools.Reports;

/// <summary>What became of one variant of a matrix.</summary>
/// <param name="Variant">Which.</param>
/// <param name="Result">What the search found; null where it was not searched.</param>
/// <param name="Message">Then: why not.</param>
internal sealed record VariantResult(ScenarioVariant Variant, ExploreResult? Result, string Message)
{
    /// <summary>True where the verdict is the expected one.</summary>
    public bool IsExpected => Result is not null && Variant.Scenario!.IsExpected(Result);

    /// <summary>The verdict as <c>expect:</c> spells it; <c>impossible</c> where Kconfig cannot give the build.</summary>
    public string Verdict => Result switch
    {
        null => Variant.Impossible is null ? "not run" : "impossible",
        { Verdict: Emulator.Exploration.Verdict.Violated } => $"violated({Result.Violation!.Property})",
        _ => ExploreReport.Word(Result.Verdict),
    };

    /// <summary>What a reader should know beside the verdict; often nothing.</summary>
    public string Remark => Result is null ? Message
        : Result.Verdict == Emulator.Exploration.Verdict.NotFinished ? Result.Bound ?? "stopped"
        : IsExpected ? ""
        : $"expected {Variant.Scenario!.Expect}";
}

/// <summary>The verdicts of a matrix in columns: what each variant is, what was found, in how many states.</summary>
internal sealed class VariantTable
{
    private const int VerdictWidth = 31;
    private readonly IReadOnlyList<string> _axes;
    private readonly bool _isOfFiles;
    private readonly int[] _widths;

    /// <summary>
    /// Makes columns as wide as the values of <paramref name="matrix"/> are long: one for each axis, or, where several files with axes of their own are in it,
    /// one for the file and one for the rest.
    /// </summary>
    public VariantTable(ScenarioMatrix matrix)
    {
        _isOfFiles = matrix.Axes is ["file", ..];
        _axes = _isOfFiles ? ["file", "variant"] : matrix.Axes;
        _widths = [.. _axes.Select((axis, i) => Math.Max(axis.Length, matrix.Variants.Max(variant => Cells(variant)[i].Length)))];
    }

    /// <summary>The heading.</summary>
    public string Heading => Row(_axes, "verdict", "states", "");

    /// <summary>One variant's line.</summary>
    public string Line(VariantResult row) => Row(
        Cells(row.Variant),
        row.Verdict,
        row.Result?.States.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
        row.Remark);

    private string[] Cells(ScenarioVariant variant)
    {
        IEnumerable<string> values = _isOfFiles
            ? [variant["file"], string.Join(' ', variant.Values.Skip(1).Select(value => $"{value.Axis}={value.Value}"))]
            : _axes.Select(axis => variant[axis]);
        return [.. values.Select(value => value.Length > 0 ? value : "-")];
    }

    /// <summary>How many came out how.</summary>
    public static string Summary(IReadOnlyCollection<VariantResult> rows)
    {
        int expected = rows.Count(row => row.IsExpected), impossible = rows.Count(row => row.Variant.Impossible is not null);
        int notRun = rows.Count(row => row.Result is null) - impossible;
        int notFinished = rows.Count(row => row.Result is { Verdict: Verdict.NotFinished });
        return $"{rows.Count} variants: {expected} as expected, {rows.Count - expected - impossible - notRun - notFinished} not" +
            (notFinished > 0 ? $", {notFinished} not finished" : "") + (impossible > 0 ? $", {impossible} impossible" : "") +
            (notRun > 0 ? $", {notRun} not run" : "");
    }

    private string Row(IReadOnlyList<string> values, string verdict, string states, string remark)
    {
        string cells = string.Concat(values.Select((value, i) => value.PadRight(_widths[i] + 2)));
        return $"{cells}{verdict,-VerdictWidth} {states,12}  {remark}".TrimEnd();
    }
}
