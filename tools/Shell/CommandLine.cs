using System.CommandLine;
using RcuEmu.Isa;
using RcuEmu.Tools.Verbs;

namespace RcuEmu.Tools.Shell;

/// <summary>The command's outermost layer: arguments in, exit code out. Every error of the user's is caught here, once.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    public static int Run(IReadOnlyList<string> args, Terminal terminal)
    {
        try
        {
            return Invoke(args, terminal);
        }
        catch (UserErrorException error)
        {
            return Say(terminal, error.Message, ExitCode.Usage);
        }
        catch (OperationCanceledException) when (terminal.Stopped.IsCancellationRequested)
        {
            return Say(terminal, "stopped", ExitCode.NotFinished);
        }
        catch (Exception defect)
        {
            int code = Say(terminal, DefectLine(defect), ExitCode.Defect);
            if (args.Contains(Root.Debug.Name))
                terminal.Error.WriteLine(defect);

            return code;
        }
    }

    private static int Invoke(IReadOnlyList<string> args, Terminal terminal)
    {
        RootCommand root = Root.Build(terminal);
        ParseResult line = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool asksForHelp = line.Action is HelpWithExamples or VersionAction;
        if (line.Errors.Count > 0 && !asksForHelp)
            throw UsageError.Of(line);

        terminal.ChooseColor(line.GetValue(Root.Color)!);
        return line.Invoke(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static int Say(Terminal terminal, string message, int code)
    {
        terminal.EndProgress();
        terminal.Out.Flush();
        terminal.Error.WriteLine($"rcuemu: {message.ReplaceLineEndings(" ")}");
        return code;
    }

    private static string DefectLine(Exception defect)
    {
        Exception inner = defect is System.Reflection.TargetInvocationException { InnerException: { } cause } ? cause : defect;
        string? place = inner.TargetSite is { } method ? $" in {method.DeclaringType?.Name}.{method.Name}" : null;
        return $"a defect of RcuEmu: {inner.GetType().Name}{place}: {inner.Message} "
            + "(please report it with the command line, the input and 'rcuemu --version'; --debug prints the stack)";
    }
}
