using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Depth first over the executions with at most so many switches, the agent in hand first, and of those the ones shorter than the best
/// violation met so far. A state is gone on from again only where fewer steps led to it with the same agent and the same switches. Behind
/// a violation that is left out, nothing is of interest.
/// </summary>
internal sealed class ShortestStrategy : IStrategy
{
    private readonly StateTable _fewest = new();
    private int[] _switches = new int[256];
    private int[] _position = new int[256];
    private int _most;

    /// <summary>Only executions with fewer steps than this are of interest.</summary>
    public int Below { get; set; }

    /// <summary>True: the state entered next is not gone on from.</summary>
    public bool LeavesOut { get; set; }

    public bool TriesAllChoices => true;

    /// <summary>Starts over with another number of switches.</summary>
    public void Begin(int switches, int below)
    {
        (_most, Below) = (switches, below);
        _fewest.Clear();
        LeavesOut = false;
    }

    public bool Enter(SearchPath path)
    {
        int depth = path.Depth;
        bool leavesOut = LeavesOut;
        LeavesOut = false;
        if (depth >= Below || leavesOut)
            return false;

        Open(path, depth);
        StateHash key = path.Top.Mark.Hash.With(3, ((ulong)(uint)path.Top.LastAgent << 32) | (uint)_switches[depth]);
        ref UInt128 steps = ref _fewest.FindOrAdd(key, out bool added);
        if (!added && steps <= (UInt128)depth)
            return false;

        steps = (UInt128)depth;
        return true;
    }

    public int Next(SearchPath path)
    {
        int depth = path.Depth;
        LeavesOut = false;
        if (depth + 1 >= Below)
            return -1;

        // Twice over the actions: those of the agent in hand, then the others.
        ReadOnlySpan<MachineAction> actions = path.Actions;
        for (ref int at = ref _position[depth]; at < 2 * actions.Length; at++)
        {
            int index = at % actions.Length;
            bool same = path.Machine.TurnOf(actions[index].Agent) == path.Top.LastAgent;
            if (same != at < actions.Length || _switches[depth] + Cost(path, actions[index]) > _most)
                continue;

            at++;
            return index;
        }

        return -1;
    }

    public int Choose(int alternatives) => 0;

    public void Leave(SearchPath path)
    {
    }

    /// <summary>What the step counts: 1 for a switch to another agent, 1 for an action that is a preemption.</summary>
    public static int Cost(Machine machine, int last, MachineAction action) =>
        (last >= 0 && machine.TurnOf(action.Agent) != last && machine.Agents[action.Agent].TakesTurn(action) ? 1 : 0)
        + (machine.Agents[action.Agent].IsPreemption(action) ? 1 : 0);

    private static int Cost(SearchPath path, MachineAction action) => Cost(path.Machine, path.Top.LastAgent, action);

    private void Open(SearchPath path, int depth)
    {
        if (depth == _switches.Length)
        {
            Array.Resize(ref _switches, depth * 2);
            Array.Resize(ref _position, depth * 2);
        }

        _position[depth] = 0;
        _switches[depth] = depth == 0
            ? 0
            : _switches[depth - 1] + Cost(path.Machine, path[depth - 1].LastAgent, path.TakenAt(depth - 1));
    }
}
