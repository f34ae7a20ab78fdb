using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with probabilistic
/// guarantees of finding bugs", ASPLOS 2010): the agent with the highest priority goes on; priorities are drawn at the start,
/// and at d - 1 steps drawn at random the running agent falls below all others. A violation that needs d ordered steps is met with a
/// chance of at least 1 / (n k^(d-1)) in each execution of n agents and k steps.
/// </summary>
/// <remarks>
/// An agent that offers several actions takes the first one, and any of them at a step where priorities change: that is where a
/// preemption or an interrupt strikes. An agent that took 1000 steps alone falls too: it may be spinning.
/// </remarks>
internal sealed class PctStrategy(ulong seed, long first, long executions, int depth) : IStrategy
{
    private const int MostAlone = 1000;
    private readonly HashSet<int> _changes = [];
    private SeededRandom _random;
    private int[] _priority = [];
    private int _longest;
    private int _lowest;
    private int _alone;
    private int _last;
    private long _run;

    public bool TriesAllChoices => false;

    public bool Enter(SearchPath path)
    {
        _longest = Math.Max(_longest, path.Depth);
        return true;
    }

    public int Next(SearchPath path)
    {
        ref Node node = ref path.Top;
        if (node.ActionCount == 0)
            return -1;

        if (path.Depth == 0)
        {
            if (_run == executions)
                return -1;

            Begin(path.Machine.Agents.Count);
        }
        else if (node.Taken >= 0)
        {
            return -1;
        }

        return Pick(path);
    }

    public int Choose(int alternatives) => _random.Below(alternatives);

    public void Leave(SearchPath path)
    {
    }

    private void Begin(int agents)
    {
        _random = new SeededRandom(seed, first + _run++);
        if (_priority.Length != agents)
            _priority = new int[agents];

        // Priorities 1 to n in a random order; falling agents get 0, -1, ...
        for (int i = 0; i < agents; i++)
        {
            int k = _random.Below(i + 1);
            _priority[i] = _priority[k];
            _priority[k] = i + 1;
        }

        _changes.Clear();
        for (int i = 1; i < depth; i++)
            _changes.Add(_random.Below(Math.Max(_longest, 8)));

        (_lowest, _alone, _last) = (1, 0, -1);
    }

    private int Pick(SearchPath path)
    {
        int agent = Highest(path.Actions);
        bool changes = _changes.Contains(path.Depth);
        if (changes || (agent == _last && _alone >= MostAlone))
        {
            _alone = 0;
            _priority[agent] = --_lowest;
            agent = Highest(path.Actions);
        }

        _alone = agent == _last ? _alone + 1 : 0;
        _last = agent;
        return ActionOf(agent, path.Actions, changes);
    }

    private int Highest(ReadOnlySpan<MachineAction> actions)
    {
        int best = actions[0].Agent;
        foreach (MachineAction action in actions)
        {
            if (_priority[action.Agent] > _priority[best])
                best = action.Agent;
        }

        return best;
    }

    private int ActionOf(int agent, ReadOnlySpan<MachineAction> actions, bool any)
    {
        int first = 0, count = 0;
        for (int i = actions.Length - 1; i >= 0; i--)
        {
            if (actions[i].Agent != agent)
                continue;

            first = i;
            count++;
        }

        return any ? first + _random.Below(count) : first;
    }
}
