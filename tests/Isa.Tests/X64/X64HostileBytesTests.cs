using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>Any bytes decode, spell and execute without a C# exception, and a guest event leaves the registers as they were.</summary>
public class X64HostileBytesTests
{
    [Fact]
    public void Two_hundred_thousand_random_strings_decode_and_execute() => Run(200_000, seed: 1);

    [Fact, Trait("Category", "Long")]
    public void Ten_million_random_strings_decode_and_execute() => Run(10_000_000, seed: 2);

    private static void Run(int count, int seed)
    {
        var random = new Random(seed);
        var core = new X64TestCore(0x10_0000, 0x2000);
        byte[] bytes = new byte[16];
        ulong[] before = new ulong[16];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            if ((i & 3) == 0)
                bytes[0] = Prefixes[random.Next(Prefixes.Length)];

            for (int r = 0; r < 16; r++)
                before[r] = core.Registers[r] = Value(random);

            core.Rip = 0xffff_ffff_8100_0000;
            ReadOnlySpan<byte> code = bytes.AsSpan(0, random.Next(1, 17));
            Flow flow = Step(ref core, code, i);
            if (flow == Flow.Event && core.Rip != 0xffff_ffff_8100_0000)
                Assert.Fail($"seed {seed}, case {i}: {Convert.ToHexString(code)} moved RIP with an event");

            if (flow == Flow.Event && !before.AsSpan().SequenceEqual(core.Registers))
                Assert.Fail($"seed {seed}, case {i}: {Convert.ToHexString(code)} raised {core.Event} and changed a register");

            if ((i & 15) == 0)
                X64Disassembler.Format(code, core.Rip, out _);
        }
    }

    private static readonly byte[] Prefixes = [0x0f, 0x48, 0x66, 0xf3, 0xf0, 0xc4, 0xc5, 0x65];

    private static Flow Step(ref X64TestCore core, ReadOnlySpan<byte> code, int i)
    {
        try
        {
            return core.Step(code);
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"case {i}: {Convert.ToHexString(code)}", e);
        }
    }

    private static ulong Value(Random random) => random.Next(4) switch
    {
        0 => (ulong)random.NextInt64(),
        1 => (ulong)random.Next(-2, 3),
        _ => 0x10_0000ul + (ulong)random.Next(0x1f00),
    };
}
