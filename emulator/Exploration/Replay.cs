using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Exploration;

/// <summary>A schedule does not fit the machine it is replayed on.</summary>
public sealed class ReplayDivergedException : UserErrorException
{
    /// <summary>Makes an error with the whole line that the user reads.</summary>
    public ReplayDivergedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error that another one caused.</summary>
    public ReplayDivergedException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Needed by the exception pattern; says nothing.</summary>
    public ReplayDivergedException()
    {
    }
}

/// <summary>
/// Performs a schedule on a machine, one action at a time. Where the machine offers something else than the schedule
/// wants, it stops there and says so; it never carries on.
/// </summary>
public sealed class Replay : IChooser
{
    private readonly Machine _machine;
    private readonly Schedule _schedule;
    private readonly List<MachineAction> _enabled = [];
    private readonly List<(int, int, string)> _choices = [];
    private int _entry;
    private int _times;
    private string? _diverged;

    /// <summary>Stands before the first action. The machine must be where the schedule begins.</summary>
    public Replay(Machine machine, Schedule schedule) => (_machine, _schedule) = (machine, schedule);

    /// <summary>How many actions were performed.</summary>
    public long Steps { get; private set; }

    /// <summary>True behind the last action.</summary>
    public bool IsOver => _entry == _schedule.Entries.Count;

    /// <summary>The first property that was violated on the way, or null.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>What the last performed action asked for while it ran: which of how many alternatives was taken, and why.</summary>
    public IReadOnlyList<(int Taken, int Alternatives, string Reason)> LastChoices => _choices;

    /// <summary>Performs the next action. False where the schedule is over.</summary>
    /// <exception cref="ReplayDivergedException">
    /// The action is not enabled, or asks for other choices than the schedule has. The machine is left before the action.
    /// </exception>
    public bool MoveNext()
    {
        if (IsOver)
            return false;

        ScheduleEntry entry = _schedule.Entries[_entry];
        if (entry.Key is null)
            throw Diverged($"the schedule has a choice ({entry}) that the action before it did not ask for");

        MachineAction action = Find(entry.Key);
        if (++_times == entry.Number)
            (_entry, _times) = (_entry + 1, 0);

        Perform(action);
        Steps++;
        return true;
    }

    /// <summary>
    /// Performs all of it, up to the first violation. Where nothing is enabled behind the last action, the properties are
    /// asked about the whole run too.
    /// </summary>
    /// <returns>The violation, or null.</returns>
    public Violation? Run(CancellationToken cancel = default)
    {
        while (Violation is null && MoveNext())
            cancel.ThrowIfCancellationRequested();

        if (Violation is null)
        {
            _machine.Enabled(_enabled);
            if (_enabled.Count == 0)
                Violation = _machine.End();
        }

        return Violation;
    }

    /// <inheritdoc/>
    int IChooser.Choose(int alternatives, string reason)
    {
        ScheduleEntry? entry = _times == 0 && _entry < _schedule.Entries.Count ? _schedule.Entries[_entry] : null;
        if (entry is not { Key: null })
            _diverged ??= $"the action asks for one of {alternatives} alternatives ({reason}), and the schedule has none here";
        else if (entry.Value.Number >= alternatives)
            _diverged ??= $"the schedule takes alternative {entry.Value.Number}, and there are {alternatives}, counted from 0 ({reason})";

        if (_diverged is not null)
            return 0;

        _entry++;
        _choices.Add((entry!.Value.Number, alternatives, reason));
        return entry.Value.Number;
    }

    private MachineAction Find(string key)
    {
        _machine.Enabled(_enabled);
        foreach (MachineAction action in _enabled)
        {
            if (_machine.Key(action) == key)
                return action;
        }

        string offered = _enabled.Count == 0 ? "nothing" : string.Join(' ', _enabled.Take(20).Select(_machine.Key));
        throw Diverged($"the schedule wants {key}, and enabled is {offered}{(_enabled.Count > 20 ? " ..." : "")}");
    }

    private void Perform(MachineAction action)
    {
        _choices.Clear();
        Mark before = _machine.State.Mark();
        IChooser chooser = _machine.Chooser;
        _machine.Chooser = this;
        try
        {
            Violation? violation = _machine.Perform(action);
            if (_diverged is not null)
            {
                _machine.State.UndoTo(before);
                throw Diverged(_diverged);
            }

            Violation ??= violation;
        }
        finally
        {
            _machine.Chooser = chooser;
        }
    }

    private ReplayDivergedException Diverged(string what) => new($"{_schedule.Origin.Name}, step {Steps + 1}: {what}");
}
