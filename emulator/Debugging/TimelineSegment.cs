using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>
/// A row of steps of a timeline: which they are, and, once it was gone through, the cells that it changes, so that it can be jumped
/// over in either direction.
/// </summary>
internal sealed class TimelineSegment(StateHash startHash, CallFrame?[] startCalls)
{
    /// <summary>Steps in a whole segment.</summary>
    public const int Steps = 4096;

    private int[] _cells = [];
    private ulong[] _values = [];

    /// <summary>What each step is, by its number in the timeline's table.</summary>
    public int[] Kinds { get; } = new int[Steps];

    /// <summary>How many steps there are.</summary>
    public int Count { get; set; }

    /// <summary>The answers to what steps asked for while they ran, in order, with the step's offset.</summary>
    public List<(int Offset, int Taken)> Choices { get; } = [];

    /// <summary>The state's hash before the first step.</summary>
    public StateHash StartHash { get; } = startHash;

    /// <summary>The call stacks before the first step.</summary>
    public CallFrame?[] StartCalls { get; } = startCalls;

    /// <summary>True where <see cref="Jump"/> can be used.</summary>
    public bool IsFolded { get; private set; }

    /// <summary>Keeps what the journal holds, which is all of this segment: each changed cell once, as it was before.</summary>
    public void Fold(State state, ulong[] seen)
    {
        int distinct = 0, entries = state.JournalLength;
        var cells = new int[entries];
        var values = new ulong[entries];
        for (int i = 0; i < entries; i++)
        {
            (int cell, ulong old) = state.JournalEntry(i);
            ulong bit = 1UL << (cell & 63);
            if ((seen[cell >> 6] & bit) != 0)
                continue;

            seen[cell >> 6] |= bit;
            (cells[distinct], values[distinct]) = (cell, old);
            distinct++;
        }

        (_cells, _values, IsFolded) = (cells[..distinct], values[..distinct], true);
        foreach (int cell in _cells)
            seen[cell >> 6] = 0;
    }

    /// <summary>Goes from the state before the segment to the one behind it, or back. <paramref name="hash"/>: of the state it leads to.</summary>
    public void Jump(State state, StateHash hash) => state.Exchange(_cells, _values, hash);

    /// <summary>Its end has changed: it cannot be jumped over any more.</summary>
    public void Unfold() => (_cells, _values, IsFolded) = ([], [], false);

    /// <summary>Cuts the steps from <paramref name="count"/> on off.</summary>
    public void Cut(int count)
    {
        Count = count;
        int first = FirstChoice(count);
        Choices.RemoveRange(first, Choices.Count - first);
        Unfold();
    }

    /// <summary>The number of the first choice of the step at <paramref name="offset"/> or a later one.</summary>
    public int FirstChoice(int offset)
    {
        int low = 0, high = Choices.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Choices[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
