using System.Globalization;

namespace RcuEmu.Isa.Tests.Text;

/// <summary>Lines <c>text | bytes</c> of tests/data; # and // lines are comments.</summary>
internal static class AssemblerCases
{
    private static readonly Lazy<string> Root = new(() =>
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "RcuEmu.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no RcuEmu.sln above the tests");
        return folder;
    });

    /// <summary>The lines of a file, with their numbers.</summary>
    public static IEnumerable<TheoryDataRow<int, string, string>> Read(string file)
    {
        int number = 0;
        foreach (string line in File.ReadLines(Path.Combine(Root.Value, "tests", "data", file)))
        {
            number++;
            if (line.StartsWith("# ", StringComparison.Ordinal) || line.StartsWith("// ", StringComparison.Ordinal))
                continue;
            int bar = line.LastIndexOf('|');
            yield return new(number, line[..bar].TrimEnd(), line[(bar + 1)..].Trim());
        }
    }

    /// <summary>Bytes as the files write them.</summary>
    public static string Hex(byte[] bytes) =>
        string.Join(' ', bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
}
