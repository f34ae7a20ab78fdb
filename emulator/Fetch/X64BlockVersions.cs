using RcuEmu.Isa;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// The distinct contents of one block of an instruction, in the order in which they were found. Bytes behind the instruction's end
/// do not tell contents apart.
/// </summary>
internal ref struct X64BlockVersions
{
    /// <summary>Bytes of room for each version: up to which byte it counts, and its bytes.</summary>
    public const int Slot = 16;

    private readonly Span<byte> _room;
    private readonly Span<byte> _bytes;
    private readonly ulong _address;
    private readonly int _first;

    /// <param name="room">Place for <see cref="Versions.Most"/> slots.</param>
    /// <param name="bytes">The instruction's bytes up to the block's end; those before the block are chosen.</param>
    /// <param name="address">The instruction's.</param>
    /// <param name="first">Where the block begins in <paramref name="bytes"/>.</param>
    public X64BlockVersions(Span<byte> room, Span<byte> bytes, ulong address, int first)
    {
        _room = room;
        _bytes = bytes;
        (_address, _first) = (address, first);
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a content, unless it is known. Returns its number.</summary>
    public int Add(ReadOnlySpan<byte> content)
    {
        content.CopyTo(_bytes[_first..]);
        int length = content.Length == 1 ? 0 : X64Fetch.Length(_bytes, _address);
        int counting = (length == 0 ? _bytes.Length : length) - _first;
        for (int i = 0; i < Count; i++)
        {
            if (At(i).SequenceEqual(content[..counting]))
                return i;
        }

        if (Count == Versions.Most)
            throw new UserErrorException($"fetch: modelled tells at most {Versions.Most} versions of a block apart, and 0x{_address:x} has more");

        Span<byte> slot = _room.Slice(Count * Slot, Slot);
        slot[0] = (byte)counting;
        content[..counting].CopyTo(slot[1..]);
        return Count++;
    }

    /// <summary>Puts one of them into the instruction.</summary>
    public readonly void Take(int version) => At(version).CopyTo(_bytes[_first..]);

    private readonly ReadOnlySpan<byte> At(int version) => _room.Slice((version * Slot) + 1, _room[version * Slot]);
}
