using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Goes through executions depth first on one machine, as a strategy says: performs, judges, takes back, counts, and stops
/// at a violation or a bound.
/// </summary>
internal sealed class Search
{
    private const int StepsBetweenLooks = 1 << 10;
    private readonly ExploreOptions _options;
    private readonly IStrategy _strategy;
    private readonly Func<long> _states;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly IProgress<ExploreProgress>? _progress;
    private readonly CancellationToken _cancel;
    private int _unreached;

    public Search(
        Machine machine, ExploreOptions options, IStrategy strategy, Func<long> states, CancellationToken cancel, IProgress<ExploreProgress>? progress)
    {
        (Machine, _options, _strategy, _states, _cancel, _progress) = (machine, options, strategy, states, cancel, progress);
        Path = new SearchPath(machine, strategy, options.Preemptions, options.Depth ?? Explorer.LongestExecution);
        Reached = new bool[machine.Reaches.Count];
        _unreached = Reached.Length;
    }

    public Machine Machine { get; }

    public SearchPath Path { get; }

    /// <summary>Which of the machine's <see cref="Machine.Reaches"/> were met.</summary>
    public bool[] Reached { get; }

    /// <summary>Executions gone through to their end.</summary>
    public long Ends { get; private set; }

    public long Steps { get; private set; }

    public int MaxDepth { get; private set; }

    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>Why the search stopped before it was through; null where it was not stopped.</summary>
    public string? Bound { get; private set; }

    public Violation? Violation { get; private set; }

    /// <summary>The steps that led to <see cref="Violation"/>.</summary>
    public RecordedStep[]? Witness { get; private set; }

    /// <summary>Steps after which the search stops.</summary>
    public long MaxSteps { get; init; } = long.MaxValue;

    /// <summary>True: a state that comes again in one execution stops the search, which could not end.</summary>
    public bool StopsAtCycle { get; init; }

    /// <summary>A way to a state and once around, and the round's length.</summary>
    public (RecordedStep[] Steps, int Length)? Cycle { get; private set; }

    /// <summary>Where given, steps that touch nothing shared are taken at once, and the search stops where that was decided too early.</summary>
    public Sharing? Sharing { get; init; }

    /// <summary>False: <see cref="Sharing"/> only learns.</summary>
    public bool TakesPrivate { get; init; } = true;

    /// <summary>False: what must be reachable is not asked.</summary>
    public bool AsksReaches { get; init; } = true;

    /// <summary>Called with every violation. True: the execution goes on behind it.</summary>
    public Func<Violation, bool>? OnViolation { get; init; }

    /// <summary>Called at every state in which nothing is enabled.</summary>
    public Action<Machine>? OnEnd { get; init; }

    private bool IsStopped => Bound is not null || Violation is not null || Sharing is { IsBroken: true };

    public void Run()
    {
        Path.Push();
        NoteGuards();
        if (Arrive())
            Walk();

        Machine.State.UndoTo(Path[0].Mark);
    }

    private void Walk()
    {
        while (!IsStopped)
        {
            if (Sharing is not null && TakesPrivate && Path.Top.Taken < 0 && TakePrivate())
                continue;

            int next = _strategy.Next(Path);
            if (next >= 0)
            {
                if (!Step(Path.Perform(next)))
                    OtherChoices();
            }
            else
            {
                _strategy.Leave(Path);
                if (Path.Depth == 0)
                    return;

                Path.Pop();
                OtherChoices();
            }
        }
    }

    // Tries what each agent would do, and takes the first step that is nobody else's business.
    private bool TakePrivate()
    {
        for (int i = 0; i < Path.Top.ActionCount && !IsStopped; i++)
        {
            int agent = Path.Actions[i].Agent;
            ulong bit = SearchPath.Bit(agent);
            if (bit == 0 || (Path.Top.Visible & bit) != 0 || OffersMore(i))
                continue;

            Violation? violation = Path.Perform(i);
            if (Path.Chose || !IsPrivate(agent))
            {
                Path.Back();
                Path.Top.Visible |= bit;
                Path.Top.Taken = -1;
                Steps++;
                continue;
            }

            Path.HoldBackAllBut(i);
            _ = Step(violation);
            return true;
        }

        return false;
    }

    private bool OffersMore(int i)
    {
        ReadOnlySpan<MachineAction> actions = Path.Actions;
        return (i > 0 && actions[i - 1].Agent == actions[i].Agent)
            || (i + 1 < actions.Length && actions[i + 1].Agent == actions[i].Agent);
    }

    private bool IsPrivate(int agent)
    {
        if (_unreached > 0 && AsksReaches)
            AskReaches();

        ReadOnlySpan<int> ends = Machine.GuardEnds;
        ReadOnlySpan<Touch> guard = Machine.Guards[(agent == 0 ? 0 : ends[agent - 1])..ends[agent]];
        if (!Sharing!.Note(agent, Machine.Footprint.Touches) | !Sharing.Note(agent, guard))
            return false;

        Sharing.Rely(Machine.Footprint.Touches);
        Sharing.Rely(guard);
        return true;
    }

    // The other answers to what the taken action of the deepest node asked for, until one leads to a state to go on from.
    private void OtherChoices()
    {
        if (!_strategy.TriesAllChoices)
            return;

        while (!IsStopped && Path.PerformNextChoice(out Violation? violation))
        {
            if (Step(violation))
                return;
        }
    }

    // Judges the performed step. False: the path is back where it was.
    private bool Step(Violation? violation)
    {
        if ((++Steps & (StepsBetweenLooks - 1)) == 0)
            Look();

        if (_unreached > 0 && AsksReaches)
            AskReaches();

        Path.Push();
        Sharing?.Note(Machine.LastStep.Action.Agent, Machine.Footprint.Touches);
        NoteGuards();
        if (Path.Depth > MaxDepth)
            MaxDepth = Path.Depth;

        if (violation is not null)
            Meet(violation);

        if (!IsStopped && Arrive())
            return true;

        Path.Pop();
        return false;
    }

    private void NoteGuards()
    {
        if (Sharing is null)
            return;

        int start = 0;
        for (int agent = 0; agent < Machine.GuardEnds.Length; agent++)
        {
            int end = Machine.GuardEnds[agent];
            Sharing.Note(agent, Machine.Guards[start..end]);
            start = end;
        }
    }

    private bool Arrive()
    {
        if (StopsAtCycle)
            LookForCycle();

        bool isNew = _strategy.Enter(Path);
        ref Node node = ref Path.Top;
        if (node.ActionCount == 0 && isNew)
            End(node.Enabled == 0);

        if (_options.MaxStates is { } most && _states() >= most)
            Stop("states", most);

        return isNew;
    }

    private void End(bool isOver)
    {
        Ended();
        if (!isOver)
            return;

        OnEnd?.Invoke(Machine);
        if (Machine.End() is { } violation)
            Meet(violation);
    }

    private void Meet(Violation violation)
    {
        if (OnViolation?.Invoke(violation) == true)
            return;

        Violation = violation;
        Witness = Path.Record();
    }

    private void Ended()
    {
        if (++Ends >= _options.MaxExecutions)
            Stop("executions", _options.MaxExecutions.Value);
    }

    private void AskReaches()
    {
        for (int i = 0; i < Reached.Length; i++)
        {
            if (Reached[i] || !Machine.Reaches[i].Holds(Machine, in Machine.LastStep))
                continue;

            Reached[i] = true;
            _unreached--;
        }
    }

    private void Look()
    {
        if (Steps >= MaxSteps)
            Stop("steps", MaxSteps);
        else if (_cancel.IsCancellationRequested)
            Bound ??= "interrupted";
        else if (_clock.Elapsed.TotalSeconds > _options.Seconds)
            Bound ??= string.Create(CultureInfo.InvariantCulture, $"seconds: {_options.Seconds}");

        _progress?.Report(new ExploreProgress(Ends, _states(), Steps, Path.Depth, Seconds));
    }

    // Each state is compared with the one at the greatest power of two below its depth (Brent's way): every round is met some time.
    private void LookForCycle()
    {
        int depth = Path.Depth;
        if (depth < 2)
            return;

        int before = 1 << BitOperations.Log2((uint)depth - 1);
        if (Path[before].Mark.Hash != Path.Top.Mark.Hash)
            return;

        Cycle = (Path.Record(), depth - before);
        Bound ??= string.Create(CultureInfo.InvariantCulture, $"depth: none was given, and a run need not end (step {depth} leads back to where step {before} led)");
    }

    private void Stop(string what, long most) => Bound ??= string.Create(CultureInfo.InvariantCulture, $"{what}: {most}");
}
