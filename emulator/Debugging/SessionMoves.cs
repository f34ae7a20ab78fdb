using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging;

/// <summary>Who goes on where nothing is recorded.</summary>
public enum RunOrder
{
    /// <summary>What is offered first, as <c>rcuemu run</c> does.</summary>
    First,

    /// <summary>The cores in turn.</summary>
    Turns,

    /// <summary>At random; the same for the same seed.</summary>
    Random,
}

/// <summary>Running and stepping in both directions. Every method leaves the session at a stop and says why.</summary>
public sealed class SessionMoves
{
    private readonly DebugSession _session;
    private readonly List<MachineAction> _enabled = [];
    private Random _random = new(1);

    internal SessionMoves(DebugSession session) => _session = session;

    /// <summary>Who goes on where nothing is recorded.</summary>
    public RunOrder Order { get; private set; }

    private Timeline Timeline => _session.Timeline;

    private Machine Machine => _session.Machine;

    /// <summary>Chooses who goes on.</summary>
    public void SetOrder(RunOrder order, int seed = 1)
    {
        (Order, _random) = (order, new Random(seed));
        Timeline.Chooses = order == RunOrder.Random ? _random.Next : null;
    }

    /// <summary>One step of one core: its instruction where it can execute one, otherwise what it offers first.</summary>
    public DebugStop StepCore(int core)
    {
        _session.Points.Begin();
        return Step(core) ?? new DebugStop(StopReason.Done, core);
    }

    /// <summary>The same for a number of steps, up to the first stop.</summary>
    public DebugStop StepCore(int core, long count, CancellationToken cancel = default)
    {
        _session.Points.Begin();
        for (long i = 0; i < count; i++)
        {
            if (cancel.IsCancellationRequested)
                return new DebugStop(StopReason.Interrupted, core);
            if (Step(core) is { } stop)
                return stop;
        }

        return new DebugStop(StopReason.Done, core);
    }

    /// <summary>One step of a core, and where that was a call, all up to its return.</summary>
    public DebugStop NextInstruction(int core, CancellationToken cancel = default)
    {
        _session.Points.Begin();
        Context? context = _session.ContextOf(core);
        int depth = Depth(context);
        DebugStop? stop = Step(core);
        while (stop is null && context is not null && Depth(context) > depth)
            stop = cancel.IsCancellationRequested ? new DebugStop(StopReason.Interrupted, core) : Step(core);

        return stop ?? new DebugStop(StopReason.Done, core);
    }

    /// <summary>Takes one of the offered steps.</summary>
    public DebugStop Take(OfferedStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        _session.Points.Begin();
        return Perform(step.Action, step.Choices) ?? new DebugStop(StopReason.Done, step.Core);
    }

    /// <summary>The next step of the schedule, recorded or not, whoever makes it.</summary>
    public DebugStop Forward()
    {
        _session.Points.Begin();
        return Next() ?? new DebugStop(StopReason.Done, LastCore());
    }

    /// <summary>All cores by the schedule, up to a stop.</summary>
    public DebugStop Continue(CancellationToken cancel = default) => Run(() => false, cancel);

    /// <summary>All cores by the schedule, until a core is at an address.</summary>
    public DebugStop Until(int core, ulong address, CancellationToken cancel = default) =>
        Run(() => LastCore() == core && _session.PcOf(core) == address, cancel);

    /// <summary>All cores by the schedule, until the innermost call of a context has returned.</summary>
    /// <exception cref="UserErrorException">No call is known.</exception>
    public DebugStop Finish(Context context, CancellationToken cancel = default)
    {
        int depth = CallDepth(context);
        return Run(() => Depth(context) < depth, cancel);
    }

    /// <summary>Takes the machine's last steps back, whichever core made them.</summary>
    public DebugStop Back(long count)
    {
        long wanted = Math.Max(0, Timeline.Position - count);
        bool atBeginning = count > Timeline.Position;
        Timeline.Seek(wanted);
        return Stopped(atBeginning ? StopReason.Beginning : StopReason.Done);
    }

    /// <summary>Takes the last step back, and where that was a return, all back to its call.</summary>
    public DebugStop NextBack(CancellationToken cancel = default)
    {
        if (Timeline.Position == 0)
            return Stopped(StopReason.Beginning);

        Context? context = LastContext();
        int depth = Depth(context);
        do
            Timeline.Back();
        while (context is not null && Depth(context) > depth && Timeline.Position > 0 && !cancel.IsCancellationRequested);

        return Stopped(cancel.IsCancellationRequested ? StopReason.Interrupted : StopReason.Done);
    }

    /// <summary>Back to where the innermost call of a context was made.</summary>
    public DebugStop FinishBack(Context context, CancellationToken cancel = default)
    {
        int depth = CallDepth(context);
        while (Depth(context) >= depth && Timeline.Position > 0 && !cancel.IsCancellationRequested)
            Timeline.Back();

        return Stopped(cancel.IsCancellationRequested ? StopReason.Interrupted : StopReason.Done);
    }

    /// <summary>Backwards to the last stop point, or to the beginning.</summary>
    public DebugStop ContinueBack(CancellationToken cancel = default)
    {
        var probe = new StopProbe(_session.Points, _session.Keys.Core);
        long found;
        try
        {
            found = Timeline.FindLast(probe, cancel);
        }
        catch (OperationCanceledException)
        {
            return new DebugStop(StopReason.Interrupted, -1) { IsBackwards = true };
        }

        Timeline.Seek(Math.Max(0, found - 1));
        return found == 0 ? Stopped(StopReason.Beginning) : Stopped(ReasonOf(probe.Last!)) with { Hit = probe.Last };
    }

    /// <summary>Goes to a step.</summary>
    /// <exception cref="UserErrorException">So many are not recorded.</exception>
    public DebugStop GoTo(long position)
    {
        if (position < 0 || position > Timeline.Length)
            throw new UserErrorException($"step {position} is not recorded; this timeline has {Timeline.Length} steps, counted from 0");

        bool isBackwards = position < Timeline.Position;
        Timeline.Seek(position);
        return isBackwards ? Stopped(StopReason.Done) : new DebugStop(StopReason.Done, position == 0 ? -1 : LastCore());
    }

    /// <summary>
    /// The last step up to here that wrote any of these bytes, counted from 1; 0: none since the beginning. The machine stays where it is.
    /// </summary>
    public (long Step, int Core, string Text) LastWriter(ulong address, int bytes, CancellationToken cancel = default)
    {
        long here = Timeline.Position;
        long found = Timeline.FindLast(new WriterProbe(address, bytes), cancel);
        if (found == 0)
            return (0, -1, "");

        Timeline.Seek(found - 1);
        Timeline.Forward();
        (long, int, string) result = (found, Timeline.LastEdit is null ? LastCore() : -1, _session.LastStepText);
        Timeline.Seek(here);
        return result;
    }

    /// <summary>The core of the last step before here, or -1.</summary>
    public int CoreOfStepBefore()
    {
        long here = Timeline.Position;
        if (here == 0)
            return -1;

        Timeline.Seek(here - 1);
        int core = Timeline.Next is { Edit: null } step ? _session.Keys.Core(step.Action) : -1;
        Timeline.Seek(here);
        return core;
    }

    private DebugStop Run(Func<bool> isDone, CancellationToken cancel)
    {
        _session.Points.Begin();
        bool reads = Timeline.ReadsReasons;
        Timeline.ReadsReasons = false;
        try
        {
            while (true)
            {
                if (cancel.IsCancellationRequested)
                    return new DebugStop(StopReason.Interrupted, LastCore());
                if (Next() is { } stop)
                    return stop;
                if (isDone())
                    return new DebugStop(StopReason.Done, LastCore());
            }
        }
        finally
        {
            Timeline.ReadsReasons = reads;
            Resay();
        }
    }

    // A run does not spell its steps out; the one that it stops at is made once more so that it says what it did.
    private void Resay()
    {
        if (Timeline.Position > 0)
        {
            Timeline.Back();
            Timeline.Forward();
        }
    }

    private DebugStop? Next()
    {
        if (Timeline.Position < Timeline.Length)
            return Behind(Timeline.Forward());

        Machine.Enabled(_enabled);
        return _enabled.Count == 0 ? End() : Perform(_enabled[Chosen()], null);
    }

    private DebugStop End()
    {
        Violation? violation = Machine.End();
        return new DebugStop(violation is null ? StopReason.End : StopReason.Violation, LastCore()) { Violation = violation };
    }

    private DebugStop? Step(int core)
    {
        Machine.Enabled(_enabled);
        int found = -1;
        for (int i = 0; i < _enabled.Count; i++)
        {
            if (_session.Keys.Core(_enabled[i]) != core)
                continue;

            if (_session.Keys.IsStep(_enabled[i]))
            {
                found = i;
                break;
            }

            found = found < 0 ? i : found;
        }

        if (found >= 0)
            return Perform(_enabled[found], null);

        string offered = _enabled.Count == 0 ? "nothing: the run is over" : string.Join(' ', _enabled.Take(8).Select(_session.Keys.Key));
        return new DebugStop(StopReason.Stuck, core) { Message = $"core {core} cannot go on: {_session.Model.Running(core)}; enabled is {offered}" };
    }

    private DebugStop? Perform(MachineAction action, IReadOnlyList<int>? choices)
    {
        (int number, long length) = (Timeline.Number, Timeline.Length);
        DebugStop? stop = Behind(Timeline.Perform(action, choices));
        _session.NoteFork(number, length);
        return stop;
    }

    private DebugStop? Behind(Violation? violation)
    {
        bool isEdit = Timeline.LastEdit is not null;
        StopPointHit? hit = _session.Points.Behind(isEdit);
        if (violation is not null)
            return new DebugStop(StopReason.Violation, LastCore()) { Violation = violation, Hit = hit };

        return hit is not null && _session.Points.Count(hit.Point)
            ? new DebugStop(ReasonOf(hit), isEdit ? -1 : LastCore()) { Hit = hit }
            : null;
    }

    private static StopReason ReasonOf(StopPointHit hit) => hit.Point.Kind switch
    {
        StopPointKind.Breakpoint => StopReason.Breakpoint,
        StopPointKind.Catch => StopReason.Catchpoint,
        _ => StopReason.Watchpoint,
    };

    // Backwards: the core whose step is now the next one.
    private DebugStop Stopped(StopReason reason)
    {
        _session.Points.Begin();
        int core = Timeline.Next is { Edit: null } next ? _session.Keys.Core(next.Action) : -1;
        return new DebugStop(reason, core) { IsBackwards = true };
    }

    private int Chosen()
    {
        switch (Order)
        {
            case RunOrder.Random:
                return _random.Next(_enabled.Count);
            case RunOrder.Turns:
                int last = LastCore();
                int next = _enabled.FindIndex(action => _session.Keys.Core(action) > last);
                return Math.Max(next, 0);
            default:
                return 0;
        }
    }

    private int LastCore() => Timeline.Position == 0 ? -1 : _session.Keys.Core(Machine.LastStep.Action);

    private Context? LastContext() => CoreOfStepBefore() is var core and >= 0 ? _session.ContextOf(core) : null;

    private int Depth(Context? context) => context is null || Timeline.Calls.Top(context) is not { } top ? 0 : top.Depth + 1;

    private int CallDepth(Context context) => Depth(context) is var depth and > 0
        ? depth
        : throw new UserErrorException($"\"finish\" not meaningful in the outermost frame: no call of {context.Name} has been seen that has not returned");

    private sealed class WriterProbe(ulong address, int bytes) : StepProbe
    {
        public override bool Behind(Machine machine, DebugEdit? edit)
        {
            foreach (Touch touch in machine.Footprint.Touches)
            {
                if (!touch.IsCell && touch.Kind == TouchKind.Write
                    && (touch.Address - address < (ulong)bytes || address - touch.Address < (ulong)touch.Length))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
