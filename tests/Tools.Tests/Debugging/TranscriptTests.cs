using System.Text.RegularExpressions;
using RcuEmu.Tools.Debugging;

namespace RcuEmu.Tools.Tests.Debugging;

/// <summary>
/// Sessions compared whole, with colour and without. Where a change of output is wanted: run these tests with RCUEMU_RECORD=1, and read the
/// difference before you commit it.
/// </summary>
public partial class TranscriptTests
{
    public static TheoryData<string> Names() =>
        new(Directory.EnumerateFiles(Transcript.Folder, "*.txt").Select(Path.GetFileNameWithoutExtension).Where(name => !name!.EndsWith(".color", StringComparison.Ordinal)).Order(StringComparer.Ordinal)!);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_session_prints_what_its_transcript_shows(string name)
    {
        string path = Path.Combine(Transcript.Folder, $"{name}.txt"), colored = Path.Combine(Transcript.Folder, $"{name}.color.txt");
        Transcript transcript = Transcript.Read(path);
        string plain = transcript.Play(color: false), color = transcript.Play(color: true);
        if (Environment.GetEnvironmentVariable("RCUEMU_RECORD") is "1")
        {
            File.WriteAllText(path, plain);
            File.WriteAllText(colored, color);
        }

        Assert.Equal(File.ReadAllText(path), plain);
        Assert.Equal(File.ReadAllText(colored), color);
        // Nothing is told by colour alone.
        Assert.Equal(plain, Escapes().Replace(color, ""));
    }

    [Fact]
    public void There_are_thirty_sessions_and_every_command_is_in_one()
    {
        List<string> commands = [.. Names().Select(row => row.Data).SelectMany(name => Transcript.Read(Path.Combine(Transcript.Folder, $"{name}.txt")).Commands)];
        var used = new HashSet<string>();
        foreach (string line in commands.Where(line => line.Length > 0 && !line.All(char.IsAsciiDigit)))
        {
            try
            {
                used.Add(CommandTable.Find(line, out string _).Name);
            }
            catch (RcuEmu.Isa.UserErrorException)
            {
                // A definition of the session's own, or an error that it shows.
            }
        }

        Assert.InRange(Names().Count, 30, int.MaxValue);
        Assert.Empty(CommandTable.All.Select(command => command.Name).Except(used));
    }

    [Fact]
    public void Every_command_has_help_and_an_example_that_is_one_of_its_own() =>
        Assert.All(CommandTable.All, command =>
        {
            Assert.NotEmpty(command.Help);
            Assert.StartsWith(command.Name.Split(' ')[0], command.Usage, StringComparison.Ordinal);
            Assert.Equal(command.Name, CommandTable.Find(command.Example, out string _).Name);
        });

    [Fact]
    public void No_two_commands_share_a_name_or_an_alias() =>
        Assert.Empty(CommandTable.All.SelectMany(command => command.Aliases.Append(command.Name)).GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key));

    // What gdb's users type from habit, and what each means in gdb.
    [Theory]
    [InlineData("si", "stepi")]
    [InlineData("ni 2", "nexti")]
    [InlineData("c", "continue")]
    [InlineData("b traced", "break")]
    [InlineData("tb traced", "tbreak")]
    [InlineData("i r", "info registers")]
    [InlineData("info reg rip", "info registers")]
    [InlineData("i b", "info breakpoints")]
    [InlineData("info br", "info breakpoints")]
    [InlineData("i th", "info threads")]
    [InlineData("p $pc", "print")]
    [InlineData("p/x 3", "print")]
    [InlineData("x/4i $pc", "x")]
    [InlineData("d 1", "delete")]
    [InlineData("rsi", "reverse-stepi")]
    [InlineData("rc", "reverse-continue")]
    [InlineData("rni", "reverse-nexti")]
    [InlineData("bt", "backtrace")]
    [InlineData("where", "backtrace")]
    [InlineData("t 2", "thread")]
    [InlineData("fin", "finish")]
    [InlineData("u *0x10", "until")]
    [InlineData("disas traced", "disassemble")]
    [InlineData("wat $pc", "watch")]
    [InlineData("h", "help")]
    [InlineData("q", "quit")]
    [InlineData("mon info cores", "monitor")]
    [InlineData("set $x0 = 4", "set")]
    [InlineData("set var $x0 = 4", "set variable")]
    [InlineData("set pag off", "set pagination")]
    [InlineData("cond 1 $x0", "condition")]
    [InlineData("disp $pc", "display")]
    public void Habits_from_gdb_work(string line, string command) =>
        Assert.Equal(command, CommandTable.Find(line, out string _).Name);

    [GeneratedRegex(@"\\e\[[0-9;]*m")]
    private static partial Regex Escapes();
}
