using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging;

/// <summary>Schedules of a session: recorded ones out, others in, and searches for more.</summary>
public sealed class SessionSchedules
{
    private readonly DebugSession _session;

    internal SessionSchedules(DebugSession session) => _session = session;

    private Timeline Timeline => _session.Timeline;

    /// <summary>The first <paramref name="steps"/> recorded steps as a schedule that replays anywhere.</summary>
    /// <exception cref="UserErrorException">Writes of the user's are among them, which no schedule can tell.</exception>
    public Schedule Recorded(long steps)
    {
        var builder = new ScheduleBuilder();
        long at = 0;
        foreach ((TimelineStep step, IReadOnlyList<int> choices) in Timeline.Steps())
        {
            if (at++ == steps)
                break;
            if (step.Edit is { } edit)
                throw new UserErrorException($"step {at} is a write of yours ({edit.Text}), which no schedule can tell; go back before it");

            builder.Action(_session.KeyOf(step.Action));
            foreach (int choice in choices)
                builder.Choice(choice);
        }

        return builder.Build(_session.Model.Origin);
    }

    /// <summary>Goes to the beginning and performs a schedule. Stops at the first violation.</summary>
    /// <param name="schedule">Of what is debugged.</param>
    /// <param name="force">Tries it even where it was made on another version.</param>
    /// <param name="cancel">Stops it on its way.</param>
    /// <exception cref="UserErrorException">It does not fit; the session is left at the step where it no longer does.</exception>
    public DebugStop Replay(Schedule schedule, bool force = false, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (!force)
            schedule.CheckFits(_session.Model.Origin);

        Timeline.Seek(0);
        return Perform(schedule.Entries, cancel);
    }

    /// <summary>Performs steps from here on, as schedules write them: <c>c0*3 c1 ?1</c>.</summary>
    public DebugStop Follow(string steps, CancellationToken cancel = default) =>
        Perform(Schedule.Parse($"here@00000000 {steps}").Entries, cancel);

    /// <summary>The witness of a search, performed from here.</summary>
    public DebugStop Follow(Schedule witness, CancellationToken cancel = default) => Perform(witness.Entries, cancel);

    /// <summary>Searches all that can happen from the present state on, on another machine.</summary>
    public ExploreResult Search(ExploreOptions options, IProgress<ExploreProgress>? progress = null, CancellationToken cancel = default)
    {
        List<(TimelineStep, IReadOnlyList<int>)> prefix = [.. Timeline.Steps().Take(checked((int)Timeline.Position))];
        return new Explorer(
            () =>
            {
                IDebugModel other = _session.Model.Rebuild();
                TimelineCopy.Perform(other.Machine, prefix);
                return other.Machine;
            },
            _session.Model.Name).Explore(options, progress, cancel);
    }

    private DebugStop Perform(IReadOnlyList<ScheduleEntry> entries, CancellationToken cancel)
    {
        var enabled = new List<MachineAction>();
        DebugStop? stop = null;
        (int number, long length) = (Timeline.Number, Timeline.Length);
        for (int i = 0; i < entries.Count && stop is null;)
        {
            ScheduleEntry entry = entries[i++];
            if (entry.Key is not { } key)
                throw new UserErrorException($"step {Timeline.Position}: the choice {entry} follows no action that asked for it");

            int firstChoice = i;
            while (i < entries.Count && entries[i].IsChoice)
                i++;

            for (int times = 0; times < entry.Number && stop is null; times++)
            {
                int[] choices = times == entry.Number - 1 ? [.. entries.Skip(firstChoice).Take(i - firstChoice).Select(choice => choice.Number)] : [];
                stop = cancel.IsCancellationRequested ? new DebugStop(StopReason.Interrupted, -1) : One(enabled, key, choices);
            }
        }

        _session.NoteFork(number, length);
        _session.Points.Begin();
        return stop ?? new DebugStop(StopReason.Done, Timeline.Position == 0 ? -1 : _session.CoreOf(_session.Machine.LastStep.Action));
    }

    private DebugStop? One(List<MachineAction> enabled, string key, int[] choices)
    {
        _session.Machine.Enabled(enabled);
        int found = enabled.FindIndex(action => _session.KeyOf(action) == key);
        if (found < 0)
        {
            string offered = enabled.Count == 0 ? "nothing" : string.Join(' ', enabled.Take(20).Select(_session.KeyOf));
            throw new ReplayDivergedException($"{_session.Model.Name}, step {Timeline.Position + 1}: wanted is {key}, and enabled is {offered}");
        }

        Violation? violation = Timeline.Perform(enabled[found], choices);
        if (Timeline.LastChoices.Count != choices.Length)
        {
            throw new ReplayDivergedException(
                $"{_session.Model.Name}, step {Timeline.Position}: {key} asked for {Timeline.LastChoices.Count} choices, and {choices.Length} are given");
        }

        return violation is null
            ? null
            : new DebugStop(StopReason.Violation, _session.CoreOf(enabled[found])) { Violation = violation };
    }
}

/// <summary>Performs recorded steps on another machine of the same make.</summary>
internal sealed class TimelineCopy : IChooser
{
    private IReadOnlyList<int> _given = [];
    private int _next;

    bool IChooser.ReadsReasons => false;

    public static void Perform(Machine machine, IEnumerable<(TimelineStep Step, IReadOnlyList<int> Choices)> steps)
    {
        IChooser before = machine.Chooser;
        var copy = new TimelineCopy();
        machine.Chooser = copy;
        foreach ((TimelineStep step, IReadOnlyList<int> choices) in steps)
        {
            (copy._given, copy._next) = (choices, 0);
            if (step.Edit is null)
                machine.Perform(step.Action);
            else
                step.Edit.Apply(machine);
        }

        machine.Chooser = before;
    }

    int IChooser.Choose(int alternatives, string reason) => _next < _given.Count ? _given[_next++] : 0;
}
