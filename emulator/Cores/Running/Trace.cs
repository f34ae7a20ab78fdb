using RcuEmu.Emulator.Memory;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>One instruction of a <see cref="Trace"/>, and where it goes.</summary>
internal unsafe struct TraceStep
{
    /// <summary>The operation.</summary>
    public RunOp* Op;

    /// <summary>The operation behind it, or the sentinel behind its page's last one.</summary>
    public RunOp* Next;

    /// <summary>Where it branches to by a distance of its own, where that is in the same page, else null.</summary>
    public RunOp* Jump;

    /// <summary>The one that followed when the trace was recorded.</summary>
    public RunOp* Followed;
}

/// <summary>
/// A way through code that was taken often: instructions in the order in which they were executed, translated into one handler that
/// stands in for that of the first.
/// </summary>
/// <param name="page">The page of the first.</param>
/// <param name="steps">All of them, each once.</param>
internal sealed unsafe class Trace(CodePage page, TraceStep[] steps)
{
    private bool _isInstalled;

    public CodePage Page => page;

    public TraceStep[] Steps => steps;

    /// <summary>The first operation, which leads into the trace.</summary>
    public RunOp* Head => steps[0].Op;

    /// <summary>The first operation's own handler.</summary>
    public nint Original { get; } = (nint)steps[0].Op->Run;

    /// <summary>True where the last instruction led back to the first.</summary>
    public bool IsLoop => steps[^1].Followed->Pc == Head->Pc;

    /// <summary>Bytes from the first instruction to another one.</summary>
    public long Distance(RunOp* op) => (long)(op->Pc - Head->Pc);

    /// <summary>Pages from the first instruction's to another one's.</summary>
    public long Pages(RunOp* op) => (long)((op->Pc / GuestMemory.PageBytes) - page.Number);

    /// <summary>True where it has this operation.</summary>
    public bool Contains(RunOp* op)
    {
        foreach (TraceStep step in steps)
        {
            if (step.Op == op)
                return true;
        }

        return false;
    }

    /// <summary>Puts a handler in place of the first operation's.</summary>
    public void Install(nint handler)
    {
        _isInstalled = true;
        page.Mark(Head, IsLoop ? TraceMarks.Head | TraceMarks.Loop : TraceMarks.Head);
        Head->Run = (delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)handler;
    }

    /// <summary>Gives the first operation its own handler back.</summary>
    public void Uninstall()
    {
        if (!_isInstalled)
            return;

        _isInstalled = false;
        page.Unmark(Head, TraceMarks.Head | TraceMarks.Loop);
        Head->Run = (delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)Original;
    }
}

/// <summary>What is known of an operation when traces are recorded.</summary>
[Flags]
internal enum TraceMarks : byte
{
    None,

    /// <summary>A trace begins here.</summary>
    Head = 1,

    /// <summary>A trace that is a loop begins here: no other goes on into it.</summary>
    Loop = 2,

    /// <summary>A trace goes through here, or did.</summary>
    Covered = 4,

    /// <summary>Its bytes changed after it was decoded: no trace goes through here, or it would be translated at each change.</summary>
    Patched = 8,

    /// <summary>No trace can begin here.</summary>
    Rejected = 16,
}
