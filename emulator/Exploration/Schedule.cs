using System.Globalization;
using System.Text;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Exploration;

/// <summary>One entry of a schedule: an action, taken some times in a row, or a choice inside the action before it.</summary>
/// <param name="Key">The action's key, see <see cref="Execution.IAgent.Key"/>; null for an inner choice.</param>
/// <param name="Number">How many times in a row (from 1 up); for an inner choice which alternative, counted from 0.</param>
public readonly record struct ScheduleEntry(string? Key, int Number)
{
    /// <summary>True for a choice that the preceding action asked for while it ran.</summary>
    public bool IsChoice => Key is null;

    /// <inheritdoc/>
    public override string ToString() => (Key, Number) switch
    {
        (null, _) => string.Create(CultureInfo.InvariantCulture, $"?{Number}"),
        (_, 1) => Key,
        _ => string.Create(CultureInfo.InvariantCulture, $"{Key}*{Number}"),
    };
}

/// <summary>
/// The answers to every choice of one run, from its beginning: a value that prints as one line, parses back, and replays
/// anywhere, or says at which step it no longer fits.
/// </summary>
/// <remarks>
/// The line: <c>NAME@HHHHHHHH c0*14 c1&gt;kworker c1*3 ?1 c0</c>. The scenario's name; eight hexadecimal digits that stand for
/// what it ran on (<see cref="ScheduleOrigin"/>); then the actions' keys, run-length coded; <c>?1</c> is alternative 1 of a choice
/// inside the action before it. Any white space separates, so that a line folded by a mailer still parses.
/// </remarks>
public sealed class Schedule : IEquatable<Schedule>
{
    /// <summary>Makes a schedule of run-length coded entries.</summary>
    public Schedule(ScheduleOrigin origin, IReadOnlyList<ScheduleEntry> entries)
    {
        Origin = origin;
        Entries = entries;
        foreach (ScheduleEntry entry in entries)
            Actions += entry.IsChoice ? 0 : entry.Number;
    }

    /// <summary>What it is a schedule of.</summary>
    public ScheduleOrigin Origin { get; }

    /// <summary>The entries, first to be taken first.</summary>
    public IReadOnlyList<ScheduleEntry> Entries { get; }

    /// <summary>How many actions it takes, inner choices not counted.</summary>
    public long Actions { get; }

    /// <summary>Reads a schedule's line.</summary>
    /// <exception cref="UserErrorException">It is none; the message names the column, what was found and what is right.</exception>
    public static Schedule Parse(string text) => new ScheduleParser(text).Parse();

    /// <summary>Refuses a schedule that was made by another scenario, or by another version of it.</summary>
    /// <param name="origin">What the schedule is to be replayed on.</param>
    /// <exception cref="UserErrorException">The name or the hash differs.</exception>
    public void CheckFits(ScheduleOrigin origin)
    {
        if (Origin.Name != origin.Name)
            throw new UserErrorException($"the schedule is one of {Origin.Name}, and this is {origin.Name}; force the replay to try it all the same");

        if (Origin.Hash != origin.Hash)
        {
            throw new UserErrorException(
                $"the schedule ran on {Origin}, and this is {origin}: the scenario, its code or the model has changed since; "
                + "force the replay to try it all the same");
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var line = new StringBuilder(Origin.ToString());
        foreach (ScheduleEntry entry in Entries)
            line.Append(' ').Append(entry.ToString());

        return line.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(Schedule? other) =>
        other is not null && Origin == other.Origin && Entries.SequenceEqual(other.Entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schedule);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Origin, Entries.Count, Actions);
}

/// <summary>Collects the actions of a run into a schedule.</summary>
public sealed class ScheduleBuilder
{
    private readonly List<ScheduleEntry> _entries = [];

    /// <summary>Adds one action.</summary>
    public void Action(string key)
    {
        if (_entries.Count > 0 && _entries[^1].Key == key && _entries[^1].Number < int.MaxValue)
            _entries[^1] = new ScheduleEntry(key, _entries[^1].Number + 1);
        else
            _entries.Add(new ScheduleEntry(key, 1));
    }

    /// <summary>Adds a choice that the last action asked for.</summary>
    public void Choice(int taken) => _entries.Add(new ScheduleEntry(null, taken));

    /// <summary>The schedule so far.</summary>
    public Schedule Build(ScheduleOrigin origin) => new(origin, [.. _entries]);
}
