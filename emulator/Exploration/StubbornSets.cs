using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Which of the enabled agents a search has to try in a state: a stubborn set (Valmari, "Stubborn Sets for Reduced State Space Generation",
/// 1989) of agents. The others come later, since nothing that they can do before one of the set acts conflicts with what the set does.
/// </summary>
/// <remarks>
/// An agent of the set that can act brings in all agents that could ever conflict with its next step or with the test of its offer; one that
/// cannot act brings in those that ever write what its test has read, since nobody else can make it go on. What an agent can ever touch
/// is learnt (<see cref="AgentUses"/>); what its next step touches is seen by performing that and taking it back. Both stay true for
/// the states behind a step of another agent with which it has no conflict, and are handed on there.
/// </remarks>
internal sealed class StubbornSets(Machine machine, AgentUses uses)
{
    private const int LongestRun = 64;

    // What the next step of the agent that acted last conflicts with, where GoOn has found out.
    private ulong _ahead;
    private bool _isAhead;
    private readonly List<MachineAction> _offered = [];
    private readonly int[] _now = new int[machine.Agents.Count];
    private readonly int _agents = machine.Agents.Count;
    private readonly ulong _all = ulong.MaxValue >> (AgentUses.MostAgents - machine.Agents.Count);
    private ulong[] _offers = new ulong[64 * machine.Agents.Count];
    private ulong[] _steps = new ulong[64 * machine.Agents.Count];
    private int[] _phases = new int[64 * machine.Agents.Count];
    private ulong[] _tried = new ulong[64];

    // Of the tried ones, those that offer one action which asks for no choice.
    private ulong[] _plain = new ulong[64];

    /// <summary>True where a set was too small by what is known now: the search has to begin again.</summary>
    public bool IsBroken => uses.IsBroken;

    /// <summary>The agents that the step to the deepest node, or the test of its offer, conflicts with.</summary>
    public ulong Conflicts { get; private set; }

    /// <summary>Steps performed to see what they touch, and taken back.</summary>
    public long Trials { get; private set; }

    /// <summary>Called behind each performed step, to have what it says be part of the step's footprint.</summary>
    public Action? BehindStep { get; init; }

    /// <summary>Says of the step performed last which agents it conflicts with.</summary>
    public ulong Performed(SearchPath path)
    {
        int agent = machine.LastStep.Action.Agent;
        return (_plain[path.Depth] >> agent & 1) != 0
            ? _steps[(path.Depth * _agents) + agent]
            : uses.Note(agent, machine.Footprint.Touches, PhasesAt(path.Depth), relies: false);
    }

    /// <summary>
    /// Learns what the tests of the deepest node's offers read; what is known of the node before it is handed on where
    /// <paramref name="conflicts"/>, the agents that the step between them conflicts with, allow it.
    /// </summary>
    public void Enter(SearchPath path, ulong conflicts)
    {
        int depth = path.Depth;
        Open(depth);
        Conflicts = depth == 0 ? 0 : conflicts | _offers[((depth - 1) * _agents) + path.TakenAt(depth - 1).Agent];
        ulong stale = depth == 0 ? _all : (conflicts | (1UL << path.TakenAt(depth - 1).Agent)) & _all;
        int at = depth * _agents;
        _tried[depth] = _plain[depth] = 0;
        if (depth > 0)
        {
            _tried[depth] = _tried[depth - 1] & ~stale;
            _plain[depth] = _plain[depth - 1] & ~stale;
            Array.Copy(_offers, at - _agents, _offers, at, _agents);
            Array.Copy(_steps, at - _agents, _steps, at, _agents);
        }

        if (depth > 0)
            Advance(path.TakenAt(depth - 1).Agent, depth);

        if (_isAhead)
            Know(depth, path.TakenAt(depth - 1).Agent, _ahead);

        _isAhead = false;

        Span<int> phases = PhasesAt(depth);
        for (int agent = 0; agent < _agents && depth == 0; agent++)
            phases[agent] = uses.PhaseOf(agent);

        ReadOnlySpan<int> ends = machine.GuardEnds;
        for (ulong rest = stale; rest != 0; rest &= rest - 1)
        {
            int agent = BitOperations.TrailingZeroCount(rest);
            _offers[at + agent] = uses.Note(agent, machine.Guards[(agent == 0 ? 0 : ends[agent - 1])..ends[agent]], phases, relies: true);
        }
    }

    private void Know(int depth, int agent, ulong conflicts)
    {
        _steps[(depth * _agents) + agent] = conflicts;
        _tried[depth] |= 1UL << agent;
        _plain[depth] |= 1UL << agent;
    }

    /// <summary>
    /// Behind the performed action of the deepest node: performs it again as long as nobody could ever conflict with that, which is a
    /// stubborn set of its own. Such steps get no node.
    /// </summary>
    /// <returns>What the last of them violates.</returns>
    public Violation? GoOn(SearchPath path)
    {
        _isAhead = false;
        ref Node node = ref path.Top;
        MachineAction action = path.TakenAt(path.Depth);
        PhasesAt(path.Depth).CopyTo(_now);
        while (node.Again < LongestRun)
        {
            machine.OfferedBy(action.Agent, _offered);
            int phase = uses.PhaseOf(action.Agent);
            if (phase < _now[action.Agent])
                uses.Fell(action.Agent);

            _now[action.Agent] = phase;
            if (_offered.Count != 1 || _offered[0] != action || uses.Note(action.Agent, machine.Guards, _now, relies: true) != 0)
                return null;

            Mark before = machine.State.Mark();
            Trials++;
            bool isPlain = path.PerformAgain(out Violation? violation);
            BehindStep?.Invoke();
            _ahead = uses.Note(action.Agent, machine.Footprint.Touches, _now, relies: true);
            if (!isPlain || _ahead != 0)
            {
                machine.State.UndoTo(before);
                _isAhead = isPlain;
                return null;
            }

            node.Again++;
            if (violation is not null)
                return violation;
        }

        return null;
    }

    /// <summary>
    /// Finds the agents to try in the deepest node, with as few enabled ones as there can be, and holds the others' actions back.
    /// </summary>
    /// <param name="path">Its deepest node has no action taken.</param>
    /// <param name="violation">What the performed step violates.</param>
    /// <returns>True where the only action to try was performed already, and stands.</returns>
    public bool Reduce(SearchPath path, out Violation? violation)
    {
        violation = null;
        ulong enabled = 0;
        foreach (MachineAction action in path.Actions)
            enabled |= 1UL << action.Agent;

        for (ulong rest = enabled; rest != 0; rest &= rest - 1)
        {
            int agent = BitOperations.TrailingZeroCount(rest);
            bool stands = (_tried[path.Depth] >> agent & 1) == 0 && Try(path, agent, out violation);
            ulong set = Close(path, agent, enabled);
            if ((set & enabled) == 1UL << agent)
            {
                // What sleeps is covered elsewhere, and nothing else has to be tried.
                bool sleeps = (path.Top.Sleep >> agent & 1) != 0;
                if (sleeps && stands)
                    path.Back();

                if (sleeps)
                    path.Top.Taken = -1;

                stands &= !sleeps;
                path.Try(set, isForced: (_plain[path.Depth] >> agent & 1) != 0);
                return stands;
            }

            if (stands)
                path.Back();

            path.Top.Taken = -1;
        }

        path.Try(Smallest(path, enabled), isForced: false);
        return false;
    }

    private Span<int> PhasesAt(int depth) => _phases.AsSpan(depth * _agents, _agents);

    // What conflicts with the earlier phases of the agent that acted may be free of it now.
    private void Advance(int agent, int depth)
    {
        Span<int> phases = PhasesAt(depth);
        PhasesAt(depth - 1).CopyTo(phases);
        int phase = uses.PhaseOf(agent);
        if (phase == phases[agent])
            return;

        if (phase < phases[agent])
            uses.Fell(agent);

        phases[agent] = phase;
        ReadOnlySpan<ulong> steps = _steps.AsSpan(depth * _agents, _agents);
        for (int other = 0; other < steps.Length; other++)
        {
            if ((steps[other] >> agent & 1) != 0)
                _tried[depth] &= ~(1UL << other);
        }
    }

    private ulong Smallest(SearchPath path, ulong enabled)
    {
        ulong smallest = enabled;
        int fewest = BitOperations.PopCount(enabled);
        for (ulong rest = enabled; rest != 0; rest &= rest - 1)
        {
            ulong set = Close(path, BitOperations.TrailingZeroCount(rest), enabled);
            int count = BitOperations.PopCount(set & enabled);
            if (count < fewest)
                (smallest, fewest) = (set, count);
        }

        return smallest;
    }

    // The least stubborn set with this agent. Where it takes in an enabled agent that was not tried yet, that one is all there is.
    private ulong Close(SearchPath path, int seed, ulong enabled)
    {
        int at = path.Depth * _agents;
        ulong set = 1UL << seed;
        for (ulong open = set; open != 0;)
        {
            int agent = BitOperations.TrailingZeroCount(open);
            open &= open - 1;
            ulong others = _offers[at + agent];
            if ((enabled >> agent & 1) != 0)
                others |= (_tried[path.Depth] >> agent & 1) != 0 ? _steps[at + agent] : _all;

            others &= _all & ~set;
            set |= others;
            open |= others;
        }

        return set;
    }

    // Performs all that the agent offers. True where that is one action without a choice, which is then left standing.
    private bool Try(SearchPath path, int agent, out Violation? violation)
    {
        violation = null;
        ulong others = 0;
        int last = -1;
        bool chose = false;
        for (int i = 0; i < path.Top.ActionCount; i++)
        {
            if (path.Actions[i].Agent != agent)
                continue;

            if (last >= 0)
                path.Back();

            bool isMore = last >= 0;
            last = i;
            violation = path.Perform(i);
            others |= Seen(path);
            bool asked = path.Chose;
            chose |= asked || isMore;
            if (!asked)
                continue;

            path.Back();
            while (path.PerformNextChoice(out _))
            {
                others |= Seen(path);
                path.Back();
            }
        }

        _steps[(path.Depth * _agents) + agent] = others;
        _tried[path.Depth] |= 1UL << agent;
        if (!chose)
        {
            _plain[path.Depth] |= 1UL << agent;
            return true;
        }

        path.Back();
        path.Top.Taken = -1;
        return false;
    }

    private ulong Seen(SearchPath path)
    {
        Trials++;
        BehindStep?.Invoke();
        return uses.Note(machine.LastStep.Action.Agent, machine.Footprint.Touches, PhasesAt(path.Depth), relies: true);
    }

    private void Open(int depth)
    {
        if (depth < _tried.Length)
            return;

        Array.Resize(ref _phases, depth * 2 * _agents);
        Array.Resize(ref _tried, depth * 2);
        Array.Resize(ref _plain, depth * 2);
        Array.Resize(ref _offers, depth * 2 * _agents);
        Array.Resize(ref _steps, depth * 2 * _agents);
    }
}
