using System.Globalization;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Case files of tests/data: <c>word | expected text</c>, # for comments.</summary>
internal static class CaseFiles
{
    private static readonly Lazy<string> Root = new(FindRoot);

    public static string Folder => Path.Combine(Root.Value, "tests", "data", "arm64");

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RcuEmu.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run outside the repository");
    }

    /// <summary>The case files of a name, in order.</summary>
    public static TheoryData<string> Named(string pattern) =>
        [.. Directory.GetFiles(Folder, pattern).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    /// <summary>All cases in a file, with the number of their line.</summary>
    public static IEnumerable<(uint Word, string Text, string Place)> Read(string file)
    {
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            if (text.Length == 0 || text[0] == '#')
                continue;
            string[] parts = text.Split('|', 2, StringSplitOptions.TrimEntries);
            uint word = uint.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            yield return (word, parts[1], $"{Path.GetFileName(file)}:{line}");
        }
    }
}
