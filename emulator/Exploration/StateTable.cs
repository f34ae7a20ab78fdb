using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// States by their 128-bit hash, with 128 bits of the user's for each: one flat array, 32 bytes a place, probed in a row.
/// </summary>
internal sealed class StateTable
{
    private const int MostSlots = 1 << 30;
    private Slot[] _slots = new Slot[1 << 10];

    /// <summary>How many states it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Where <paramref name="hash"/> is kept; it is added, with a value of 0, where it is new. Valid up to the next call.</summary>
    public ref UInt128 FindOrAdd(StateHash hash, out bool added)
    {
        if (Count * 4L >= _slots.Length * 3L)
            Grow();

        ref Slot slot = ref Find(_slots, hash);
        added = slot.IsEmpty;
        if (added)
        {
            slot.Take(hash);
            Count++;
        }

        return ref slot.Value;
    }

    /// <summary>Forgets all states, and keeps the room.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    private static ref Slot Find(Slot[] slots, StateHash hash)
    {
        int mask = slots.Length - 1;
        for (int at = (int)hash.Low & mask; ; at = (at + 1) & mask)
        {
            ref Slot slot = ref slots[at];
            if (slot.IsEmpty || slot.Is(hash))
                return ref slot;
        }
    }

    private void Grow()
    {
        if (_slots.Length == MostSlots)
            throw new InsufficientMemoryException("a table of states is full");

        var larger = new Slot[_slots.Length * 2];
        foreach (ref Slot slot in _slots.AsSpan())
        {
            if (!slot.IsEmpty)
                Find(larger, slot.Hash) = slot;
        }

        _slots = larger;
    }

    // A hash of all zeros is the starting state's; it is kept as 1, so that 0 can mean empty.
    private struct Slot
    {
        public UInt128 Value;
        private ulong _high;
        private ulong _low;

        public readonly bool IsEmpty => (_high | _low) == 0;

        public readonly StateHash Hash => new(_high, _low);

        public readonly bool Is(StateHash hash) =>
            (_low == hash.Low && _high == hash.High) || ((hash.Low | hash.High) == 0 && _low == 0 && _high == 1);

        public void Take(StateHash hash) => (_high, _low) = (hash.High | hash.Low) == 0 ? (1, 0) : (hash.High, hash.Low);
    }
}
