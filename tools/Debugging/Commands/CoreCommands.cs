using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>Which core or task commands are about, and their stacks.</summary>
internal static class CoreCommands
{
    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("core", [], "core [N]",
            "Selects core N, counted from 0, or says which is selected.",
            "core 1", (shell, args) =>
            {
                if (args.Length > 0)
                    shell.Session.SelectCore(Index(shell, args, 0));

                shell.Printer.Here();
            }),
        new("thread", ["t"], "thread [N | apply all|N... COMMAND]",
            "gdb's word for cores, counted from 1 as gdb does: selects one, or does a command on each.",
            "thread apply all info registers pc", Thread),
        new("task", [], "task [NAME|PID]",
            "Selects a task, wherever it is, so that registers and stacks are its own; without a name goes back to what the selected core executes.",
            "task worker", Task)
        { Completes = (shell, text) => shell.Session.Machine.Contexts.Select(context => context.Name).Where(name => name.StartsWith(text, StringComparison.Ordinal)) },
        new("backtrace", ["bt", "where"], "backtrace",
            "Shows the calls that have not returned, as they were made, and beside them what the kernel's unwinder would find here "
            + "(frame records on arm64, ORC on x86-64; a '?' is a guess of its).",
            "backtrace", (shell, args) => Backtrace(shell)),
    ];

    private static int Index(DebugShell shell, string text, int first)
    {
        long number = (long)shell.Evaluate(text).Bits - first;
        return number is >= 0 and < int.MaxValue ? (int)number : throw new UserErrorException($"'{text}' is no number of a core");
    }

    private static void Thread(DebugShell shell, string args)
    {
        string[] words = args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is ["apply", ..])
        {
            Apply(shell, words[1..]);
            return;
        }

        if (words.Length > 0)
            shell.Session.SelectCore(Index(shell, args, 1));

        int core = shell.Session.SelectedCore;
        shell.Say($"[{(words.Length > 0 ? "Switching to" : "Current thread is")} thread {core + 1} (core {core}, {shell.Session.Model.Running(core)})]");
        if (words.Length > 0)
            shell.Printer.Here();
    }

    private static void Apply(DebugShell shell, string[] words)
    {
        int firstWord = Array.FindIndex(words, word => word != "all" && !word.All(char.IsAsciiDigit));
        if (firstWord <= 0)
            throw new UserErrorException("thread apply takes 'all' or numbers of threads, and then a command");

        int before = shell.Session.SelectedCore;
        IEnumerable<int> cores = words[0] == "all"
            ? Enumerable.Range(0, shell.Session.Machine.Cores.Count)
            : words[..firstWord].Select(word => int.Parse(word, CultureInfo.InvariantCulture) - 1);
        foreach (int core in cores.ToList())
        {
            shell.Session.SelectCore(core);
            shell.Say($"Thread {core + 1} (core {core}, {shell.Session.Model.Running(core)}):");
            shell.Execute(string.Join(' ', words[firstWord..]));
        }

        shell.Session.SelectCore(before);
    }

    private static void Task(DebugShell shell, string args)
    {
        if (args.Length == 0)
        {
            shell.Session.SelectTask(null);
            shell.Printer.Here();
            return;
        }

        Context context = shell.Session.Model.ContextOf(args)
            ?? throw new UserErrorException($"no task {args} with registers; those have: {string.Join(", ", shell.Session.Machine.Contexts.Select(known => known.Name))}");
        shell.Session.SelectTask(context);
        shell.Printer.Here();
    }

    private static void Backtrace(DebugShell shell)
    {
        Context context = shell.Session.SelectedContext ?? throw new UserErrorException(
            $"core {shell.Session.SelectedCore} executes no instructions now ({shell.Session.Model.Running(shell.Session.SelectedCore)}): no stack");
        List<ulong> frames = [shell.Session.Machine.Engine.Pc(context)];
        for (CallFrame? frame = shell.Session.Timeline.Calls.Top(context); frame is not null; frame = frame.Outer)
            frames.Add(frame.Return);

        IReadOnlyList<UnwoundFrame> unwound = shell.Session.Model.Unwind(context) ?? [];
        bool both = shell.Session.Model.Unwind(context) is not null;
        List<string> left = [.. frames.Select((address, i) => $"#{i,-2} {ValueText.Address(shell.Session.Model, address)}")];
        int width = Math.Max(both ? 30 : 0, left.Max(line => line.Length));
        if (both)
            shell.Say($"{"    really".PadRight(width)}  the unwinder");

        for (int i = 0; i < Math.Max(frames.Count, unwound.Count); i++)
            shell.Say(Line(shell, i < left.Count ? left[i] : "", i < unwound.Count ? unwound[i] : null, width));

        if (both)
            shell.Say(Verdict(shell, frames, unwound));
    }

    private static string Line(DebugShell shell, string left, UnwoundFrame? found, int width) => found is null
        ? left
        : $"{left.PadRight(width)}  {ValueText.Address(shell.Session.Model, found.Address)}{(found.IsReliable ? "" : " ?")} [{found.How}]";

    private static string Verdict(DebugShell shell, List<ulong> frames, IReadOnlyList<UnwoundFrame> unwound)
    {
        List<ulong> found = [.. unwound.Select(frame => frame.Address)];
        List<ulong> missed = [.. frames.Where(address => !found.Contains(address))];
        if (missed.Count > 0)
            return shell.Paint.Doubtful($"the unwinder misses {string.Join(", ", missed.Select(address => shell.Session.Model.Format(address) ?? $"0x{address:x}"))}");

        return found.SequenceEqual(frames) ? "the unwinder finds all of it" : "the unwinder finds all of it, and more";
    }
}
