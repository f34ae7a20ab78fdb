using System.CommandLine;
using RcuEmu.Isa;
using RcuEmu.Tools.Shell;
using RcuEmu.Tools.Verbs;

namespace RcuEmu.Tools.Tests;

public class CommandLineTests
{
    [Theory]
    [InlineData("frobnicate", "unknown command 'frobnicate'; see 'rcuemu --help'")]
    [InlineData("--frobnicate", "unknown option '--frobnicate'; see 'rcuemu --help'")]
    [InlineData("run --frobnicate", "unknown option '--frobnicate'; see 'rcuemu run --help'")]
    [InlineData("run --blob", "required argument missing for option: '--blob'; see 'rcuemu run --help'")]
    [InlineData("--color blue", "argument 'blue' not recognized. Must be one of: 'auto' 'always' 'never'; see 'rcuemu --help'")]
    [InlineData("", "required command was not provided; see 'rcuemu --help'")]
    public void A_wrong_command_line_gets_one_line_and_exit_code_2(string line, string message) =>
        Assert.Equal(
            new Invocation(ExitCode.Usage, "", $"rcuemu: {message}\n"),
            Invocation.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void The_version_names_the_commit()
    {
        Invocation version = Invocation.Of("--version");
        Assert.Equal(ExitCode.Holds, version.Code);
        Assert.Matches(@"^rcuemu \d+\.\d+\.\d+( \(commit [0-9a-f]{12}\))?\n$", version.Out);
    }

    [Fact]
    public void The_help_lists_every_verb()
    {
        Invocation help = Invocation.Of("--help");
        Assert.Equal(ExitCode.Holds, help.Code);
        Assert.All(Commands().Where(command => command.Parents.Any()), command =>
            Assert.Contains($"\n  {command.Name} ", Invocation.Of([.. Words(command.Parents.First()), "--help"]).Out, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_verb_has_help_with_an_example_that_parses()
    {
        Assert.All(Commands().OfType<Verb>(), verb =>
        {
            Invocation help = Invocation.Of([.. Words(verb), "--help"]);
            Assert.Equal((ExitCode.Holds, ""), (help.Code, help.Error));
            Assert.NotEmpty(verb.Examples);
            Assert.Contains($"Examples:\n  {verb.Examples[0]}\n", help.Out, StringComparison.Ordinal);
            Assert.All(verb.Examples, example =>
            {
                string command = example[(example.LastIndexOf("| ", StringComparison.Ordinal) is >= 0 and int pipe ? pipe + 2 : 0)..];
                Assert.StartsWith($"{UsageError.NameOf(verb)} ", command, StringComparison.Ordinal);
                Assert.Empty(Parse(command).Errors);
            });
        });
    }

    [Fact]
    public void Every_verb_prints_json_and_describes_each_of_its_options() =>
        Assert.All(Commands().OfType<Verb>(), verb =>
        {
            Assert.Contains(verb.Options, option => option.Name == "--json");
            Assert.All(verb.Options, option => Assert.False(string.IsNullOrEmpty(option.Description), option.Name));
            Assert.All(verb.Arguments, argument => Assert.False(string.IsNullOrEmpty(argument.Description), argument.Name));
        });

    [Theory]
    [InlineData("always", false, false, true)]
    [InlineData("always", false, true, true)]
    [InlineData("never", true, false, false)]
    [InlineData("auto", true, false, true)]
    [InlineData("auto", false, false, false)]
    [InlineData("auto", true, true, false)] // NO_COLOR
    public void Colour_follows_the_option_then_NO_COLOR_then_the_terminal(string mode, bool isTerminal, bool noColor, bool colored)
    {
        using var terminal = new Terminal(TextWriter.Null, TextWriter.Null, Stream.Null, CancellationToken.None)
        {
            OutIsTerminal = isTerminal,
            NoColor = noColor,
        };
        terminal.ChooseColor(mode);
        Assert.Equal(colored ? "\u001b[32mholds\u001b[0m" : "holds", terminal.Good("holds"));
    }

    [Fact]
    public void Without_a_terminal_there_is_no_progress()
    {
        var error = new StringWriter();
        using var terminal = new Terminal(TextWriter.Null, error, Stream.Null, CancellationToken.None);
        terminal.Progress(() => "1 of 2");
        terminal.EndProgress();
        Assert.Equal("", error.ToString());
    }

    [Theory]
    [InlineData("0x10", 16UL)]
    [InlineData("10", 10UL)]
    [InlineData("-1", ulong.MaxValue)]
    [InlineData("0XffFF800008000000", 0xffff800008000000UL)]
    public void A_number_is_decimal_or_hexadecimal(string text, ulong value) => Assert.Equal(value, Numbers.Word("--base", text));

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("ff")]
    [InlineData("1 ")]
    [InlineData("+1")]
    [InlineData("0x10000000000000000")]
    [InlineData("-0xffffffffffffffff")]
    public void Anything_else_is_no_number(string text)
    {
        var error = Assert.Throws<UserErrorException>(() => Numbers.Word("--base", text));
        Assert.Equal($"--base: '{text}' is no 64-bit number; write 4096 or 0x1000", error.Message);
    }

    internal static IEnumerable<Command> Commands()
    {
        IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(Below).Prepend(command);

        return Below(Root.Build(Silent));
    }

    internal static ParseResult Parse(string line) =>
        Root.Build(Silent).Parse([.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line).Skip(1)]);

    private static Terminal Silent => new(TextWriter.Null, TextWriter.Null, Stream.Null, CancellationToken.None);

    private static string[] Words(Symbol command) => UsageError.NameOf(command).Split(' ')[1..];
}
