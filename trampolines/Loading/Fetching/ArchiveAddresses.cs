namespace RcuEmu.Trampolines.Loading;

/// <summary>The archives that a machine's apt sources name, in the order in which to ask them.</summary>
/// <param name="Main">For ordinary suites.</param>
/// <param name="Security">For <c>-security</c> suites.</param>
internal sealed record ArchiveAddresses(IReadOnlyList<string> Main, IReadOnlyList<string> Security)
{
    public bool IsEmpty => Main.Count == 0;

    /// <summary>Reads what <c>apt-get --print-uris update</c> prints: <c>'ADDRESS/dists/SUITE/InRelease' …</c>.</summary>
    /// <remarks>
    /// Third parties use the distribution's suite names too, so addresses that end in its name come first. A wrong guess does no
    /// harm: its signature is not the distribution's.
    /// </remarks>
    public static ArchiveAddresses Parse(string printed)
    {
        var main = new List<string>();
        var security = new List<string>();
        foreach (string line in printed.Split('\n'))
        {
            const string Dists = "/dists/", Release = "/InRelease'";
            int dists = line.IndexOf(Dists, StringComparison.Ordinal), release = line.IndexOf(Release, StringComparison.Ordinal);
            if (!line.StartsWith('\'') || dists < 0 || release < dists + Dists.Length)
                continue;

            string address = line[1..dists], suite = line[(dists + Dists.Length)..release];
            if (suite.EndsWith("-security", StringComparison.Ordinal) || suite.EndsWith("/updates", StringComparison.Ordinal))
                security.Add(address);
            else if (!suite.Contains('/', StringComparison.Ordinal) && !IsAddOn(suite))
                main.Add(address);
        }

        return new ArchiveAddresses([.. main.Distinct().OrderBy(address => IsDistribution(address) ? 0 : 1)], [.. security.Distinct()]);
    }

    /// <summary>The archives that may carry a suite.</summary>
    public IReadOnlyList<string> For(string suite) => suite.EndsWith("-security", StringComparison.Ordinal) ? Security : Main;

    private static bool IsAddOn(string suite) =>
        suite.EndsWith("-updates", StringComparison.Ordinal) || suite.EndsWith("-proposed-updates", StringComparison.Ordinal) ||
        suite.Contains("-backports", StringComparison.Ordinal);

    private static bool IsDistribution(string address) => address.TrimEnd('/').EndsWith("/debian", StringComparison.Ordinal);
}
