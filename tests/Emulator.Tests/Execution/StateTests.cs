using CsCheck;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Tests.Execution;

/// <summary>Journal and hash, on generated rows of changes of few cells, so that cells change often and back.</summary>
public sealed class StateTests
{
    private const int Cells = 8;

    private static readonly Gen<(int Cell, ulong Value)[]> Changes =
        Gen.Select(Gen.Int[0, Cells - 1], Gen.ULong[0, 3]).Array[0, 200];

    [Fact]
    public void Undo_after_any_changes_is_the_identity() => Changes.Sample(changes =>
    {
        using State state = Make();
        Apply(state, changes.AsSpan(0, changes.Length / 2));
        ulong[] before = Copy(state);
        Mark mark = state.Mark();
        Apply(state, changes.AsSpan(changes.Length / 2));
        state.UndoTo(mark);
        Assert.Equal(before, Copy(state));
        Assert.Equal(mark, state.Mark());
    });

    [Fact]
    public void The_hash_kept_along_equals_the_hash_computed_anew() => Changes.Sample(changes =>
    {
        using State state = Make();
        Apply(state, changes);
        Assert.Equal(state.RecomputeHash(), state.Hash);
    });

    [Fact]
    public void Equal_cells_have_equal_hashes_whatever_the_way_there() => Changes.Sample(changes =>
    {
        using State one = Make(), other = Make();
        Apply(one, changes);
        for (int i = 0; i < Cells; i++)
            other.Set(i, one[i]);

        Assert.Equal(one.Hash, other.Hash);
    });

    [Fact]
    public void States_of_two_cells_with_small_values_all_have_their_own_hash()
    {
        using State state = Make();
        var seen = new HashSet<StateHash>();
        for (ulong a = 0; a < 100; a++)
        {
            state.Set(0, a);
            for (ulong b = 0; b < 100; b++)
            {
                state.Set(1, b);
                Assert.True(seen.Add(state.Hash));
            }
        }
    }

    [Fact]
    public void A_write_of_the_same_value_leaves_no_trace()
    {
        using State state = Make();
        state.Set(3, 0);
        Assert.Equal(0, state.JournalLength);
    }

    [Fact]
    public void A_mark_from_before_a_run_is_refused()
    {
        using State state = Make();
        state.Set(0, 1);
        Mark mark = state.Mark();
        state.Restart();
        Assert.Throws<ArgumentOutOfRangeException>(() => state.UndoTo(mark));
    }

    private static State Make()
    {
        var state = new State();
        state.Allocate(Cells);
        state.Seal();
        return state;
    }

    private static void Apply(State state, ReadOnlySpan<(int Cell, ulong Value)> changes)
    {
        foreach ((int cell, ulong value) in changes)
            state.Set(cell, value);
    }

    private static ulong[] Copy(State state) => [.. Enumerable.Range(0, Cells).Select(i => state[i])];
}
