using System.CommandLine.Parsing;
using System.Text;
using System.Text.RegularExpressions;
using RcuEmu.Tools.Shell;
using RcuEmu.Tools.Verbs;

namespace RcuEmu.Tools.Tests;

/// <summary>The manual pages: complete, and what they show is what the command prints.</summary>
public partial class DocsTests
{
    [Fact]
    public void Every_verb_is_explained_on_its_page() =>
        Assert.All(CommandLineTests.Commands().OfType<Verb>(), verb =>
        {
            string name = UsageError.NameOf(verb);
            string page = File.ReadAllText(Path.Combine(Docs, $"{name.Split(' ')[1]}.md"));
            Assert.Contains(name, page, StringComparison.Ordinal);
            Assert.All(verb.Options.Where(option => option.Name is not "--help"), option => Assert.Contains($"`{option.Name}", page, StringComparison.Ordinal));
        });

    [Fact]
    public void Every_command_line_in_the_manual_parses() =>
        Assert.All(Examples(), example => Assert.Empty(CommandLineTests.Parse(example.Command.Replace('\'', '"')).Errors));

    // The page is printed by the command: whoever changes the model writes it again.
    [Fact]
    public void The_page_of_the_model_is_what_the_command_prints()
    {
        string printed = Invocation.Of("model").Out;
        Assert.True(printed == File.ReadAllText(Path.Combine(Docs, "model.md")), "docs/model.md is stale: ./rcuemu model > docs/model.md");
    }

    public static TheoryData<string, string, string> Printed()
    {
        var data = new TheoryData<string, string, string>();
        foreach (Example example in Examples().Where(example => example.Output.Length > 0))
            data.Add(example.Command, example.Input, example.Output);

        return data;
    }

    // A line "..." stands for any lines, and "..." in a line for the rest of it; times are not compared.
    [Theory]
    [MemberData(nameof(Printed))]
    public void The_manual_shows_what_the_command_prints(string command, string input, string output)
    {
        string[] args = [.. CommandLineParser.SplitCommandLine(command.Replace('\'', '"')).Skip(1).Select(Absolute)];
        Invocation run = Invocation.Of(Encoding.UTF8.GetBytes(input + "\n"), args);
        string printed = (run.Out + run.Error).Replace(Repository.Root + "/", "", StringComparison.Ordinal);
        string pattern = string.Join('\n', output.Split('\n').Select(line => line == "..."
            ? "(?s:.*)"
            : Regex.Escape(WithoutTimes(line)).Replace(@"\.\.\.", ".*", StringComparison.Ordinal)));
        Assert.Matches($"^{pattern}$", WithoutTimes(printed.TrimEnd('\n')));
    }

    private static string Docs => Path.Combine(Repository.Root, "docs");

    // Paths in the manual count from the repository's root; images from wherever they were fetched to.
    private static string Absolute(string arg)
    {
        if (arg.StartsWith("tests/", StringComparison.Ordinal))
            return Path.Combine(Repository.Root, arg);

        return arg.Split('/') is ["amd64" or "arm64", _] ? KernelVerbTests.Image(arg) : arg;
    }

    private static string WithoutTimes(string text) => Times().Replace(text, "0.00 s");

    [GeneratedRegex(@"\b\d+\.\d+ s\b")]
    private static partial Regex Times();

    // In a console block: "$ rcuemu ..." or "$ echo 'text' | rcuemu ...", then what it prints up to the next command or the end.
    private static IEnumerable<Example> Examples()
    {
        IEnumerable<string> pages = Directory.EnumerateFiles(Docs, "*.md").Append(Path.Combine(Repository.Root, "README.md"));
        foreach (string page in pages.Where(File.Exists))
        {
            foreach (string block in File.ReadAllText(page).Split("```console\n").Skip(1).Select(rest => rest.Split("\n```")[0]))
            {
                foreach (string part in ("\n" + block).Split("\n$ ").Skip(1))
                {
                    string[] lines = part.Split('\n', 2);
                    Match line = Line().Match(lines[0]);
                    if (line.Success)
                        yield return new Example(line.Groups["command"].Value, line.Groups["input"].Value, lines.Length > 1 ? lines[1] : "");
                }
            }
        }
    }

    [GeneratedRegex(@"^(echo '(?<input>[^']*)' \| )?(\./)?(?<command>rcuemu\b.*)$")]
    private static partial Regex Line();

    private sealed record Example(string Command, string Input, string Output);
}
