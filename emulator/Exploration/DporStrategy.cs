using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// One execution of each class of executions that differ only in the order of independent steps: source-set dynamic partial-order
/// reduction with sleep sets (Abdulla, Aronis, Jonsson and Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial Order
/// Reduction", J. ACM 64(4), 2017). What is independent is read off the footprints of the steps performed.
/// </summary>
/// <remarks>
/// A branch is an agent: where it is taken, all its actions and all answers to its choices are. Agents may wait, and one may make
/// another wait: the test of a waiting agent races with what was written before it, as a step of its own would. Where it
/// waited even before that, everything is tried there (Flanagan and Godefroid, "Dynamic Partial-Order Reduction for Model
/// Checking Software", POPL 2005, who do the same for all). One may also change what another does next, as an interrupt does or a write
/// to the text ahead: the step that the other had before, if it was asleep, leaves no event behind, and what it would have raced with
/// is looked for in its place.
/// </remarks>
internal sealed class DporStrategy : IStrategy
{
    /// <summary>Sets of agents are 64 bits.</summary>
    public const int MostAgents = 64;

    private readonly Machine _machine;
    private readonly DporPart? _part;
    private readonly List<RecordedStep>[] _steps;
    private readonly int _agents;
    private readonly EventLog _log;
    private readonly List<int> _races = [];
    private readonly List<Lost> _lost = [];
    private readonly int[] _firstOfAgent;
    private Branch[] _branches = new Branch[64];
    private (int Start, int End)[] _asleep;

    private SearchPath? _path;
    private int _given;

    /// <summary>Turns the record of tests on, in <paramref name="machine"/>.</summary>
    /// <param name="machine">The machine that is searched.</param>
    /// <param name="part">The part of the search that is gone through, or null: all of it.</param>
    public DporStrategy(Machine machine, DporPart? part = null)
    {
        (_machine, _part, _agents) = (machine, part, machine.Agents.Count);
        _steps = part is null ? [] : new List<RecordedStep>[part.Limit];
        _log = new EventLog(_agents);
        _firstOfAgent = new int[_agents];
        _asleep = new (int, int)[64 * _agents];
        machine.KeepsGuards = true;
    }

    public bool TriesAllChoices => _part is null || !_part.IsForced(_path!.Depth);

    /// <summary>How many explorations led to a state where all that is enabled was covered elsewhere.</summary>
    public long Redundant { get; private set; }

    /// <summary>The events of the execution in hand.</summary>
    public EventLog Log => _log;

    public bool Enter(SearchPath path)
    {
        int depth = path.Depth;
        _path = path;
        Open(depth);
        _log.KeepGuards(depth, _machine);
        ref Branch branch = ref _branches[depth];
        branch = new Branch { Enabled = EnabledAgents(path, depth), Current = -1 };
        if (depth > 0)
            Perform(path, depth - 1);

        if (_part is not null && !EnterPart(path, depth))
            return false;

        branch.Top = _log.Top;
        if (branch.Enabled != 0 && (branch.Enabled & ~branch.Sleep) == 0)
            Redundant++;

        return true;
    }

    public int Next(SearchPath path)
    {
        ref Branch branch = ref _branches[path.Depth];
        _log.Cut(branch.Top);
        ReadOnlySpan<MachineAction> actions = path.Actions;
        if (_part is not null && _part.IsForced(path.Depth))
            return NextForced(path, ref branch);

        if (branch.Current >= 0)
        {
            int next = path.Top.Taken + 1;
            if (next < actions.Length && actions[next].Agent == branch.Current)
                return next;

            Finish(ref branch, path.Depth);
            if (_part is not null && _part.IsOpen(path.Depth))
            {
                HandBack(path.Depth);
                return -1;
            }
        }

        ulong open = (branch.Started ? branch.Backtrack : branch.Enabled) & ~branch.Sleep;
        if (open == 0 || actions.Length == 0)
            return -1;

        branch.Started = true;
        branch.Current = _part is { Agent: >= 0 } part && part.Prefix.Length == path.Depth ? part.Agent : BitOperations.TrailingZeroCount(open);
        branch.Backtrack |= 1UL << branch.Current;
        branch.FirstTouch = branch.Top;
        int index = 0;
        while (actions[index].Agent != branch.Current)
            index++;

        return index;
    }

    public int Choose(int alternatives) =>
        _part is not null && _part.IsForced(_path!.Depth) ? _part.Forced(_path.Depth).Choices[_given++] : 0;

    public void Leave(SearchPath path)
    {
    }

    // Who is asleep on the way is given. Of an agent's steps at an open state, only the first is gone on from.
    private bool EnterPart(SearchPath path, int depth)
    {
        if (depth <= _part!.Prefix.Length)
            Sleep(depth, _part.Sleep[depth]);

        if (_part.IsOpen(depth))
            (_steps[depth] ??= []).Clear();

        if (depth == 0 || !_part.IsOpen(depth - 1))
            return true;

        _steps[depth - 1].Add(path.Record()[^1]);
        return _steps[depth - 1].Count == 1;
    }

    private void Sleep(int depth, Sleeper[] sleepers)
    {
        ref Branch branch = ref _branches[depth];
        branch.Sleep = 0;
        foreach (Sleeper sleeper in sleepers)
        {
            int start = _log.Top;
            _log.Keep(sleeper.Touches);
            branch.Sleep |= 1UL << sleeper.Agent;
            _asleep[(depth * _agents) + sleeper.Agent] = (start, _log.Top);
        }
    }

    private int NextForced(SearchPath path, ref Branch branch)
    {
        if (path.Top.Taken >= 0)
            return -1;

        RecordedStep forced = _part!.Forced(path.Depth);
        int index = path.Actions.IndexOf(forced.Action);
        if (index < 0)
            throw new InvalidOperationException($"step {path.Depth + 1} of a part of the search is not offered again");

        (branch.Started, branch.Current, branch.FirstTouch, _given) = (true, forced.Action.Agent, branch.Top, 0);
        return index;
    }

    private void HandBack(int depth)
    {
        ref Branch branch = ref _branches[depth];
        int tried = _steps[depth][0].Action.Agent;
        Sleeper[] sleep =
        [
            .. from agent in Enumerable.Range(0, _agents)
               where agent != tried && (_branches[depth].Sleep >> agent & 1) != 0
               let touches = _asleep[(depth * _agents) + agent]
               select new Sleeper(agent, _log.Copy(touches.Start, touches.End)),
        ];
        _part!.States.Add(
            new TriedState(depth, branch.Enabled, sleep, new Sleeper(tried, _log.Copy(branch.FirstTouch, branch.Top)), [.. _steps[depth]]));
    }

    // One of the agents is tried at a state on the way; all that are enabled where there is none.
    private void Want(int depth, ulong initials, int preferred)
    {
        ref Branch branch = ref _branches[depth];
        if (_part is not null && depth < _part.Limit)
            _part.Wanted.Add(new Wanted(depth, initials, preferred));
        else if (initials == 0)
            branch.Backtrack |= branch.Enabled;
        else if ((initials & (branch.Backtrack | branch.Sleep)) == 0)
            branch.Backtrack |= First(initials, preferred);
    }

    /// <summary>The bit of the preferred agent where it is among these, else the lowest.</summary>
    public static ulong First(ulong initials, int preferred) =>
        (initials >> preferred & 1) != 0 ? 1UL << preferred : initials & (~initials + 1);

    private void Open(int depth)
    {
        if (depth < _branches.Length)
            return;

        Array.Resize(ref _branches, depth * 2);
        Array.Resize(ref _asleep, depth * 2 * _agents);
    }

    private static ulong EnabledAgents(SearchPath path, int depth)
    {
        ulong agents = 0;
        foreach (MachineAction action in path.ActionsOf(depth))
            agents |= 1UL << action.Agent;

        return agents;
    }

    // The agent is done with here: what it does from here on is covered, as long as nothing it depends on changes.
    private void Finish(ref Branch branch, int depth)
    {
        branch.Sleep |= 1UL << branch.Current;
        _asleep[(depth * _agents) + branch.Current] = (branch.FirstTouch, branch.Top);
        branch.Current = -1;
    }

    private void Perform(SearchPath path, int i)
    {
        ref Branch before = ref _branches[i];
        _log.Cut(before.Top);
        int agent = path.TakenAt(i).Agent;
        ulong tested = _log.Add(i, agent, _machine.Footprint, _races);
        before.Top = _log.Top;
        before.Tested = tested;
        ForgetLost(i);
        if (_part is null || i >= _part.Prefix.Length)
            Races(i, agent, tested);

        CheckOffers(path, i, tested | (1UL << agent));
        Sleepers(i);
    }

    // Those of the way to a part were looked at when the way was gone for the first time.
    private void Races(int i, int agent, ulong tested)
    {
        foreach (int race in _races)
            Reverse(race, i, agent, _log.ClockOf(i), tests: false);

        RacesOfLost(i);
        TestsOfWaiting(i + 1, tested | (1UL << agent));
    }

    // Who sleeps on behind event i: those whose next events do not depend on it.
    private void Sleepers(int i)
    {
        ref Branch after = ref _branches[i + 1];
        for (ulong rest = _branches[i].Sleep & ~(1UL << _log.AgentOf(i)); rest != 0; rest &= rest - 1)
        {
            int agent = BitOperations.TrailingZeroCount(rest);
            (int start, int end) = _asleep[(i * _agents) + agent];
            if (_log.Conflicts(i, start, end))
            {
                if (_log.Changes(i, start, end))
                    _lost.Add(new Lost(i, start, end));

                continue;
            }

            after.Sleep |= 1UL << agent;
            _asleep[((i + 1) * _agents) + agent] = (start, end);
        }
    }

    private void ForgetLost(int i)
    {
        while (_lost.Count > 0 && _lost[^1].Event >= i)
            _lost.RemoveAt(_lost.Count - 1);
    }

    // Event i might come before a step that was asleep at some event and changed by it, and so before that event: then it is no longer
    // the same step, and what it does is covered nowhere yet.
    private void RacesOfLost(int i)
    {
        foreach (Lost lost in _lost)
        {
            if (_log.IsBefore(lost.Event, i) || !_log.Conflicts(i, lost.Start, lost.End))
                continue;

            ulong enabled = _branches[lost.Event].Enabled;
            Want(lost.Event, Initials(lost.Event, i, _log.AgentOf(i), _log.ClockOf(i)) & enabled, _log.AgentOf(i));
        }
    }

    // An agent that has come to wait, or waits still though what it waits for was written, might have gone on earlier.
    private void TestsOfWaiting(int depth, ulong agents)
    {
        for (ulong rest = agents & ~_branches[depth].Enabled; rest != 0; rest &= rest - 1)
        {
            int agent = BitOperations.TrailingZeroCount(rest);
            _log.FindRacesOfTest(depth, agent, _races);
            foreach (int race in _races)
                Reverse(race, depth, agent, _log.ClockOfTest, tests: true);
        }
    }

    // Event race, and event i of this agent or its test in the state at depth i, are exchanged: some agent that can begin what leads
    // to i without the race is tried there. An agent that waited at the race could go on before it only where something else
    // that it waits for was written since; a test that never passed says nothing of what it would take, so all are tried.
    private void Reverse(int race, int i, int agent, ReadOnlySpan<int> clock, bool tests)
    {
        ref Branch branch = ref _branches[race];
        bool waited = _log.LastOf(agent, i) < race && (branch.Enabled >> agent & 1) == 0;
        if (waited && !tests && (branch.Tested >> agent & 1) != 0 && !IsWrittenSince(race, i, agent))
            return;

        ulong initials = waited && tests ? 0 : Initials(race, i, agent, clock) & branch.Enabled;
        Want(race, initials, agent);
    }

    private bool IsWrittenSince(int race, int i, int agent)
    {
        for (int k = race + 1; k < i; k++)
        {
            if (!_log.IsBefore(race, k) && _log.ConflictsWithTest(k, race, agent))
                return true;
        }

        return false;
    }

    // The agents that can come first among the events between the race and i that do not depend on it, with i's agent behind them.
    private ulong Initials(int race, int i, int agent, ReadOnlySpan<int> clock)
    {
        Array.Clear(_firstOfAgent);
        ulong initials = 0;
        for (int k = race + 1; k < i; k++)
        {
            if (_log.IsBefore(race, k))
                continue;

            int other = _log.AgentOf(k);
            if (_firstOfAgent[other] != 0)
                continue;

            if (!ComesBehind(_log.ClockOf(k)))
                initials |= 1UL << other;

            _firstOfAgent[other] = _log.NumberOf(k);
        }

        return _firstOfAgent[agent] == 0 && !ComesBehind(clock) ? initials | (1UL << agent) : initials;
    }

    private bool ComesBehind(ReadOnlySpan<int> clock)
    {
        for (int agent = 0; agent < _agents; agent++)
        {
            if (_firstOfAgent[agent] != 0 && clock[agent] >= _firstOfAgent[agent])
                return true;
        }

        return false;
    }

    private void CheckOffers(SearchPath path, int i, ulong mayChange)
    {
        for (int agent = 0; agent < _agents; agent++)
        {
            if ((mayChange >> agent & 1) != 0 || path.Top.ActionCount != path.Top.Enabled || OffersTheSame(path, i, agent))
                continue;

            throw new InvalidOperationException(
                $"{_machine.Agents[agent].Name} offers other actions behind a step of {_machine.Agents[_log.AgentOf(i)].Name} that "
                + "wrote nothing of what the test of its offer is said to read (see IAgent.Offer)");
        }
    }

    private static bool OffersTheSame(SearchPath path, int i, int agent)
    {
        ReadOnlySpan<MachineAction> before = OfAgent(path.ActionsOf(i), agent), after = OfAgent(path.ActionsOf(i + 1), agent);
        return before.SequenceEqual(after);
    }

    private static ReadOnlySpan<MachineAction> OfAgent(ReadOnlySpan<MachineAction> actions, int agent)
    {
        int start = 0;
        while (start < actions.Length && actions[start].Agent != agent)
            start++;

        int end = start;
        while (end < actions.Length && actions[end].Agent == agent)
            end++;

        return actions[start..end];
    }

    // A step that was asleep at an event that changed it: its touches.
    private readonly record struct Lost(int Event, int Start, int End);

    // Sets of agents have one bit each.
    private struct Branch
    {
        public ulong Enabled;
        public ulong Tested;
        public ulong Backtrack;
        public ulong Sleep;
        public bool Started;
        public int Current;
        public int FirstTouch;
        public int Top;
    }
}
