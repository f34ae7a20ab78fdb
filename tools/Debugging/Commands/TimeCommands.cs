using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Debugging.Expressions;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>Going backwards, and to any moment.</summary>
internal static class TimeCommands
{
    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("reverse-stepi", ["rsi", "back", "reverse-step", "rs"], "reverse-stepi [N]",
            "Takes the machine's last N steps back, whichever core made them.",
            "reverse-stepi 2", (shell, args) => shell.Printer.Print(shell.Session.Moves.Back(shell.Count(args))))
        { Repeats = true },
        new("reverse-nexti", ["rni", "reverse-next", "rn"], "reverse-nexti [N]",
            "Takes the last step back; where that was a return, all steps back to its call.",
            "reverse-nexti", Many)
        { Repeats = true },
        new("reverse-continue", ["rc"], "reverse-continue",
            "Goes backwards to the last stop point: to before the step that changed what is watched, or before the instruction at a breakpoint. "
            + "Without one it goes to the beginning.",
            "reverse-continue", (shell, args) => shell.Printer.Print(shell.Session.Moves.ContinueBack(shell.Cancel)))
        { Repeats = true },
        new("reverse-finish", ["rfin"], "reverse-finish",
            "Goes back to where the innermost call of the selected core's task was made.",
            "reverse-finish", (shell, args) => shell.Printer.Print(shell.Session.Moves.FinishBack(Context(shell), shell.Cancel))),
        new("goto", [], "goto N|end",
            "Goes to the state behind step N of the recorded ones; 0 is the beginning.",
            "goto 14", GoTo),
        new("last-writer", ["lw"], "last-writer ADDRESS [BYTES]",
            "Says which step last wrote any of these bytes (8 where no number is given), without going there.",
            "last-writer traced 5", LastWriter),
        new("checkpoint", [], "checkpoint",
            "Remembers this moment, with its timeline, under a number.",
            "checkpoint", (shell, args) => shell.Say($"Checkpoint {shell.Session.Checkpoint()}: step {shell.Session.Timeline.Position} of timeline {shell.Session.Timeline.Number}.")),
        new("restart", [], "restart N",
            "Goes to checkpoint N.",
            "restart 1", (shell, args) =>
            {
                shell.Session.Restart((int)shell.Count(args, 0));
                Arrived(shell);
            }),
        new("timeline", [], "timeline [N]",
            "Lists the timelines, or goes to the end of timeline N. A step or a write in the past that differs from what is recorded begins another "
            + "timeline; the old one is kept.",
            "timeline", Timeline),
    ];

    private static void Many(DebugShell shell, string args)
    {
        DebugStop stop = shell.Session.Moves.NextBack(shell.Cancel);
        for (long i = shell.Count(args); i > 1 && stop.Reason == StopReason.Done; i--)
            stop = shell.Session.Moves.NextBack(shell.Cancel);

        shell.Printer.Print(stop);
    }

    private static Context Context(DebugShell shell) => shell.Session.SelectedContext
        ?? throw new UserErrorException($"core {shell.Session.SelectedCore} executes no instructions now: no call of it is open");

    private static void GoTo(DebugShell shell, string args)
    {
        long step = args == "end" ? shell.Session.Timeline.Length
            : args.Length == 0 ? throw new UserErrorException("goto takes the number of a step, or end") : (long)shell.Evaluate(args).Bits;
        shell.Printer.Print(shell.Session.Moves.GoTo(step), follows: false);
    }

    private static void Arrived(DebugShell shell)
    {
        shell.Session.Moves.GoTo(shell.Session.Timeline.Position);
        shell.Offered = null;
        shell.Printer.Here();
        shell.Printer.Displays();
    }

    private static void LastWriter(DebugShell shell, string args)
    {
        DebugExpression place = DebugExpression.ParseBeginning(args, shell.Session.Scope, out string rest);
        ulong address = place.Value.Bits;
        int bytes = rest.Length == 0 ? 8 : (int)Math.Min(shell.Count(rest), 1 << 20);
        (long step, int core, string text) = shell.Session.Moves.LastWriter(address, bytes, shell.Cancel);
        string what = string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes at {ValueText.Address(shell.Session.Model, address)}");
        if (step == 0)
        {
            shell.Say($"{what} were not written since the beginning");
            return;
        }

        shell.Say($"{what} were last written by step {step}:");
        shell.Say(StopPrinter.StepLine(step, core, text));
    }

    private static void Timeline(DebugShell shell, string args)
    {
        Timeline timeline = shell.Session.Timeline;
        if (args.Length > 0)
        {
            int number = (int)shell.Count(args);
            shell.Session.SwitchTo(number, timeline.Others.Where(other => other.Number == number).Select(other => other.Length).FirstOrDefault(timeline.Position));
            Arrived(shell);
            return;
        }

        var lines = timeline.Others.Select(other => (other.Number, Text: $"  {other.Number}  {other.Length} steps, the first {other.Common} as here"))
            .Append((timeline.Number, Text: $"* {timeline.Number}  {timeline.Length} steps; here: step {timeline.Position}"));
        foreach ((int _, string text) in lines.OrderBy(line => line.Item1))
            shell.Say(text);
    }
}
