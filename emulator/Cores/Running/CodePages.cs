using RcuEmu.Emulator.Memory;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>All decoded code of a machine: an array of operations for each page that was executed, shared by its cores.</summary>
/// <param name="opBytes">Bytes of one operation.</param>
/// <param name="unit">An instruction can begin at each multiple of this many bytes.</param>
/// <param name="reach">How many bytes before a changed one an instruction that contains it can begin.</param>
internal sealed unsafe class CodePages(int opBytes, int unit, int reach) : IDisposable
{
    private const int MaxPages = 512;
    private readonly Dictionary<ulong, CodePage> _pages = [];

    /// <summary>Bytes of operations for each byte of code.</summary>
    public int Scale => opBytes / unit;

    /// <summary>True where instructions of this page were decoded.</summary>
    public bool Contains(ulong number) => _pages.ContainsKey(number);

    /// <summary>True where the next page makes room by dropping all others.</summary>
    public bool IsFull => _pages.Count >= MaxPages;

    /// <summary>The page, or null.</summary>
    public CodePage? Find(ulong number) => _pages.GetValueOrDefault(number);

    /// <summary>Makes a page of undecoded operations for the bytes at <paramref name="bytes"/>.</summary>
    public CodePage Add(ulong number, byte* bytes)
    {
        var page = new CodePage(number, bytes, opBytes, unit);
        _pages.Add(number, page);
        return page;
    }

    /// <summary>Compares a page with the bytes in memory now and drops the operations of those that differ.</summary>
    public void Refresh(CodePage page, byte* bytes) => Refresh(page, bytes, 0, GuestMemory.PageBytes);

    private void Refresh(CodePage page, byte* bytes, int at, int end)
    {
        var now = new ReadOnlySpan<byte>(bytes, end);
        var then = new Span<byte>(page.Bytes, end);
        while (at < end)
        {
            at += now[at..].CommonPrefixLength(then[at..]);
            if (at == end)
                return;

            Drop(page, at, 1);
            then[at] = now[at];
            at++;
        }
    }

    /// <summary>These bytes were written: drops the operations that hold one of them.</summary>
    public void Written(ulong address, int length, GuestMemory memory)
    {
        while (length > 0)
        {
            int offset = (int)(address % GuestMemory.PageBytes);
            int here = Math.Min(length, GuestMemory.PageBytes - offset);
            if (Find(address / GuestMemory.PageBytes) is { } page)
                Refresh(page, memory.Locate(address - (ulong)offset), offset, offset + here);

            address += (ulong)here;
            length -= here;
        }
    }

    /// <summary>Makes one instruction undecoded again.</summary>
    public void Drop(ulong address)
    {
        if (Find(address / GuestMemory.PageBytes) is { } page && address % (ulong)unit == 0)
            page.Drop(Slot(page, (int)(address % GuestMemory.PageBytes)));
    }

    public void Clear()
    {
        foreach (CodePage page in _pages.Values)
            page.Dispose();

        _pages.Clear();
    }

    public void Dispose() => Clear();

    private void Drop(CodePage page, int offset, int length)
    {
        int first = Math.Max(0, offset - reach) / unit * unit;
        for (int at = first; at < offset + length; at += unit)
        {
            RunOp* op = Slot(page, at);
            if (!CodePage.IsDecoded(op))
                continue;

            page.Drop(op);
            page.Mark(op, TraceMarks.Patched);
        }
    }

    private RunOp* Slot(CodePage page, int offset) => (RunOp*)(page.Ops + (offset * Scale));
}
