namespace RcuEmu.Tools.Debugging;

/// <summary>One command of the debugger: a row of a table, which carries its own help.</summary>
/// <param name="Name">Its name; sub-commands have two words.</param>
/// <param name="Aliases">Other names, which win over prefixes.</param>
/// <param name="Usage">How it is written.</param>
/// <param name="Help">What it does, in a sentence or two.</param>
/// <param name="Example">A line that works.</param>
/// <param name="Do">Does it, with what follows the name.</param>
internal sealed record DebugCommand(string Name, string[] Aliases, string Usage, string Help, string Example, Action<DebugShell, string> Do)
{
    /// <summary>True where an empty line does it again.</summary>
    public bool Repeats { get; init; }

    /// <summary>What can complete its argument.</summary>
    public Func<DebugShell, string, IEnumerable<string>>? Completes { get; init; }
}

/// <summary>A group of commands, for the help.</summary>
/// <param name="Title">What they are for.</param>
/// <param name="Commands">In the order of the help.</param>
internal sealed record CommandGroup(string Title, IReadOnlyList<DebugCommand> Commands);
