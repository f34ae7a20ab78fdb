using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// All states that executions come by before a goal is met, and the steps between them: what an <c>eventually</c> property is judged
/// on. A step that meets the goal is not part of it.
/// </summary>
internal sealed class StateGraph(IReach goal) : IStrategy
{
    private readonly StateTable _table = new();
    private readonly List<ulong> _enabled = [];
    private readonly List<Edge> _edges = [];
    private int[] _at = new int[256];

    public bool TriesAllChoices => true;

    /// <summary>How many states there are; the first is the start.</summary>
    public int States => _enabled.Count;

    /// <summary>The steps, in the order in which they were made.</summary>
    public IReadOnlyList<Edge> Edges => _edges;

    /// <summary>The agents that can act in a state, one bit each. 0: the execution is over.</summary>
    public ulong EnabledIn(int state) => _enabled[state];

    public bool Enter(SearchPath path)
    {
        int depth = path.Depth;
        if (depth == _at.Length)
            Array.Resize(ref _at, depth * 2);

        if (depth > 0 && goal.Holds(path.Machine, in path.Machine.LastStep))
            return false;

        ref UInt128 number = ref _table.FindOrAdd(path.Top.Mark.Hash, out bool added);
        if (added)
        {
            number = (UInt128)_enabled.Count;
            _enabled.Add(Enabled(path));
        }

        _at[depth] = (int)number;
        if (depth > 0)
            _edges.Add(new Edge(_at[depth - 1], _at[depth], path.StepAt(depth - 1)));

        return added;
    }

    public int Next(SearchPath path) => path.NextAction();

    public int Choose(int alternatives) => 0;

    public void Leave(SearchPath path)
    {
    }

    private static ulong Enabled(SearchPath path)
    {
        ulong enabled = 0;
        foreach (MachineAction action in path.Actions)
            enabled |= 1UL << action.Agent;

        return enabled;
    }

    /// <summary>A step from one state to another.</summary>
    public readonly record struct Edge(int From, int To, RecordedStep Step);
}

/// <summary>
/// Finds an execution that never meets the goal of a <see cref="StateGraph"/>: one that ends, or one that goes round for ever and is weakly
/// fair: no agent can act all the time and never does.
/// </summary>
/// <remarks>
/// A strongly connected component has a fair round exactly if each agent acts in it somewhere or cannot act somewhere in it, since a
/// round through the whole of it can be made (Baier and Katoen, "Principles of Model Checking", 2008, 4.4 and 6.5).
/// </remarks>
internal sealed class FairRound
{
    private readonly StateGraph _graph;
    private readonly int[] _first;
    private readonly int[] _outgoing;
    private readonly int[] _component;
    private readonly ulong _agents;

    public FairRound(StateGraph graph, int agents)
    {
        _graph = graph;
        _agents = ulong.MaxValue >> (64 - agents);
        (_first, _outgoing) = Outgoing(graph);
        _component = Components();
    }

    /// <summary>The steps of such an execution, the last <c>Length</c> of which go round; 0 where it ends. Null: there is none.</summary>
    public (RecordedStep[] Steps, int Length)? Find()
    {
        bool[] isFair = Fair();
        (int[] by, List<int> order) = Reach(0, _ => true);
        foreach (int state in order)
        {
            if (_graph.EnabledIn(state) == 0)
                return ([.. Way(by, state)], 0);

            if (!isFair[_component[state]])
                continue;

            List<RecordedStep> round = Round(state);
            return ([.. Way(by, state), .. round], round.Count);
        }

        return null;
    }

    private static (int[] First, int[] Outgoing) Outgoing(StateGraph graph)
    {
        int[] first = new int[graph.States + 1];
        foreach (StateGraph.Edge edge in graph.Edges)
            first[edge.From + 1]++;

        for (int i = 0; i < graph.States; i++)
            first[i + 1] += first[i];

        int[] outgoing = new int[graph.Edges.Count];
        int[] next = [.. first];
        for (int i = 0; i < outgoing.Length; i++)
            outgoing[next[graph.Edges[i].From]++] = i;

        return (first, outgoing);
    }

    // Tarjan's algorithm, without recursion.
    private int[] Components()
    {
        int count = _graph.States, numbered = 0, components = 0;
        int[] component = new int[count], number = new int[count], low = new int[count], next = [.. _first.AsSpan(0, count)];
        Array.Fill(component, -1);
        var open = new Stack<int>();
        var path = new Stack<int>();
        path.Push(0);
        while (path.TryPeek(out int state))
        {
            if (number[state] == 0)
            {
                number[state] = low[state] = ++numbered;
                open.Push(state);
            }

            if (next[state] < _first[state + 1])
            {
                int to = _graph.Edges[_outgoing[next[state]++]].To;
                if (number[to] == 0)
                    path.Push(to);
                else if (component[to] < 0)
                    low[state] = Math.Min(low[state], number[to]);

                continue;
            }

            path.Pop();
            if (path.TryPeek(out int before))
                low[before] = Math.Min(low[before], low[state]);

            for (bool more = low[state] == number[state]; more;)
            {
                int member = open.Pop();
                component[member] = components;
                more = member != state;
                components += more ? 0 : 1;
            }
        }

        return component;
    }

    private bool[] Fair()
    {
        int components = 0;
        foreach (int one in _component)
            components = Math.Max(components, one + 1);

        ulong[] satisfied = new ulong[components];
        bool[] hasRound = new bool[components];
        for (int state = 0; state < _graph.States; state++)
            satisfied[_component[state]] |= ~_graph.EnabledIn(state);

        foreach (StateGraph.Edge edge in _graph.Edges)
        {
            if (_component[edge.From] != _component[edge.To])
                continue;

            satisfied[_component[edge.From]] |= 1UL << edge.Step.Action.Agent;
            hasRound[_component[edge.From]] = true;
        }

        return [.. hasRound.Select((has, i) => has && (satisfied[i] & _agents) == _agents)];
    }

    // Breadth first: by which edge each state is reached, and the states in the order of their distance.
    private (int[] By, List<int> Order) Reach(int start, Predicate<int> goesTo)
    {
        int[] by = new int[_graph.States];
        Array.Fill(by, -1);
        by[start] = int.MaxValue;
        List<int> order = [start];
        for (int i = 0; i < order.Count; i++)
        {
            for (int k = _first[order[i]]; k < _first[order[i] + 1]; k++)
            {
                int to = _graph.Edges[_outgoing[k]].To;
                if (by[to] >= 0 || !goesTo(to))
                    continue;

                by[to] = _outgoing[k];
                order.Add(to);
            }
        }

        return (by, order);
    }

    private List<RecordedStep> Way(int[] by, int state)
    {
        List<RecordedStep> steps = [];
        for (; by[state] != int.MaxValue; state = _graph.Edges[by[state]].From)
            steps.Add(_graph.Edges[by[state]].Step);

        steps.Reverse();
        return steps;
    }

    // From a state of a fair component through it until nobody is left out, and back: always to the nearest step or state that helps.
    private List<RecordedStep> Round(int start)
    {
        int component = _component[start], at = start;
        ulong left = _agents & _graph.EnabledIn(start);
        List<RecordedStep> round = [];
        while (left != 0 || at != start || round.Count == 0)
        {
            (int[] by, List<int> order) = Reach(at, state => _component[state] == component);
            int edge = Helpful(order, left, at == start || left != 0 ? -1 : start);
            List<RecordedStep> way = Way(by, _graph.Edges[edge].From);
            way.Add(_graph.Edges[edge].Step);
            round.AddRange(way);
            foreach (RecordedStep step in way)
                left &= ~(1UL << step.Action.Agent);

            for (int state = _graph.Edges[edge].From; by[state] != int.MaxValue; state = _graph.Edges[by[state]].From)
                left &= _graph.EnabledIn(state);

            at = _graph.Edges[edge].To;
            left &= _graph.EnabledIn(at);
        }

        return round;
    }

    // The nearest edge inside the component that is made by an agent that is left, or leads to where one cannot act; or to a state.
    private int Helpful(List<int> order, ulong left, int to)
    {
        foreach (int state in order)
        {
            for (int k = _first[state]; k < _first[state + 1]; k++)
            {
                StateGraph.Edge edge = _graph.Edges[_outgoing[k]];
                if (_component[edge.To] != _component[state])
                    continue;

                bool helps = left != 0
                    ? (left & (1UL << edge.Step.Action.Agent | ~_graph.EnabledIn(edge.To))) != 0
                    : to < 0 || edge.To == to;
                if (helps)
                    return _outgoing[k];
            }
        }

        throw new InvalidOperationException("a fair component has no fair round");
    }
}
