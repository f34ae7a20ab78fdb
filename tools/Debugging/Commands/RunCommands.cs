using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>Going forwards.</summary>
internal static class RunCommands
{
    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("stepi", ["si"], "stepi [N]",
            "Takes N steps of the selected core only (1 where no N is given): its next instruction, or the next step of the kernel procedure "
            + "that it executes; where it has none, what it offers first. Other cores do not move.",
            "stepi 3", (shell, args) => shell.Printer.Print(shell.Session.Moves.StepCore(shell.Session.SelectedCore, shell.Count(args), shell.Cancel)))
        { Repeats = true },
        new("nexti", ["ni", "next", "n"], "nexti [N]",
            "Like stepi, but goes through a call up to its return. Only the selected core moves.",
            "nexti", (shell, args) => Many(shell, args, () => shell.Session.Moves.NextInstruction(shell.Session.SelectedCore, shell.Cancel)))
        { Repeats = true },
        new("continue", ["c", "fg"], "continue [N]",
            "Lets all cores run by the schedule: what is recorded first, then as 'set order' says; up to a stop point, a violation or the end. "
            + "N: lets the stop point that was met pass N-1 times.",
            "continue", Continue)
        { Repeats = true },
        new("forward", ["fw"], "forward [N]",
            "Takes the next N steps of the schedule, whichever core makes them: the opposite of back.",
            "forward 5", (shell, args) => Many(shell, args, shell.Session.Moves.Forward))
        { Repeats = true },
        new("until", ["u", "advance"], "until PLACE",
            "Lets all cores run until the selected core is at a place.",
            "until *traced+5",
            (shell, args) => shell.Printer.Print(shell.Session.Moves.Until(shell.Session.SelectedCore, shell.Place(args), shell.Cancel)))
        { Repeats = true },
        new("finish", ["fin"], "finish",
            "Lets all cores run until the innermost call of the selected core's task has returned.",
            "finish", (shell, args) => Finish(shell)),
        new("run", ["r", "start"], "run",
            "Goes to the beginning of the run. What is recorded stays.",
            "run", (shell, args) => shell.Printer.Print(shell.Session.Moves.GoTo(0), follows: false)),
    ];

    private static void Many(DebugShell shell, string args, Func<DebugStop> step)
    {
        DebugStop stop = step();
        for (long i = shell.Count(args); i > 1 && stop.Reason == StopReason.Done; i--)
            stop = step();

        shell.Printer.Print(stop);
    }

    private static void Continue(DebugShell shell, string args)
    {
        long times = shell.Count(args);
        DebugStop stop = shell.Session.Moves.Continue(shell.Cancel);
        if (times > 1 && stop.Hit is { } hit)
        {
            hit.Point.Ignored = times - 1;
            stop = shell.Session.Moves.Continue(shell.Cancel);
        }

        shell.Printer.Print(stop);
    }

    private static void Finish(DebugShell shell)
    {
        Context context = shell.Session.SelectedContext
            ?? throw new UserErrorException($"core {shell.Session.SelectedCore} executes no instructions now: there is no call to finish");
        DebugStop stop = shell.Session.Moves.Finish(context, shell.Cancel);
        shell.Printer.Print(stop);
        if (stop.Reason != StopReason.Done)
            return;

        string register = shell.Session.Machine.Architecture == Architecture.X64 ? "rax" : "x0";
        var value = Emulator.Debugging.Expressions.DebugValue.Of((long)shell.Session.Machine.Engine.ReadRegister(context, register));
        shell.Say($"Value returned is ${shell.Session.Scope.Remember(value)} = {ValueText.Of(shell.Session.Model, value, "")}");
    }
}
