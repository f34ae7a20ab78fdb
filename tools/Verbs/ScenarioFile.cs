using System.Text;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>Reads the scenario that a user names.</summary>
internal static class ScenarioFile
{
    /// <summary>For the help.</summary>
    public const string Help = "A scenario (YAML); - is standard input";

    private const long Largest = 1 << 20;

    /// <summary>The scenario of a file, or of standard input for <c>-</c>.</summary>
    public static Scenario Load(Terminal terminal, string path) => path == "-"
        ? Scenario.Parse(InputFile.StandardInput, Encoding.UTF8.GetString(InputFile.Read(terminal, path, Largest)))
        : Scenario.Load(path);

    /// <summary>The command line that runs a schedule of a scenario again.</summary>
    public static string ReplayCommand(string path, string schedule) => $"rcuemu run {Quoted(path)} --schedule {Quoted(schedule)}";

    // As a POSIX shell takes it: everything but a few letters in single quotes.
    private static string Quoted(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+')
        ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
