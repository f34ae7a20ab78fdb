namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// The states near the start of a reduced search that goes in parts: which agents were tried at each, which wait to be, and the parts that
/// are open. Parts are handed out and taken back in a fixed order, so that what is explored does not depend on who explores it.
/// </summary>
internal sealed class DporTree
{
    private readonly Stack<Open> _open;

    /// <summary>A search that has found nothing yet.</summary>
    /// <param name="limit">The depth behind which a part is gone through whole.</param>
    public DporTree(int limit)
        : this(limit, [new Open(null, -1, null, [])])
    {
    }

    /// <summary>A search with these open parts, the newest first.</summary>
    public DporTree(int limit, IReadOnlyList<Open> opens) => (Limit, _open) = (limit, new Stack<Open>(opens.Reverse()));

    /// <summary>The depth behind which a part is gone through whole.</summary>
    public int Limit { get; }

    /// <summary>The open parts, the newest first.</summary>
    public IEnumerable<Open> Opens => _open;

    /// <summary>True where nothing is left to explore.</summary>
    public bool IsDone => _open.Count == 0;

    /// <summary>How many parts are open.</summary>
    public int Count => _open.Count;

    /// <summary>Takes up to so many open parts, the newest first.</summary>
    public List<(Open Open, DporPart Part)> Take(int most)
    {
        var taken = new List<(Open, DporPart)>();
        while (taken.Count < most && _open.TryPop(out Open? open))
            taken.Add((open, Part(open)));

        return taken;
    }

    /// <summary>Takes a part back that was not gone through.</summary>
    public void Return(Open open) => _open.Push(open);

    /// <summary>Takes note of what a part found out.</summary>
    public void Add(Open open, DporPart part)
    {
        List<TreeState> way = Way(open.State);
        if (open is { State: { } state, Step: null })
            state.HasOpenAgent = false;

        TreeState? before = open.State;
        (RecordedStep Step, Sleeper[] Sleep)? edge = open.Step is { } step ? (step, open.Sleep) : null;
        foreach (TriedState tried in Enumerable.Reverse(part.States))
        {
            TreeState at = edge is null && before is not null
                ? before
                : new TreeState(before, edge?.Step ?? default, edge?.Sleep ?? [], tried.Enabled, tried.Sleep);
            at.Tried.Add(tried.Tried);
            foreach (RecordedStep other in Enumerable.Reverse(tried.Steps.Skip(1)))
                _open.Push(new Open(at, tried.Tried.Agent, other, tried.Sleep));

            if (!ReferenceEquals(at, before))
                way.Add(at);

            (before, edge) = (at, (tried.Steps[0], tried.Sleep));
        }

        foreach (Wanted wanted in part.Wanted.OrderBy(one => one.Depth).ThenBy(one => one.Initials).ThenBy(one => one.Preferred))
            way[wanted.Depth].Want(wanted);

        foreach (TreeState at in way)
            TryNext(at);
    }

    private void TryNext(TreeState at)
    {
        if (at.HasOpenAgent || at.Waiting == 0)
            return;

        int agent = System.Numerics.BitOperations.TrailingZeroCount(at.Waiting);
        at.Waiting &= at.Waiting - 1;
        at.HasOpenAgent = true;
        _open.Push(new Open(at, agent, null, [.. at.Sleep, .. at.Tried]));
    }

    private DporPart Part(Open open)
    {
        List<TreeState> way = Way(open.State);
        return new DporPart(
            [.. way.Skip(1).Select(state => state.Step)],
            [.. way.Skip(1).Select(state => state.SleepOfStep), open.Sleep],
            open.Agent,
            open.Step,
            Limit);
    }

    private static List<TreeState> Way(TreeState? state)
    {
        var way = new List<TreeState>();
        for (; state is not null; state = state.Before)
            way.Add(state);

        way.Reverse();
        return way;
    }

    /// <summary>A part that is open: an agent at a state, or one step of it; at no state, whoever comes first at the start.</summary>
    internal sealed record Open(TreeState? State, int Agent, RecordedStep? Step, Sleeper[] Sleep);

    /// <summary>A state near the start: how it is reached, who is asleep from before, and who was tried and is asleep for those behind.</summary>
    internal sealed class TreeState(TreeState? before, RecordedStep step, Sleeper[] sleepOfStep, ulong enabled, Sleeper[] sleep)
    {
        public TreeState? Before { get; } = before;

        public RecordedStep Step { get; } = step;

        public Sleeper[] SleepOfStep { get; } = sleepOfStep;

        public ulong Enabled { get; } = enabled;

        public Sleeper[] Sleep { get; } = sleep;

        public List<Sleeper> Tried { get; } = [];

        /// <summary>True while one agent is being tried: the next one needs to know what its steps touch.</summary>
        public bool HasOpenAgent { get; set; }

        /// <summary>Who is to be tried then, one bit each.</summary>
        public ulong Waiting { get; set; }

        /// <summary>Who was ever wanted, one bit each: they are tried some time.</summary>
        public ulong Covered { get; set; }

        public void Want(Wanted wanted)
        {
            ulong covered = Covered;
            foreach (Sleeper sleeper in Sleep.Concat(Tried))
                covered |= 1UL << sleeper.Agent;

            ulong more = wanted.Initials == 0 ? Enabled & ~covered
                : (wanted.Initials & covered) == 0 ? DporStrategy.First(wanted.Initials, wanted.Preferred)
                : 0;
            Waiting |= more;
            Covered |= more;
        }
    }
}
