using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Memory;

/// <summary>What a page may be used for.</summary>
[Flags]
public enum Rights : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Data reads.</summary>
    Read = 1,

    /// <summary>Data writes through the page's own mapping. Text never has it: a poke goes through an alias.</summary>
    Write = 2,

    /// <summary>Instruction fetch.</summary>
    Execute = 4,
}

/// <summary>A named run of pages with the same rights.</summary>
/// <param name="Name">For people: <c>stack of worker</c>, <c>.text</c>.</param>
/// <param name="Address">First byte; a multiple of 4096.</param>
/// <param name="Length">Bytes; a multiple of 4096.</param>
/// <param name="Rights">What its pages may be used for when the machine starts.</param>
public sealed record MemoryRegion(string Name, ulong Address, ulong Length, Rights Rights)
{
    internal int FirstCell { get; init; }

    internal int RightsCell { get; init; }

    /// <summary>True where <paramref name="address"/> lies in the region.</summary>
    public bool Contains(ulong address) => address - Address < Length;
}

/// <summary>
/// The machine's memory: 4 KiB pages at 64-bit virtual addresses, every byte of it in cells of the <see cref="State"/>.
/// </summary>
/// <remarks>
/// Regions are mapped while the machine is set up; afterwards rights and contents change, mappings do not. There is one
/// address space. Left out: aliases as page tables (a poke writes the page directly), user mappings, page-table races.
/// </remarks>
public sealed unsafe class GuestMemory
{
    /// <summary>Bytes in a page.</summary>
    public const int PageBytes = 4096;

    private const int CellsPerPage = PageBytes / sizeof(ulong);

    private readonly State _state;
    private readonly Footprint _footprint;
    private readonly List<MemoryRegion> _regions = [];
    private MemoryRegion? _last;

    /// <summary>Makes an empty memory in <paramref name="state"/>; data accesses of steps go to <paramref name="footprint"/>.</summary>
    public GuestMemory(State state, Footprint footprint)
    {
        _state = state;
        _footprint = footprint;
    }

    /// <summary>All regions, by address.</summary>
    public IReadOnlyList<MemoryRegion> Regions => _regions;

    /// <summary>Maps pages. Address and length are rounded out to whole pages.</summary>
    /// <exception cref="InvalidOperationException">The pages overlap a region, or the address space's end.</exception>
    public MemoryRegion Map(string name, ulong address, ulong length, Rights rights)
    {
        ulong first = address & ~(ulong)(PageBytes - 1);
        ulong end = (address + length + PageBytes - 1) & ~(ulong)(PageBytes - 1);
        if (end <= first)
            throw new InvalidOperationException($"{name}: 0x{length:x} bytes at 0x{address:x} do not fit the address space");

        int at = _regions.FindIndex(region => region.Address >= first);
        at = at < 0 ? _regions.Count : at;
        if ((at > 0 && _regions[at - 1].Address + (_regions[at - 1].Length - 1) >= first)
            || (at < _regions.Count && _regions[at].Address < end))
        {
            throw new InvalidOperationException($"{name}: 0x{first:x}..0x{end:x} is mapped already");
        }

        int pages = checked((int)((end - first) / PageBytes));
        var region = new MemoryRegion(name, first, end - first, rights)
        {
            FirstCell = _state.Allocate(pages * CellsPerPage),
            RightsCell = _state.Allocate(pages),
        };
        for (int i = 0; i < pages; i++)
            *_state.Pointer(region.RightsCell + i) = (ulong)rights;

        _regions.Insert(at, region);
        return region;
    }

    /// <summary>The region that holds <paramref name="address"/>, or null.</summary>
    public MemoryRegion? Find(ulong address)
    {
        MemoryRegion? last = _last;
        if (last is not null && last.Contains(address))
            return last;

        int low = 0, high = _regions.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            MemoryRegion region = _regions[middle];
            if (region.Contains(address))
                return _last = region;

            if (region.Address > address)
                high = middle - 1;
            else
                low = middle + 1;
        }

        return null;
    }

    /// <summary>The rights of the page at <paramref name="address"/>; none where nothing is mapped.</summary>
    public Rights RightsAt(ulong address) =>
        Find(address) is { } region ? (Rights)_state[RightsCell(region, address)] : Rights.None;

    /// <summary>Changes the rights of the pages that hold these bytes.</summary>
    public void SetRights(ulong address, ulong length, Rights rights)
    {
        for (ulong page = address & ~(ulong)(PageBytes - 1); page < address + length; page += PageBytes)
        {
            MemoryRegion region = Find(page) ?? throw new InvalidOperationException($"0x{page:x} is not mapped");
            int cell = RightsCell(region, page);
            _footprint.Cells(cell, 1, TouchKind.Write);
            _state.Set(cell, (ulong)rights);
        }
    }

    /// <summary>Where a mapped byte lies, or null. Valid up to the end of its page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Locate(ulong address) =>
        Find(address) is { } region ? (byte*)_state.Pointer(region.FirstCell) + (address - region.Address) : null;

    /// <summary>The cell that holds the byte at <paramref name="address"/>, or -1 where nothing is mapped.</summary>
    public int CellOf(ulong address) =>
        Find(address) is { } region ? region.FirstCell + (int)((address - region.Address) >> 3) : -1;

    /// <summary>
    /// Reads 1 to 8 bytes as data, little-endian, zero-extended. False, with the first failing byte's address in
    /// <paramref name="fault"/>, where a page is not there or lacks <paramref name="need"/>.
    /// </summary>
    public bool TryRead(ulong address, int bytes, Rights need, out ulong value, out ulong fault)
    {
        value = 0;
        if (!Check(address, bytes, need, out fault))
            return false;

        if ((address & (PageBytes - 1)) + (ulong)bytes <= PageBytes)
        {
            byte* at = Locate(address);
            value = bytes switch
            {
                1 => *at,
                2 => *(ushort*)at,
                4 => *(uint*)at,
                8 => *(ulong*)at,
                _ => Gather(address, bytes),
            };
        }
        else
        {
            value = Gather(address, bytes);
        }

        _footprint.Memory(address, bytes, TouchKind.Read);
        return true;
    }

    /// <summary>Writes the low 1 to 8 bytes of <paramref name="value"/>; nothing is written where a page fails.</summary>
    public bool TryWrite(ulong address, int bytes, Rights need, ulong value, out ulong fault)
    {
        if (!Check(address, bytes, need, out fault))
            return false;

        WriteCells(address, bytes, value);
        _footprint.Memory(address, bytes, TouchKind.Write);
        return true;
    }

    /// <summary>Tests that every page of these bytes is mapped with <paramref name="need"/>.</summary>
    public bool Check(ulong address, int bytes, Rights need, out ulong fault)
    {
        fault = address;
        if ((RightsAt(address) & need) != need)
            return false;

        ulong last = address + (ulong)bytes - 1;
        if (((address ^ last) & ~(ulong)(PageBytes - 1)) == 0)
            return true;

        fault = last & ~(ulong)(PageBytes - 1);
        return (RightsAt(last) & need) == need;
    }

    /// <summary>
    /// Writes through an alias, as the kernel pokes text: rights do not matter. One write of up to 8 bytes is one effect
    /// that other cores see whole; a longer one is a row of effects inside one step.
    /// </summary>
    /// <exception cref="InvalidOperationException">A byte is not mapped.</exception>
    public void Poke(ulong address, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length;)
        {
            int n = Math.Min(8, bytes.Length - i);
            ulong value = 0;
            for (int k = 0; k < n; k++)
                value |= (ulong)bytes[i + k] << (8 * k);

            if (!TryWrite(address + (ulong)i, n, Rights.None, value, out ulong fault) || Find(address + (ulong)i) is null)
                throw new InvalidOperationException($"0x{fault:x} is not mapped");

            i += n;
        }
    }

    /// <summary>Copies bytes out without a footprint, for people and for loaders. Returns how many were mapped.</summary>
    public int Peek(ulong address, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            byte* at = Locate(address + (ulong)i);
            if (at == null)
                return i;

            bytes[i] = *at;
        }

        return bytes.Length;
    }

    /// <summary>The 64-bit word at <paramref name="address"/> without a footprint; 0 where nothing is mapped.</summary>
    public ulong Peek64(ulong address) => Gather(address, 8);

    private static int RightsCell(MemoryRegion region, ulong address) =>
        region.RightsCell + (int)((address - region.Address) / PageBytes);

    private ulong Gather(ulong address, int bytes)
    {
        ulong value = 0;
        for (int i = 0; i < bytes; i++)
        {
            byte* at = Locate(address + (ulong)i);
            value |= at == null ? 0 : (ulong)*at << (8 * i);
        }

        return value;
    }

    // Bytes lie little-endian in the cells, so an access touches one cell, or two where it is not aligned.
    private void WriteCells(ulong address, int bytes, ulong value)
    {
        if (Find(address) is null)
            return;

        int shift = (int)(address & 7) * 8;
        ulong mask = bytes == 8 ? ulong.MaxValue : (1UL << (bytes * 8)) - 1;
        int cell = CellOf(address);
        _state.Set(cell, (_state[cell] & ~(mask << shift)) | ((value & mask) << shift));
        if (shift + (bytes * 8) <= 64)
            return;

        cell = CellOf((address | 7) + 1);
        int done = 64 - shift;
        _state.Set(cell, (_state[cell] & ~(mask >> done)) | ((value & mask) >> done));
    }
}
