using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Depth first over states, as <see cref="StatefulStrategy"/>, but of each state only what <see cref="StubbornSets"/> finds necessary is tried,
/// and of that not what sleeps: an agent that was tried in a state before, and does not conflict with the step taken since, would lead
/// to where that led (sleep sets with state matching: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems",
/// LNCS 1032, 1996, chapters 4 to 6).
/// </summary>
/// <remarks>
/// With each state the agents are kept that slept when it was met. Where it is met again and fewer sleep, those that were left out then are
/// tried. Where one step is all that is tried, its state need not be remembered, as long as a round of such states is met some
/// time. A round of states would leave held-back agents out for ever: there everything is tried, and agents do not sleep.
/// </remarks>
internal sealed class ReducedStrategy(ExploreOptions options, StubbornSets sets, bool sleeps) : IStrategy
{
    private const int LongestPass = 64;
    private static readonly UInt128 OnPath = UInt128.One << 64;

    private readonly StateTable _table = new();
    private readonly ExactStates? _exact = options.Exact ? new ExactStates() : null;
    private int[] _passed = new int[256];
    private ulong[] _done = new ulong[256];

    public bool TriesAllChoices => true;

    /// <summary>How many different states were kept.</summary>
    public long States => _table.Count;

    /// <summary>A way to a state and once around, and the round's length; null where no cycle was met.</summary>
    public (RecordedStep[] Steps, int Length)? Cycle { get; private set; }

    /// <summary>True where agents slept and a state came again in one execution: the search must be made without sleep.</summary>
    public bool IsBroken => sleeps && Cycle is not null;

    public bool Enter(SearchPath path)
    {
        int depth = path.Depth;
        Open(depth);
        ref Node node = ref path.Top;
        if (depth > 0 && sleeps)
            node.Sleep = (path[depth - 1].Sleep | _done[depth - 1]) & ~sets.Conflicts & ~(1UL << path.TakenAt(depth - 1).Agent);

        if (IsPassed(path))
            return true;

        ref UInt128 kept = ref _table.FindOrAdd(Key(path, depth), out bool added);
        _exact?.Check(path.Machine.State, Key(path, depth), added);
        if (added)
        {
            kept = OnPath | node.Sleep;
            return true;
        }

        if ((kept & OnPath) != 0)
        {
            MeetCycle(path);
            return false;
        }

        ulong leftOut = (ulong)kept & ~node.Sleep;
        if (leftOut == 0)
            return false;

        kept = OnPath | ((ulong)kept & node.Sleep);
        path.Try(leftOut, isForced: false);
        return true;
    }

    public int Next(SearchPath path)
    {
        ref Node node = ref path.Top;
        int next = path.NextAction();
        if (node.Before >= 0 && (next < 0 || path.Actions[next].Agent != node.Before))
            _done[path.Depth] |= 1UL << node.Before;

        node.Before = next < 0 ? -1 : path.Actions[next].Agent;
        return next;
    }

    public int Choose(int alternatives) => 0;

    public void Leave(SearchPath path)
    {
        if (_passed[path.Depth] == 0)
            _table.FindOrAdd(Key(path, path.Depth), out _) &= ~OnPath;
    }

    private StateHash Key(SearchPath path, int depth) => options.Depth is null
        ? path[depth].Mark.Hash
        : path[depth].Mark.Hash.With(1, (ulong)path[depth].Steps);

    private bool IsPassed(SearchPath path)
    {
        int depth = path.Depth;
        bool isPassed = depth > 0 && path[depth - 1].IsForced && _passed[depth - 1] < LongestPass;
        _passed[depth] = isPassed ? _passed[depth - 1] + 1 : 0;
        return isPassed;
    }

    private void Open(int depth)
    {
        if (depth >= _passed.Length)
        {
            Array.Resize(ref _passed, depth * 2);
            Array.Resize(ref _done, depth * 2);
        }

        _done[depth] = 0;
    }

    private void MeetCycle(SearchPath path)
    {
        path.Release(path.Depth - 1);
        if (Cycle is not null)
            return;

        int before = path.Depth - 1;
        while (Key(path, before) != Key(path, path.Depth))
            before--;

        Cycle = (path.Record(), path.Top.Steps - path[before].Steps);
    }
}
