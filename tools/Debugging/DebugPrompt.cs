using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Debugging;

/// <summary>The prompt.</summary>
internal sealed class DebugPrompt(DebugShell shell)
{
    public int Run()
    {
        shell.NextLine = Console.ReadLine;
        while (!shell.IsOver && Read() is { } line)
            shell.Execute(line);

        return ExitCode.Holds;
    }

    private string? Read()
    {
        shell.Out.Write("(rcuemu) ");
        return Console.ReadLine();
    }
}
