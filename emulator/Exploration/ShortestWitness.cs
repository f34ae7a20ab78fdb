using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Given one execution that violates a property, finds one that violates it with the fewest switches between agents
/// (preemptions count again), and of those the one with the fewest steps.
/// </summary>
/// <remarks>
/// Iterative deepening on the switches. It stops after a number of steps that depends on the first search's, not on the clock, and
/// then the best witness so far stands.
/// </remarks>
internal sealed class ShortestWitness(Machine machine, Predicate<Violation> isWanted)
{
    private const long LeastWork = 1_000_000;
    private const int WorkRatio = 10;
    private readonly ShortestStrategy _strategy = new();

    /// <summary>True: of witnesses found anew, those that violate nothing before.</summary>
    public bool IsFirst { get; init; }

    /// <summary>The best witness found, and what it says.</summary>
    public (RecordedStep[] Steps, Violation Violation) Find(
        RecordedStep[] known, Violation violation, long stepsOfSearch, CancellationToken cancel)
    {
        long work = Math.Max(LeastWork, stepsOfSearch * WorkRatio);
        int switches = Switches(known);
        (RecordedStep[] Steps, Violation Violation) best = (known, violation);
        for (int most = 0; most <= switches && work > 0; most++)
        {
            bool isLast = most == switches;
            _strategy.Begin(most, isLast ? best.Steps.Length : Explorer.LongestExecution);
            bool found = false;
            Search search = null!;
            search = new Search(machine, new ExploreOptions(), _strategy, () => 0, cancel, null)
            {
                MaxSteps = work,
                AsksReaches = false,
                OnViolation = met =>
                {
                    _strategy.LeavesOut = IsFirst;
                    if (isWanted(met) && search.Path.Depth < _strategy.Below)
                    {
                        best = (search.Path.Record(), met);
                        _strategy.Below = search.Path.Depth;
                        found = true;
                    }

                    return true;
                },
            };
            search.Run();
            work -= search.Steps;
            if (found || search.Bound is not null)
                break;
        }

        return best;
    }

    private int Switches(RecordedStep[] steps)
    {
        int switches = 0, last = -1;
        foreach (RecordedStep step in steps)
        {
            switches += ShortestStrategy.Cost(machine, last, step.Action);
            if (machine.Agents[step.Action.Agent].TakesTurn(step.Action))
                last = machine.TurnOf(step.Action.Agent);
        }

        return switches;
    }
}
