using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using RcuEmu.Tools.Verbs;

namespace RcuEmu.Tools.Shell;

/// <summary>Prints the library's help, and behind it the verb's examples.</summary>
internal sealed class HelpWithExamples(HelpAction help, Terminal terminal) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        help.MaxWidth = terminal.Width;
        help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb verb)
        {
            terminal.Out.WriteLine("Examples:");
            foreach (string example in verb.Examples)
                terminal.Out.WriteLine($"  {example}");
        }

        return ExitCode.Holds;
    }
}
