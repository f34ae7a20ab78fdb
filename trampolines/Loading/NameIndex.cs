using System.Numerics;

namespace RcuEmu.Trampolines.Loading;

/// <summary>Things with names that are kept as bytes.</summary>
internal interface INamed
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>The name of number <paramref name="index"/>.</summary>
    ReadOnlySpan<byte> NameAt(int index);
}

/// <summary>Finds things by name. Names need not be unique: equal ones are given in ascending number.</summary>
internal sealed class NameIndex
{
    private readonly INamed _things;
    private readonly int[] _heads; // by hash: number + 1, 0 for none
    private readonly int[] _nexts; // the next number of the same hash + 1, 0 for none

    public NameIndex(INamed things)
    {
        _things = things;
        _heads = new int[(int)BitOperations.RoundUpToPowerOf2((uint)things.Count + 1)];
        _nexts = new int[things.Count];
        for (int i = things.Count - 1; i >= 0; i--)
        {
            ref int head = ref _heads[Slot(things.NameAt(i))];
            _nexts[i] = head;
            head = i + 1;
        }
    }

    /// <summary>The lowest number of this name, or -1.</summary>
    public int First(ReadOnlySpan<byte> name) => From(_heads[Slot(name)], name);

    /// <summary>The next number of the same name behind <paramref name="index"/>, or -1.</summary>
    public int Next(int index, ReadOnlySpan<byte> name) => From(_nexts[index], name);

    private int From(int entry, ReadOnlySpan<byte> name)
    {
        while (entry != 0 && !_things.NameAt(entry - 1).SequenceEqual(name))
            entry = _nexts[entry - 1];

        return entry - 1;
    }

    /// <summary>FNV-1a, 32 bits, folded: stable from run to run.</summary>
    private int Slot(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        foreach (byte c in name)
            hash = (hash ^ c) * 16777619;

        return (int)((hash ^ (hash >> 15)) & (uint)(_heads.Length - 1));
    }
}
