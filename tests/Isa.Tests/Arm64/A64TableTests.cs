using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>What must hold of the table itself.</summary>
public sealed class A64TableTests
{
    // Rows whose fixed bits do not tell them apart must be told apart by their operands: sampled here, and
    // proved word by word in A64SweepTests.
    [Fact]
    public void No_word_belongs_to_two_rows()
    {
        var random = new Random(1);
        for (int i = 0; i < A64Table.Rows.Count; i++)
        {
            for (int j = i + 1; j < A64Table.Rows.Count; j++)
            {
                A64Row a = A64Table.Rows[i], b = A64Table.Rows[j];
                if (((a.Value ^ b.Value) & a.Mask & b.Mask) != 0)
                    continue;
                for (int sample = 0; sample < 2000; sample++)
                {
                    uint word = a.Value | b.Value | ((uint)random.NextInt64(1L << 32) & ~(a.Mask | b.Mask));
                    Assert.False(a.Matches(word) && b.Matches(word), $"{word:x8}: {a.Spelling} and {b.Spelling}");
                }
            }
        }
    }

    [Fact]
    public void Every_row_has_an_operation_and_a_spelling()
    {
        Assert.All(A64Table.Rows, row =>
        {
            Assert.NotEmpty(row.Operations);
            Assert.NotEmpty(row.Mnemonic);
        });
    }
}
