using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// The changed cells of every state that was met, so that a search can confirm that equal hashes stood for equal states.
/// </summary>
internal sealed class ExactStates
{
    private readonly Dictionary<StateHash, ulong[]> _cells = [];
    private readonly SortedDictionary<int, ulong> _initial = [];

    /// <summary>Keeps a new state, or compares it with the one that was kept.</summary>
    /// <exception cref="InvalidOperationException">Two different states have the same hash.</exception>
    public void Check(State state, StateHash key, bool added)
    {
        ulong[] cells = Changed(state);
        if (added)
            _cells.Add(key, cells);
        else if (!cells.AsSpan().SequenceEqual(_cells[key]))
            throw new InvalidOperationException($"two different states have the hash {key}");
    }

    // Pairs of a cell's number and value, for all cells that differ from the sealed state.
    private ulong[] Changed(State state)
    {
        _initial.Clear();
        for (int i = state.JournalLength - 1; i >= 0; i--)
        {
            (int cell, ulong old) = state.JournalEntry(i);
            _initial[cell] = old;
        }

        var pairs = new List<ulong>(_initial.Count * 2);
        foreach ((int cell, ulong old) in _initial)
        {
            if (state[cell] == old || state.IsRemark(cell))
                continue;

            pairs.Add((ulong)cell);
            pairs.Add(state[cell]);
        }

        return [.. pairs];
    }
}
