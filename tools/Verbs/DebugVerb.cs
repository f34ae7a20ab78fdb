using System.CommandLine;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;
using RcuEmu.Tools.Debugging;
using RcuEmu.Tools.Debugging.Screen;
using RcuEmu.Tools.Shell;
using Spectre.Console;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu debug</c>: steps through a scenario, a blob or a kernel function, forwards and backwards.</summary>
internal sealed class DebugVerb : Verb
{
    private readonly Argument<string?> _file;
    private readonly DebugTarget _target = new();
    private readonly Option<bool> _screen;
    private readonly Option<string[]> _scripts = new("-x", "--command") { HelpName = "SCRIPT", Description = "Do the commands of a file and end; repeatable" };
    private readonly Option<string[]> _commands = new("--ex") { HelpName = "COMMAND", Description = "Do one command, before -x; repeatable" };

    public DebugVerb(Terminal terminal)
        : base(
            terminal,
            "debug",
            "Steps through a scenario, a blob or a kernel function, forwards and backwards, with gdb's commands",
            "rcuemu debug tests/scenarios/x86-64/free-without-tasks-rcu.yaml",
            "rcuemu debug --image amd64/6.12 memcpy --reg rdx=16 -x script.gdb",
            "rcuemu debug --blob alu.bin --arch arm64 --base 0x100000 --reg x0=1000")
    {
        _file = AddArgument<string?>("FILE", DebugTarget.FileHelp);
        _file.Arity = ArgumentArity.ZeroOrOne;
        _screen = AddFlag("--tui", "Show cores, tasks and what can happen next on the whole terminal");
        Options.Add(_scripts);
        Options.Add(_commands);
        foreach (Option option in _target.All)
            Options.Add(option);
    }

    protected override int Run(ParseResult line)
    {
        DebugSession session = _target.Open(line, line.GetValue(_file), Terminal);
        using var shell = new DebugShell(session, new Paint(Terminal.UsesColor), Terminal.Out) { Cancel = Terminal.Stopped, File = _target.File };
        string[] scripts = line.GetValue(_scripts) ?? [], commands = line.GetValue(_commands) ?? [];
        if (line.GetValue(Json))
            return PrintJson(shell, scripts, commands);

        if (line.GetValue(_screen))
            return Screen(shell);
        if (scripts.Length + commands.Length == 0)
            return Terminal.InIsTerminal && Terminal.OutIsTerminal ? Prompt(shell) : Plain(shell);

        RunScripts(shell, scripts, commands);
        return ExitCode.Holds;
    }

    private static int Prompt(DebugShell shell)
    {
        using var prompt = new DebugPrompt(shell);
        return prompt.Run();
    }

    private int Screen(DebugShell shell)
    {
        if (!Terminal.InIsTerminal || !Terminal.OutIsTerminal)
            throw new UserErrorException("--tui needs a terminal; without one, 'debug' reads commands");

        using var screen = new DebugScreen(shell, AnsiConsole.Console);
        return screen.Run();
    }

    private static void RunScripts(DebugShell shell, string[] scripts, string[] commands)
    {
        shell.RunLines(commands, "--ex");
        foreach (string script in scripts)
            shell.RunScript(script);
    }

    // Commands from a pipe: an error is told and the next one is done, as gdb does; the exit code says that there was one.
    private int Plain(DebugShell shell)
    {
        using var input = new StreamReader(Terminal.In);
        shell.NextLine = input.ReadLine;
        bool good = true;
        while (!shell.IsOver && input.ReadLine() is { } text)
            good &= shell.Execute(text);

        return good ? ExitCode.Holds : ExitCode.Usage;
    }

    private int PrintJson(DebugShell shell, string[] scripts, string[] commands)
    {
        var output = new StringWriter { NewLine = "\n" };
        (shell.Out, shell.Paint) = (output, new Paint(false));
        string? error = null;
        try
        {
            if (scripts.Length + commands.Length == 0)
                Plain(shell);
            else
                RunScripts(shell, scripts, commands);
        }
        catch (UserErrorException failed)
        {
            error = failed.Message;
        }

        using var report = new JsonReport("debug");
        report.Add("scenario", shell.Session.Model.Name)
            .Add("step", shell.Session.Timeline.Position).Add("steps", shell.Session.Timeline.Length).Add("timeline", shell.Session.Timeline.Number)
            .Add("error", error)
            .AddTexts("output", output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Print(Terminal.Out);
        return error is null ? ExitCode.Holds : ExitCode.Usage;
    }
}
