using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Depth first over states, each gone on from once; and how many executions lead from each state to an end, summed up on the
/// way back, which is what the search of all executions would count one by one.
/// </summary>
/// <remarks>
/// What lies ahead of a state depends on the state alone. Where a bound makes it depend on the way there too (steps made,
/// preemptions made, whose turn it is), that is made part of the key.
/// </remarks>
internal sealed class StatefulStrategy(ExploreOptions options) : IStrategy
{
    private static readonly UInt128 OnPath = UInt128.MaxValue;
    private static readonly UInt128 Endless = UInt128.MaxValue - 1;
    private static readonly UInt128 Large = UInt128.MaxValue - 2;
    private static readonly UInt128 Most = UInt128.MaxValue >> 1;

    private readonly StateTable _table = new();
    private readonly Dictionary<StateHash, BigInteger> _large = [];
    private readonly ExactStates? _exact = options.Exact ? new ExactStates() : null;
    private UInt128[] _sums = new UInt128[256];
    private BigInteger[] _largeSums = new BigInteger[256];

    public bool TriesAllChoices => true;

    /// <summary>How many different states were entered.</summary>
    public long States => _table.Count;

    /// <summary>A way to a state and once around, and the round's length; null where no cycle was met.</summary>
    public (RecordedStep[] Steps, int Length)? Cycle { get; private set; }

    /// <summary>Executions from the start, once the search is through; null where there are endless ones.</summary>
    public BigInteger? Executions { get; private set; }

    public bool Enter(SearchPath path)
    {
        StateHash key = Key(path);
        ref UInt128 value = ref _table.FindOrAdd(key, out bool added);
        _exact?.Check(path.Machine.State, key, added);
        if (added)
        {
            value = OnPath;
            Open(path.Depth);
            return true;
        }

        if (value == OnPath)
            MeetCycle(path);

        Add(path.Depth - 1, value == OnPath ? Endless : value, key);
        return false;
    }

    public int Next(SearchPath path) => path.NextAction();

    public int Choose(int alternatives) => 0;

    public void Leave(SearchPath path)
    {
        int depth = path.Depth;
        if (path.Top.ActionCount == 0)
            _sums[depth] = 1;

        StateHash key = Key(path);
        UInt128 sum = _sums[depth];
        _table.FindOrAdd(key, out _) = sum;
        if (sum == Large)
            _large[key] = _largeSums[depth];

        if (depth > 0)
            Add(depth - 1, sum, key);
        else
            Executions = sum == Endless ? null : sum == Large ? _largeSums[0] : (BigInteger)sum;
    }

    private StateHash Key(SearchPath path) => Key(path, path.Depth);

    private StateHash Key(SearchPath path, int depth)
    {
        ref Node node = ref path[depth];
        StateHash hash = node.Mark.Hash;
        if (options.Depth is not null)
            hash = hash.With(1, (ulong)depth);

        if (options.Preemptions is not null)
            hash = hash.With(2, ((ulong)(uint)node.LastAgent << 32) | (uint)node.Preemptions);

        return hash;
    }

    private void Open(int depth)
    {
        if (depth >= _sums.Length)
        {
            Array.Resize(ref _sums, depth * 2);
            Array.Resize(ref _largeSums, depth * 2);
        }

        _sums[depth] = 0;
    }

    private void Add(int depth, UInt128 count, StateHash from)
    {
        ref UInt128 sum = ref _sums[depth];
        if (sum == Endless || count == Endless)
        {
            sum = Endless;
        }
        else if (sum == Large || count == Large || sum + count > Most)
        {
            BigInteger before = sum == Large ? _largeSums[depth] : (BigInteger)sum;
            _largeSums[depth] = before + (count == Large ? _large[from] : (BigInteger)count);
            sum = Large;
        }
        else
        {
            sum += count;
        }
    }

    private void MeetCycle(SearchPath path)
    {
        if (Cycle is not null)
            return;

        int before = path.Depth - 1;
        while (Key(path, before) != Key(path))
            before--;

        Cycle = (path.Record(), path.Depth - before);
    }
}
