using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RcuEmu.Emulator.Execution;

/// <summary>128 bits that stand for a whole machine state; equal states have equal hashes.</summary>
/// <param name="High">Upper half.</param>
/// <param name="Low">Lower half.</param>
public readonly record struct StateHash(ulong High, ulong Low)
{
    /// <summary>The hash of this state together with something that is no part of it: a budget, whose turn it is.</summary>
    /// <param name="tag">Tells kinds of additions apart.</param>
    /// <param name="value">The addition.</param>
    public StateHash With(uint tag, ulong value) =>
        new(High ^ State.MixHigh(-(int)tag, value + 1), Low ^ State.MixLow(-(int)tag, value + 1));

    /// <inheritdoc/>
    public override string ToString() => $"{High:x16}{Low:x16}";
}

/// <summary>A place in the journal to go back to.</summary>
/// <param name="Entries">Journal entries before it.</param>
/// <param name="Hash">The state's hash there.</param>
public readonly record struct Mark(int Entries, StateHash Hash);

/// <summary>
/// Everything that changes while a machine runs, as 64-bit cells in one native array: registers, memory, tasks, grace
/// periods. Each change goes through <see cref="Set"/>, which keeps an undo journal and a hash of the state.
/// </summary>
/// <remarks>
/// The hash is the exclusive or, over all cells, of a mix of the cell's number and value, counted from the state at
/// <see cref="Seal"/>: a change costs two mixes however large the state is, and the order of changes does not matter.
/// The run gear writes through <see cref="Pointer"/> with the journal off; what it did cannot be taken back.
/// </remarks>
public sealed unsafe class State : IDisposable
{
    private ulong* _cells;
    private int _count;
    private int _capacity;
    private Entry* _journal;
    private int _entries;
    private int _journalCapacity;
    private ulong _hashHigh;
    private ulong _hashLow;
    private bool _recording;
    private readonly List<(int First, int Count)> _remarks = [];

    /// <summary>Makes an empty state.</summary>
    public State()
    {
        _capacity = 1 << 16;
        _cells = (ulong*)NativeMemory.AllocZeroed((nuint)_capacity, sizeof(ulong));
        _journalCapacity = 1 << 12;
        _journal = (Entry*)NativeMemory.Alloc((nuint)_journalCapacity, (nuint)sizeof(Entry));
    }

    /// <summary>Frees the native memory of a state that was not disposed.</summary>
    ~State() => Free();

    /// <summary>How many cells there are.</summary>
    public int Count => _count;

    /// <summary>True once the machine is set up.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>How many changes the journal holds.</summary>
    public int JournalLength => _entries;

    /// <summary>The hash of the present state.</summary>
    public StateHash Hash => new(_hashHigh, _hashLow);

    /// <summary>Takes <paramref name="count"/> more cells, all 0, and returns the number of the first.</summary>
    /// <remarks>Before <see cref="Seal"/> only: the array may move.</remarks>
    public int Allocate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (IsSealed)
            throw new InvalidOperationException("cells are taken before the machine is sealed");

        int first = _count;
        long wanted = (long)first + count;
        if (wanted > int.MaxValue)
            throw new InvalidOperationException("a machine has at most 16 GiB of state");

        if (wanted > _capacity)
            Grow((int)Math.Min(int.MaxValue, Math.Max(wanted, (long)_capacity * 2)));

        _count = (int)wanted;
        return first;
    }

    /// <summary>
    /// Takes cells for what is said about a state and is no part of it: at which step something happened. They are journaled
    /// and not hashed; nothing that the machine does may depend on them. Written by <see cref="Remark"/> only.
    /// </summary>
    public int AllocateRemarks(int count)
    {
        int first = Allocate(count);
        _remarks.Add((first, count));
        return first;
    }

    /// <summary>True where a cell is one of <see cref="AllocateRemarks"/>.</summary>
    public bool IsRemark(int cell)
    {
        foreach ((int first, int count) in _remarks)
        {
            if (cell >= first && cell < first + count)
                return true;
        }

        return false;
    }

    /// <summary>Ends the setting up: from here on every change is journaled and hashed, and cells do not move.</summary>
    public void Seal()
    {
        IsSealed = true;
        Restart();
    }

    /// <summary>
    /// How often changes were taken back, or bytes and rights of memory changed: what is derived from them asks it whether it is
    /// still true.
    /// </summary>
    internal ulong Epoch { get; private set; }

    /// <summary>A value of <see cref="Settled"/> that is no epoch.</summary>
    internal const ulong Unsettled = ulong.MaxValue;

    /// <summary>The epoch, where nothing is journaled since it began or since <see cref="Restart"/>; otherwise <see cref="Unsettled"/>.</summary>
    internal ulong Settled { get; private set; } = Unsettled;

    /// <summary>Begins another epoch.</summary>
    internal void Advance()
    {
        Epoch++;
        Settle();
    }

    private void Settle() => Settled = _recording && _entries == 0 ? Epoch : Unsettled;

    /// <summary>
    /// Forgets the journal: marks taken before are void, and the hash counts from the present state. What the run gear does
    /// when it stops, since it changes cells without recording.
    /// </summary>
    public void Restart()
    {
        _recording = IsSealed;
        _entries = 0;
        _hashHigh = 0;
        _hashLow = 0;
        Settle();
    }

    /// <summary>Forgets the journal and keeps the hash: marks taken before are void.</summary>
    internal void Forget() => _entries = 0;

    /// <summary>
    /// Exchanges the values of cells for others, past the journal, and says what the hash is then. For jumps between two states
    /// that differ in these cells. The journal must be empty.
    /// </summary>
    internal void Exchange(ReadOnlySpan<int> cells, Span<ulong> values, StateHash hash)
    {
        if (_entries != 0)
            throw new InvalidOperationException("the journal is not empty");

        Epoch++;
        for (int i = 0; i < cells.Length; i++)
            (_cells[cells[i]], values[i]) = (values[i], _cells[cells[i]]);

        (_hashHigh, _hashLow) = (hash.High, hash.Low);
    }

    /// <summary>Lets <see cref="Set"/> write without recording until <see cref="Restart"/>.</summary>
    internal void Pause()
    {
        _recording = false;
        Settle();
    }

    /// <summary>The value of a cell.</summary>
    public ulong this[int cell]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _cells[cell];
    }

    /// <summary>Where a cell lies. Writing through it is neither journaled nor hashed: for setting up and for the run gear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong* Pointer(int cell) => _cells + cell;

    /// <summary>Changes a cell. Nothing is recorded where the value is the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int cell, ulong value)
    {
        ulong old = _cells[cell];
        if (old == value)
            return;

        if (_recording)
            Record(cell, old, value);

        _cells[cell] = value;
    }

    /// <summary>Changes a cell of <see cref="AllocateRemarks"/>.</summary>
    public void Remark(int cell, ulong value)
    {
        ulong old = _cells[cell];
        if (old == value)
            return;

        if (_recording)
            Note(cell, old);

        _cells[cell] = value;
    }

    /// <summary>The present place in the journal.</summary>
    public Mark Mark() => new(_entries, Hash);

    /// <summary>Takes back every change since <paramref name="mark"/>.</summary>
    public void UndoTo(Mark mark)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mark.Entries, _entries);
        Epoch++;
        ulong* cells = _cells;
        for (Entry* entry = _journal + _entries - 1, first = _journal + mark.Entries; entry >= first; entry--)
            cells[entry->Cell] = entry->Old;

        _entries = mark.Entries;
        (_hashHigh, _hashLow) = mark.Hash;
        Settle();
    }

    /// <summary>Entry <paramref name="index"/> of the journal: which cell changed, and what it held before.</summary>
    public (int Cell, ulong Old) JournalEntry(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_entries);
        return (_journal[index].Cell, _journal[index].Old);
    }

    /// <summary>Computes the hash anew from all journaled changes: what <see cref="Hash"/> must equal. For tests.</summary>
    public StateHash RecomputeHash()
    {
        var initial = new Dictionary<int, ulong>();
        for (int i = _entries - 1; i >= 0; i--)
        {
            if (!IsRemark(_journal[i].Cell))
                initial[_journal[i].Cell] = _journal[i].Old;
        }

        ulong high = 0, low = 0;
        foreach ((int cell, ulong value) in initial)
        {
            high ^= MixHigh(cell, value) ^ MixHigh(cell, _cells[cell]);
            low ^= MixLow(cell, value) ^ MixLow(cell, _cells[cell]);
        }

        return new StateHash(high, low);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Record(int cell, ulong old, ulong value)
    {
        Note(cell, old);
        _hashHigh ^= MixHigh(cell, old) ^ MixHigh(cell, value);
        _hashLow ^= MixLow(cell, old) ^ MixLow(cell, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Note(int cell, ulong old)
    {
        if (_entries == _journalCapacity)
        {
            _journalCapacity *= 2;
            _journal = (Entry*)NativeMemory.Realloc(_journal, (nuint)_journalCapacity * (nuint)sizeof(Entry));
        }

        _journal[_entries++] = new Entry { Cell = cell, Old = old };
        Settled = Unsettled;
    }

    // Two finalisers with different multipliers over the cell's own offset. They need not resist an adversary, only keep
    // equal sums of unequal states as unlikely as chance: 2^-128 a pair.
    internal static ulong MixHigh(int cell, ulong value)
    {
        ulong x = value + ((ulong)(uint)cell + 1) * 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93;
        x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9;
        return x ^ (x >> 32);
    }

    internal static ulong MixLow(int cell, ulong value)
    {
        ulong x = value ^ ((ulong)(uint)cell + 1) * 0xc2b2ae3d27d4eb4f;
        x = (x ^ (x >> 33)) * 0xff51afd7ed558ccd;
        x = (x ^ (x >> 31)) * 0x94d049bb133111eb;
        return x ^ (x >> 33);
    }

    private void Grow(int capacity)
    {
        var larger = (ulong*)NativeMemory.AllocZeroed((nuint)capacity, sizeof(ulong));
        Buffer.MemoryCopy(_cells, larger, (long)capacity * sizeof(ulong), (long)_count * sizeof(ulong));
        NativeMemory.Free(_cells);
        _cells = larger;
        _capacity = capacity;
    }

    private void Free()
    {
        NativeMemory.Free(_cells);
        NativeMemory.Free(_journal);
        _cells = null;
        _journal = null;
    }

    private struct Entry
    {
        public int Cell;
        public ulong Old;
    }
}
