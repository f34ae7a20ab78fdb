using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Words of a row and register values, random and boundary ones, repeatable from a seed.</summary>
internal sealed class A64Generator(int seed)
{
    private static readonly ulong[] Boundaries =
    [
        0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
        0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffffffe, 0xffffffffffffffff, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa,
        0xffffffff80000000, 0xffffffff7fffffff, 31, 32, 63, 64,
    ];

    /// <summary>Places in the test memory around its three borders, aligned and not.</summary>
    private static readonly int[] Places =
    [
        0, 8, 16, 100, 4096 - 16, 4096 - 8, 4096 - 4, 4096 - 1, 4096, 8192 - 16, 8192 - 9, 8192 - 8, 8192 - 3, 8192 - 1, 8192,
        12288 - 16, 12288 - 8, 12288 - 5, 12288 - 1, 12288, -1, -8, -16,
    ];

    private readonly Random _random = new(seed);

    public int Below(int limit) => _random.Next(limit);

    /// <summary>A word of the row's diagram: each field 0, all ones, its middle, or random. Not always allocated.</summary>
    public uint Word(A64Row row)
    {
        uint word = row.Value;
        string bits = row.Bits;
        for (int at = 0; at < 32;)
        {
            int end = at + 1;
            while (end < 32 && bits[end] == bits[at])
                end++;
            if (bits[at] is not ('0' or '1'))
                word |= Field(end - at) << (32 - end);
            at = end;
        }

        return word;
    }

    private uint Field(int count)
    {
        uint all = count == 32 ? uint.MaxValue : (1u << count) - 1;
        return Below(8) switch
        {
            0 => 0,
            1 => all,
            2 => 1u << (count - 1),
            _ => (uint)_random.NextInt64() & all,
        };
    }

    public ulong Value() => Below(3) == 0 ? Boundaries[Below(Boundaries.Length)] : (ulong)_random.NextInt64(long.MinValue, long.MaxValue);

    /// <summary>An address in or at the edge of the test memory.</summary>
    public ulong Address() => Below(2) == 0
        ? A64TestMemory.Base + (ulong)(long)Places[Below(Places.Length)]
        : A64TestMemory.Base + (ulong)(Below(A64TestMemory.Readable / 16) * 16);
}
