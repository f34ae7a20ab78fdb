using System.Text;

namespace RcuEmu.Tools.Tests;

public class RepositoryTests
{
    // Folders of one machine and the addresses of package registries; in pieces, so that this file does not hold them.
    private static readonly string[] Forbidden =
        ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "nuget" + ".org", "pypi" + ".org", "deb.debian" + ".org", "/tmp/" + "wt"];

    [Fact]
    public void No_file_names_a_machine_or_a_registry()
    {
        var found = new List<string>();
        foreach (string file in Repository.Files())
        {
            string text = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(Repository.Root, file)));
            found.AddRange(from word in Forbidden where text.Contains(word, StringComparison.Ordinal) select $"{file}: {word}");
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Text_ends_with_one_newline_and_has_no_carriage_return()
    {
        string[] kinds = [".cs", ".csproj", ".props", ".md", ".yaml", ".yml"];
        var found = new List<string>();
        foreach (string file in Repository.Files().Where(file => kinds.Contains(Path.GetExtension(file))))
        {
            string text = File.ReadAllText(Path.Combine(Repository.Root, file));
            if (text.Contains('\r') || !text.EndsWith('\n') || text.EndsWith("\n\n", StringComparison.Ordinal))
                found.Add(file);
        }

        Assert.Empty(found);
    }

    // Decode tables are lists, one row a line; everything else has one subject.
    [Fact]
    public void A_source_file_has_one_subject()
    {
        IEnumerable<string> tooLong = Repository.Files()
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && !file.Contains("Table", StringComparison.Ordinal))
            .Where(file => File.ReadLines(Path.Combine(Repository.Root, file)).Count() > 650);

        Assert.Empty(tooLong);
    }
}
