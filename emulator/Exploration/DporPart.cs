using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>An agent that is asleep at a state: what it does next is covered, as long as nothing it touches changes.</summary>
internal sealed record Sleeper(int Agent, Touch[] Touches);

/// <summary>A race that says what is to be tried at a state: one of these agents, or any where there is none.</summary>
/// <param name="Depth">The state, by the steps that lead to it.</param>
/// <param name="Initials">One bit for each agent that would do; 0: all that are enabled are tried.</param>
/// <param name="Preferred">The one that is taken if none is tried yet and it is among them.</param>
internal readonly record struct Wanted(int Depth, ulong Initials, int Preferred);

/// <summary>What a part of a reduced search found out about a state near the start: one agent's steps there.</summary>
/// <param name="Depth">The state, by the steps that lead to it.</param>
/// <param name="Enabled">Who is enabled, one bit each.</param>
/// <param name="Sleep">Who is asleep there.</param>
/// <param name="Tried">The agent whose first step the part went on behind, and all that its steps touch.</param>
/// <param name="Steps">All its steps there: the first was gone on from, the others are parts of their own.</param>
internal sealed record TriedState(int Depth, ulong Enabled, Sleeper[] Sleep, Sleeper Tried, RecordedStep[] Steps);

/// <summary>
/// A part of a reduced search that can be gone through by itself: a way to a state, who is asleep on it, and what is tried there. It goes one
/// way on to a certain depth and through everything behind that; what it learns about the states before that is for its caller.
/// </summary>
/// <param name="Prefix">The way from the start.</param>
/// <param name="Sleep">Who is asleep at each state of the way, that at its end included.</param>
/// <param name="Agent">Who is tried at the end of the way; -1: whoever comes first.</param>
/// <param name="Step">The one step of that agent that is tried, or null: the first, and the others are listed.</param>
/// <param name="Limit">The depth behind which the part is gone through whole.</param>
internal sealed record DporPart(RecordedStep[] Prefix, Sleeper[][] Sleep, int Agent, RecordedStep? Step, int Limit)
{
    /// <summary>What is to be tried at states before <see cref="Limit"/>.</summary>
    public HashSet<Wanted> Wanted { get; } = [];

    /// <summary>The states from the end of the way up to <see cref="Limit"/>, the deepest first.</summary>
    public List<TriedState> States { get; } = [];

    /// <summary>True where exactly one step is taken at this depth.</summary>
    public bool IsForced(int depth) => depth < Prefix.Length || (depth == Prefix.Length && Step is not null);

    /// <summary>The step that is taken where <see cref="IsForced"/>.</summary>
    public RecordedStep Forced(int depth) => depth < Prefix.Length ? Prefix[depth] : Step!.Value;

    /// <summary>True where one agent is tried and the state is handed back.</summary>
    public bool IsOpen(int depth) => depth >= Prefix.Length && depth < Limit && !IsForced(depth);
}
