using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools;

internal static class Program
{
    private static int Main(string[] args)
    {
        using var stopped = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            // The first Ctrl-C asks the verb to stop and to print what it has; the second ends the process.
            key.Cancel = !stopped.IsCancellationRequested;
            stopped.Cancel();
        };
        using var terminal = Terminal.OfProcess(stopped.Token);
        return CommandLine.Run(args, terminal);
    }
}
