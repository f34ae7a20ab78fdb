using System.Globalization;
using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>Searches the executions of a machine for a violation, and says what its verdict covers.</summary>
public sealed class Explorer
{
    /// <summary>Steps after which an execution is cut off where no other bound is given.</summary>
    public const int LongestExecution = 10_000_000;

    private readonly Func<Machine> _build;
    private readonly string _name;

    /// <summary>Explores what <paramref name="build"/> makes.</summary>
    /// <param name="build">Makes a sealed machine that has done nothing yet; the same one each time.</param>
    /// <param name="name">The scenario's name, for schedules.</param>
    public Explorer(Func<Machine> build, string name) => (_build, _name) = (build, name);

    /// <summary>Searches.</summary>
    /// <param name="options">Bounds and strategy.</param>
    /// <param name="progress">Told now and then how far the search is, on the searching thread.</param>
    /// <param name="cancel">Stops the search; what was found until then is the result.</param>
    public ExploreResult Explore(
        ExploreOptions options, IProgress<ExploreProgress>? progress = null, CancellationToken cancel = default)
    {
        using Machine machine = _build();
        ScheduleOrigin origin = ScheduleOrigin.Of(_name, machine);
        bool plain = !options.Reduction || options.Strategy == SearchStrategy.Plain;
        var stateful = new StatefulStrategy(options);
        IStrategy strategy = plain ? new PlainStrategy() : stateful;
        var search = new Search(machine, options, strategy, () => plain ? 0 : stateful.States, cancel, progress);
        search.Run();

        bool complete = search.Violation is null && search.Bound is null;
        BigInteger? counted = plain ? search.Ends : complete ? stateful.Executions : null;
        return new Outcome(search, options, origin).Result(
            counted ?? search.Ends, complete && counted is not null, plain ? 0 : stateful.States, stateful.Cycle);
    }
}

/// <summary>Turns what a search found into a result.</summary>
internal sealed class Outcome(Search search, ExploreOptions options, ScheduleOrigin origin)
{
    public ExploreResult Result(BigInteger executions, bool exact, long states, (RecordedStep[] Steps, int Length)? cycle)
    {
        string? bound = Bound();
        Violation? violation = search.Violation ?? (bound is null ? NeverReached() : null);
        Verdict verdict = violation is not null ? Verdict.Violated : bound is not null ? Verdict.NotFinished : Verdict.Holds;
        return new ExploreResult(
            verdict,
            executions,
            exact,
            states,
            search.Steps,
            search.Seconds,
            violation,
            search.Witness is { } witness ? ScheduleOf(witness) : null,
            [.. search.Machine.Reaches.Select((reach, i) => (reach.Name, search.Reached[i]))],
            bound,
            search.MaxDepth,
            cycle is { } round ? new ExploreCycle(ScheduleOf(round.Steps), round.Length) : null);
    }

    private string? Bound()
    {
        if (search.Bound is not null)
            return search.Bound;

        List<string> bounds = [];
        if (search.Path.CutByDepth > 0)
            bounds.Add(string.Create(CultureInfo.InvariantCulture, $"depth {options.Depth ?? Explorer.LongestExecution}: {search.Path.CutByDepth} executions were cut off"));

        if (search.Path.CutByPreemptions > 0)
            bounds.Add(string.Create(CultureInfo.InvariantCulture, $"preemptions {options.Preemptions}: {search.Path.CutByPreemptions} states had more"));

        return bounds.Count > 0 ? string.Join("; ", bounds) : null;
    }

    private Violation? NeverReached()
    {
        int never = Array.IndexOf(search.Reached, false);
        return never < 0
            ? null
            : new Violation(search.Machine.Reaches[never].Name, "never reached, though the search covered every execution");
    }

    private Schedule ScheduleOf(RecordedStep[] steps) => Recorder.Perform(search.Machine, steps, origin);
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

    private sealed class Answers : IChooser
    {
        private int[] _choices = [];
        private int _next;

        public void Begin(int[] choices) => (_choices, _next) = (choices, 0);

        public int Choose(int alternatives, string reason) =>
            _next < _choices.Length
                ? _choices[_next++]
                : throw new InvalidOperationException($"a recorded step asks for more choices than before ({reason})");
    }
}
