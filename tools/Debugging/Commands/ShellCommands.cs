using System.Globalization;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>The debugger's own: help, scripts, definitions.</summary>
internal static class ShellCommands
{
    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("help", ["h"], "help [COMMAND]",
            "Explains a command with an example, or lists all.",
            "help watch", Help)
        { Completes = (shell, text) => CommandTable.All.Select(command => command.Name).Where(name => name.StartsWith(text, StringComparison.Ordinal)) },
        new("apropos", [], "apropos WORD",
            "Lists the commands whose help has a word.",
            "apropos backwards", Apropos),
        new("source", ["so"], "source FILE",
            "Does the commands of a file, up to the first that fails.",
            "source script.gdb", (shell, args) => shell.RunScript(args.Length > 0 ? args : throw new UserErrorException("source takes the name of a file"))),
        new("define", [], "define NAME",
            "Makes a command of the lines that follow, up to 'end'; $arg0, $arg1 stand for what is given to it.",
            "define both", Define),
        new("echo", [], "echo TEXT",
            "Prints a text.",
            "echo here", (shell, args) => shell.Say(args.Replace("\\n", "", StringComparison.Ordinal))),
        new("undisplay", [], "undisplay [N...]",
            "Shows expressions no longer: those of these numbers, or all.",
            "undisplay 1", Undisplay),
        new("monitor", ["mon"], "monitor COMMAND",
            "Does the command: habit from gdb, where everything of RcuEmu's own needs this word.",
            "monitor info cores", (shell, args) => shell.Do(args)),
        new("set pagination", [], "set pagination on|off",
            "Accepted for gdb's scripts: there is no pager.",
            "set pagination off", Nothing),
        new("set confirm", [], "set confirm on|off",
            "Accepted for gdb's scripts: nothing is asked back.",
            "set confirm off", Nothing),
        new("set disassembly-flavor", [], "set disassembly-flavor intel",
            "Accepted for gdb's scripts: instructions are spelled as Intel does.",
            "set disassembly-flavor intel", Nothing),
        new("quit", ["q", "exit"], "quit",
            "Ends the debugger.",
            "quit", (shell, args) => shell.IsOver = true),
    ];

    /// <summary>Shows expressions no longer.</summary>
    public static void Undisplay(DebugShell shell, string args)
    {
        string[] numbers = args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int removed = shell.Displays.RemoveAll(display =>
            numbers.Length == 0 || numbers.Contains(display.Number.ToString(CultureInfo.InvariantCulture)));
        if (removed < numbers.Length)
            throw new UserErrorException($"there is no display {args}; see 'info display'");
    }

    private static void Nothing(DebugShell shell, string args)
    {
    }

    private static void Help(DebugShell shell, string args)
    {
        if (args.Length > 0)
        {
            DebugCommand command = CommandTable.Find(args, out string _);
            shell.Say(shell.Paint.Strong(command.Usage) + (command.Aliases.Length > 0 ? $"   (also: {string.Join(", ", command.Aliases)})" : ""));
            shell.Say(command.Help);
            shell.Say($"Example: {command.Example}");
            return;
        }

        foreach (CommandGroup group in CommandTable.Groups)
        {
            shell.Say(shell.Paint.Strong(group.Title));
            foreach (DebugCommand command in group.Commands)
                shell.Say($"  {command.Usage,-40} {FirstSentence(command.Help)}");
        }

        shell.Say("A number alone takes a step that schedule lists. An empty line repeats steps and x. Beginnings of names do where they are clear.");
    }

    private static string FirstSentence(string help)
    {
        int end = help.IndexOfAny(['.', ';', ':']);
        string first = end < 0 ? help : help[..end];
        return first.Length <= 78 ? first : first[..first.LastIndexOf(' ', 75)] + " ...";
    }

    private static void Apropos(DebugShell shell, string args)
    {
        bool found = false;
        foreach (DebugCommand command in CommandTable.All)
        {
            if (!$"{command.Usage} {command.Help}".Contains(args, StringComparison.OrdinalIgnoreCase))
                continue;

            shell.Say($"{command.Name} -- {FirstSentence(command.Help)}");
            found = true;
        }

        if (!found)
            throw new UserErrorException($"no command's help has '{args}'");
    }

    private static void Define(DebugShell shell, string args)
    {
        if (args.Length == 0 || !args.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || args.All(char.IsAsciiDigit))
            throw new UserErrorException("define takes a name of letters and digits");

        if (CommandTable.All.Any(command => command.Name == args || command.Aliases.Contains(args)))
            throw new UserErrorException($"'{args}' is a command already");

        shell.Define(args, shell.Body());
    }
}
