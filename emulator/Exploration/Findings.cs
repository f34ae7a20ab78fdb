using System.Globalization;
using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>What one or more searches found, before it is put into words.</summary>
internal sealed record Findings
{
    public required BigInteger Executions { get; init; }

    public required bool ExecutionsExact { get; init; }

    public required long States { get; init; }

    public required long Steps { get; init; }

    public required double Seconds { get; init; }

    public required int MaxDepth { get; init; }

    public required bool[] Reached { get; init; }

    /// <summary>Which bounds were hit; none where the search covered everything.</summary>
    public required IReadOnlyList<string> Bounds { get; init; }

    /// <summary>True where executions were left out because of the bound of preemptions.</summary>
    public bool CutByPreemptions { get; init; }

    /// <summary>True where the search stopped on its way.</summary>
    public bool Stopped { get; init; }

    public Violation? Violation { get; init; }

    public RecordedStep[]? Witness { get; init; }

    public (RecordedStep[] Steps, int Length)? Cycle { get; init; }

    /// <summary>Where all violations are wanted: every kind that was met.</summary>
    public DistinctViolations? Met { get; init; }

    public bool CountsClasses { get; init; }

    public long Redundant { get; init; }

    /// <summary>What a search found, with the number of executions if it is known.</summary>
    public static Findings Of(Search search, BigInteger? executions, long states, DistinctViolations? met = null)
    {
        bool through = search.Violation is null && search.Bound is null;
        return new Findings
        {
            Executions = through && executions is { } all ? all : search.Ends,
            ExecutionsExact = through && executions is not null,
            States = states,
            Steps = search.Steps,
            Seconds = search.Seconds,
            MaxDepth = search.MaxDepth,
            Reached = search.Reached,
            Bounds = BoundsOf(search),
            CutByPreemptions = search.Path.CutByPreemptions > 0,
            Stopped = search.Bound is not null,
            Violation = search.Violation,
            Witness = search.Witness,
            Cycle = search.Cycle,
            Met = met,
        };
    }

    /// <summary>The same with another witness.</summary>
    public Findings With((RecordedStep[] Steps, Violation Violation) witness) =>
        this with { Witness = witness.Steps, Violation = witness.Violation };

    /// <summary>The same, with more that was reached.</summary>
    public Findings With(bool[] reached) => this with { Reached = [.. Reached.Zip(reached, (one, other) => one || other)] };

    /// <summary>The result. Performs the witness once more to learn its keys.</summary>
    /// <param name="machine">The machine that was searched.</param>
    /// <param name="origin">What schedules say of it.</param>
    /// <param name="violations">Where all are wanted: the kinds of violations, the one to be named first at the front.</param>
    public ExploreResult Result(Machine machine, ScheduleOrigin origin, IReadOnlyList<DistinctViolation> violations)
    {
        string? bound = Bounds.Count > 0 ? string.Join("; ", Bounds) : null;
        Violation? violation = Violation ?? (violations.Count > 0 ? violations[0].Violation : bound is null ? NeverReached(machine) : null);
        return new ExploreResult(
            violation is not null ? Verdict.Violated : bound is not null ? Verdict.NotFinished : Verdict.Holds,
            Executions,
            ExecutionsExact,
            States,
            Steps,
            Seconds,
            violation,
            Witness is { } witness ? Recorder.Perform(machine, witness, origin) : violations.Count > 0 ? violations[0].Witness : null,
            [.. machine.Reaches.Select((reach, i) => (reach.Name, Reached[i]))],
            bound,
            MaxDepth,
            Cycle is { } round ? new ExploreCycle(Recorder.Perform(machine, round.Steps, origin), round.Length) : null,
            CountsClasses,
            Redundant)
        {
            Violations = violations,
        };
    }

    private static List<string> BoundsOf(Search search)
    {
        List<string> bounds = [];
        if (search.Bound is not null)
            bounds.Add(search.Bound);

        SearchPath path = search.Path;
        if (path.CutByDepth > 0)
            bounds.Add(string.Create(CultureInfo.InvariantCulture, $"depth {path.DepthBound}: {path.CutByDepth} executions were cut off"));

        if (path.CutByPreemptions > 0)
            bounds.Add(string.Create(CultureInfo.InvariantCulture, $"preemptions {path.PreemptionBound}: {path.CutByPreemptions} states had more"));

        return bounds;
    }

    private Violation? NeverReached(Machine machine)
    {
        int never = Array.IndexOf(Reached, false);
        return never < 0
            ? null
            : new Violation(machine.Reaches[never].Name, "never reached, though the search covered every execution");
    }
}

/// <summary>Performs recorded steps once more, from the start, to learn their keys.</summary>
internal static class Recorder
{
    public static Schedule Perform(Machine machine, IReadOnlyList<RecordedStep> steps, ScheduleOrigin origin)
    {
        Mark start = machine.State.Mark();
        var builder = new ScheduleBuilder();
        var answers = new Answers();
        machine.Chooser = answers;
        foreach (RecordedStep step in steps)
        {
            builder.Action(machine.Key(step.Action));
            answers.Begin(step.Choices);
            _ = machine.Perform(step.Action);
            foreach (int choice in step.Choices)
                builder.Choice(choice);
        }

        machine.State.UndoTo(start);
        return builder.Build(origin);
    }

    /// <summary>True where a step before the last one violates something.</summary>
    public static bool ViolatesBeforeItsEnd(Machine machine, IReadOnlyList<RecordedStep> steps)
    {
        Mark start = machine.State.Mark();
        bool violates = false;
        var answers = new Answers();
        machine.Chooser = answers;
        for (int i = 0; i < steps.Count - 1 && !violates; i++)
        {
            answers.Begin(steps[i].Choices);
            violates = machine.Perform(steps[i].Action) is not null;
        }

        machine.State.UndoTo(start);
        return violates;
    }

    /// <summary>Performs recorded steps and leaves the machine behind them.</summary>
    public static void Repeat(Machine machine, IReadOnlyList<RecordedStep> steps)
    {
        var answers = new Answers();
        machine.Chooser = answers;
        foreach (RecordedStep step in steps)
        {
            answers.Begin(step.Choices);
            _ = machine.Perform(step.Action);
        }
    }

    private sealed class Answers : IChooser
    {
        private int[] _choices = [];
        private int _next;

        public bool ReadsReasons => false;

        public void Begin(int[] choices) => (_choices, _next) = (choices, 0);

        public int Choose(int alternatives, string reason) =>
            _next < _choices.Length
                ? _choices[_next++]
                : throw new InvalidOperationException($"a recorded step asks for more choices than before ({reason})");
    }
}
