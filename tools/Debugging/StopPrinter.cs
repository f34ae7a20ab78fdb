using System.Globalization;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging;

/// <summary>Prints why the machine stopped, and where it stands.</summary>
internal sealed class StopPrinter(DebugShell shell)
{
    private DebugSession Session => shell.Session;

    private Paint Paint => shell.Paint;

    /// <summary>Prints a stop, follows the core that made it where it says so, and does what the user wants at such stops.</summary>
    /// <param name="stop">The stop.</param>
    /// <param name="follows">Selects the stop's core.</param>
    /// <param name="tellsStep">Says what the last step was.</param>
    public void Print(DebugStop stop, bool follows = true, bool tellsStep = true)
    {
        shell.Offered = null;
        shell.TellFork();
        if (follows && stop.Core >= 0 && stop.Core != Session.SelectedCore)
        {
            Session.SelectCore(stop.Core);
            shell.Say($"[Switching to core {stop.Core} ({Session.Model.Running(stop.Core)})]");
        }

        if (tellsStep && !stop.IsBackwards && stop.Reason is not (StopReason.Stuck or StopReason.End) && Session.Timeline.Position > 0)
            shell.Say(StepLine(Session.Timeline.Position, stop.Core, Session.LastStepText));

        Why(stop);
        if (stop.Reason != StopReason.Stuck)
            Here();

        Displays();
        if (stop.Hit is { } hit && shell.AtStops.TryGetValue(hit.Point.Number, out string[]? lines))
            shell.RunLines(lines, $"commands {hit.Point.Number}");
    }

    /// <summary>Where the selected core stands and what it would execute.</summary>
    public void Here()
    {
        string where = $"step {Session.Timeline.Position}";
        if (Session.SelectedContext is not { } context)
        {
            string doing = Session.Model.Doing(Session.SelectedCore) is { } next ? $" ({next})" : "";
            shell.Say($"{where}, core {Session.SelectedCore}: {Session.Model.Running(Session.SelectedCore)}{doing}");
            return;
        }

        ulong pc = Session.Machine.Engine.Pc(context);
        string core = Session.SelectedTask is null ? $"core {Session.SelectedCore}, " : "";
        string handler = Session.SelectedTask is null && Session.Model.Doing(Session.SelectedCore) is { } doingNow ? $" ({doingNow})" : "";
        shell.Say($"{where}, {core}{context.Name}{handler}:");
        shell.Memory.Instructions(pc, 1);
    }

    /// <summary><c>    14 c0  worker: traced: nop</c>.</summary>
    public static string StepLine(long step, int core, string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{step,6} {(core < 0 ? "-" : $"c{core}"),-3} {text}");

    /// <summary>All expressions that are shown at every stop.</summary>
    public void Displays()
    {
        foreach ((int number, string format, string text) in shell.Displays)
        {
            try
            {
                Show(number, format, text);
            }
            catch (UserErrorException error)
            {
                shell.Say($"{number}: {text} = <error: {error.Message}>");
            }
        }
    }

    private void Show(int number, string format, string text)
    {
        if (format.Length > 0 && format[^1] is 'i' or 's' || format.Any(char.IsAsciiDigit))
        {
            shell.Say($"{number}: x/{format} {text}");
            shell.Memory.Examine(format, text);
        }
        else
        {
            shell.Say($"{number}: {(format.Length > 0 ? $"/{format} " : "")}{text} = {ValueText.Of(Session.Model, shell.Evaluate(text), format)}");
        }
    }

    private void Why(DebugStop stop)
    {
        switch (stop.Reason)
        {
            case StopReason.Breakpoint:
                StopPoint point = stop.Hit!.Point;
                string kind = point.IsTemporary ? "Temporary breakpoint" : "Breakpoint";
                shell.Say(Paint.Strong($"{kind} {point.Number}, core {stop.Core} ({Session.Model.Running(stop.Core)})"));
                break;
            case StopReason.Watchpoint:
                Watched(stop);
                break;
            case StopReason.Catchpoint:
                shell.Say(Paint.Strong($"Catchpoint {stop.Hit!.Point.Number} ({stop.Hit.Message})"));
                break;
            case StopReason.Violation:
                shell.Say($"{Paint.Bad("violated")} {stop.Violation!.Property}: {stop.Violation.Message}");
                break;
            case StopReason.End:
                shell.Say("The run is over: nothing is enabled any more, and no property is violated.");
                break;
            case StopReason.Beginning:
                shell.Say("No more reverse-execution history.");
                break;
            case StopReason.Interrupted:
                shell.Say("Interrupted.");
                break;
            default:
                break;
        }

        if (stop.Message is { } message)
            shell.Say(message);
    }

    private void Watched(DebugStop stop)
    {
        StopPointHit hit = stop.Hit!;
        string kind = hit.Point.Kind switch
        {
            StopPointKind.ReadWatch => "Hardware read watchpoint",
            StopPointKind.AccessWatch => "Hardware access (read/write) watchpoint",
            _ => "Hardware watchpoint",
        };
        shell.Say(Paint.Strong($"{kind} {hit.Point.Number}: {hit.Point.Text}"));
        (ulong before, ulong after) = stop.IsBackwards ? (hit.New, hit.Old) : (hit.Old, hit.New);
        if (hit.Old == hit.New)
        {
            shell.Say($"Value = {Value(hit.Point, after)}");
            return;
        }

        shell.Say($"Old value = {Value(hit.Point, before)}");
        shell.Say($"New value = {Value(hit.Point, after)}");
        if (stop.IsBackwards && Session.Timeline.Next is not null)
            shell.Say($"changed by the step that was just taken back, of {(stop.Core < 0 ? "the user" : $"core {stop.Core}")}");
    }

    // Bytes of text are shown as they lie in memory; a number of data as print shows it.
    private static string Value(StopPoint point, ulong value) => point switch
    {
        { Length: > 8 } => "(more than 8 bytes)",
        { CountsStores: true } => string.Join(' ', BitConverter.GetBytes(value)[..point.Length].Select(b => b.ToString("x2", CultureInfo.InvariantCulture))),
        { Length: > 0 } => $"{ValueText.Signed(value, point.Length).ToString(CultureInfo.InvariantCulture)} (0x{value:x})",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
