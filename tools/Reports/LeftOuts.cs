using System.Text.RegularExpressions;

namespace RcuEmu.Tools.Reports;

/// <summary>One simplification, as the code states it.</summary>
/// <param name="File">The source file, from the repository's root.</param>
/// <param name="Text">The sentence, from "Left out" to the end of its paragraph.</param>
internal sealed record LeftOut(string File, string Text);

/// <summary>Finds every comment that begins with <c>Left out:</c> in the product's sources.</summary>
internal static partial class LeftOuts
{
    private static readonly string[] Folders = ["isa", "emulator", "trampolines", "kernelmodel", "tools"];

    /// <summary>The repository that this build came from: the folder above it with the solution; null where there is none.</summary>
    public static string? Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RcuEmu.sln")))
                return folder.FullName;
        }

        return null;
    }

    /// <summary>All of them, by file.</summary>
    public static IEnumerable<LeftOut> Find(string root)
    {
        foreach (string folder in Folders)
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                string relative = Path.GetRelativePath(root, file).Replace('\\', '/');
                if (relative.Contains("/obj/", StringComparison.Ordinal) || relative.Contains("/bin/", StringComparison.Ordinal))
                    continue;

                foreach (string paragraph in Paragraphs(File.ReadLines(file)))
                {
                    int at = paragraph.IndexOf("Left out", StringComparison.Ordinal);
                    if (at >= 0 && paragraph.IndexOf(':', at) is var colon && colon >= 0 && colon - at < 30)
                        yield return new LeftOut(relative, paragraph[at..]);
                }
            }
        }
    }

    // Comment lines in a row, without their signs; an element of documentation is a paragraph of its own.
    private static IEnumerable<string> Paragraphs(IEnumerable<string> lines)
    {
        var words = new List<string>();
        foreach (string line in lines)
        {
            Match match = Comment().Match(line);
            string text = match.Success ? match.Groups["text"].Value : "";
            if (words.Count > 0 && (!match.Success || Element().IsMatch(text)))
            {
                yield return string.Join(' ', words);
                words.Clear();
            }

            text = Reference().Replace(text, "$1");
            text = Tag().Replace(text, "").Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Trim();
            if (text.Length > 0)
                words.Add(text);
        }

        if (words.Count > 0)
            yield return string.Join(' ', words);
    }

    [GeneratedRegex(@"^\s*///? ?(?<text>.*)$")]
    private static partial Regex Comment();

    [GeneratedRegex("^<(summary|remarks|param|returns|exception|para)")]
    private static partial Regex Element();

    [GeneratedRegex("<see cref=\"([^\"]*)\"/>")]
    private static partial Regex Reference();

    [GeneratedRegex("</?[a-zA-Z][^>]*>")]
    private static partial Regex Tag();
}
