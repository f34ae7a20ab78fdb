using System.CommandLine;
using System.Text;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>Reads the scenario that a user names.</summary>
internal static class ScenarioFile
{
    /// <summary>For the help.</summary>
    public const string Help = "A scenario (YAML); - is standard input";

    private const long Largest = 1 << 20;

    /// <summary>Which variant of a matrix.</summary>
    public static Option<string?> Variant() => new("--variant")
    {
        HelpName = "AXIS=VALUE,...",
        Description = "One variant of a scenario with a matrix",
    };

    /// <summary>The scenario of a file, or of standard input for <c>-</c>; of a matrix the named variant.</summary>
    public static Scenario Load(Terminal terminal, string path, string? variant = null) => LoadMatrix(terminal, path).Select(variant);

    /// <summary>The scenario or the matrix of a file, or of standard input for <c>-</c>.</summary>
    public static ScenarioMatrix LoadMatrix(Terminal terminal, string path) => path == "-"
        ? ScenarioMatrix.Parse(InputFile.StandardInput, Encoding.UTF8.GetString(InputFile.Read(terminal, path, Largest)))
        : ScenarioMatrix.Load(path);

    /// <summary>The scenario that a schedule was made on: its name says which variant of a matrix.</summary>
    public static Scenario LoadFor(Terminal terminal, string path, Schedule? schedule, string? variant)
    {
        ScenarioMatrix matrix = LoadMatrix(terminal, path);
        return variant is null && schedule is not null && matrix.Variants.FirstOrDefault(one => one.Scenario?.Name == schedule.Origin.Name) is { Scenario: { } made }
            ? made
            : matrix.Select(variant);
    }

    /// <summary>The command line that explores one variant.</summary>
    public static string ExploreCommand(string path, string variant) => $"rcuemu explore {Quoted(path)} --variant {Quoted(variant)}";

    /// <summary>The command line that runs a schedule of a scenario again.</summary>
    public static string ReplayCommand(string path, string schedule) => $"rcuemu run {Quoted(path)} --schedule {Quoted(schedule)}";

    // As a POSIX shell takes it: everything but a few letters in single quotes.
    private static string Quoted(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+' or '=' or ',')
        ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
