using System.Runtime.InteropServices;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>One state on the way from the start to where a search stands, and what it offers.</summary>
internal struct Node
{
    /// <summary>Where to go back to for this state.</summary>
    public Mark Mark;

    /// <summary>Its actions, in the path's arena.</summary>
    public int FirstAction;

    /// <summary>How many of them the bounds allow: those come first in the arena, and the others are not kept.</summary>
    public int ActionCount;

    /// <summary>How many the machine offered.</summary>
    public int Enabled;

    /// <summary>The agents whose actions are tried, one bit each; those of the 64th on always are.</summary>
    public ulong Tried;

    /// <summary>True once it is decided which agents are tried.</summary>
    public bool IsDecided;

    /// <summary>The agents that need not be tried here, since what they lead to is met elsewhere; one bit each.</summary>
    public ulong Sleep;

    /// <summary>The agent tried last, or -1; kept by the strategy that wants to know.</summary>
    public int Before;

    /// <summary>True: the agents that were left out are to be tried too, after the others.</summary>
    public bool IsReleased;

    /// <summary>True once these are tried.</summary>
    public bool TriesRest;

    /// <summary>True where one action without a choice is all that is tried.</summary>
    public bool IsForced;

    /// <summary>Which of them is taken, or -1.</summary>
    public int Taken;

    /// <summary>How often the taken action was performed again behind itself, without choices and without a node of its own.</summary>
    public int Again;

    /// <summary>Steps from the start to here.</summary>
    public int Steps;

    /// <summary>The inner choices of the taken action, in the path's arena.</summary>
    public int FirstChoice;

    /// <summary>Preemptions on the way here.</summary>
    public int Preemptions;

    /// <summary>The agent whose turn it is: that of the last step that took the turn, or -1.</summary>
    public int LastAgent;

    /// <summary>True where that agent could go on: a switch away from it is a preemption. Kept only where preemptions are counted.</summary>
    public bool LastCanGoOn;
}

/// <summary>
/// The execution in hand: the states from the start to here, the actions that each offers and which one was taken. It
/// performs steps and takes them back by the journal; nothing is allocated in either direction.
/// </summary>
internal sealed class SearchPath : IChooser
{
    private readonly List<MachineAction> _offered = [];
    private readonly IStrategy _strategy;
    private Node[] _nodes = new Node[256];
    private MachineAction[] _actions = new MachineAction[1024];
    private (int Taken, int Alternatives)[] _choices = new (int, int)[64];
    private int _choiceCount;
    private int _given;

    public SearchPath(Machine machine, IStrategy strategy, int? preemptions, int depth)
    {
        (Machine, _strategy, PreemptionBound, DepthBound) = (machine, strategy, preemptions, depth);
        machine.Chooser = this;
    }

    public Machine Machine { get; }

    /// <summary>Nodes from the start to here; the deepest one has this index.</summary>
    public int Depth { get; private set; } = -1;

    /// <summary>Preemptions allowed in one execution, or null.</summary>
    public int? PreemptionBound { get; }

    /// <summary>Steps allowed in one execution.</summary>
    public int DepthBound { get; }

    /// <summary>How many states were not gone on from because of the bound of steps.</summary>
    public long CutByDepth { get; private set; }

    /// <summary>How many states had actions left out because of the bound of preemptions.</summary>
    public long CutByPreemptions { get; private set; }

    public ref Node Top => ref _nodes[Depth];

    public ref Node this[int depth] => ref _nodes[depth];

    /// <summary>What the deepest node offers.</summary>
    public ReadOnlySpan<MachineAction> Actions => ActionsOf(Depth);

    public ReadOnlySpan<MachineAction> ActionsOf(int depth) =>
        _actions.AsSpan(_nodes[depth].FirstAction, _nodes[depth].ActionCount);

    /// <summary>The action that leads from node <paramref name="depth"/> to the next one.</summary>
    public MachineAction TakenAt(int depth) => _actions[_nodes[depth].FirstAction + _nodes[depth].Taken];

    /// <summary>Makes the machine's present state the deepest node.</summary>
    /// <param name="stale">The agents, one bit each, that may offer something else than in the node before.</param>
    public void Push(ulong stale = ulong.MaxValue)
    {
        if (++Depth == _nodes.Length)
            Array.Resize(ref _nodes, Depth * 2);

        ref Node node = ref _nodes[Depth];
        node = new Node { Mark = Machine.State.Mark(), Taken = -1, Tried = ulong.MaxValue, LastAgent = -1, Before = -1, FirstChoice = _choiceCount };
        if (Depth > 0)
            Inherit(ref node, in _nodes[Depth - 1]);

        if (stale == ulong.MaxValue || Depth == 0)
            Machine.Enabled(_offered);
        else
            Machine.Offered(_offered, stale, ActionsOf(Depth - 1));

        node.Enabled = node.ActionCount = _offered.Count;
        if (node.FirstAction + _offered.Count > _actions.Length)
            Array.Resize(ref _actions, (node.FirstAction + _offered.Count) * 2);

        CollectionsMarshal.AsSpan(_offered).CopyTo(_actions.AsSpan(node.FirstAction));
        Bound(ref node);
    }

    /// <summary>Drops the deepest node and goes back to the state of the one before it.</summary>
    public void Pop()
    {
        _choiceCount = _nodes[Depth].FirstChoice;
        if (--Depth >= 0)
            Back();
    }

    /// <summary>True where the action in hand has asked for a choice.</summary>
    public bool Chose => _choiceCount > _nodes[Depth].FirstChoice;

    /// <summary>Has only the actions of some agents of the deepest node tried, one bit each.</summary>
    public void Try(ulong agents, bool isForced)
    {
        ref Node node = ref _nodes[Depth];
        (node.Tried, node.IsForced, node.IsDecided) = (agents, isForced, true);
    }

    /// <summary>Has all actions of node <paramref name="depth"/> tried.</summary>
    public void Release(int depth)
    {
        ref Node node = ref _nodes[depth];
        node.IsReleased |= node.Tried != ulong.MaxValue && !node.TriesRest;
        node.IsForced = false;
    }

    /// <summary>The index of the deepest node's action to be tried next, in order, or -1.</summary>
    public int NextAction()
    {
        ref Node node = ref _nodes[Depth];
        ReadOnlySpan<MachineAction> actions = Actions;
        while (true)
        {
            for (int i = node.Taken + 1; i < actions.Length; i++)
            {
                if (actions[i].Agent >= 64 || (node.Tried & ~node.Sleep & (1UL << actions[i].Agent)) != 0)
                    return i;
            }

            if (!node.IsReleased)
                return -1;

            (node.Tried, node.IsReleased, node.TriesRest, node.Taken) = (~node.Tried, false, true, -1);
        }
    }

    /// <summary>Takes back what was done since the deepest node's state.</summary>
    public void Back() => Machine.State.UndoTo(_nodes[Depth].Mark);

    /// <summary>Performs action <paramref name="index"/> of the deepest node.</summary>
    public Violation? Perform(int index)
    {
        _nodes[Depth].Taken = index;
        _choiceCount = _nodes[Depth].FirstChoice;
        return PerformTaken();
    }

    /// <summary>
    /// Where the taken action of the deepest node asked for choices that have more answers: performs it again with the next
    /// answers. The machine must be in that node's state.
    /// </summary>
    public bool PerformNextChoice(out Violation? violation)
    {
        violation = null;
        int first = _nodes[Depth].FirstChoice;
        while (_choiceCount > first && _choices[_choiceCount - 1].Taken + 1 == _choices[_choiceCount - 1].Alternatives)
            _choiceCount--;

        if (_choiceCount == first)
            return false;

        _choices[_choiceCount - 1].Taken++;
        violation = PerformTaken();
        return true;
    }

    /// <summary>The actions and choices from the start to here, as steps that can be performed again.</summary>
    public RecordedStep[] Record()
    {
        var steps = new List<RecordedStep>(Top.Steps);
        for (int i = 0; i < Depth; i++)
        {
            steps.Add(StepAt(i));
            for (int k = 0; k < _nodes[i].Again; k++)
                steps.Add(new RecordedStep(TakenAt(i), []));
        }

        return [.. steps];
    }

    /// <summary>The action that leads from node <paramref name="depth"/> to the next one, with its choices.</summary>
    public RecordedStep StepAt(int depth)
    {
        int first = _nodes[depth].FirstChoice, count = _nodes[depth + 1].FirstChoice - first;
        int[] choices = count == 0 ? [] : new int[count];
        for (int k = 0; k < count; k++)
            choices[k] = _choices[first + k].Taken;

        return new RecordedStep(TakenAt(depth), choices);
    }

    /// <inheritdoc/>
    bool IChooser.ReadsReasons => false;

    /// <inheritdoc/>
    int IChooser.Choose(int alternatives, string reason)
    {
        if (_given < _choiceCount)
        {
            (int taken, int before) = _choices[_given++];
            return before == alternatives
                ? taken
                : throw new InvalidOperationException(
                    $"step {Depth + 1} offered {before} alternatives before and {alternatives} now ({reason})");
        }

        if (_choiceCount == _choices.Length)
            Array.Resize(ref _choices, _choiceCount * 2);

        int answer = _strategy.Choose(alternatives);
        _choices[_choiceCount++] = (answer, alternatives);
        _given = _choiceCount;
        return answer;
    }

    /// <summary>
    /// Performs the taken action of the deepest node once more behind itself. False: it asked for a choice, which must be taken back.
    /// </summary>
    public bool PerformAgain(out Violation? violation)
    {
        int choices = _given = _choiceCount;
        violation = Machine.Perform(TakenAt(Depth));
        bool chose = _choiceCount > choices;
        _choiceCount = choices;
        return !chose;
    }

    private Violation? PerformTaken()
    {
        _nodes[Depth].Again = 0;
        _given = _nodes[Depth].FirstChoice;
        return Machine.Perform(TakenAt(Depth));
    }

    private void Inherit(ref Node node, in Node before)
    {
        MachineAction action = TakenAt(Depth - 1);
        node.FirstAction = before.FirstAction + before.ActionCount;
        node.LastAgent = Machine.Agents[action.Agent].TakesTurn(action) ? Machine.TurnOf(action.Agent) : before.LastAgent;
        node.Preemptions = before.Preemptions;
        node.Steps = before.Steps + 1 + before.Again;
        if (PreemptionBound is not null && IsPreemption(in before, action))
            node.Preemptions++;
    }

    private bool IsPreemption(in Node node, MachineAction action) =>
        (node.LastCanGoOn && Machine.TurnOf(action.Agent) != node.LastAgent && Machine.Agents[action.Agent].TakesTurn(action))
        || Machine.Agents[action.Agent].IsPreemption(action);

    // Drops what the bounds forbid; the search says afterwards that it did.
    private void Bound(ref Node node)
    {
        if (node.Steps >= DepthBound && node.ActionCount > 0)
        {
            node.ActionCount = 0;
            CutByDepth++;
        }

        if (PreemptionBound is not { } most)
            return;

        foreach (MachineAction action in _offered)
            node.LastCanGoOn |= Machine.TurnOf(action.Agent) == node.LastAgent;

        if (node.Preemptions < most || node.ActionCount == 0)
            return;

        int kept = 0;
        foreach (MachineAction action in _offered)
        {
            if (!IsPreemption(in node, action))
                _actions[node.FirstAction + kept++] = action;
        }

        CutByPreemptions += kept < node.ActionCount ? 1 : 0;
        node.ActionCount = kept;
    }
}

/// <summary>An action and the answers to what it asked for while it ran.</summary>
internal readonly record struct RecordedStep(MachineAction Action, int[] Choices);
