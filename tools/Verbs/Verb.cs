using System.CommandLine;
using System.CommandLine.Parsing;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>One verb of the command: its arguments, its help with examples, and what it does.</summary>
internal abstract class Verb : Command
{
    /// <summary>Prints one JSON object instead of text.</summary>
    protected Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object instead of text" };

    /// <summary>Makes a verb. A constructor of a derived class adds its arguments and options.</summary>
    protected Verb(Terminal terminal, string name, string description, params string[] examples)
        : base(name, description)
    {
        Terminal = terminal;
        Examples = examples;
        SetAction(Run);
        Options.Add(Json);
    }

    /// <summary>Command lines that work, for the help and the manual page.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Where to print.</summary>
    protected Terminal Terminal { get; }

    /// <summary>Does it. Returns one of <see cref="ExitCode"/>.</summary>
    protected abstract int Run(ParseResult line);

    /// <summary>Adds an option with a value of its own name in the help.</summary>
    protected Option<T> AddOption<T>(string name, string valueName, string description, bool required = false)
    {
        var option = new Option<T>(name) { HelpName = valueName, Description = description, Required = required };
        Options.Add(option);
        return option;
    }

    /// <summary>Adds an option that is there or not.</summary>
    protected Option<bool> AddFlag(string name, string description)
    {
        var option = new Option<bool>(name) { Description = description };
        Options.Add(option);
        return option;
    }

    /// <summary>Adds a positional argument.</summary>
    protected Argument<T> AddArgument<T>(string name, string description)
    {
        var argument = new Argument<T>(name) { Description = description };
        // The library takes an option that it does not know for a value. A file of such a name can be written ./-name.
        argument.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(token => token.Value.Length > 1 && token.Value[0] == '-'))
                result.AddError($"unknown option '{token.Value}'");
        });
        Arguments.Add(argument);
        return argument;
    }
}
