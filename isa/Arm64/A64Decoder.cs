namespace RcuEmu.Isa.Arm64;

/// <summary>From words to rows and operations.</summary>
public static class A64Decoder
{
    private const int IndexShift = 21;

    /// <summary>For each value of bits 31:21, the rows that words with it may belong to.</summary>
    private static readonly A64Row[][] Index = MakeIndex();

    private static A64Row[][] MakeIndex()
    {
        var index = new A64Row[1 << (32 - IndexShift)][];
        for (uint top = 0; top < index.Length; top++)
            index[top] = [.. A64Table.Rows.Where(row => (((top << IndexShift) ^ row.Value) & row.Mask & (uint.MaxValue << IndexShift)) == 0)];
        return index;
    }

    /// <summary>The row of <paramref name="word"/>, or null: unallocated, or allocated and not modelled.</summary>
    public static A64Row? Find(uint word)
    {
        foreach (A64Row row in Index[word >> IndexShift])
        {
            if (row.Matches(word))
                return row;
        }

        return null;
    }

    /// <summary>
    /// Takes <paramref name="word"/> apart. Never fails: a word without a row gives an operation that raises
    /// <see cref="GuestEventKind.Undefined"/> or <see cref="GuestEventKind.NotModelled"/>. Does not allocate.
    /// </summary>
    public static A64Operation Decode(uint word, out A64Insn insn)
    {
        A64Row? row = Find(word);
        if (row is not null)
        {
            row.Decode(word, out insn);
            return row.Operation(word);
        }

        insn = new A64Insn { Word = word };
        return A64Allocation.IsAllocated(word) ? A64Operation.Of<NotModelled>() : A64Operation.Of<Undefined>();
    }

    /// <summary>Whether <paramref name="word"/> can be executed, is a valid instruction that is left out, or is none.</summary>
    public static A64WordStatus Status(uint word)
    {
        if (Find(word) is A64Row row)
            return row.Operation(word) == A64Operation.Of<NotModelled>() ? A64WordStatus.NotModelled : A64WordStatus.Modelled;
        return A64Allocation.IsAllocated(word) ? A64WordStatus.NotModelled : A64WordStatus.Unallocated;
    }
}

/// <summary>What is known of a word.</summary>
public enum A64WordStatus : byte
{
    /// <summary>A row of the table has it, with an operation (which may be that a feature is absent).</summary>
    Modelled,

    /// <summary>The architecture has it, RcuEmu does not execute it (and may know how it is written).</summary>
    NotModelled,

    /// <summary>The architecture does not have it: executing it is UNDEFINED.</summary>
    Unallocated,
}
