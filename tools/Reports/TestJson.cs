using System.Globalization;
using System.Numerics;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Reports;

/// <summary>Results as one JSON object.</summary>
internal static class TestJson
{
    /// <summary>Prints the object of <c>rcuemu test --json</c>.</summary>
    public static void Print(TextWriter output, IReadOnlyList<CaseSuite> suites, CaseCounts counts)
    {
        using var report = new JsonReport("test");
        report.Add("passed", counts[CaseStatus.Passed])
            .Add("failed", counts[CaseStatus.Failed] + counts[CaseStatus.Error])
            .Add("not_finished", counts[CaseStatus.NotFinished])
            .Add("skipped", counts[CaseStatus.Skipped])
            .AddSeconds(suites.Sum(suite => suite.Results.Sum(result => result.Seconds)))
            .AddList("tests", suites.SelectMany(suite => suite.Results, (suite, result) => (suite, result)), Write)
            .Print(output);
    }

    private static void Write(JsonReport report, (CaseSuite Suite, CaseResult Result) test)
    {
        report.Add("file", test.Suite.Name).Add("name", test.Result.Name).Add("status", Word(test.Result.Status))
            .Add("verdict", test.Result.Verdict)
            .Add("message", test.Result.Message.Length > 0 ? test.Result.Message : null)
            .AddSeconds(test.Result.Seconds);
        foreach ((string name, string value) in test.Result.Facts)
        {
            if (BigInteger.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger number))
                report.Add(name, number);
            else
                report.Add(name, value);
        }
    }

    private static string Word(CaseStatus status) => status switch
    {
        CaseStatus.Passed => "passed",
        CaseStatus.Failed => "failed",
        CaseStatus.NotFinished => "not-finished",
        CaseStatus.Skipped => "skipped",
        _ => "error",
    };
}
