using System.Globalization;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Debugging.Expressions;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>Breakpoints, watchpoints, catchpoints. None changes memory.</summary>
internal static class PointCommands
{
    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("break", ["b", "br"], "break PLACE [core N] [if EXPRESSION]",
            "Stops where a core is about to execute the instruction at a place: a symbol, *ADDRESS or $pc; without one, here. Memory is not changed.",
            "break traced if $x0 == 5", (shell, args) => Break(shell, args, "Breakpoint"))
        { Completes = Symbols },
        new("tbreak", ["tb"], "tbreak PLACE [core N] [if EXPRESSION]",
            "A breakpoint that goes away at its first stop.",
            "tbreak traced", (shell, args) => Break(shell, args, "Temporary breakpoint", temporary: true))
        { Completes = Symbols },
        new("hbreak", ["hb", "thbreak"], "hbreak PLACE [core N] [if EXPRESSION]",
            "The same as break: every breakpoint is outside of memory here.",
            "hbreak *0x100004", (shell, args) => Break(shell, args, "Hardware assisted breakpoint"))
        { Completes = Symbols },
        new("watch", [], "watch [-l] EXPRESSION [if EXPRESSION]",
            "Stops where the value of an expression changes: data ($holdouts and the other numbers of the model too). With -l, or where it is text, "
            + "stops where the bytes are stored to, even by the same value; fetches do not count.",
            "watch -l *(int *)traced", (shell, args) => Watch(shell, args, StopPointKind.Watch))
        { Completes = Symbols },
        new("rwatch", ["rw"], "rwatch EXPRESSION [if EXPRESSION]",
            "Stops where bytes are read as data.",
            "rwatch probe", (shell, args) => Watch(shell, args, StopPointKind.ReadWatch))
        { Completes = Symbols },
        new("awatch", ["aw"], "awatch EXPRESSION [if EXPRESSION]",
            "Stops where bytes are read as data or written.",
            "awatch probe", (shell, args) => Watch(shell, args, StopPointKind.AccessWatch))
        { Completes = Symbols },
        new("catch", [], "catch EVENT",
            "Stops at an event of the model, or where a condition as scenarios state it becomes true. 'catch' alone lists what there is.",
            "catch grace end", Catch)
        { Completes = (shell, text) => shell.Session.Model.Catches.Where(form => form.StartsWith(text, StringComparison.Ordinal)) },
        new("delete", ["d", "clear"], "delete [N...]",
            "Takes stop points away: those of these numbers, or all. 'delete checkpoint N' and 'delete display N' do the same for those.",
            "delete 1", Delete),
        new("disable", ["dis"], "disable [N...]",
            "Makes stop points stop at nothing, and keeps them.",
            "disable 1", (shell, args) => Enable(shell, args, false)),
        new("enable", ["en"], "enable [N...]",
            "Undoes disable.",
            "enable 1", (shell, args) => Enable(shell, args, true)),
        new("condition", [], "condition N [EXPRESSION]",
            "Makes stop point N stop only where the expression is not 0; without one, always.",
            "condition 1 $x0 == 5", Condition),
        new("ignore", [], "ignore N COUNT",
            "Lets stop point N pass COUNT times.",
            "ignore 1 2", Ignore),
        new("commands", [], "commands [N]",
            "The lines that follow, up to 'end', are done whenever stop point N stops (the last one set where no N is given).",
            "commands 1", Commands),
    ];

    private static IEnumerable<string> Symbols(DebugShell shell, string text) => shell.Session.Model.SymbolsLike(text);

    private static void Break(DebugShell shell, string args, string kind, bool temporary = false)
    {
        (string place, string? condition) = SplitIf(args);
        int core = TakeCore(shell, ref place);
        ulong address = place.Length > 0 ? shell.Place(place)
            : shell.Session.PcOf(shell.Session.SelectedCore) ?? throw new UserErrorException("break needs a place: core executes no instructions now");
        if (shell.Session.Machine.Memory.Find(address) is null)
            throw new UserErrorException($"Cannot access memory at address 0x{address:x}");

        Func<bool>? test = condition is null ? null : Test(shell, condition);
        StopPoint point = shell.Session.Points.Break(place, address, core, temporary);
        SetCondition(point, condition, test);
        shell.Say($"{kind} {point.Number} at {ValueText.Address(shell.Session.Model, address)}");
    }

    private static void Watch(DebugShell shell, string args, StopPointKind kind)
    {
        (string text, string? condition) = SplitIf(args);
        bool isLocation = text.StartsWith("-l ", StringComparison.Ordinal) || text.StartsWith("-location ", StringComparison.Ordinal);
        if (isLocation)
            text = text[text.IndexOf(' ', StringComparison.Ordinal)..].Trim();

        DebugExpression expression = DebugExpression.Parse(text, shell.Session.Scope);
        DebugValue now = expression.Value;
        Func<bool>? test = condition is null ? null : Test(shell, condition);
        StopPoint point = expression.Address is null && !now.IsFunction && !isLocation
            ? kind == StopPointKind.Watch
                ? shell.Session.Points.Watch(text, () => expression.Value.Bits)
                : throw new UserErrorException($"'{text}' lies nowhere in memory; only watch takes such an expression")
            : OnBytes(shell, kind, text, expression, isLocation);
        SetCondition(point, condition, test);
        string name = kind switch
        {
            StopPointKind.ReadWatch => "Hardware read watchpoint",
            StopPointKind.AccessWatch => "Hardware access (read/write) watchpoint",
            _ => "Hardware watchpoint",
        };
        shell.Say($"{name} {point.Number}: {(isLocation ? "-location " : "")}{text}");
    }

    // A symbol alone stands for its bytes, up to 8.
    private static StopPoint OnBytes(DebugShell shell, StopPointKind kind, string text, DebugExpression expression, bool isLocation)
    {
        ulong address = expression.Address?.Invoke() ?? expression.Value.Bits;
        int bytes = expression.Address is null ? SymbolBytes(shell, address) : expression.AddressType!.Value.Size;
        if (shell.Session.Read(address, new byte[1]) == 0)
            throw new UserErrorException($"Cannot access memory at address 0x{address:x}");

        bool isText = (shell.Session.Machine.Memory.RightsAt(address) & Rights.Execute) != 0;
        return shell.Session.Points.Watch(kind, text, address, bytes, countsStores: isLocation || isText);
    }

    private static int SymbolBytes(DebugShell shell, ulong address) =>
        shell.Session.Model.Format(address) is { } name && shell.Session.Model.Range(name) is { } range
            ? (int)Math.Clamp(range.Length, 1, 8)
            : 8;

    private static void Catch(DebugShell shell, string args)
    {
        if (args.Length == 0)
        {
            foreach (string form in shell.Session.Model.Catches)
                shell.Say($"catch {form}");

            return;
        }

        DebugCatch what = shell.Session.Model.Catch(args, out string error) ?? throw new UserErrorException(error);
        shell.Say($"Catchpoint {shell.Session.Points.Catch(args, what).Number} ({args})");
    }

    private static void Delete(DebugShell shell, string args)
    {
        string[] words = args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is ["checkpoint", var checkpoint])
        {
            if (!shell.Session.DeleteCheckpoint((int)shell.Count(checkpoint)))
                throw new UserErrorException($"there is no checkpoint {checkpoint}");

            return;
        }

        if (words is ["display", ..])
        {
            ShellCommands.Undisplay(shell, string.Join(' ', words[1..]));
            return;
        }

        foreach (StopPoint point in Chosen(shell, args))
            shell.Session.Points.Remove(point);
    }

    private static void Enable(DebugShell shell, string args, bool enabled)
    {
        foreach (StopPoint point in Chosen(shell, args))
            point.IsEnabled = enabled;

        shell.Session.Points.Sort();
    }

    private static StopPoint[] Chosen(DebugShell shell, string args) => args.Length == 0
        ? [.. shell.Session.Points.All]
        : [.. args.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("breakpoints" or "breakpoint")).Select(word => Point(shell, word))];

    private static StopPoint Point(DebugShell shell, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && shell.Session.Points.Find(number) is { } point
            ? point
            : throw new UserErrorException($"No breakpoint number {text}.");

    private static void Condition(DebugShell shell, string args)
    {
        string[] words = args.Split(' ', 2);
        StopPoint point = Point(shell, words[0]);
        string? condition = words.Length > 1 ? words[1].Trim() : null;
        SetCondition(point, condition, condition is null ? null : Test(shell, condition));
        shell.Say(condition is null ? $"Breakpoint {point.Number} now unconditional." : $"Breakpoint {point.Number}: stops only if {condition}");
    }

    private static void Ignore(DebugShell shell, string args)
    {
        string[] words = args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2)
            throw new UserErrorException("ignore takes the number of a stop point and a count");

        StopPoint point = Point(shell, words[0]);
        point.Ignored = (long)shell.Evaluate(words[1]).Bits;
        shell.Say($"Will ignore next {point.Ignored} crossings of breakpoint {point.Number}.");
    }

    private static void Commands(DebugShell shell, string args)
    {
        StopPoint point = args.Length > 0 ? Point(shell, args)
            : shell.Session.Points.All.LastOrDefault() ?? throw new UserErrorException("there is no stop point yet");
        shell.AtStops[point.Number] = shell.Body();
    }

    private static void SetCondition(StopPoint point, string? text, Func<bool>? test) => (point.IfText, point.If) = (text, test);

    // A condition that cannot be evaluated stops, as gdb does: better one stop too many.
    private static Func<bool> Test(DebugShell shell, string text)
    {
        DebugExpression expression = DebugExpression.Parse(text, shell.Session.Scope);
        return () =>
        {
            try
            {
                return expression.Value.IsTrue;
            }
            catch (UserErrorException)
            {
                return true;
            }
        };
    }

    private static (string Place, string? Condition) SplitIf(string args)
    {
        int at = args.StartsWith("if ", StringComparison.Ordinal) ? 0 : args.IndexOf(" if ", StringComparison.Ordinal);
        return at < 0 ? (args.Trim(), null) : (args[..at].Trim(), args[at..].TrimStart()[3..].Trim());
    }

    // "core 1", or gdb's "thread 2" for the same.
    private static int TakeCore(DebugShell shell, ref string place)
    {
        string[] words = place.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || words[^2] is not ("core" or "thread"))
            return -1;

        place = string.Join(' ', words[..^2]);
        int number = int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : -1;
        int core = words[^2] == "thread" ? number - 1 : number;
        return core >= 0 && core < shell.Session.Machine.Cores.Count ? core : throw new UserErrorException($"there is no {words[^2]} {words[^1]}");
    }
}
