namespace RcuEmu.Tools.Reports;

/// <summary>How one test of a suite came out.</summary>
internal enum CaseStatus
{
    /// <summary>The verdict is the expected one.</summary>
    Passed,

    /// <summary>There is a verdict, and it is another one.</summary>
    Failed,

    /// <summary>A bound was hit before a verdict.</summary>
    NotFinished,

    /// <summary>Something that the test needs is not there; <see cref="CaseResult.Message"/> says what would make it run.</summary>
    Skipped,

    /// <summary>The scenario cannot be read or set up.</summary>
    Error,
}

/// <summary>One scenario, or one variant of it, held against what it expects.</summary>
/// <param name="Name">The variant's name, or the scenario's where it has none.</param>
/// <param name="Status">How it came out.</param>
/// <param name="Message">Why, in one line; empty where it passed.</param>
internal sealed record CaseResult(string Name, CaseStatus Status, string Message)
{
    /// <summary>The verdict in words: <c>holds</c>, <c>violated</c>, <c>not-finished</c>; null where there was none.</summary>
    public string? Verdict { get; init; }

    /// <summary>Numbers and the violated property, in the order in which they are reported.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>The witness as printed, the line that replays it last.</summary>
    public IReadOnlyList<string> Witness { get; init; } = [];

    /// <summary>Time taken.</summary>
    public double Seconds { get; init; }
}

/// <summary>A scenario file and the tests that it makes: one, or one for each variant of its matrix.</summary>
/// <param name="Name">The file, as given.</param>
/// <param name="Results">At least one.</param>
internal sealed record CaseSuite(string Name, IReadOnlyList<CaseResult> Results)
{
    /// <summary>The verdicts of a matrix as a table; empty where there is none.</summary>
    public IReadOnlyList<string> Table { get; init; } = [];
}

/// <summary>How many tests came out how.</summary>
internal sealed class CaseCounts
{
    private readonly int[] _counts = new int[Enum.GetValues<CaseStatus>().Length];

    /// <summary>How many came out so.</summary>
    public int this[CaseStatus status] => _counts[(int)status];

    /// <summary>All of them.</summary>
    public int Total => _counts.Sum();

    /// <summary>Counts a suite's tests.</summary>
    public void Add(CaseSuite suite)
    {
        foreach (CaseResult result in suite.Results)
            _counts[(int)result.Status]++;
    }

    /// <summary>The closing line: <c>12 passed, 0 failed, 1 not finished</c>. What did not happen is left out, but for failures.</summary>
    public override string ToString()
    {
        string line = $"{this[CaseStatus.Passed]} passed, {this[CaseStatus.Failed] + this[CaseStatus.Error]} failed";
        if (this[CaseStatus.NotFinished] > 0)
            line += $", {this[CaseStatus.NotFinished]} not finished";
        if (this[CaseStatus.Skipped] > 0)
            line += $", {this[CaseStatus.Skipped]} skipped";

        return line;
    }
}
