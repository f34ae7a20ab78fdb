using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace RcuEmu.Tools.Shell;

/// <summary>Prints the version and the commit that the command was built from.</summary>
internal sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
{
    /// <summary>For instance <c>rcuemu 0.1.0 (commit 1a2b3c4d5e6f)</c>.</summary>
    public static string Line
    {
        get
        {
            string full = typeof(VersionAction).Assembly
                .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
            string[] parts = full.Split('+');
            return parts.Length == 2 ? $"rcuemu {parts[0]} (commit {parts[1][..Math.Min(12, parts[1].Length)]})" : $"rcuemu {full}";
        }
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        terminal.Out.WriteLine(Line);
        return ExitCode.Holds;
    }
}
