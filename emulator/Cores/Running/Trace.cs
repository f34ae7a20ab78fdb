namespace RcuEmu.Emulator.Cores.Running;

/// <summary>One instruction of a <see cref="Trace"/>, and where it goes.</summary>
internal unsafe struct TraceStep
{
    /// <summary>The operation.</summary>
    public RunOp* Op;

    /// <summary>The operation behind it.</summary>
    public RunOp* Next;

    /// <summary>Where it branches to by a distance of its own, where that is in the same page, else null.</summary>
    public RunOp* Jump;

    /// <summary>The one that followed when the trace was recorded.</summary>
    public RunOp* Followed;
}

/// <summary>
/// A way through one page that was taken often: instructions in the order in which they were executed, translated into one handler that
/// stands in for that of the first.
/// </summary>
internal sealed unsafe class Trace(TraceStep[] steps)
{
    /// <summary>Its instructions, in order, each once.</summary>
    public TraceStep[] Steps { get; } = steps;

    /// <summary>The first operation, which leads into the trace.</summary>
    public RunOp* Head => Steps[0].Op;

    /// <summary>The first operation's own handler.</summary>
    public nint Original { get; } = (nint)steps[0].Op->Run;

    /// <summary>True where the last instruction led back to the first.</summary>
    public bool IsLoop => Steps[^1].Followed == Head;

    /// <summary>How many bytes behind the first operation another one lies: the same wherever the page is.</summary>
    public int Distance(RunOp* op) => (int)((byte*)op - (byte*)Head);

    /// <summary>True where it has this operation.</summary>
    public bool Contains(RunOp* op)
    {
        foreach (TraceStep step in Steps)
        {
            if (step.Op == op)
                return true;
        }

        return false;
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
    Loop = 16,

    /// <summary>A trace goes through here, or did.</summary>
    Covered = 2,

    /// <summary>Its bytes changed after it was decoded: no trace goes through here, or it would be translated at each change.</summary>
    Patched = 4,

    /// <summary>No trace can begin here.</summary>
    Rejected = 8,
}
