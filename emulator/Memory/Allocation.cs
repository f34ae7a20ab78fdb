using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Memory;

/// <summary>The life of an allocation.</summary>
public enum Lifetime : byte
{
    /// <summary>Not handed out yet; filled with poison.</summary>
    Unallocated,

    /// <summary>In use.</summary>
    Live,

    /// <summary>Given back; filled with poison. Executing it, returning into it or reading it is a violation.</summary>
    Freed,
}

/// <summary>
/// A run of bytes that is handed out and given back while the machine runs: a trampoline, a module's text, an ops object.
/// Its place is fixed when the machine is set up, so that a schedule means the same everywhere.
/// </summary>
public sealed class Allocation
{
    private readonly State _state;
    private readonly Footprint _footprint;
    private readonly GuestMemory _memory;
    private readonly byte[] _poison;

    internal Allocation(State state, Footprint footprint, GuestMemory memory, AllocationPlace place, byte[] poison)
    {
        (_state, _footprint, _memory, _poison) = (state, footprint, memory, poison);
        Place = place;
        LifetimeCell = state.Allocate(1);
    }

    /// <summary>Name, address, length and kind.</summary>
    public AllocationPlace Place { get; }

    /// <summary>For people: <c>probe.trampoline</c>.</summary>
    public string Name => Place.Name;

    /// <summary>First byte.</summary>
    public ulong Address => Place.Address;

    /// <summary>Bytes.</summary>
    public int Length => Place.Length;

    /// <summary>The cell that holds the <see cref="Memory.Lifetime"/>.</summary>
    public int LifetimeCell { get; }

    /// <summary>Where in its life the allocation is. Reading it is part of the step's footprint.</summary>
    public Lifetime Lifetime
    {
        get
        {
            _footprint.Cells(LifetimeCell, 1, TouchKind.Read);
            return (Lifetime)_state[LifetimeCell];
        }
    }

    /// <summary>True where <paramref name="address"/> lies in it.</summary>
    public bool Contains(ulong address) => address - Address < (ulong)Length;

    /// <summary>Hands it out, with <paramref name="content"/> written from its beginning through an alias.</summary>
    public void Allocate(ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, Length);
        _memory.Poke(Address, content);
        SetLifetime(Lifetime.Live);
    }

    /// <summary>Gives it back: all of it is filled with poison and marked freed. A write of the whole range.</summary>
    public void Free()
    {
        Fill();
        SetLifetime(Lifetime.Freed);
    }

    /// <summary>Fills the range with poison.</summary>
    internal void Fill()
    {
        Span<byte> bytes = Length <= 512 ? stackalloc byte[Length] : new byte[Length];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = _poison[i % _poison.Length];

        _memory.Poke(Address, bytes);
    }

    private void SetLifetime(Lifetime lifetime)
    {
        _footprint.Cells(LifetimeCell, 1, TouchKind.Write);
        _state.Set(LifetimeCell, (ulong)lifetime);
    }
}

/// <summary>Where an allocation lies and what it is for.</summary>
/// <param name="Name">For people.</param>
/// <param name="Address">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsCode">Text, poisoned with a trapping instruction; otherwise data, poisoned with 0x6b.</param>
public sealed record AllocationPlace(string Name, ulong Address, int Length, bool IsCode);

/// <summary>All allocations of a machine, found by address.</summary>
public sealed class AllocationMap
{
    private readonly List<Allocation> _all = [];

    /// <summary>By address.</summary>
    public IReadOnlyList<Allocation> All => _all;

    /// <summary>The allocation that holds <paramref name="address"/>, whatever its lifetime, or null.</summary>
    public Allocation? Find(ulong address)
    {
        int low = 0, high = _all.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            Allocation allocation = _all[middle];
            if (allocation.Contains(address))
                return allocation;

            if (allocation.Address > address)
                high = middle - 1;
            else
                low = middle + 1;
        }

        return null;
    }

    internal void Add(Allocation allocation)
    {
        int at = _all.FindIndex(other => other.Address > allocation.Address);
        at = at < 0 ? _all.Count : at;
        if ((at > 0 && _all[at - 1].Contains(allocation.Address))
            || (at < _all.Count && allocation.Contains(_all[at].Address)))
        {
            throw new InvalidOperationException($"{allocation.Name} overlaps another allocation");
        }

        _all.Insert(at, allocation);
    }
}
