namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): the same numbers for the same
/// seed on every machine and in every version.
/// </summary>
internal struct SeededRandom
{
    private ulong _state;

    /// <summary>The numbers of run <paramref name="run"/> of a series: each run has its own, whatever the runs before it drew.</summary>
    public SeededRandom(ulong seed, long run)
    {
        _state = seed;
        _state = Next() ^ ((ulong)run * 0xd1342543de82ef95);
    }

    /// <summary>64 bits.</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1. The bias, below 2^-32 here, does not matter.</summary>
    public int Below(int bound) => (int)(((UInt128)Next() * (ulong)bound) >> 64);
}
