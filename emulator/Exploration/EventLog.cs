using System.Runtime.InteropServices;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// The events of the execution in hand: who made each, what it touched, and which earlier events it comes behind in every order that
/// does the same.
/// </summary>
/// <remarks>
/// An event of agent p touches what its action and the properties touched, and what the test that offered it read. So an event that
/// enables or disables another conflicts with it, and two that do neither and touch nothing in common can be exchanged.
/// </remarks>
internal sealed class EventLog
{
    private readonly int _agents;
    private readonly List<Touch> _touches = [];
    private readonly List<Touch> _guards = [];
    private readonly List<int> _guardEnds = [];
    private readonly List<int> _clocks = [];
    private readonly int[] _clockOfTest;
    private Event[] _events = new Event[64];

    public EventLog(int agents) => (_agents, _clockOfTest) = (agents, new int[agents]);

    /// <summary>Where the next touches go.</summary>
    public int Top => _touches.Count;

    /// <summary>The agent that made event <paramref name="i"/>.</summary>
    public int AgentOf(int i) => _events[i].Agent;

    /// <summary>The event's number among its agent's, from 1 up.</summary>
    public int NumberOf(int i) => _events[i].Number;

    /// <summary>How many events of each agent come before event <paramref name="i"/>, itself included.</summary>
    public ReadOnlySpan<int> ClockOf(int i) => Clock(i);

    /// <summary>True where <paramref name="before"/> comes before <paramref name="i"/> in every order that does the same.</summary>
    public bool IsBefore(int before, int i) => Clock(i)[_events[before].Agent] >= _events[before].Number;

    /// <summary>Touches of the list, copied.</summary>
    public Touch[] Copy(int start, int end) => Touches(start, end).ToArray();

    /// <summary>Puts touches of no event on the list.</summary>
    public void Keep(Touch[] touches) => _touches.AddRange(touches);

    /// <summary>Forgets the touches from <paramref name="top"/> on.</summary>
    public void Cut(int top) => CollectionsMarshal.SetCount(_touches, top);

    /// <summary>Keeps what the tests of the state at <paramref name="depth"/> have read.</summary>
    public void KeepGuards(int depth, Machine machine)
    {
        int first = depth * _agents;
        int start = depth == 0 ? 0 : _guardEnds[first - 1];
        CollectionsMarshal.SetCount(_guards, start + machine.Guards.Length);
        machine.Guards.CopyTo(CollectionsMarshal.AsSpan(_guards)[start..]);
        CollectionsMarshal.SetCount(_guardEnds, first + _agents);
        for (int agent = 0; agent < _agents; agent++)
            _guardEnds[first + agent] = start + machine.GuardEnds[agent];
    }

    /// <summary>
    /// Adds event <paramref name="i"/>, which led from the state at that depth to the next. Finds the events that it races with: those
    /// that come before it by a conflict of their own, and through no event between.
    /// </summary>
    /// <returns>The other agents whose tests the event may have changed, one bit each.</returns>
    public ulong Add(int i, int agent, Footprint footprint, List<int> races)
    {
        int start = _touches.Count;
        _touches.AddRange(footprint.Touches);
        ulong tested = Tested(i, agent, start);
        _touches.AddRange(Guard(i, agent));
        Open(i, agent, start);
        FindRaces(i, Clock(i), Touches(start, _touches.Count), races);
        return tested;
    }

    /// <summary>The last event before <paramref name="end"/> that <paramref name="agent"/> made, or -1.</summary>
    public int LastOf(int agent, int end)
    {
        int last = end - 1;
        while (last >= 0 && _events[last].Agent != agent)
            last--;

        return last;
    }

    /// <summary>The clock of the test that was asked about last: what comes before it.</summary>
    public ReadOnlySpan<int> ClockOfTest => _clockOfTest;

    /// <summary>Finds the events that an agent's test in the state at <paramref name="depth"/> races with.</summary>
    public void FindRacesOfTest(int depth, int agent, List<int> races)
    {
        int last = LastOf(agent, depth);
        if (last < 0)
            Array.Clear(_clockOfTest);
        else
            Clock(last).CopyTo(_clockOfTest);

        FindRaces(depth, _clockOfTest, Guard(depth, agent), races);
    }

    /// <summary>True where event <paramref name="i"/> conflicts with a touch of this part of the list.</summary>
    public bool Conflicts(int i, int start, int end)
    {
        ref Event e = ref _events[i];
        return Conflict(Touches(e.Start, e.End), Touches(start, end));
    }

    /// <summary>True where event <paramref name="i"/> writes what this part of the list reads, and so may change what is read or done there next.</summary>
    public bool Changes(int i, int start, int end)
    {
        ref Event e = ref _events[i];
        foreach (ref readonly Touch write in Touches(e.Start, e.End))
        {
            if (write.Kind != TouchKind.Write)
                continue;

            foreach (ref readonly Touch read in Touches(start, end))
            {
                if (read.Kind != TouchKind.Write && write.ConflictsWith(in read))
                    return true;
            }
        }

        return false;
    }

    /// <summary>True where event <paramref name="i"/> writes what an agent's test in the state at <paramref name="depth"/> read.</summary>
    public bool ConflictsWithTest(int i, int depth, int agent)
    {
        ref Event e = ref _events[i];
        return Conflict(Touches(e.Start, e.End), Guard(depth, agent));
    }

    private ReadOnlySpan<Touch> Touches(int start, int end) => CollectionsMarshal.AsSpan(_touches)[start..end];

    private ReadOnlySpan<Touch> Guard(int depth, int agent)
    {
        int at = (depth * _agents) + agent;
        int start = at == 0 ? 0 : _guardEnds[at - 1];
        return CollectionsMarshal.AsSpan(_guards)[start.._guardEnds[at]];
    }

    private Span<int> Clock(int i) => CollectionsMarshal.AsSpan(_clocks).Slice(i * _agents, _agents);

    private ulong Tested(int i, int agent, int start)
    {
        ulong tested = 0;
        for (int other = 0; other < _agents; other++)
        {
            if (other != agent && Conflict(Touches(start, _touches.Count), Guard(i, other)))
                tested |= 1UL << other;
        }

        return tested;
    }

    private void Open(int i, int agent, int start)
    {
        if (i == _events.Length)
            Array.Resize(ref _events, i * 2);

        int previous = LastOf(agent, i);
        _events[i] = new Event
        {
            Agent = agent,
            Number = previous < 0 ? 1 : _events[previous].Number + 1,
            Start = start,
            End = _touches.Count,
        };
        CollectionsMarshal.SetCount(_clocks, (i + 1) * _agents);
        Span<int> clock = Clock(i);
        if (previous < 0)
            clock.Clear();
        else
            Clock(previous).CopyTo(clock);

        clock[agent] = _events[i].Number;
    }

    // Latest first: an event that comes before one found already is no race of its own.
    private void FindRaces(int end, Span<int> clock, ReadOnlySpan<Touch> touches, List<int> races)
    {
        races.Clear();
        for (int k = end - 1; k >= 0; k--)
        {
            ref Event earlier = ref _events[k];
            if (clock[earlier.Agent] >= earlier.Number || !Conflict(Touches(earlier.Start, earlier.End), touches))
                continue;

            races.Add(k);
            Span<int> behind = Clock(k);
            for (int a = 0; a < _agents; a++)
                clock[a] = Math.Max(clock[a], behind[a]);
        }
    }

    private static bool Conflict(ReadOnlySpan<Touch> left, ReadOnlySpan<Touch> right)
    {
        foreach (ref readonly Touch a in left)
        {
            foreach (ref readonly Touch b in right)
            {
                if (a.ConflictsWith(in b))
                    return true;
            }
        }

        return false;
    }

    private struct Event
    {
        public int Agent;
        public int Number;
        public int Start;
        public int End;
    }
}
