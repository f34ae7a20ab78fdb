using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Every one of the 2^32 words.</summary>
public sealed class A64SweepTests
{
    // Pinned: a change of the table changes these on purpose or not at all. They add up to 2^32.
    private const long Modelled = 1_315_269_930, NotModelled = 930_992_150, Unallocated = 2_048_705_216;

    [Fact]
    [Trait("Category", "Long")]
    public void Every_word_has_one_row_or_none_and_the_counts_are_known()
    {
        long modelled = 0, notModelled = 0, unallocated = 0, doubled = 0;
        Parallel.For(0, 1 << 11, top =>
        {
            A64Row[] rows = [.. A64Table.Rows.Where(row => ((((uint)top << 21) ^ row.Value) & row.Mask & 0xffe00000) == 0)];
            long m = 0, n = 0, u = 0, d = 0;
            for (uint low = 0; low < 1u << 21; low++)
            {
                uint word = ((uint)top << 21) | low;
                int matches = 0;
                foreach (A64Row row in rows)
                    matches += row.Matches(word) ? 1 : 0;
                A64WordStatus status = A64Decoder.Status(word);
                d += matches > 1 ? 1 : 0;
                m += status == A64WordStatus.Modelled ? 1 : 0;
                n += status == A64WordStatus.NotModelled ? 1 : 0;
                u += status == A64WordStatus.Unallocated ? 1 : 0;
            }

            Interlocked.Add(ref modelled, m);
            Interlocked.Add(ref notModelled, n);
            Interlocked.Add(ref unallocated, u);
            Interlocked.Add(ref doubled, d);
        });

        Assert.Equal(0, doubled);
        Assert.Equal((Modelled, NotModelled, Unallocated), (modelled, notModelled, unallocated));
    }
}
