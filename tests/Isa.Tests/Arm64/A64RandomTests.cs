using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Any word decodes, prints and executes without an exception.</summary>
public sealed class A64RandomTests
{
    [Fact]
    public void Two_hundred_thousand_random_words_end_in_an_event_or_a_state() => Run(seed: 4, words: 200_000);

    [Fact]
    [Trait("Category", "Long")]
    public void Ten_million_random_words_end_in_an_event_or_a_state() => Run(seed: 5, words: 10_000_000);

    private static void Run(int seed, int words)
    {
        var random = new Random(seed);
        var generator = new A64Generator(seed);
        using var memory = new A64TestMemory();
        var core = new A64TestCore(memory);
        long events = 0, undefined = 0;
        for (int i = 0; i < words; i++)
        {
            uint word = (uint)random.NextInt64(1L << 32);
            if (i % 64 == 0)
                Scramble(ref core, generator);
            A64Operation operation = A64Decoder.Decode(word, out A64Insn insn);
            Flow flow = A64TestRun.Of(operation)(ref core, insn);
            Assert.True(flow is Flow.Next or Flow.Branch or Flow.Event or Flow.Again);
            events += flow == Flow.Event ? 1 : 0;
            undefined += flow == Flow.Event && core.Event is GuestEventKind.Undefined or GuestEventKind.NotModelled ? 1 : 0;
            if (i % 16 == 0)
                Assert.NotEmpty(A64Disassembler.Format(word, core.Pc));
        }

        Assert.InRange(undefined, words / 10, events);
    }

    private static unsafe void Scramble(ref A64TestCore core, A64Generator generator)
    {
        for (int slot = 0; slot <= A64Slot.Sp; slot++)
            core.Registers.X[slot] = generator.Below(2) == 0 ? generator.Address() : generator.Value();
    }
}
