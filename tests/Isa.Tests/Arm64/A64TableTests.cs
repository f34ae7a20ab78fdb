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

    // The same state at two addresses: what comes out differs only where the operation says that it asks for its address.
    [Fact]
    public void Every_operation_that_reads_its_address_says_so()
    {
        var generator = new A64Generator(9);
        using var memory = new A64TestMemory();
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (A64Row row in A64Table.Rows)
        {
            for (int i = 0; i < 40; i++)
            {
                uint word = generator.Word(row);
                if (row.Matches(word) && !row.Operation(word).Accept(new PcReader()) && Result(memory, word, 0x1000) != Result(memory, word, 0x7654_3210_9000))
                    wrong.Add(row.Spelling);
            }
        }

        Assert.Empty(wrong);
        Assert.True(A64Decoder.Decode(0x94000001, out _).Accept(new PcReader())); // bl
    }

    private static unsafe (ulong, ulong, ulong) Result(A64TestMemory memory, uint word, ulong pc)
    {
        new Span<byte>(memory.Bytes, A64TestMemory.Readable).Clear();
        var core = new A64TestCore(memory) { Pc = pc, Authentication = A64PointerAuthentication.PAuth };
        for (int slot = 0; slot <= A64Slot.Sp; slot++)
            core.Registers.X[slot] = A64TestMemory.Base + 0x800;
        A64TestRun.Of(A64Decoder.Decode(word, out A64Insn insn))(ref core, insn);
        (ulong registers, ulong vectors) = (0, 0);
        for (int slot = 0; slot <= A64Slot.Sp; slot++)
            registers = (registers * 31) + core.Registers.X[slot];
        for (int half = 0; half < 64; half++)
            vectors = (vectors * 31) + core.Registers.V[half];
        return (registers, vectors, core.Nzcv);
    }

    private sealed class PcReader : IA64OperationVisitor<bool>
    {
        public bool Visit<TOp>()
            where TOp : struct, IA64Op => TOp.ReadsPc;
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

    // Words from the GNU assembler; the reserved one is DDI 0487, C4.1, "Reserved", the unallocated one a hole of "Exception generation".
    [Theory]
    [InlineData(0xd503201f, A64WordStatus.Modelled, "hint", true)]
    [InlineData(0x94000001, A64WordStatus.Modelled, "bl", true)]
    [InlineData(0xaa1e03e9, A64WordStatus.Modelled, "orr", true)]
    [InlineData(0x54000040, A64WordStatus.Modelled, "b.", true)]
    [InlineData(0xdac10020, A64WordStatus.Modelled, "pacia", true)]
    [InlineData(0x9adf1000, A64WordStatus.Modelled, "irg", false)]
    [InlineData(0x00000000, A64WordStatus.Modelled, "udf", false)]
    [InlineData(0x4e284840, A64WordStatus.NotModelled, "aese", false)]
    [InlineData(0x04bf5020, A64WordStatus.Modelled, "rdvl", true)]
    [InlineData(0x2518e3e0, A64WordStatus.NotModelled, "", false)] // ptrue
    [InlineData(0xd4200001, A64WordStatus.Unallocated, "", false)]
    public void Coverage_says_whether_a_word_runs_and_what_it_is(uint word, A64WordStatus status, string name, bool canExecute)
    {
        A64Coverage coverage = A64Coverage.Of(word);

        Assert.Equal((status, name, canExecute), (coverage.Status, coverage.Class, coverage.CanExecute));
        Assert.Equal(canExecute, coverage.Gap is null);
    }

    [Theory]
    [InlineData(0xd4200001, GuestEventKind.Undefined)]   // unallocated
    [InlineData(0x00000000, GuestEventKind.Undefined)]   // UDF
    [InlineData(0xdac10020, GuestEventKind.Undefined)]   // PACIA without FEAT_PAuth
    [InlineData(0x4e284840, GuestEventKind.NotModelled)] // AESE
    [InlineData(0x2518e3e0, GuestEventKind.NotModelled)] // PTRUE
    public void Undefined_and_not_modelled_are_told_apart(uint word, GuestEventKind expected)
    {
        using var memory = new A64TestMemory();
        var core = new A64TestCore(memory);

        Flow flow = A64TestRun.Of(A64Decoder.Decode(word, out A64Insn insn))(ref core, insn);

        Assert.Equal(Flow.Event, flow);
        Assert.Equal((expected, (ulong)word), (core.Event, core.Detail));
    }
}
