using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// The reduced search in parts, on several threads with a machine each. Which parts there are depends on what the parts before them found, taken in
/// the order in which they were handed out, and not on the threads: the result is the same for any number of them.
/// </summary>
internal sealed class DporInParts(
    Func<Machine> build, string subject, ExploreOptions options, IProgress<ExploreProgress>? progress, CancellationToken cancel)
{
    private const double SecondsBetweenCheckpoints = 60;

    // Parts in a round: enough for many threads, few enough that no memory goes into parts that wait.
    private const int Round = 64;

    private readonly ConcurrentBag<Machine> _machines = [];
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
    private double _nextCheckpoint = SecondsBetweenCheckpoints;
    private IReadOnlyList<string>? _bounds;
    private Findings? _sum;
    private BigInteger _executions;
    private long _redundant;

    /// <summary>As of <see cref="Search.ReachesAreShared"/>.</summary>
    public bool ReachesAreShared { get; init; }

    /// <summary>Searches. Null where a violation or a cycle was met: the search in one part says what it says then.</summary>
    public Findings? Run()
    {
        try
        {
            DporTree tree = Begin();
            while (!tree.IsDone && (_bounds ??= Stopped()) is null)
            {
                if (!Explore(tree))
                    return null;

                if (_clock.Elapsed.TotalSeconds > _nextCheckpoint)
                    Keep(tree);
            }

            if (!tree.IsDone)
                Keep(tree);
            else if (options.Checkpoint is { } path)
                File.Delete(path);

            return _bounds is null ? Sum() : Sum() with { Bounds = _bounds, Stopped = true, ExecutionsExact = false };
        }
        finally
        {
            foreach (Machine machine in _machines)
                machine.Dispose();
        }
    }

    private string Subject => $"{subject}, dpor{(options.Depth is { } depth ? string.Create(CultureInfo.InvariantCulture, $", depth {depth}") : "")}";

    private DporTree Begin()
    {
        if (options.Checkpoint is not { } path)
            return new DporTree(Limit());

        using BinaryReader? from = CheckpointFile.Read(path, Subject);
        if (from is null)
            return new DporTree(Limit());

        (DporTree tree, _sum, _executions, _redundant) = DporCheckpoint.Read(from);
        return tree;
    }

    private void Keep(DporTree tree)
    {
        if (options.Checkpoint is not { } path)
            return;

        CheckpointFile.Write(path, Subject, to => DporCheckpoint.Write(to, tree, _sum, _executions, _redundant));
        _nextCheckpoint = _clock.Elapsed.TotalSeconds + SecondsBetweenCheckpoints;
    }

    private bool Explore(DporTree tree)
    {
        List<(DporTree.Open Open, DporPart Part)> parts = tree.Take(Round);
        var found = new Findings[parts.Count];
        Parallel.For(0, parts.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Jobs }, i => found[i] = Explore(parts[i].Part));
        for (int i = 0; i < parts.Count; i++)
        {
            if (found[i] is { Violation: not null } or { Cycle: not null })
                return false;

            if (found[i].Stopped)
            {
                for (int k = parts.Count - 1; k >= i; k--)
                    tree.Return(parts[k].Open);

                _bounds = Stopped() ?? found[i].Bounds;
                return true;
            }

            tree.Add(parts[i].Open, parts[i].Part);
            Add(found[i], tree.Count + parts.Count - i - 1);
        }

        return true;
    }

    private string[]? Stopped() => cancel.IsCancellationRequested ? ["interrupted"]
        : _clock.Elapsed.TotalSeconds > options.Seconds ? [string.Create(CultureInfo.InvariantCulture, $"seconds: {options.Seconds}")]
        : null;

    private Findings Explore(DporPart part)
    {
        Machine machine = Take();
        var strategy = new DporStrategy(machine, part);
        ExploreOptions bounds = options with { Seconds = options.Seconds is { } seconds ? Math.Max(0, seconds - _clock.Elapsed.TotalSeconds) : null };
        DistinctViolations? met = options.AllViolations ? new DistinctViolations() : null;
        Search search = null!;
        search = new Search(machine, bounds, strategy, () => 0, cancel, null)
        {
            StopsAtCycle = options.Depth is null,
            ReachesAreShared = ReachesAreShared,
            OnViolation = Exploring.Collect(met, () => search.Path),
        };
        search.Run();
        _machines.Add(machine);
        return Findings.Of(search, search.Ends, 0, met) with { CountsClasses = true, Redundant = strategy.Redundant };
    }

    // Half of the first execution: parts behind it are short enough to be many, and long enough to be worth the way to them.
    private int Limit()
    {
        Machine machine = Take();
        var search = new Search(machine, new ExploreOptions { MaxExecutions = 1, Depth = options.Depth }, new PlainStrategy(), () => 0, cancel, null)
        {
            OnViolation = _ => true,
            AsksReaches = false,
            StopsAtCycle = options.Depth is null,
        };
        search.Run();
        _machines.Add(machine);
        return Math.Max(1, search.MaxDepth / 2);
    }

    private Machine Take()
    {
        if (_machines.TryTake(out Machine? machine))
            return machine;

        lock (_machines)
            return build();
    }

    private void Add(Findings part, int frontier)
    {
        _executions += part.Executions;
        _redundant += part.Redundant;
        _sum = _sum is null ? part : Workers.Sum([_sum, part]);
        progress?.Report(new ExploreProgress((long)_executions, 0, _sum.Steps, _sum.MaxDepth, _clock.Elapsed.TotalSeconds) { Frontier = frontier });
    }

    private Findings Sum() => (_sum ?? Nothing()) with
    {
        Executions = _executions,
        Redundant = _redundant,
        Seconds = _clock.Elapsed.TotalSeconds,
    };

    private Findings Nothing() => new()
    {
        Executions = 0,
        ExecutionsExact = false,
        States = 0,
        Steps = 0,
        Seconds = 0,
        MaxDepth = 0,
        Reached = new bool[_machines.First().Reaches.Count],
        Bounds = [],
        CountsClasses = true,
    };
}
