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
    private readonly int[] _phases;
    private readonly long _mostMemory;
    private int _unreached;

    public Search(
        Machine machine, ExploreOptions options, IStrategy strategy, Func<long> states, CancellationToken cancel, IProgress<ExploreProgress>? progress)
    {
        (Machine, _options, _strategy, _states, _cancel, _progress) = (machine, options, strategy, states, cancel, progress);
        Path = new SearchPath(machine, strategy, options.Preemptions, options.Depth ?? Explorer.LongestExecution);
        _mostMemory = options.MaxMemory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;
        Reached = new bool[machine.Reaches.Count];
        _unreached = Reached.Length;
        _phases = new int[machine.Agents.Count];
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

    /// <summary>Where given, only the agents of a stubborn set are tried, and the search stops where one was too small.</summary>
    public StubbornSets? Reduction { get; init; }

    /// <summary>Where given, learns who touches what.</summary>
    public AgentUses? Learns { get; init; }

    /// <summary>True: what is asked of what must be reachable counts as part of the step.</summary>
    public bool ReachesAreShared { get; init; }

    /// <summary>False: what must be reachable is not asked.</summary>
    public bool AsksReaches { get; init; } = true;

    /// <summary>Called with every violation. True: the execution goes on behind it.</summary>
    public Func<Violation, bool>? OnViolation { get; init; }

    /// <summary>Called at every state in which nothing is enabled.</summary>
    public Action<Machine>? OnEnd { get; init; }

    /// <summary>Where given, says that the search is in vain and stops.</summary>
    public Func<bool>? IsInVain { get; init; }

    private bool IsStopped =>
        Bound is not null || Violation is not null || Reduction is { IsBroken: true } || (IsInVain is not null && IsInVain());

    public void Run()
    {
        Path.Push();
        Reduction?.Enter(Path, 0);
        LearnGuards();
        try
        {
            if (Arrive())
                Walk();
        }
        catch (OutOfMemoryException)
        {
            Bound ??= "memory: there is no more";
        }

        Machine.State.UndoTo(Path[0].Mark);
    }

    private void Walk()
    {
        while (!IsStopped)
        {
            if (Reduction is not null && !Path.Top.IsDecided && Reduction.Reduce(Path, out Violation? violation))
            {
                _ = Step(violation);
                continue;
            }

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

        AskReaches();
        ulong conflicts = Reduction?.Performed(Path) ?? 0;
        Learns?.Note(Machine.LastStep.Action.Agent, Machine.Footprint.Touches, _phases, relies: false);
        if (Reduction is null)
        {
            Path.Push();
        }
        else
        {
            violation ??= Reduction.GoOn(Path);
            Path.Push(conflicts | (1UL << Path.TakenAt(Path.Depth).Agent));
            Reduction.Enter(Path, conflicts);
        }

        LearnGuards();
        if (Path.Top.Steps > MaxDepth)
            MaxDepth = Path.Top.Steps;

        if (violation is not null)
            Meet(violation);

        if (!IsStopped && Arrive())
            return true;

        Path.Pop();
        return false;
    }

    private void LearnGuards()
    {
        if (Learns is null)
            return;

        for (int agent = 0; agent < _phases.Length; agent++)
            _phases[agent] = Learns.PhaseOf(agent);

        int start = 0;
        for (int agent = 0; agent < Machine.GuardEnds.Length; agent++)
        {
            int end = Machine.GuardEnds[agent];
            Learns.Note(agent, Machine.Guards[start..end], _phases, relies: false);
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

    /// <summary>Asks of what must be reachable and was not yet reached whether the performed step reached it.</summary>
    public void AskReaches()
    {
        if (_unreached == 0 || !AsksReaches)
            return;

        int touched = Machine.Footprint.Count;
        for (int i = 0; i < Reached.Length; i++)
        {
            if (Reached[i] || !Machine.Reaches[i].Holds(Machine, in Machine.LastStep))
                continue;

            Reached[i] = true;
            _unreached--;
        }

        if (!ReachesAreShared)
            Machine.Footprint.Truncate(touched);
    }

    private void Look()
    {
        if (Steps >= MaxSteps)
            Stop("steps", MaxSteps);
        else if (_cancel.IsCancellationRequested)
            Bound ??= "interrupted";
        else if (_clock.Elapsed.TotalSeconds > _options.Seconds)
            Bound ??= string.Create(CultureInfo.InvariantCulture, $"seconds: {_options.Seconds}");
        else if (GC.GetTotalMemory(false) > _mostMemory)
            Bound ??= string.Create(CultureInfo.InvariantCulture, $"memory: {_mostMemory >> 20} MiB");

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
