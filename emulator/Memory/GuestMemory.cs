using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Fetch;

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

    private const int CachedPages = 256;

    private readonly State _state;
    private readonly Footprint _footprint;
    private readonly List<MemoryRegion> _regions = [];
    private readonly Page[] _pages = new Page[CachedPages];

    /// <summary>Makes an empty memory in <paramref name="state"/>; data accesses of steps go to <paramref name="footprint"/>.</summary>
    public GuestMemory(State state, Footprint footprint)
    {
        _state = state;
        _footprint = footprint;
        Monitors = new ExclusiveMonitors(state);
        ForgetPages();
    }

    /// <summary>The cores' exclusive monitors, which writes break.</summary>
    internal ExclusiveMonitors Monitors { get; }

    /// <summary>Told of every write before it is made, where text keeps its versions.</summary>
    internal ModelledFetch? Text { get; set; }

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
        ForgetPages();
        return region;
    }

    /// <summary>The region that holds <paramref name="address"/>, or null.</summary>
    public MemoryRegion? Find(ulong address)
    {
        int low = 0, high = _regions.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            MemoryRegion region = _regions[middle];
            if (region.Contains(address))
                return region;

            if (region.Address > address)
                high = middle - 1;
            else
                low = middle + 1;
        }

        return null;
    }

    /// <summary>The rights of the page at <paramref name="address"/>; none where nothing is mapped.</summary>
    public Rights RightsAt(ulong address)
    {
        int cell = Lookup(address).RightsCell;
        return cell < 0 ? Rights.None : (Rights)_state[cell];
    }

    /// <summary>Changes the rights of the pages that hold these bytes: a write of all of them.</summary>
    /// <exception cref="InvalidOperationException">A page is not mapped.</exception>
    public void SetRights(ulong address, ulong length, Rights rights)
    {
        for (ulong page = address & ~(ulong)(PageBytes - 1); page < address + length; page += PageBytes)
        {
            int cell = Lookup(page).RightsCell;
            if (cell < 0)
                throw new InvalidOperationException($"0x{page:x} is not mapped");

            // Accesses say which bytes they touch, not that they read the rights: they conflict through the bytes.
            _footprint.Cells(cell, 1, TouchKind.Write);
            _footprint.Memory(page, PageBytes, TouchKind.Write);
            _state.Set(cell, (ulong)rights);
            _state.Advance();
        }
    }

    /// <summary>Where a mapped byte lies, or null. Valid up to the end of its page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Locate(ulong address)
    {
        int cell = Lookup(address).Cell;
        return cell < 0 ? null : (byte*)_state.Pointer(cell) + (address & (PageBytes - 1));
    }

    /// <summary>The cell that holds the byte at <paramref name="address"/>, or -1 where nothing is mapped.</summary>
    public int CellOf(ulong address)
    {
        int cell = Lookup(address).Cell;
        return cell < 0 ? -1 : cell + ((int)(address & (PageBytes - 1)) >> 3);
    }

    /// <summary>
    /// Clears the whole cells between two values of a stack pointer that has risen, where that is a stack's frame and no other stack: at
    /// most 4 KiB of one mapped and writable region.
    /// </summary>
    internal void Forget(ulong from, ulong to)
    {
        if (to <= from || to - from > PageBytes)
            return;

        for (ulong at = (from + 7) & ~7UL; at + 8 <= to; at += 8)
        {
            int cell = CellOf(at);
            if (cell < 0 || (RightsAt(at) & Rights.Write) == 0)
                return;

            _footprint.Memory(at, 8, TouchKind.Write);
            _state.Set(cell, 0);
        }
    }

    /// <summary>The cell that holds the rights of the page at <paramref name="address"/>, or -1 where nothing is mapped.</summary>
    internal int RightsCellOf(ulong address) => Lookup(address).RightsCell;

    /// <summary>
    /// Reads 1 to 8 bytes as data, little-endian, zero-extended. False, with the first failing byte's address in
    /// <paramref name="fault"/>, where a page is not there or lacks <paramref name="need"/>.
    /// </summary>
    public bool TryRead(ulong address, int bytes, Rights need, out ulong value, out ulong fault)
    {
        byte* at = Allowed(address, need);
        if (at == null || (int)(address & (PageBytes - 1)) + bytes > PageBytes)
            return TryReadAcross(address, bytes, need, out value, out fault);

        value = bytes switch
        {
            1 => *at,
            2 => *(ushort*)at,
            4 => *(uint*)at,
            8 => *(ulong*)at,
            _ => Gather(address, bytes),
        };
        fault = 0;
        _footprint.Memory(address, bytes, TouchKind.Read);
        return true;
    }

    /// <summary>Reads 16 bytes as data in one access.</summary>
    public bool TryRead128(ulong address, Rights need, out ulong low, out ulong high, out ulong fault)
    {
        (low, high) = (0, 0);
        if (!Check(address, 16, need, out fault))
            return false;

        (low, high) = (Gather(address, 8), Gather(address + 8, 8));
        _footprint.Memory(address, 16, TouchKind.Read);
        return true;
    }

    /// <summary>
    /// A store exclusive asks whether these bytes were written since: that depends on their writers, also where it fails and
    /// accesses nothing.
    /// </summary>
    internal void TouchExclusive(ulong address, int bytes) => _footprint.Memory(address, bytes, TouchKind.Read);

    /// <summary>Writes the low 1 to 8 bytes of <paramref name="value"/>; nothing is written where a page fails.</summary>
    public bool TryWrite(ulong address, int bytes, Rights need, ulong value, out ulong fault)
    {
        if (!Check(address, bytes, need, out fault))
            return false;

        Text?.Write(address, bytes, value);
        WriteCells(address, bytes, value);
        Written(address, bytes);
        return true;
    }

    /// <summary>Writes 16 bytes in one access; nothing is written where a page fails.</summary>
    public bool TryWrite128(ulong address, Rights need, ulong low, ulong high, out ulong fault)
    {
        if (!Check(address, 16, need, out fault))
            return false;

        Text?.Write(address, 8, low);
        Text?.Write(address + 8, 8, high);
        WriteCells(address, 8, low);
        WriteCells(address + 8, 8, high);
        Written(address, 16);
        return true;
    }

    /// <summary>
    /// Where the instruction bytes at <paramref name="address"/> lie, or null where the page is not there or not executable.
    /// <paramref name="available"/>: how many bytes its page holds from there on. Without footprint.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Fetchable(ulong address, out int available)
    {
        available = PageBytes - (int)(address & (PageBytes - 1));
        return Allowed(address, Rights.Execute);
    }

    /// <summary>Tests that every page of these bytes is mapped with <paramref name="need"/>.</summary>
    public bool Check(ulong address, int bytes, Rights need, out ulong fault)
    {
        fault = address;
        if (Allowed(address, need) == null)
            return false;

        ulong last = address + (ulong)bytes - 1;
        if (((address ^ last) & ~(ulong)(PageBytes - 1)) == 0)
            return true;

        fault = last & ~(ulong)(PageBytes - 1);
        return Allowed(last, need) != null;
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

            if (!TryWrite(address + (ulong)i, n, Rights.None, value, out ulong fault))
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

    // Null where nothing is mapped or a right is missing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Allowed(ulong address, Rights need)
    {
        ref readonly Page page = ref Lookup(address);
        return page.Cell < 0 || ((Rights)_state[page.RightsCell] & need) != need
            ? null
            : (byte*)_state.Pointer(page.Cell) + (address & (PageBytes - 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly Page Lookup(ulong address)
    {
        ulong number = address / PageBytes;
        ref Page page = ref _pages[number % CachedPages];
        if (page.Number != number)
            FillPage(ref page, address);

        return ref page;
    }

    // A page that is not mapped leaves no trace in the cache.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FillPage(ref Page page, ulong address)
    {
        if (Find(address) is not { } region)
        {
            page = Page.None;
            return;
        }

        ulong number = address / PageBytes;
        int index = (int)(number - (region.Address / PageBytes));
        page = new Page
        {
            Number = number,
            Cell = region.FirstCell + (index * CellsPerPage),
            RightsCell = region.RightsCell + index,
        };
    }

    private void ForgetPages() => Array.Fill(_pages, Page.None);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadAcross(ulong address, int bytes, Rights need, out ulong value, out ulong fault)
    {
        value = 0;
        if (!Check(address, bytes, need, out fault))
            return false;

        value = Gather(address, bytes);
        _footprint.Memory(address, bytes, TouchKind.Read);
        return true;
    }

    private ulong Gather(ulong address, int bytes)
    {
        byte* at = Locate(address);
        if (bytes == 8 && at != null && (address & (PageBytes - 1)) <= PageBytes - 8)
            return *(ulong*)at;

        ulong value = 0;
        for (int i = 0; i < bytes; i++)
        {
            at = Locate(address + (ulong)i);
            value |= at == null ? 0 : (ulong)*at << (8 * i);
        }

        return value;
    }

    // Bytes lie little-endian in the cells, so an access touches one cell, or two where it is not aligned.
    private void WriteCells(ulong address, int bytes, ulong value)
    {
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

    private void Written(ulong address, int bytes)
    {
        _state.Advance();
        Monitors.Break(address, bytes);
        _footprint.Memory(address, bytes, TouchKind.Write);
    }

    // Where a page's bytes and rights lie: mappings are for ever, so this needs no invalidation.
    private struct Page
    {
        public static readonly Page None = new() { Number = ulong.MaxValue, Cell = -1, RightsCell = -1 };

        public ulong Number;
        public int Cell;
        public int RightsCell;
    }
}
