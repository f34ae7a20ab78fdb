using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>What Unicorn 2.0 cannot say: memory copy and set, narrow minimum and maximum, exclusives. Values by hand.</summary>
public sealed unsafe class A64MemoryCopyTests : IDisposable
{
    private readonly A64TestMemory _memory = new();
    private A64TestCore _core;

    public A64MemoryCopyTests() => _core = new A64TestCore(_memory);

    public void Dispose() => _memory.Dispose();

    // DDI 0487, C6.2, "CPYFP, CPYFM, CPYFE", option A: after the epilogue both addresses are behind the ranges and Xn is 0.
    [Fact]
    public void A_forward_copy_moves_every_byte()
    {
        for (int i = 0; i < 21; i++)
            _memory.Bytes[i] = (byte)(i + 1);
        Set(0, A64TestMemory.Base + 100, 1, A64TestMemory.Base, 2, 21);

        Run("cpyfp [x0]!, [x1]!, x2!", "cpyfm [x0]!, [x1]!, x2!", "cpyfe [x0]!, [x1]!, x2!");

        Assert.Equal(Enumerable.Range(1, 21), Bytes(100, 21).Select(b => (int)b));
        Assert.Equal(0, _memory.Bytes[121]);
        Assert.Equal((A64TestMemory.Base + 121, A64TestMemory.Base + 21, 0UL), (_core.X(0), _core.X(1), _core.X(2)));
    }

    // Overlapping upwards: a forward copy would repeat the first bytes.
    [Fact]
    public void A_copy_onto_its_own_end_goes_backwards()
    {
        for (int i = 0; i < 20; i++)
            _memory.Bytes[i] = (byte)(i + 1);
        Set(0, A64TestMemory.Base + 3, 1, A64TestMemory.Base, 2, 20);

        Run("cpyp [x0]!, [x1]!, x2!", "cpym [x0]!, [x1]!, x2!", "cpye [x0]!, [x1]!, x2!");

        Assert.Equal(Enumerable.Range(1, 20), Bytes(3, 20).Select(b => (int)b));
        Assert.Equal(0UL, _core.X(2));
    }

    [Fact]
    public void A_set_that_faults_says_how_far_it_came()
    {
        Set(0, A64TestMemory.Base + 8192 - 16, 1, 24, 2, 0xab);

        Run("setp [x0]!, x1!, x2", "setm [x0]!, x1!, x2");

        Assert.Equal(GuestEventKind.WriteFault, _core.Event);
        Assert.Equal(A64TestMemory.Base + 8192, _core.Detail);
        Assert.Equal(unchecked((ulong)-8L), _core.X(1)); // 16 of 24 bytes are done
        Assert.All(Bytes(8192 - 16, 16), b => Assert.Equal(0xab, b));
    }

    // DDI 0487, C6.2, "LDSMAX": signed or unsigned comparison of the bytes or halfwords, the register's upper bits apart.
    [Theory]
    [InlineData("ldsmaxb w1, w2, [x0]", 0x17f, 0x80, 0x7f)]
    [InlineData("ldsminb w1, w2, [x0]", 0x17f, 0x80, 0x80)]
    [InlineData("ldumaxb w1, w2, [x0]", 0x17f, 0x80, 0x80)]
    [InlineData("lduminb w1, w2, [x0]", 0x17f, 0x80, 0x7f)]
    [InlineData("ldsmaxh w1, w2, [x0]", 0x17fff, 0x8000, 0x7fff)]
    [InlineData("ldumaxh w1, w2, [x0]", 0x17fff, 0x8000, 0x8000)]
    [InlineData("ldsmax w1, w2, [x0]", 0x17fffffff, 0x80000000, 0x7fffffff)]
    [InlineData("ldumin w1, w2, [x0]", 0x17fffffff, 0x80000000, 0x7fffffff)]
    public void A_narrow_minimum_or_maximum_looks_at_its_own_bits(string statement, ulong operand, uint old, uint expected)
    {
        Set(0, A64TestMemory.Base, 1, operand, 2, 0);
        *(uint*)_memory.Bytes = old;

        Run(statement);

        Assert.Equal(old, _core.X(2));
        Assert.Equal(expected, *(uint*)_memory.Bytes);
    }

    [Fact]
    public void A_store_exclusive_passes_once_after_its_load()
    {
        Set(0, A64TestMemory.Base, 1, 7, 2, 99);

        Run("ldaxr x3, [x0]", "stlxr w2, x1, [x0]");
        Assert.Equal(0UL, _core.X(2));
        Run("stlxr w2, x3, [x0]");

        Assert.Equal(1UL, _core.X(2));
        Assert.Equal(7UL, *(ulong*)_memory.Bytes);
    }

    private void Set(int first, ulong a, int second, ulong b, int third, ulong c)
    {
        _core.SetX(first, a);
        _core.SetX(second, b);
        _core.SetX(third, c);
    }

    private byte[] Bytes(int at, int count) => new ReadOnlySpan<byte>(_memory.Bytes + at, count).ToArray();

    private void Run(params string[] statements)
    {
        foreach (string statement in statements)
        {
            Assert.True(A64Assembler.TryAssemble(statement, 0, _ => null, out uint word, out string? error, out _), error);
            A64TestRun.Handler handler = A64TestRun.Of(A64Decoder.Decode(word, out A64Insn insn));
            while (handler(ref _core, insn) == Flow.Again)
            {
            }
        }
    }
}
