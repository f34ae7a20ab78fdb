using System.Text.RegularExpressions;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>A violation among several, and how it comes about.</summary>
/// <param name="Violation">The property and what happened, as the witness shows it.</param>
/// <param name="Witness">The shortest schedule found that leads to it.</param>
/// <param name="IsConsequence">
/// True where every such schedule that was found violates something else before: the machine was off its tracks already.
/// </param>
public sealed record DistinctViolation(Violation Violation, Schedule Witness, bool IsConsequence);

/// <summary>
/// The violations that a search met, each kind once: same property, same message but for the numbers of steps. Of each the way there
/// with the fewest steps.
/// </summary>
internal sealed partial class DistinctViolations
{
    private readonly Dictionary<Violation, Violation> _kinds = [];
    private readonly Dictionary<Violation, (Violation Violation, RecordedStep[] Steps)> _met = [];

    /// <summary>By property and message.</summary>
    public IEnumerable<(Violation Violation, RecordedStep[] Steps)> Met =>
        _met.OrderBy(one => one.Key.Property, StringComparer.Ordinal).ThenBy(one => one.Key.Message, StringComparer.Ordinal).Select(one => one.Value);

    /// <summary>What is the same for all violations of a kind.</summary>
    public static Violation Kind(Violation violation) => violation with { Message = Step().Replace(violation.Message, "step N") };

    /// <summary>Adds the violation that the last step of <paramref name="path"/> met.</summary>
    public void Add(Violation violation, SearchPath path)
    {
        if (!_kinds.TryGetValue(violation, out Violation? kind))
            _kinds.Add(violation, kind = Kind(violation));

        if (!_met.TryGetValue(kind, out var best) || path.Depth < best.Steps.Length)
            _met[kind] = (violation, path.Record());
    }

    /// <summary>Adds what a part of the search met, from its start or behind <paramref name="prefix"/>.</summary>
    public void Add(DistinctViolations part, RecordedStep[] prefix)
    {
        foreach ((Violation kind, (Violation violation, RecordedStep[] steps)) in part._met)
        {
            if (!_met.TryGetValue(kind, out var best) || prefix.Length + steps.Length < best.Steps.Length)
                _met[kind] = (violation, [.. prefix, .. steps]);
        }
    }

    // A core that has not synchronised yet, "since the start", has done so since no step: both are one kind.
    [GeneratedRegex(@"\bstep \d+|\bthe start\b")]
    private static partial Regex Step();
}
