using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>A stop point that was met, with the watched value before and behind the step.</summary>
/// <param name="Point">Which.</param>
/// <param name="Old">Before the step.</param>
/// <param name="New">Behind it.</param>
/// <param name="Message">What a catchpoint has to say, or null.</param>
public sealed record StopPointHit(StopPoint Point, ulong Old, ulong New, string? Message);

/// <summary>The stop points of a session, and the test of steps against them in either direction.</summary>
public sealed class StopPoints
{
    private readonly Machine _machine;
    private readonly Timeline _timeline;
    private readonly Func<MachineAction, int> _coreOf;
    private readonly List<StopPoint> _all = [];
    private readonly List<StopPoint> _watches = [];
    private readonly Dictionary<ulong, List<StopPoint>> _breakpoints = [];
    private ulong[] _pcs = [];
    private int _next = 1;

    internal StopPoints(Machine machine, Timeline timeline, Func<MachineAction, int> coreOf) =>
        (_machine, _timeline, _coreOf) = (machine, timeline, coreOf);

    /// <summary>All that people set, by number.</summary>
    public IEnumerable<StopPoint> All => _all.Where(point => !point.IsHidden);

    /// <summary>Sets a breakpoint.</summary>
    public StopPoint Break(string text, ulong address, int core = -1, bool temporary = false, bool hidden = false) =>
        Add(new StopPoint(Number(hidden), StopPointKind.Breakpoint, text) { Address = address, Core = core, IsTemporary = temporary, IsHidden = hidden });

    /// <summary>Watches bytes.</summary>
    public StopPoint Watch(StopPointKind kind, string text, ulong address, int bytes, bool countsStores = false, bool hidden = false) =>
        Add(new StopPoint(Number(hidden), kind, text) { Address = address, Length = bytes, CountsStores = countsStores, IsHidden = hidden });

    /// <summary>Watches the value of an expression.</summary>
    public StopPoint Watch(string text, Func<ulong> value) =>
        Add(new StopPoint(Number(false), StopPointKind.Watch, text) { Value = value });

    /// <summary>Waits for a sentence.</summary>
    public StopPoint Catch(string text, DebugCatch what) => Add(new StopPoint(Number(false), StopPointKind.Catch, text)
    {
        Condition = what.Event,
        Value = what.Facts,
        Says = what.Says,
    });

    /// <summary>The one of this number, or null.</summary>
    public StopPoint? Find(int number) => _all.Find(point => point.Number == number && !point.IsHidden);

    /// <summary>Takes one away.</summary>
    public void Remove(StopPoint point)
    {
        _all.Remove(point);
        Sort();
    }

    /// <summary>Call when <see cref="StopPoint.IsEnabled"/> of one was changed.</summary>
    public void Sort()
    {
        _watches.Clear();
        _breakpoints.Clear();
        foreach (StopPoint point in _all.Where(point => point.IsEnabled))
        {
            if (point.Kind != StopPointKind.Breakpoint)
                _watches.Add(point);
            else if (_breakpoints.TryGetValue(point.Address, out List<StopPoint>? there))
                there.Add(point);
            else
                _breakpoints[point.Address] = [point];
        }
    }

    /// <summary>The machine stands somewhere new: what is watched is read afresh.</summary>
    internal void Begin()
    {
        if (_pcs.Length != _machine.Cores.Count)
            _pcs = new ulong[_machine.Cores.Count];

        for (int i = 0; i < _pcs.Length; i++)
            _pcs[i] = Place(i);

        foreach (StopPoint point in _watches)
            point.Before = point.Condition is null ? point.Read(_machine) : 0;
    }

    /// <summary>The first one that the step just performed meets, or null. Breakpoints: an acting core arrived at an address.</summary>
    internal StopPointHit? Behind(bool isEdit) => Watched(isEdit) ?? (isEdit ? null : Arrived());

    /// <summary>
    /// True where some enabled breakpoint is at the place that <paramref name="core"/> is about to execute, and its condition holds.
    /// </summary>
    internal StopPoint? AtBreakpoint(int core)
    {
        if (_breakpoints.Count == 0 || core < 0 || _machine.Cores[core].ContextNumber < 0)
            return null;

        ulong pc = _machine.Engine.Pc(_machine.Contexts[_machine.Cores[core].ContextNumber]);
        return _breakpoints.TryGetValue(pc, out List<StopPoint>? there)
            ? there.Find(point => point.Concerns(core) && (point.If is null || point.If()))
            : null;
    }

    /// <summary>Counts a meeting going forwards; false where it is let pass.</summary>
    internal bool Count(StopPoint point)
    {
        point.Hits++;
        if (point.Ignored > 0)
        {
            point.Ignored--;
            return false;
        }

        if (point.IsTemporary)
            Remove(point);

        return true;
    }

    private StopPointHit? Arrived()
    {
        if (_breakpoints.Count == 0)
            return null;

        int core = _coreOf(_machine.LastStep.Action);
        if (core < 0)
            return null;

        ulong before = _pcs[core], now = Place(core);
        _pcs[core] = now;
        return now != before && AtBreakpoint(core) is { } point ? new StopPointHit(point, 0, 0, null) : null;
    }

    private StopPointHit? Watched(bool isEdit)
    {
        StopPointHit? hit = null;
        foreach (StopPoint point in _watches)
        {
            if (point.Condition is { } condition)
            {
                if (!isEdit && hit is null && condition(_machine, in _machine.LastStep, _timeline) is { } message && Passes(point))
                    hit = new StopPointHit(point, 0, 0, message);

                continue;
            }

            ulong old = point.Before, now = point.Read(_machine);
            point.Before = now;
            if (hit is null && IsMet(point, old, now) && Passes(point))
                hit = new StopPointHit(point, old, now, point.Says?.Invoke(now & ~old));
        }

        return hit;
    }

    private static bool Passes(StopPoint point) => point.If is null || point.If();

    private bool IsMet(StopPoint point, ulong old, ulong now) => point.Kind switch
    {
        StopPointKind.ReadWatch => point.IsTouched(_machine, TouchKind.Read),
        StopPointKind.Catch => (now & ~old) != 0,
        StopPointKind.AccessWatch => point.IsTouched(_machine, TouchKind.Read) || point.IsTouched(_machine, TouchKind.Write),
        _ => old != now || (point.CountsStores && point.IsTouched(_machine, TouchKind.Write)),
    };

    // Which context a core executes, and where: two tasks at one address are two places.
    private ulong Place(int core)
    {
        int context = _machine.Cores[core].ContextNumber;
        return context < 0 ? 0 : _machine.Engine.Pc(_machine.Contexts[context]) ^ ((ulong)(context + 1) << 52);
    }

    private int Number(bool hidden) => hidden ? 0 : _next++;

    private StopPoint Add(StopPoint point)
    {
        _all.Add(point);
        Sort();
        return point;
    }
}
