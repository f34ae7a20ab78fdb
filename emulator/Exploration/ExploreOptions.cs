namespace RcuEmu.Emulator.Exploration;

/// <summary>How a search goes through the executions.</summary>
public enum SearchStrategy
{
    /// <summary>Depth first; a state that was met before is not gone on from. All reachable states, each once.</summary>
    Stateful,

    /// <summary>
    /// <see cref="Stateful"/>, but in each state only the agents of a stubborn set are tried: far fewer states, the same verdicts. It relies
    /// on footprints as <see cref="Dpor"/> does; who touches what is learnt on the way, and where something was learnt too late, the
    /// search begins again. With a bound of preemptions, or more than 64 agents, it is <see cref="Stateful"/>.
    /// </summary>
    Reduced,

    /// <summary>Depth first over all executions, each once, without any memory of states.</summary>
    Plain,

    /// <summary>
    /// Depth first over classes of executions that differ only in the order of independent steps, each class once, without any
    /// memory of states. It relies on what agents and properties say about themselves: <see cref="Execution.IAgent.Offer"/>,
    /// <see cref="Execution.IMonitor.AfterStep"/>. It takes no bound of preemptions.
    /// </summary>
    Dpor,

    /// <summary><see cref="Stateful"/> with 0 preemptions, then 1, 2 and so on, until nothing is left out.</summary>
    Deepening,

    /// <summary>Executions at random, each enabled action as likely as any other.</summary>
    Random,

    /// <summary>Executions at random by priorities that change at few steps: finds what needs few ordered steps.</summary>
    Pct,
}

/// <summary>What bounds a search, and how it goes.</summary>
public sealed record ExploreOptions
{
    /// <summary>How the search goes.</summary>
    public SearchStrategy Strategy { get; init; } = SearchStrategy.Reduced;

    /// <summary>False: <see cref="SearchStrategy.Plain"/>, whatever <see cref="Strategy"/> says.</summary>
    public bool Reduction { get; init; } = true;

    /// <summary>
    /// At most so many preemptions in one execution: actions that say so (<see cref="Execution.IAgent.IsPreemption"/>), and switches
    /// away from an agent that could have gone on. Null: any number.
    /// </summary>
    public int? Preemptions { get; init; }

    /// <summary>At most so many steps in one execution. Null: any number, but see <see cref="Explorer.LongestExecution"/>.</summary>
    public int? Depth { get; init; }

    /// <summary>Seconds after which the search stops. The only bound that makes a result depend on the clock.</summary>
    public double? Seconds { get; init; }

    /// <summary>At most so many states are kept.</summary>
    public long? MaxStates { get; init; }

    /// <summary>
    /// At most so many bytes of managed memory; null: three quarters of what there is. As <see cref="Seconds"/>, it makes a result depend on the machine.
    /// </summary>
    public long? MaxMemory { get; init; }

    /// <summary>At most so many executions are gone through. For the random ones, where null: <see cref="Explorer.RandomExecutions"/>.</summary>
    public long? MaxExecutions { get; init; }

    /// <summary>
    /// How many threads search, each on a machine of its own; verdict, executions, violation and witness are the same for any number. The
    /// searches that remember states (stateful, deepening), and a plain or reduced one with a bound of executions or preemptions, take one.
    /// </summary>
    public int Jobs { get; init; } = 1;

    /// <summary>
    /// For <see cref="SearchStrategy.Dpor"/>: the file that the search is kept in where it stops at a bound of time or is cancelled, and every minute. Where it
    /// exists, the search goes on from there; the result is that of a search that never stopped.
    /// </summary>
    public string? Checkpoint { get; init; }

    /// <summary>Where random executions start from: the same seed gives the same executions.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>For <see cref="SearchStrategy.Pct"/>: how many steps must come in a certain order, from 1 up.</summary>
    public int PctDepth { get; init; } = 3;

    /// <summary>Keeps the changed cells of each state and compares them where two hashes are equal.</summary>
    public bool Exact { get; init; }

    /// <summary>
    /// A violation does not end the search: it goes on behind each, and the result has every kind there is, with a witness each
    /// (<see cref="ExploreResult.Violations"/>).
    /// </summary>
    public bool AllViolations { get; init; }

    /// <summary>Looks for a shorter witness once a violation is known.</summary>
    public bool Shortest { get; init; } = true;
}
