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
        var run = new Exploring(machine, options, progress, cancel);
        Findings found = (options.Reduction ? options.Strategy : SearchStrategy.Plain) switch
        {
            SearchStrategy.Plain => run.Plain(),
            SearchStrategy.Dpor => run.Dpor(),
            SearchStrategy.Deepening => run.Deepening(),
            SearchStrategy.Random or SearchStrategy.Pct => run.AtRandom(),
            _ => options.TakesPrivateStepsAtOnce && options.Preemptions is null ? run.StatefulOverShared() : run.Stateful(options),
        };
        if (found.Witness is { } witness && options.Shortest)
            found = found.With(new ShortestWitness(machine, found.Violation!.Property).Find(witness, found.Violation, found.Steps, cancel));

        return found.Result(machine, origin);
    }
}

/// <summary>One exploration with one machine: which searches it takes.</summary>
internal sealed class Exploring(
    Machine machine, ExploreOptions options, IProgress<ExploreProgress>? progress, CancellationToken cancel)
{
    public Findings Plain()
    {
        Search search = Run(new PlainStrategy(), options, () => 0, stopsAtCycle: true);
        return Findings.Of(search, search.Ends, 0);
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

        var strategy = new DporStrategy(machine);
        Search search = Run(strategy, options, () => 0, stopsAtCycle: true);
        machine.KeepsGuards = false;
        return Findings.Of(search, search.Ends, 0) with { CountsClasses = true, Redundant = strategy.Redundant };
    }

    public Findings Stateful(ExploreOptions bounds)
    {
        var strategy = new StatefulStrategy(bounds);
        Search search = Run(strategy, bounds, () => strategy.States);
        return Findings.Of(search, strategy.Executions, strategy.States) with { Cycle = strategy.Cycle };
    }

    /// <summary>Learns what is shared from some executions at random, then searches, again wherever more turns out to be shared.</summary>
    public Findings StatefulOverShared()
    {
        const int Samples = 32, SampleDepth = 10_000;
        var sharing = new Sharing(machine);
        machine.KeepsGuards = true;
        new Search(
            machine, new ExploreOptions { Depth = SampleDepth, Seconds = options.Seconds }, new RandomStrategy(1, Samples), () => 0, cancel, null)
        {
            Sharing = sharing,
            TakesPrivate = false,
            AsksReaches = false,
            OnViolation = _ => true,
        }.Run();

        long steps = 0;
        while (true)
        {
            sharing.Restart();
            var strategy = new StatefulStrategy(options);
            var search = new Search(machine, options, strategy, () => strategy.States, cancel, progress) { Sharing = sharing };
            search.Run();
            steps += search.Steps;
            if (sharing.IsBroken && search.Violation is null && search.Bound is null)
                continue;

            machine.KeepsGuards = false;
            return Findings.Of(search, strategy.Executions, strategy.States) with
            {
                Cycle = strategy.Cycle,
                CountsClasses = true,
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

    public Findings AtRandom()
    {
        long executions = options.MaxExecutions ?? Explorer.RandomExecutions;
        IStrategy strategy = options.Strategy == SearchStrategy.Pct
            ? new PctStrategy(options.Seed, executions, Math.Max(1, options.PctDepth))
            : new RandomStrategy(options.Seed, executions);
        Search search = Run(strategy, options with { MaxExecutions = null }, () => 0);
        string how = options.Strategy == SearchStrategy.Pct ? $"at random, pct depth {options.PctDepth}" : "at random";
        Findings found = Findings.Of(search, null, 0);
        return found with
        {
            Bounds = [string.Create(CultureInfo.InvariantCulture, $"{search.Ends} executions {how}, seed {options.Seed}"), .. found.Bounds],
        };
    }

    private Search Run(IStrategy strategy, ExploreOptions bounds, Func<long> states, bool stopsAtCycle = false)
    {
        var search = new Search(machine, bounds, strategy, states, cancel, progress)
        {
            StopsAtCycle = stopsAtCycle && bounds.Depth is null,
        };
        search.Run();
        return search;
    }
}
