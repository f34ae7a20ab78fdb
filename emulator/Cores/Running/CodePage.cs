using System.Runtime.InteropServices;
using RcuEmu.Emulator.Memory;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>A page of decoded operations, the bytes that they were decoded from, and the traces through them.</summary>
internal sealed unsafe class CodePage : IDisposable
{
    // One value to compare with: the address of a method need not be the same wherever it is taken.
    private static readonly nint Undecoded = (nint)(delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)&RunChain.Undecoded;

    private readonly List<Trace> _traces = [];
    private byte[]? _heat;
    private TraceMarks[]? _marks;

    /// <summary>Makes a page of undecoded operations for the bytes at <paramref name="bytes"/>, and the sentinel behind them.</summary>
    public CodePage(ulong number, byte* bytes, int opBytes, int unit)
    {
        int slots = GuestMemory.PageBytes / unit;
        Number = number;
        Ops = (byte*)NativeMemory.AlignedAlloc((nuint)((slots + 1) * opBytes), 64);
        Bytes = (byte*)NativeMemory.Alloc(GuestMemory.PageBytes);
        for (int i = 0; i <= slots; i++)
        {
            var op = (RunOp*)(Ops + (i * opBytes));
            op->Pc = (number * GuestMemory.PageBytes) + (ulong)(i * unit);
            op->Run = i < slots ? (delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)Undecoded : &RunChain.PageEnd;
        }

        new ReadOnlySpan<byte>(bytes, GuestMemory.PageBytes).CopyTo(new Span<byte>(Bytes, GuestMemory.PageBytes));
    }

    public ulong Number { get; }

    public byte* Ops { get; }

    public byte* Bytes { get; }

    /// <summary>The state of memory for which the operations are known to be right.</summary>
    public ulong Checked { get; set; }

    /// <summary>True where an operation was decoded.</summary>
    public static bool IsDecoded(RunOp* op) => (nint)op->Run != Undecoded;

    /// <summary>The bytes of an operation's instruction, and those behind it in the page.</summary>
    public ReadOnlySpan<byte> BytesAt(RunOp* op) => new(Bytes + Offset(op), GuestMemory.PageBytes - Offset(op));

    /// <summary>Counts that an operation was met once more. 0 where no trace can begin there.</summary>
    public int Heat(RunOp* op)
    {
        if (!CanBegin(op))
            return 0;

        _heat ??= new byte[GuestMemory.PageBytes];
        ref byte heat = ref _heat[Offset(op)];
        heat += heat == byte.MaxValue ? (byte)0 : (byte)1;
        return heat;
    }

    /// <summary>Whether a trace can begin at an operation.</summary>
    public bool CanBegin(RunOp* op) => (Marks(op) & (TraceMarks.Head | TraceMarks.Patched | TraceMarks.Rejected)) == 0;

    public TraceMarks Marks(RunOp* op) => _marks is null ? TraceMarks.None : _marks[Offset(op)];

    public void Mark(RunOp* op, TraceMarks mark)
    {
        _marks ??= new TraceMarks[GuestMemory.PageBytes];
        _marks[Offset(op)] |= mark;
    }

    public void Unmark(RunOp* op, TraceMarks mark)
    {
        if (_marks is not null)
            _marks[Offset(op)] &= ~mark;
    }

    /// <summary>A trace goes through one of the page's operations.</summary>
    public void Cover(Trace trace, RunOp* op)
    {
        Mark(op, TraceMarks.Covered);
        if (!_traces.Contains(trace))
            _traces.Add(trace);
    }

    /// <summary>Makes an operation undecoded, and takes away the traces that go through it.</summary>
    public void Drop(RunOp* op)
    {
        if ((Marks(op) & TraceMarks.Covered) != 0)
        {
            foreach (Trace trace in _traces)
            {
                if (trace.Contains(op))
                    trace.Uninstall();
            }

            _traces.RemoveAll(trace => trace.Contains(op));
            Unmark(op, TraceMarks.Covered);
        }

        op->Run = (delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)Undecoded;
    }

    private int Offset(RunOp* op) => (int)(op->Pc % GuestMemory.PageBytes);

    public void Dispose()
    {
        NativeMemory.AlignedFree(Ops);
        NativeMemory.Free(Bytes);
    }
}
