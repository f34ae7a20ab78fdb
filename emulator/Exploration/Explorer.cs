using System.Globalization;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Exploration;

/// <summary>Searches the executions of a machine for a violation, and says what its verdict covers.</summary>
public sealed class Explorer
{
    /// <summary>Steps after which an execution is cut off where no other bound is given.</summary>
    public const int LongestExecution = 10_000_000;

    /// <summary>How many random executions are made where no other number is given.</summary>
    public const long RandomExecutions = 10_000;

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
        if (options.Checkpoint is not null && (!options.Reduction || options.Strategy != SearchStrategy.Dpor || options.AllViolations || options.MaxExecutions is not null))
            throw new UserErrorException("a checkpoint is kept of --strategy dpor, without --all-violations and --executions");

        var run = new Exploring(machine, origin, _build, options, progress, cancel);
        Findings found = (options.Reduction ? options.Strategy : SearchStrategy.Plain) switch
        {
            SearchStrategy.Plain => options is { Jobs: > 1, MaxExecutions: null, Preemptions: null } ? run.PlainInParts() : run.Plain(),
            SearchStrategy.Dpor => run.Dpor(),
            SearchStrategy.Deepening => run.Deepening(),
            SearchStrategy.Random or SearchStrategy.Pct => run.AtRandom(),
            SearchStrategy.Reduced when options.Preemptions is null && machine.Agents.Count <= AgentUses.MostAgents => run.Reduced(),
            _ => run.Stateful(options),
        };
        if (found.Witness is { } witness && options.Shortest)
            found = found.With(new ShortestWitness(machine, met => met.Property == found.Violation!.Property).Find(witness, found.Violation!, found.Steps, cancel));

        if (machine.Goals.Count > 0)
            found = run.Eventually(found);

        return found.Result(machine, origin, Violations(machine, origin, found, options, cancel));
    }

    private static List<DistinctViolation> Violations(
        Machine machine, ScheduleOrigin origin, Findings found, ExploreOptions options, CancellationToken cancel)
    {
        List<(int Steps, DistinctViolation Violation)> kinds = [];
        foreach ((Violation violation, RecordedStep[] steps) in found.Met?.Met ?? [])
        {
            Violation kind = DistinctViolations.Kind(violation);
            var shortest = new ShortestWitness(machine, met => DistinctViolations.Kind(met) == kind) { IsFirst = true };
            (RecordedStep[] way, Violation shown) = options.Shortest ? shortest.Find(steps, violation, found.Steps, cancel) : (steps, violation);
            bool isConsequence = Recorder.ViolatesBeforeItsEnd(machine, way);
            kinds.Add((way.Length, new DistinctViolation(shown, Recorder.Perform(machine, way, origin), isConsequence)));
        }

        return [.. kinds.OrderBy(one => one.Violation.IsConsequence).ThenBy(one => one.Steps).Select(one => one.Violation)];
    }
}

/// <summary>One exploration with one machine: which searches it takes.</summary>
internal sealed class Exploring(
    Machine machine, ScheduleOrigin origin, Func<Machine> build, ExploreOptions options, IProgress<ExploreProgress>? progress, CancellationToken cancel)
{
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
    private readonly long[] _executed = new long[2];

    public Findings Plain()
    {
        (Search search, DistinctViolations? met) = Run(new PlainStrategy(), options, () => 0, stopsAtCycle: true);
        return Findings.Of(search, search.Ends, 0, met);
    }

    public Findings Dpor()
    {
        if (options.Preemptions is not null)
            throw new UserErrorException("a bound of preemptions does not go with partial-order reduction; take the stateful search");

        if (machine.Agents.Count > DporStrategy.MostAgents)
        {
            throw new UserErrorException(
                $"partial-order reduction takes at most {DporStrategy.MostAgents} agents, and this machine has {machine.Agents.Count}; "
                + "take the stateful search");
        }

        Findings found = Dpor(options, reachesAreShared: false);

        // As for the stateful reduction: the state in which something is met may be none that this search comes by.
        if (found.Violation is not null || found.Stopped || Array.IndexOf(found.Reached, false) < 0)
            return found;

        Findings again = Dpor(options with { Checkpoint = null }, reachesAreShared: true);
        return found.With(again.Reached) with
        {
            Steps = found.Steps + again.Steps,
            Seconds = found.Seconds + again.Seconds,
            Bounds = again.Stopped ? again.Bounds : found.Bounds,
            Stopped = again.Stopped,
        };
    }

    private Findings Dpor(ExploreOptions bounds, bool reachesAreShared)
    {
        bool inParts = bounds is { Jobs: > 1, MaxExecutions: null } || bounds.Checkpoint is not null;
        if (inParts && new DporInParts(build, origin.ToString(), bounds, progress, cancel) { ReachesAreShared = reachesAreShared }.Run() is { } found)
            return found;

        var strategy = new DporStrategy(machine);
        (Search search, DistinctViolations? met) = Run(strategy, bounds, () => 0, stopsAtCycle: true, reachesAreShared);
        machine.KeepsGuards = false;
        return Findings.Of(search, search.Ends, 0, met) with { CountsClasses = true, Redundant = strategy.Redundant };
    }

    /// <summary>Judges what must be met some time, behind a search that found no violation.</summary>
    public Findings Eventually(Findings found)
    {
        if (!options.Reduction || options.Strategy is not (SearchStrategy.Reduced or SearchStrategy.Stateful) || machine.Agents.Count > AgentUses.MostAgents)
            throw new UserErrorException("eventually is judged by --strategy reduced or stateful, on at most 64 agents");

        foreach (IReach goal in machine.Goals)
        {
            if (found.Violation is not null || found.Stopped)
                return found;

            var graph = new StateGraph(goal);
            var search = new Search(machine, options with { MaxExecutions = null }, graph, () => graph.States, cancel, progress)
            {
                AsksReaches = false,
                OnViolation = _ => true,
            };
            search.Run();
            found = found with { Steps = found.Steps + search.Steps, Seconds = found.Seconds + search.Seconds };
            if (search.Bound is { } bound)
                return found with { Bounds = [.. found.Bounds, $"{bound} (eventually {goal.Name})"], Stopped = true };

            if (new FairRound(graph, machine.Agents.Count).Find() is not (RecordedStep[] steps, int length))
                continue;

            string message = length == 0
                ? $"{goal.Name} never comes: nothing can happen any more"
                : string.Create(CultureInfo.InvariantCulture, $"{goal.Name} never comes: the last {length} steps go round for ever, and nobody who can act is left out");
            found = found with
            {
                Violation = new Violation($"eventually {goal.Name}", message),
                Witness = steps,
                Cycle = length == 0 ? found.Cycle : (steps, length),
            };
        }

        return found;
    }

    public Findings Stateful(ExploreOptions bounds)
    {
        var strategy = new StatefulStrategy(bounds);
        (Search search, DistinctViolations? met) = Run(strategy, bounds, () => strategy.States);
        return Findings.Of(search, strategy.Executions, strategy.States, met) with { Cycle = strategy.Cycle };
    }

    /// <summary>
    /// Learns who touches what from some executions at random, then searches with stubborn sets, again wherever one turns out to have been
    /// too small.
    /// </summary>
    public Findings Reduced()
    {
        var uses = new AgentUses(machine);
        machine.KeepsGuards = true;
        Sample(uses);
        Findings found = Reduced(uses, reachesAreShared: false);

        // A state in which something is met may be none that the reduced search comes by, unless looking at it counts as a step's reading.
        bool isOver = found.Violation is null && !found.Stopped;
        if (isOver && Array.IndexOf(found.Reached, false) >= 0)
            found = Reduced(uses, reachesAreShared: true).With(found.Reached);

        machine.KeepsGuards = false;
        return found;
    }

    private void Sample(AgentUses uses)
    {
        const int Samples = 32, SampleDepth = 10_000;
        new Search(
            machine, new ExploreOptions { Depth = SampleDepth, Seconds = options.Seconds }, new RandomStrategy(1, 0, Samples), () => 0, cancel, null)
        {
            Learns = uses,
            AsksReaches = false,
            OnViolation = _ => true,
        }.Run();
    }

    private Findings Reduced(AgentUses uses, bool reachesAreShared)
    {
        long steps = 0;
        bool sleeps = true;
        while (true)
        {
            uses.Restart();
            DistinctViolations? met = options.AllViolations ? new DistinctViolations() : null;
            Search search = null!;
            var sets = new StubbornSets(machine, uses) { BehindStep = reachesAreShared ? () => search.AskReaches() : null };
            var strategy = new ReducedStrategy(options, sets, sleeps);
            search = new Search(machine, options, strategy, () => strategy.States, cancel, progress)
            {
                ReachesAreShared = reachesAreShared,
                Reduction = sets,
                IsInVain = () => strategy.IsBroken,
                OnViolation = Collect(met, () => search.Path),
            };
            search.Run();
            steps += search.Steps + sets.Trials;
            sleeps &= !strategy.IsBroken;
            if ((sets.IsBroken || strategy.IsBroken) && search.Violation is null && search.Bound is null)
                continue;

            return Findings.Of(search, null, strategy.States, met) with
            {
                Cycle = strategy.Cycle,
                Steps = steps,
            };
        }
    }

    public Findings Deepening()
    {
        long steps = 0;
        double seconds = 0;
        for (int most = 0; ; most++)
        {
            ExploreOptions bounds = options with { Preemptions = most, Seconds = options.Seconds - seconds };
            Findings found = Stateful(bounds);
            found = found with { Steps = steps += found.Steps, Seconds = seconds += found.Seconds };
            if (found.Violation is not null || !found.CutByPreemptions || found.Stopped || most == options.Preemptions)
                return found;
        }
    }

    /// <summary>The plain search, cut into parts that begin where all executions are some steps old.</summary>
    public Findings PlainInParts()
    {
        const int LongestPrefix = 16, PartsPerJob = 16;
        Prefixes prefixes;
        Search search;
        DistinctViolations? met;
        int length = 0;
        do
        {
            prefixes = new Prefixes(++length);
            (search, met) = Run(prefixes, options, () => 0, stopsAtCycle: true);
        }
        while (prefixes.Open.Count > 0 && prefixes.Open.Count < PartsPerJob * options.Jobs && length < LongestPrefix
            && search.Violation is null && length != options.Depth);

        List<Findings> found = [];
        if (prefixes.Open.Count > 0)
        {
            ExploreOptions rest = options with { Depth = options.Depth - length };
            found.AddRange(new Workers(build, options.Jobs, cancel).Run(
                prefixes.Open.Count, (worker, i, stopped) => Part(worker, prefixes.Open[i], rest, stopped)));
        }

        // A violation among the prefixes themselves comes behind those parts that were begun before it.
        if (search.Violation is null || found.All(part => part.Violation is null))
            found.Add(Findings.Of(search, search.Ends, 0, met));

        return Workers.Sum(found) with { Seconds = _clock.Elapsed.TotalSeconds };
    }

    public Findings AtRandom()
    {
        const long Part = 256;
        long executions = options.MaxExecutions ?? Explorer.RandomExecutions;
        ExploreOptions bounds = options with { MaxExecutions = null };
        IReadOnlyList<Findings> found = new Workers(build, Math.Max(1, options.Jobs), cancel).Run(
            (int)Math.Min(int.MaxValue, (executions + Part - 1) / Part),
            (worker, i, stopped) =>
            {
                (Search search, DistinctViolations? met) = Run(worker, Random(i * Part, Math.Min(Part, executions - (i * Part))), bounds, () => 0, stopped);
                Report(search, executions);
                return Findings.Of(search, null, 0, met);
            });
        Findings all = Workers.Sum(found);
        string how = options.Strategy == SearchStrategy.Pct ? $"at random, pct depth {options.PctDepth}" : "at random";
        return all with
        {
            Seconds = _clock.Elapsed.TotalSeconds,
            Bounds = [string.Create(CultureInfo.InvariantCulture, $"{all.Executions} executions {how}, seed {options.Seed}"), .. all.Bounds],
        };
    }

    private void Report(Search part, long total)
    {
        if (progress is null)
            return;

        lock (_executed)
        {
            (_executed[0], _executed[1]) = (_executed[0] + part.Ends, _executed[1] + part.Steps);
            progress.Report(new ExploreProgress(_executed[0], 0, _executed[1], part.MaxDepth, _clock.Elapsed.TotalSeconds) { Total = total });
        }
    }

    private IStrategy Random(long first, long count) => options.Strategy == SearchStrategy.Pct
        ? new PctStrategy(options.Seed, first, count, Math.Max(1, options.PctDepth))
        : new RandomStrategy(options.Seed, first, count);

    private Findings Part(Machine worker, RecordedStep[] prefix, ExploreOptions rest, CancellationToken stopped)
    {
        Mark start = worker.State.Mark();
        Recorder.Repeat(worker, prefix);
        (Search search, DistinctViolations? met) = Run(worker, new PlainStrategy(), rest, () => 0, stopped, stopsAtCycle: true);
        worker.State.UndoTo(start);
        Findings found = Findings.Of(search, search.Ends, 0);
        DistinctViolations? all = met is null ? null : new DistinctViolations();
        all?.Add(met!, prefix);
        return found with
        {
            Met = all,
            MaxDepth = found.MaxDepth + prefix.Length,
            Witness = found.Witness is { } witness ? [.. prefix, .. witness] : null,
            Cycle = found.Cycle is { } cycle ? ([.. prefix, .. cycle.Steps], cycle.Length) : null,
        };
    }

    private (Search Search, DistinctViolations? Met) Run(
        IStrategy strategy, ExploreOptions bounds, Func<long> states, bool stopsAtCycle = false, bool reachesAreShared = false) =>
        Run(machine, strategy, bounds, states, cancel, stopsAtCycle, reachesAreShared);

    private (Search Search, DistinctViolations? Met) Run(
        Machine on, IStrategy strategy, ExploreOptions bounds, Func<long> states, CancellationToken stopped, bool stopsAtCycle = false,
        bool reachesAreShared = false)
    {
        DistinctViolations? met = options.AllViolations ? new DistinctViolations() : null;
        Search search = null!;
        search = new Search(on, bounds, strategy, states, stopped, strategy is RandomStrategy or PctStrategy ? null : progress)
        {
            StopsAtCycle = stopsAtCycle && bounds.Depth is null,
            ReachesAreShared = reachesAreShared,
            OnViolation = Collect(met, () => search.Path),
        };
        search.Run();
        return (search, met);
    }

    public static Func<Violation, bool>? Collect(DistinctViolations? met, Func<SearchPath> path)
    {
        if (met is null)
            return null;

        return violation =>
        {
            met.Add(violation, path());
            return true;
        };
    }
}
