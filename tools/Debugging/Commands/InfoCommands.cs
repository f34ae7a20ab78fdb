using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>What there is to know, without changing anything.</summary>
internal static class InfoCommands
{
    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("info", ["i"], "info TOPIC",
            "Lists the topics.",
            "info", (shell, args) =>
            {
                foreach (DebugCommand command in CommandTable.All.Where(command => command.Name.StartsWith("info ", StringComparison.Ordinal)))
                    shell.Say($"{command.Usage,-28} {command.Help.Split(". ")[0].TrimEnd('.')}.");
            }),
        new("info registers", ["info r"], "info registers [R...]",
            "Registers of the selected core's context or task; those named, system registers of the core among them, or the general ones.",
            "info registers x0 pc", Registers),
        new("info all-registers", [], "info all-registers",
            "The same with the core's system registers.",
            "info all-registers", AllRegisters),
        new("info breakpoints", ["info b", "info watchpoints"], "info breakpoints",
            "Stop points, how often they were met, and their conditions.",
            "info breakpoints", Points),
        new("info threads", [], "info threads",
            "Cores, as gdb lists threads.",
            "info threads", Threads),
        new("info cores", [], "info cores",
            "Cores: task, place, preempt count, interrupts.",
            "info cores", (shell, args) => Facts(shell, "cores")),
        new("info tasks", [], "info tasks",
            "Tasks: state, saved place, voluntary switches, holdout.",
            "info tasks", (shell, args) => Facts(shell, "tasks")),
        new("info grace", [], "info grace",
            "The grace periods of Tasks RCU and RCU: what runs, who is waited for.",
            "info grace", (shell, args) => Facts(shell, "grace")),
        new("info trampolines", [], "info trampolines",
            "Code that comes and goes: address, life, and the tasks whose PC is in it.",
            "info trampolines", (shell, args) => Facts(shell, "trampolines")),
        new("info ops", [], "info ops",
            "The users of ftrace.",
            "info ops", (shell, args) => Facts(shell, "ops")),
        new("info icache", ["icache"], "info icache [core N]",
            "What each core could fetch in another version than memory holds.",
            "info icache", ICache),
        new("info text", [], "info text ADDRESS",
            "All versions of the instruction at an address, which core could fetch which, and who wrote it last.",
            "info text traced", Text),
        new("info symbol", [], "info symbol ADDRESS",
            "The name of an address.",
            "info symbol $pc", (shell, args) =>
            {
                ulong address = shell.Place(args);
                shell.Say(shell.Session.Model.Format(address) is { } name ? $"{name} in {Region(shell, address)}" : $"No symbol matches {args}.");
            }),
        new("info line", [], "info line PLACE",
            "The bytes of the instruction at a place.",
            "info line *$pc", Line),
        new("info address", [], "info address SYMBOL",
            "The address of a name, and how many bytes it stands for.",
            "info address traced", (shell, args) =>
            {
                (ulong start, ulong length) = shell.Session.Model.Range(args) ?? (shell.Session.Model.Find(args) ?? throw new UserErrorException($"No symbol \"{args}\"."), 0);
                shell.Say($"{args} is at 0x{start:x}, {length} bytes, in {Region(shell, start)}");
            }),
        new("info checkpoints", [], "info checkpoints",
            "The moments that checkpoint remembered.",
            "info checkpoints", Checkpoints),
        new("info display", [], "info display",
            "The expressions that are shown at every stop.",
            "info display", (shell, args) => Lines(shell, "There are no auto-display expressions now.", shell.Displays.Select(
                display => $"{display.Number}:  {(display.Format.Length > 0 ? $"/{display.Format} " : "")}{display.Text}"))),
        new("info program", [], "info program",
            "What is debugged, and where in which timeline it stands.",
            "info program", (shell, args) => shell.Say(
                $"{shell.Session.Model.Origin}, step {shell.Session.Timeline.Position} of {shell.Session.Timeline.Length}, timeline {shell.Session.Timeline.Number}")),
        new("info values", [], "info values",
            "The numbers of the model that expressions can name, and the variables of yours.",
            "info values", Values),
    ];

    /// <summary>A table in columns.</summary>
    public static void Table(DebugShell shell, FactTable table)
    {
        if (table.Rows.Count == 0)
        {
            shell.Say("none");
            return;
        }

        int[] widths = [.. table.Columns.Select((column, i) => Math.Max(column.Length, table.Rows.Max(row => row[i].Length)))];
        shell.Say(shell.Paint.Strong(Row(table.Columns, widths)));
        foreach (IReadOnlyList<string> row in table.Rows)
            shell.Say(Row(row, widths));
    }

    private static string Row(IReadOnlyList<string> texts, int[] widths) =>
        string.Join("  ", texts.Select((text, i) => text.PadRight(widths[i]))).TrimEnd();

    private static void Facts(DebugShell shell, string topic) => Table(shell, shell.Session.Model.Facts(topic)
        ?? throw new UserErrorException($"there is no kernel here that has {topic}; a scenario has"));

    private static void Lines(DebugShell shell, string none, IEnumerable<string> lines)
    {
        List<string> all = [.. lines];
        foreach (string line in all.Count == 0 ? [none] : all)
            shell.Say(line);
    }

    private static Context Context(DebugShell shell) => shell.Session.SelectedContext ?? throw new UserErrorException(
        $"core {shell.Session.SelectedCore} executes no instructions now ({shell.Session.Model.Running(shell.Session.SelectedCore)}): it has no registers");

    private static void Registers(DebugShell shell, string args)
    {
        Context(shell);
        string[] names = args.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in names.Length > 0 ? names.Select(name => name.TrimStart('$')) : shell.Session.Machine.Engine.RegisterNames)
        {
            var value = shell.Evaluate("$" + name);
            shell.Say($"{name,-14} 0x{value.Bits:x16}  {(value.IsFunction || value.Type.Pointers > 0 ? ValueText.Address(shell.Session.Model, value.Bits) : ((long)value.Bits).ToString(CultureInfo.InvariantCulture))}");
        }
    }

    private static void AllRegisters(DebugShell shell, string args)
    {
        Registers(shell, "");
        Core core = shell.Session.Machine.Cores[shell.Session.SelectedCore];
        if (core.ContextNumber < 0)
            return;

        foreach (string name in shell.Session.Machine.Engine.SystemRegisterNames)
        {
            if (shell.Session.Machine.Engine.TryReadSystem(core, name, out ulong value))
                shell.Say($"{name,-14} 0x{value:x16}");
        }
    }

    private static void Points(DebugShell shell, string args)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (StopPoint point in shell.Session.Points.All)
        {
            string what = point.Kind == StopPointKind.Breakpoint ? ValueText.Address(shell.Session.Model, point.Address) : point.Text;
            string more = (point.Core >= 0 ? $" core {point.Core}" : "") + (point.IfText is { } test ? $" if {test}" : "")
                + (point.Ignored > 0 ? $" (ignores the next {point.Ignored})" : "");
            rows.Add([
                point.Number.ToString(CultureInfo.InvariantCulture), Kind(point), point.IsTemporary ? "del" : "keep", point.IsEnabled ? "y" : "n",
                point.Hits.ToString(CultureInfo.InvariantCulture), what + more]);
        }

        if (rows.Count == 0)
            shell.Say("No breakpoints, watchpoints or catchpoints.");
        else
            Table(shell, new FactTable(["Num", "Type", "Disp", "Enb", "Hits", "What"], rows));
    }

    private static string Kind(StopPoint point) => point.Kind switch
    {
        StopPointKind.Breakpoint => "breakpoint",
        StopPointKind.ReadWatch => "read watchpoint",
        StopPointKind.AccessWatch => "acc watchpoint",
        StopPointKind.Catch => "catchpoint",
        _ => "hw watchpoint",
    };

    private static void Threads(DebugShell shell, string args)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (Core core in shell.Session.Machine.Cores)
        {
            string place = shell.Session.PcOf(core.Index) is { } pc ? ValueText.Address(shell.Session.Model, pc) : shell.Session.Model.Doing(core.Index) ?? "-";
            rows.Add([
                $"{(core.Index == shell.Session.SelectedCore ? "*" : " ")} {core.Index + 1}",
                $"core {core.Index} ({shell.Session.Model.Running(core.Index)})", place, shell.Session.Model.Status(core.Index)]);
        }

        Table(shell, new FactTable(["  Id", "Target Id", "Frame", "State"], rows));
    }

    private static void ICache(DebugShell shell, string args)
    {
        if (shell.Session.Machine.Fetch is not { } fetch)
        {
            shell.Say("fetch: coherent. Every core fetches what memory holds.");
            return;
        }

        string[] words = args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int only = words.Length > 0 ? (int)shell.Evaluate(words[^1]).Bits : -1;
        foreach (Core core in shell.Session.Machine.Cores.Where(core => only < 0 || core.Index == only))
        {
            List<string> stale = [.. Instructions(shell.Session, fetch).SelectMany(address => Other(shell, core, address))];
            shell.Say($"core {core.Index}: synchronised at {fetch.SynchronisedAt(core)}; {(stale.Count == 0 ? "fetches what memory holds" : "may also fetch")}");
            foreach (string line in stale)
                shell.Say(shell.Paint.Doubtful(line));
        }
    }

    private static IEnumerable<string> Other(DebugShell shell, Core core, ulong address)
    {
        byte[] held = new byte[15];
        shell.Session.Read(address, held);
        foreach ((int of, byte[] bytes, string text) in MemoryText.Versions(shell.Session, address))
        {
            if (of == core.Index && !held.AsSpan(0, bytes.Length).SequenceEqual(bytes))
                yield return $"  {ValueText.Address(shell.Session.Model, address)}:\t{Convert.ToHexStringLower(bytes)}\t{text}";
        }
    }

    // Versions are kept of granules; people think in instructions, which begin where the function's do.
    private static SortedSet<ulong> Instructions(DebugSession session, ModelledFetch fetch)
    {
        var found = new SortedSet<ulong>();
        ulong granule = session.Machine.Architecture == Architecture.X64 ? 8UL : 4;
        Span<byte> bytes = stackalloc byte[15];
        foreach (ulong kept in fetch.KeptAt)
        {
            ulong start = kept;
            if (session.Model.Format(kept) is { } name && name.LastIndexOf("+0x", StringComparison.Ordinal) is > 0 and var plus
                && session.Model.Range(name[..plus]) is { } range)
            {
                start = range.Start;
            }

            for (ulong at = start; at < kept + granule;)
            {
                int mapped = session.Read(at, bytes);
                InstructionText.Of(session.Machine.Architecture, bytes[..mapped], at, out int length);
                if (mapped == 0)
                    break;
                if (at + (ulong)length > kept)
                    found.Add(at);

                at += (ulong)Math.Max(1, length);
            }
        }

        return found;
    }

    private static void Text(DebugShell shell, string args)
    {
        ulong address = shell.Place(args);
        shell.Memory.Instructions(address, 1);
        if (shell.Session.Machine.Fetch is null)
        {
            shell.Say("fetch: coherent. Every core fetches what memory holds.");
        }
        else
        {
            foreach (var core in MemoryText.Versions(shell.Session, address).GroupBy(version => version.Core))
            {
                shell.Say($"core {core.Key} may fetch:");
                foreach ((int _, byte[] bytes, string text) in core)
                    shell.Say($"  {Convert.ToHexStringLower(bytes)}\t{text}");
            }
        }

        Span<byte> held = stackalloc byte[15];
        int mapped = shell.Session.Read(address, held);
        InstructionText.Of(shell.Session.Machine.Architecture, held[..mapped], address, out int length);
        (long step, int writer, string what) = shell.Session.Moves.LastWriter(address, length, shell.Cancel);
        shell.Say(step == 0 ? "not written since the beginning" : "last written by");
        if (step != 0)
            shell.Say(StopPrinter.StepLine(step, writer, what));
    }

    private static void Line(DebugShell shell, string args)
    {
        ulong address = shell.Place(args);
        Span<byte> bytes = stackalloc byte[15];
        int mapped = shell.Session.Read(address, bytes);
        if (mapped == 0)
            throw new UserErrorException($"Cannot access memory at address 0x{address:x}");

        string text = InstructionText.Of(shell.Session.Machine.Architecture, bytes[..mapped], address, out int length, shell.Session.Model.Format);
        shell.Say($"{ValueText.Address(shell.Session.Model, address)}, {length} bytes, {Convert.ToHexStringLower(bytes[..length])}: {text}");
    }

    private static string Region(DebugShell shell, ulong address) =>
        shell.Session.Machine.Memory.Find(address) is { } region ? $"{region.Name} ({shell.Session.Machine.Memory.RightsAt(address)})" : "no mapped memory";

    private static void Checkpoints(DebugShell shell, string args) => Lines(shell, "No checkpoints.", shell.Session.Checkpoints.Select(
        known => $"{known.Number}  step {known.Position} of timeline {known.Timeline}"));

    private static void Values(DebugShell shell, string args)
    {
        foreach ((string name, Func<ulong> value) in shell.Session.Model.Values)
            shell.Say($"${name} = {value()}");

        foreach ((string name, var value) in shell.Session.Scope.Variables.Where(variable => variable.Key is not ("_" or "__")))
            shell.Say($"${name} = {ValueText.Of(shell.Session.Model, value, "")}");
    }
}
