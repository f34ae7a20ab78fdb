using System.Globalization;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Debugging;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>Choosing who goes next, schedules in and out, searching.</summary>
internal static class ScheduleCommands
{
    private const double SearchSeconds = 10;

    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("schedule", ["sched"], "schedule",
            "Lists what can happen next, numbered, with what each would do; '*' is what is recorded. A number alone takes one.",
            "schedule", (shell, args) => Offer(shell)),
        new("step", ["s"], "step [N]",
            "Takes step N of what schedule lists; without a number the same as stepi.",
            "step 1", Step)
        { Repeats = true },
        new("trace", [], "trace [N]",
            "Shows the last N steps (10 where no N is given) and the next recorded ones.",
            "trace 5", Trace),
        new("follow", [], "follow STEPS",
            "Takes steps as schedules write them: c0 steps core 0, c0*3 three times, c0!sync_core delivers, ?1 answers a choice.",
            "follow c0*3", (shell, args) => shell.Printer.Print(shell.Session.Schedules.Follow(args.Trim('"'), shell.Cancel))),
        new("replay", [], "replay LINE",
            "Goes to the beginning and takes a whole schedule, as explore and run print it (or a file that holds it).",
            "replay free-without-tasks-rcu@00000000 c0*2", Replay),
        new("record", [], "record",
            "Prints the schedule of all recorded steps up to here.",
            "record", (shell, args) => shell.Say(shell.Session.Schedules.Recorded(shell.Session.Timeline.Position).ToString())),
        new("record save", [], "record save FILE",
            "Writes that schedule to a file.",
            "record save witness.txt", Save),
        new("search", [], "search [exhaustive | random N | pct N] [time S]",
            "Explores everything that can happen from here on (random, pct: N executions), for at most S seconds (10). What is violated is told, and "
            + "'walk' goes there.",
            "search random 1000", Search),
        new("walk", [], "walk",
            "Takes the steps of the witness that search found, from where it began.",
            "walk", Walk),
        new("set order", [], "set order first|turns|random [SEED]",
            "Who goes on where nothing is recorded: what is offered first, the cores in turn, or at random.",
            "set order turns", Order),
        new("drop", [], "drop [STEP]",
            "Begins again with a step left out of the kernel's procedures, and takes what was recorded as far as it still fits. Alone: lists the steps.",
            "drop synchronize_rcu_tasks", Drop),
    ];

    /// <summary>A number alone takes an offered step.</summary>
    public static void TakeNumber(DebugShell shell, string text)
    {
        IReadOnlyList<OfferedStep> offered = shell.Offered ?? shell.Session.Offered();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1 || number > offered.Count)
            throw new UserErrorException(offered.Count == 0 ? "nothing is enabled any more" : $"step {text} is not offered; there are 1 to {offered.Count}, see 'schedule'");

        shell.Printer.Print(shell.Session.Moves.Take(offered[number - 1]));
    }

    private static void Offer(DebugShell shell)
    {
        shell.Offered = shell.Session.Offered();
        if (shell.Offered.Count == 0)
            shell.Say("nothing is enabled any more: the run is over");

        TimelineStep? recorded = shell.Session.Timeline.Next;
        int width = shell.Offered.Count == 0 ? 0 : shell.Offered.Max(step => step.Key.Length);
        foreach (OfferedStep step in shell.Offered)
        {
            string mark = recorded is { Edit: null } next && next.Action == step.Action ? "*" : " ";
            string bad = step.Violation is { } violation ? shell.Paint.Bad($"  violates {violation.Property}") : "";
            shell.Say(string.Create(CultureInfo.InvariantCulture, $"{mark}{step.Number,3}  {step.Key.PadRight(width)}  {step.Text}{bad}"));
        }
    }

    private static void Step(DebugShell shell, string args)
    {
        if (args.Length > 0)
            TakeNumber(shell, args);
        else
            shell.Printer.Print(shell.Session.Moves.StepCore(shell.Session.SelectedCore));
    }

    private static void Trace(DebugShell shell, string args)
    {
        DebugSession session = shell.Session;
        long here = session.Timeline.Position, count = shell.Count(args, 10);
        long from = Math.Max(0, here - count), end = Math.Min(session.Timeline.Length, here + Math.Min(count, 3));
        session.Timeline.Seek(from);
        while (session.Timeline.Position < end)
        {
            session.Timeline.Forward();
            int core = session.Timeline.LastEdit is null ? session.CoreOf(session.Machine.LastStep.Action) : -1;
            string line = StopPrinter.StepLine(session.Timeline.Position, core, session.LastStepText);
            shell.Say(session.Timeline.Position > here ? $"{line}  (recorded)" : line);
        }

        session.Moves.GoTo(here);
    }

    private static void Replay(DebugShell shell, string args)
    {
        string line = args.Trim('\'', '"');
        if (!line.Contains('@') && File.Exists(line))
            line = File.ReadAllText(line);

        shell.Printer.Print(shell.Session.Schedules.Replay(Schedule.Parse(line), force: false, shell.Cancel));
    }

    private static void Save(DebugShell shell, string args)
    {
        if (args.Length == 0)
            throw new UserErrorException("record save takes the name of a file");

        string line = shell.Session.Schedules.Recorded(shell.Session.Timeline.Position).ToString();
        Shell.InputFile.Write(args, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n")));
        shell.Say($"Saved {shell.Session.Timeline.Position} steps to {args}.");
    }

    private static void Search(DebugShell shell, string args)
    {
        ExploreOptions options = Options(args);
        ExploreResult result = shell.Session.Schedules.Search(options, null, shell.Cancel);
        string effort = string.Create(CultureInfo.InvariantCulture, $"{result.States:N0} states, {result.Executions:N0} executions{(result.ExecutionsExact ? "" : " or more")}");
        switch (result.Verdict)
        {
            case Verdict.Holds:
                shell.Say($"{shell.Paint.Good("holds")} from here on: {effort}");
                return;
            case Verdict.NotFinished:
                shell.Say($"{shell.Paint.Doubtful("not finished")}: {result.Bound}; {effort}");
                return;
            default:
                break;
        }

        // What must be reachable and is not from here on may have been reached before.
        if (result.Witness is not { } witness)
        {
            shell.Say($"{shell.Paint.Good("nothing is violated")} from here on: {effort}; {result.Violation!.Message}");
            return;
        }

        shell.Found = (witness, shell.Session.Timeline.Number, shell.Session.Timeline.Position);
        shell.Say($"{shell.Paint.Bad("violated")} {result.Violation!.Property}: {result.Violation.Message}");
        shell.Say($"{witness.Actions} steps from here; 'walk' takes them");
    }

    private static ExploreOptions Options(string args)
    {
        string[] words = args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double seconds = SearchSeconds;
        int time = Array.IndexOf(words, "time");
        if (time >= 0)
        {
            if (time + 2 != words.Length || !double.TryParse(words[^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds) || seconds <= 0)
                throw new UserErrorException("time is followed by seconds, at the end of the line");

            words = words[..time];
        }

        var options = new ExploreOptions { Seconds = seconds };
        return words switch
        {
            [] or ["exhaustive"] => options,
            ["random" or "pct", var number] when long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0 =>
                options with { Strategy = words[0] == "pct" ? SearchStrategy.Pct : SearchStrategy.Random, MaxExecutions = count },
            _ => throw new UserErrorException("search takes exhaustive, random N or pct N, and time S"),
        };
    }

    private static void Walk(DebugShell shell, string args)
    {
        if (shell.Found is not { } found)
            throw new UserErrorException("nothing was found yet; see 'help search'");

        shell.Session.SwitchTo(found.Timeline, found.Position);
        shell.Printer.Print(shell.Session.Schedules.Follow(found.Witness, shell.Cancel));
        shell.Found = null;
    }

    private static void Order(DebugShell shell, string args)
    {
        string[] words = args.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int seed = 1;
        bool valid = words.Length == 1 || (words.Length == 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out seed));
        if (!valid || !Enum.TryParse(words[0], ignoreCase: true, out RunOrder order) || char.IsAsciiDigit(words[0][0]))
            throw new UserErrorException("set order takes first, turns or random [SEED]");

        shell.Session.Moves.SetOrder(order, seed);
    }

    private static void Drop(DebugShell shell, string args)
    {
        if (shell.Session.Model is not KernelDebugModel model)
            throw new UserErrorException("only a scenario has steps that can be dropped");

        string step = args.StartsWith("barrier ", StringComparison.Ordinal) ? args["barrier ".Length..].Trim() : args;
        if (step.Length == 0)
        {
            foreach (var group in model.Kernel.DroppableSteps().GroupBy(known => known.Step))
                shell.Say($"{group.Key}  ({string.Join(", ", group.Select(known => known.Procedure).Distinct())})");

            return;
        }

        Scenario changed = model.Scenario with { Drop = [.. model.Scenario.Drop, (step, 0)] };
        var session = new DebugSession(new KernelDebugModel(changed));
        Schedule recorded = shell.Session.Schedules.Recorded(shell.Session.Timeline.Position);
        shell.Replace(session);
        shell.Say($"{step} is left out from here on");
        try
        {
            shell.Printer.Print(session.Schedules.Replay(recorded, force: true, shell.Cancel));
        }
        catch (ReplayDivergedException diverged)
        {
            shell.Say(diverged.Message);
            session.Moves.GoTo(session.Timeline.Position);
            shell.Printer.Here();
        }
    }
}
