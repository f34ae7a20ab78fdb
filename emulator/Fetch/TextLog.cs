using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// The writes to text that some core could still miss, oldest first, each with the bytes that it wrote over: memory holds the
/// newest version, and going back through the log gives the older ones. Also marks: moments that fetches are ordered with.
/// All of it lies in cells; a position in the log is a moment, so equal histories are equal states.
/// </summary>
internal sealed class TextLog
{
    private const int EntryCells = 3;
    private const ulong WriteTag = 1;
    private const ulong MarkTag = 2;
    private const ulong Tags = 3;

    private readonly State _state;
    private readonly int _capacity;
    private readonly int _count;
    private readonly int _filter;
    private readonly int _entries;
    private readonly int _steps;

    public TextLog(State state, int capacity)
    {
        (_state, _capacity) = (state, capacity);
        _count = state.Allocate(2);
        _filter = _count + 1;
        _entries = state.Allocate(capacity * EntryCells);
        _steps = state.AllocateRemarks(capacity);
    }

    /// <summary>How many entries there are; the present moment.</summary>
    public int Count => (int)_state[_count];

    /// <summary>The cell that stands for the whole log in footprints.</summary>
    public int Cell => _count;

    /// <summary>True where the entry is a write, false where it is a mark.</summary>
    public bool IsWrite(int entry) => (_state[At(entry)] & Tags) == WriteTag;

    /// <summary>The address of the granule that was written to.</summary>
    public ulong Address(int entry) => _state[At(entry)] & ~Tags;

    /// <summary>What the write replaced.</summary>
    public ulong Old(int entry) => _state[At(entry) + 1];

    /// <summary>What else is known of the write; the architecture's rule says what.</summary>
    public ulong Detail(int entry) => _state[At(entry) + 2];

    /// <summary>Changes what else is known of the write.</summary>
    public void SetDetail(int entry, ulong detail) => _state.Set(At(entry) + 2, detail);

    /// <summary>Changes what the write replaced: the upper half is the rule's too where a granule has 4 bytes.</summary>
    public void SetOld(int entry, ulong old) => _state.Set(At(entry) + 1, old);

    /// <summary>The step at which the entry was made.</summary>
    public ulong Step(int entry) => _state[_steps + entry];

    /// <summary>False where certainly no entry is about the up to 16 bytes from <paramref name="address"/> on.</summary>
    public bool MayHold(ulong address) => (_state[_filter] & (Bit(address) | Bit(address + 15))) != 0;

    /// <summary>Appends a write. <paramref name="address"/> is that of its granule, a multiple of 4.</summary>
    public void Write(ulong address, ulong old, ulong detail, ulong step)
    {
        Append(address | WriteTag, step);
        SetOld(Count - 1, old);
        SetDetail(Count - 1, detail);
        _state.Set(_filter, _state[_filter] | Bit(address));
    }

    /// <summary>Appends a mark and returns its position.</summary>
    public int Mark(ulong step)
    {
        Append(MarkTag, step);
        return Count - 1;
    }

    /// <summary>
    /// Drops the entries whose <paramref name="keep"/> is false, and makes of it the new position of every old one: how many are
    /// kept before it. One longer than the log.
    /// </summary>
    public void Compact(ReadOnlySpan<bool> keep, Span<int> moved)
    {
        int count = Count, kept = 0;
        ulong filter = 0;
        for (int i = 0; i < count; i++)
        {
            moved[i] = kept;
            if (!keep[i])
                continue;

            Move(i, kept++);
            if (IsWrite(kept - 1))
                filter |= Bit(Address(kept - 1));
        }

        moved[count] = kept;
        for (int i = kept; i < count; i++)
            Clear(i);

        _state.Set(_count, (ulong)kept);
        _state.Set(_filter, filter);
    }

    private static ulong Bit(ulong address) => 1UL << (int)(address >> 4 & 63);

    private int At(int entry) => _entries + (entry * EntryCells);

    private void Append(ulong head, ulong step)
    {
        int count = Count;
        if (count == _capacity)
        {
            throw new UserErrorException(
                $"fetch: modelled keeps {_capacity} writes to text that some core may still miss, and all are in use: "
                + "synchronise the cores more often, or raise FetchSettings.Writes");
        }

        _state.Set(_count, (ulong)count + 1);
        _state.Set(At(count), head);
        _state.Remark(_steps + count, step);
    }

    private void Move(int from, int to)
    {
        if (from == to)
            return;

        for (int i = 0; i < EntryCells; i++)
            _state.Set(At(to) + i, _state[At(from) + i]);

        _state.Remark(_steps + to, _state[_steps + from]);
    }

    private void Clear(int entry)
    {
        for (int i = 0; i < EntryCells; i++)
            _state.Set(At(entry) + i, 0);

        _state.Remark(_steps + entry, 0);
    }
}
