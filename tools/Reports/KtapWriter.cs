namespace RcuEmu.Tools.Reports;

/// <summary>
/// Results as KTAP version 1, which TAP readers take too: docs.kernel.org/dev-tools/ktap.html. A suite with more than one
/// test nests them, indented by two.
/// </summary>
internal sealed class KtapWriter
{
    private readonly TextWriter _output;
    private int _number;

    /// <summary>Writes the version and the plan.</summary>
    public KtapWriter(TextWriter output, int suites)
    {
        _output = output;
        _output.WriteLine("KTAP version 1");
        _output.WriteLine($"1..{suites}");
    }

    /// <summary>Writes one suite.</summary>
    public void Write(CaseSuite suite)
    {
        if (suite.Results is [var only])
        {
            Write("", ++_number, only, suite.Name);
            return;
        }

        _output.WriteLine("  KTAP version 1");
        _output.WriteLine($"  # Subtest: {Plain(suite.Name)}");
        _output.WriteLine($"  1..{suite.Results.Count}");
        int inner = 0;
        foreach (CaseResult result in suite.Results)
            Write("  ", ++inner, result, result.Name);

        foreach (string line in suite.Table)
            _output.WriteLine($"  # {line}");

        CaseStatus worst = Worst(suite.Results);
        _output.WriteLine($"{Word(worst)} {++_number} {Plain(suite.Name)}{Directive(worst, "")}");
    }

    /// <summary>Writes the closing line as a diagnostic.</summary>
    public void End(CaseCounts counts) => _output.WriteLine($"# {counts}");

    // Diagnostics go before the line of the result that they belong to.
    private void Write(string indent, int number, CaseResult result, string name)
    {
        if (result.Status is CaseStatus.Failed or CaseStatus.NotFinished or CaseStatus.Error)
        {
            _output.WriteLine($"{indent}# {Plain(name)}: {result.Message}");
            foreach (string line in result.Witness)
                _output.WriteLine($"{indent}# {line}".TrimEnd());
        }

        _output.WriteLine($"{indent}{Word(result.Status)} {number} {Plain(name)}{Directive(result.Status, result.Message)}");
    }

    private static CaseStatus Worst(IReadOnlyList<CaseResult> results)
    {
        foreach (CaseStatus status in (CaseStatus[])[CaseStatus.Error, CaseStatus.Failed, CaseStatus.NotFinished, CaseStatus.Passed])
        {
            if (results.Any(result => result.Status == status))
                return status;
        }

        return CaseStatus.Skipped;
    }

    private static string Word(CaseStatus status) => status is CaseStatus.Passed or CaseStatus.Skipped ? "ok" : "not ok";

    private static string Directive(CaseStatus status, string message) => status switch
    {
        CaseStatus.Skipped => $" # SKIP {message}".TrimEnd(),
        CaseStatus.NotFinished => " # TIMEOUT not finished",
        CaseStatus.Error => " # ERROR",
        _ => "",
    };

    // A # would begin a directive.
    private static string Plain(string name) => name.Replace('#', '_').ReplaceLineEndings(" ");
}
