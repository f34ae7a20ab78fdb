using System.CommandLine;
using System.CommandLine.Parsing;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Shell;

/// <summary>Says in one line what is wrong with a command line and where the right form stands.</summary>
internal static class UsageError
{
    /// <summary>The first error of a command line that does not parse.</summary>
    public static UserErrorException Of(ParseResult line)
    {
        Command command = line.CommandResult.Command;
        string name = NameOf(command);
        string what = (line.UnmatchedTokens is [var first, ..] ? first : null) switch
        {
            null => Sentence((line.Errors.FirstOrDefault(error => error.SymbolResult is not CommandResult) ?? line.Errors[0]).Message),
            { Length: > 1 } option when option[0] == '-' => $"unknown option '{option}'",
            { } word when command.Subcommands.Count > 0 => $"unknown command '{word}'",
            { } word => $"unexpected argument '{word}'",
        };
        return new UserErrorException($"{what}; see '{name} --help'");
    }

    /// <summary>The words that select a command: <c>rcuemu kernel run</c>.</summary>
    public static string NameOf(Symbol command) => command.Parents.FirstOrDefault() is { } parent
        ? $"{NameOf(parent)} {command.Name}"
        : "rcuemu";

    // The library's messages are sentences; ours are phrases.
    private static string Sentence(string message)
    {
        string[] words = message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string line = string.Join(' ', words).TrimEnd('.');
        return char.ToLowerInvariant(line[0]) + line[1..];
    }
}
