using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RcuEmu.Tools.Debugging.Screen;

/// <summary>What the full screen shows of a session: a column for each core, tasks and grace period, what can happen next.</summary>
internal sealed class ScreenView(DebugSession session)
{
    private const int OfferedRows = 9, LeastBelow = 8, Frame = 4;
    private readonly Dictionary<(int Context, string Register), ulong> _before = [];
    private readonly Dictionary<(int Context, string Register), ulong> _shown = [];
    private (int Timeline, long Position) _place = (-1, -1);
    private int _column, _half, _line;

    /// <summary>What was said last: a stop, an answer.</summary>
    public IReadOnlyList<string> Said { get; set; } = [];

    /// <summary>Which of the offered steps is marked, from 0 up.</summary>
    public int Marked { get; set; }

    /// <summary>The offered steps, as the screen shows them.</summary>
    public IReadOnlyList<OfferedStep> Offered { get; private set; } = [];

    /// <summary>The whole screen, <paramref name="height"/> lines of <paramref name="width"/> characters.</summary>
    public IRenderable Render(int width, int height)
    {
        (_column, _half, _line) = ((width / session.Machine.Cores.Count) - Frame, (width / 2) - Frame, width);
        string done = session.Timeline.Position == 0 ? "the beginning" : LastStep();
        Offered = session.Offered();
        Marked = Math.Clamp(Marked, 0, Math.Max(0, Offered.Count - 1));
        Remember();
        int offered = Math.Clamp(Offered.Count, LeastBelow, OfferedRows) + 2;
        int said = Math.Min(8, Said.Count) + (Said.Count > 0 ? 2 : 0);
        int cores = Math.Max(8, height - 2 - offered - said);
        var layout = new Layout("screen").SplitRows(
            new Layout("head") { Size = 1 },
            new Layout("cores") { Size = cores },
            new Layout("below") { Size = offered },
            new Layout("said") { Size = Math.Max(1, said), IsVisible = said > 0 },
            new Layout("keys") { Size = 1 });
        layout["head"].Update(new Markup(Markup.Escape(Cut(
            $"{session.Model.Name}  step {session.Timeline.Position} of {session.Timeline.Length}, timeline {session.Timeline.Number}: {done}", _line))));
        layout["cores"].SplitColumns([.. session.Machine.Cores.Select(core => new Layout(CoreBox(core, cores)))]);
        layout["below"].SplitColumns(new Layout(OfferedBox()), new Layout(FactsBox()));
        layout["said"].Update(new Panel(new Text(string.Join('\n', Said.TakeLast(8)))).Expand());
        layout["keys"].Update(new Markup($"[dim]{Cut("right/left step  up/down Enter 1-9 choose  Tab core  s stepi  n nexti  c/r continue  Home/End  : command  q quit", _line)}[/]"));
        return layout;
    }

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width - 3)] + "...";

    private string LastStep()
    {
        // Going somewhere performs the last step silently; said aloud it must be made again.
        session.Timeline.Back();
        session.Timeline.Forward();
        return session.LastStepText;
    }

    // The registers of the place shown before are what changes are told against.
    private void Remember()
    {
        if (_place == (session.Timeline.Number, session.Timeline.Position))
            return;

        _place = (session.Timeline.Number, session.Timeline.Position);
        _before.Clear();
        foreach (var (key, value) in _shown)
            _before[key] = value;

        foreach (Context context in session.Machine.Contexts)
        {
            foreach (string name in session.Machine.Engine.RegisterNames)
                _shown[(context.Number, name)] = session.Machine.Engine.ReadRegister(context, name);
        }
    }

    private Panel CoreBox(Core core, int height)
    {
        var lines = new List<string>();
        if (session.ContextOf(core.Index) is { } context)
        {
            ulong pc = session.Machine.Engine.Pc(context);
            lines.AddRange(Code(core, pc, Math.Max(3, height - 8)));
            lines.Add("");
            lines.AddRange(Changed(context));
        }
        else
        {
            lines.Add(Markup.Escape(Cut(session.Model.Doing(core.Index) ?? "executes nothing", _column)));
        }

        string doing = session.Model.Doing(core.Index) is { } next ? $"  {next}" : "";
        string title = $"core {core.Index}: {session.Model.Running(core.Index)}  {session.Model.Status(core.Index)}{doing}";
        var panel = new Panel(new Markup(string.Join('\n', lines)))
        {
            Header = new PanelHeader(Markup.Escape(Cut(core.Index == session.SelectedCore ? $"> {title}" : title, _column))),
            Border = core.Index == session.SelectedCore ? BoxBorder.Heavy : BoxBorder.Square,
        };
        return panel.Expand();
    }

    private IEnumerable<string> Code(Core core, ulong pc, int count)
    {
        byte[] bytes = new byte[15];
        ulong at = Before(pc, Math.Min(4, count / 3));
        for (int i = 0; i < count; i++)
        {
            int mapped = session.Read(at, bytes);
            if (mapped == 0)
                yield break;

            string text = InstructionText.Of(session.Machine.Architecture, bytes.AsSpan(0, mapped), at, out int length, session.Model.Format);
            string place = session.Model.Format(at) ?? $"0x{at:x}";
            string line = Markup.Escape(Cut($"{(at == pc ? "=>" : "  ")} {place,-22} {text}", _column));
            yield return at == pc ? $"[bold]{line}[/]" : line;

            byte[] held = bytes[..length];
            foreach (var version in MemoryText.Versions(session, at).Where(v => v.Core == core.Index && !v.Bytes.AsSpan().SequenceEqual(held)))
                yield return $"[yellow]{Markup.Escape(Cut($"   stale: may fetch       {version.Text}", _column))}[/]";

            at += (ulong)Math.Max(1, length);
        }
    }

    // Where the code around the pc begins: some instructions before it, counted from the symbol's first.
    private ulong Before(ulong pc, int count)
    {
        if (session.Model.Format(pc) is not { } name || name.LastIndexOf("+0x", StringComparison.Ordinal) is not (> 0 and var plus)
            || session.Model.Range(name[..plus]) is not { } range || pc - range.Start > 4096)
        {
            return pc;
        }

        var starts = new List<ulong>();
        byte[] bytes = new byte[15];
        for (ulong at = range.Start; at < pc;)
        {
            starts.Add(at);
            int mapped = session.Read(at, bytes);
            InstructionText.Of(session.Machine.Architecture, bytes.AsSpan(0, mapped), at, out int length);
            at += (ulong)Math.Max(1, length);
            if (at > pc)
                return pc;
        }

        return starts.Count == 0 ? pc : starts[Math.Max(0, starts.Count - count)];
    }

    private IEnumerable<string> Changed(Context context)
    {
        List<string> changed = [.. session.Machine.Engine.RegisterNames.Where(name =>
            _before.TryGetValue((context.Number, name), out ulong old) && old != _shown[(context.Number, name)])];
        if (changed.Count == 0)
        {
            string sp = session.Machine.Architecture == Architecture.X64 ? "rsp" : "sp";
            return [Markup.Escape($"{sp} 0x{session.Machine.Engine.ReadRegister(context, sp):x}")];
        }

        return changed.Take(5).Select(name => Markup.Escape(
            string.Create(CultureInfo.InvariantCulture, $"{name,-6} 0x{_before[(context.Number, name)]:x} -> 0x{_shown[(context.Number, name)]:x}")));
    }

    private Panel OfferedBox()
    {
        TimelineStep? recorded = session.Timeline.Next;
        int first = Math.Max(0, Math.Min(Marked - (OfferedRows / 2), Offered.Count - OfferedRows));
        IEnumerable<string> lines = Offered.Skip(first).Take(OfferedRows).Select((step, i) =>
        {
            string star = recorded is { Edit: null } next && next.Action == step.Action ? "*" : " ";
            string bad = step.Violation is { } violation ? $"  violates {violation.Property}" : "";
            string line = Markup.Escape(Cut($"{star}{step.Number} {step.Key}  {step.Text}", _half - bad.Length) + bad);
            return first + i == Marked ? $"[invert]{line}[/]" : step.Violation is null ? line : $"[red]{line}[/]";
        });
        string text = Offered.Count == 0 ? "nothing: the run is over" : string.Join('\n', lines);
        return new Panel(new Markup(text)) { Header = new PanelHeader("next (* recorded)") }.Expand();
    }

    private Panel FactsBox()
    {
        var lines = new List<string>();
        if (session.Model.Facts("tasks") is { } tasks)
            lines.AddRange(tasks.Rows.Select(row => $"{row[1],-12} core {row[2]}  {row[3],-9} {row[4]}{(row[6] == "no" ? "" : $"  holdout: {row[6]}")}"));
        if (session.Model.Facts("grace") is { } grace)
            lines.AddRange(grace.Rows.Skip(1).Select(row => $"{row[0]}: {row[1]}"));

        string text = lines.Count == 0 ? "no kernel is modelled here" : string.Join('\n', lines.Take(LeastBelow).Select(line => Cut(line, _half)));
        return new Panel(new Text(text)) { Header = new PanelHeader("tasks and grace period") }.Expand();
    }
}
