using RcuEmu.Isa;
using RcuEmu.Tools.Debugging.Commands;

namespace RcuEmu.Tools.Debugging;

/// <summary>All commands, found by name, alias or unambiguous beginning.</summary>
internal static class CommandTable
{
    /// <summary>In the order of the help.</summary>
    public static IReadOnlyList<CommandGroup> Groups { get; } =
    [
        new("Running", RunCommands.All),
        new("Time", TimeCommands.All),
        new("Stop points", PointCommands.All),
        new("Data", DataCommands.All),
        new("Cores and tasks", CoreCommands.All),
        new("Schedules", ScheduleCommands.All),
        new("Status", InfoCommands.All),
        new("Why", ExplainCommands.All),
        new("The debugger", ShellCommands.All),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DebugCommand> All { get; } = [.. Groups.SelectMany(group => group.Commands)];

    /// <summary>The command that a line begins with, and what follows it.</summary>
    /// <exception cref="UserErrorException">There is none, or more than one that begins so.</exception>
    public static DebugCommand Find(string line, out string rest)
    {
        string word = Word(line, out rest);
        if (All.FirstOrDefault(command => command.Name.Contains(' ') && command.Aliases.Contains(word)) is { } named)
            return named;

        DebugCommand first = Find(word, "", All.Where(command => !command.Name.Contains(' ')));
        if (!All.Any(command => command.Name.StartsWith($"{first.Name} ", StringComparison.Ordinal)))
            return first;

        string second = Word(rest, out string behind);
        IEnumerable<DebugCommand> inner = All.Where(command => command.Name.StartsWith($"{first.Name} ", StringComparison.Ordinal));
        if (second.Length == 0 || (first.Usage.Contains('=') && Matching(second, $"{first.Name} ", inner).Count == 0))
            return first;

        DebugCommand found = Find(second, $"{first.Name} ", inner);
        rest = behind;
        return found;
    }

    private static DebugCommand Find(string word, string before, IEnumerable<DebugCommand> among)
    {
        List<DebugCommand> found = Matching(word, before, among);
        return found switch
        {
            [var one] => one,
            [] => throw new UserErrorException($"Undefined command: \"{before}{word}\". Try \"help\"."),
            _ => throw new UserErrorException($"Ambiguous command \"{before}{word}\": {string.Join(", ", found.Select(command => command.Name[before.Length..]))}."),
        };
    }

    private static List<DebugCommand> Matching(string word, string before, IEnumerable<DebugCommand> among)
    {
        List<DebugCommand> all = [.. among];
        if (all.Find(command => command.Name == before + word || command.Aliases.Contains(before + word)) is { } exact)
            return [exact];

        return all.FindAll(command => command.Name.StartsWith(before + word, StringComparison.Ordinal));
    }

    // A name ends at a blank, or where a format or an address follows at once: x/4i, b*0x1000.
    private static string Word(string line, out string rest)
    {
        string text = line.TrimStart();
        int end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_'))
            end++;

        // A line that begins with no letter is a word up to the blank, so that the message shows it.
        if (end == 0 && text.Length > 0)
            end = text.IndexOf(' ') is var blank and >= 0 ? blank : text.Length;

        rest = text[end..].Trim();
        return text[..end];
    }
}
