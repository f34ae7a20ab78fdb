using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>What a search found out.</summary>
public enum Verdict
{
    /// <summary>Every execution was covered; no property is violated, and everything that must be reachable is.</summary>
    Holds,

    /// <summary>A property is violated, or a complete search never met what must be reachable.</summary>
    Violated,

    /// <summary>A bound was hit before a verdict.</summary>
    NotFinished,
}

/// <summary>A run can come back to a state it was in: it need not end.</summary>
/// <param name="Schedule">Leads to the state, and once around.</param>
/// <param name="Length">How many of its last steps make the round.</param>
public sealed record ExploreCycle(Schedule Schedule, int Length);

/// <summary>What a search did and found.</summary>
/// <param name="Verdict">Holds, violated or not finished.</param>
/// <param name="Executions">
/// How many executions the verdict is about: all orders of all steps, not only those that the search went through.
/// </param>
/// <param name="ExecutionsExact">False where <paramref name="Executions"/> counts only what was gone through: the search stopped early,
/// or runs need not end.</param>
/// <param name="States">Different states met; 0 where the strategy does not tell states apart.</param>
/// <param name="Steps">Steps performed, repeated ones counted again.</param>
/// <param name="Seconds">Time taken.</param>
/// <param name="Violation">What is violated, or null.</param>
/// <param name="Witness">The schedule that shows it, or null: what is never met has no witness.</param>
/// <param name="Sometimes">What must be reachable, and whether it was reached.</param>
/// <param name="Bound">Which bound was hit, with its numbers; null where none was.</param>
/// <param name="MaxDepth">Steps of the longest execution.</param>
/// <param name="Cycle">A run that need not end, or null where every run ends as far as was seen.</param>
/// <param name="CountsClasses">
/// True where <paramref name="Executions"/> counts classes of executions that differ only in the order of independent steps.
/// </param>
/// <param name="Redundant">Executions begun and given up, since what was left of them was covered elsewhere.</param>
public sealed record ExploreResult(
    Verdict Verdict,
    BigInteger Executions,
    bool ExecutionsExact,
    long States,
    long Steps,
    double Seconds,
    Violation? Violation,
    Schedule? Witness,
    IReadOnlyList<(string Name, bool Reached)> Sometimes,
    string? Bound,
    int MaxDepth,
    ExploreCycle? Cycle,
    bool CountsClasses,
    long Redundant)
{
    /// <summary>
    /// With <see cref="ExploreOptions.AllViolations"/> all kinds of violations, those first that need no other one before, and of these the
    /// shortest; <see cref="Violation"/> is the first.
    /// </summary>
    public IReadOnlyList<DistinctViolation> Violations { get; init; } = [];
}

/// <summary>How far a search has come.</summary>
/// <param name="Executions">Executions gone through.</param>
/// <param name="States">Different states met.</param>
/// <param name="Steps">Steps performed.</param>
/// <param name="Depth">Steps of the execution in hand.</param>
/// <param name="Seconds">Time taken.</param>
public readonly record struct ExploreProgress(long Executions, long States, long Steps, int Depth, double Seconds)
{
    /// <summary>Parts of the search that are known and not gone through yet; null where it does not go in parts.</summary>
    public long? Frontier { get; init; }

    /// <summary>How many executions there will be in all, where that is known: those at random. Null where nothing honest can be said.</summary>
    public long? Total { get; init; }
}
