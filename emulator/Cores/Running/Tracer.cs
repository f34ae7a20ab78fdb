using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>What an architecture knows of its operations that traces need.</summary>
internal unsafe interface ITraceSource
{
    Architecture Architecture { get; }

    /// <summary>The instruction that <paramref name="op"/> was decoded from; <paramref name="bytes"/>: its bytes, and those behind it in the page.</summary>
    TraceMeaning Meaning(RunOp* op, ReadOnlySpan<byte> bytes);

    /// <summary>Bytes of the instruction.</summary>
    int Length(RunOp* op);

    /// <summary>The operation behind <paramref name="op"/>.</summary>
    RunOp* Next(RunOp* op);

    /// <summary>Where <paramref name="op"/> branches to by a distance of its own, where that is in the same page, or null.</summary>
    RunOp* Jump(RunOp* op);
}

/// <summary>
/// Finds out where cores spend their time, records the way that one takes there, and has it translated.
/// Whoever runs few instructions pays nothing.
/// </summary>
/// <remarks>
/// The run is looked at every <see cref="RunGear.Slice"/> instructions: an operation met <see cref="Threshold"/> times is hot. Translating a trace takes as long as
/// executing about a million instructions.
/// </remarks>
internal sealed unsafe class Tracer(CodePages code, ITraceSource source)
{
    // Room for the inner loops of hash functions. The JIT inlines less where a method gets very long.
    private const int MaxSteps = 48;
    private const int MinSteps = 3;

    private readonly List<TraceStep> _steps = [];
    private bool _passesHead;

    /// <summary>How often an operation is met before a trace is recorded from there.</summary>
    public int Threshold { get; set; } = 16;

    /// <summary>How many traces were put in place.</summary>
    public int Count { get; private set; }

    /// <summary>True where instructions are to be executed one at a time and shown to <see cref="Passed"/>.</summary>
    public bool IsRecording { get; private set; }

    /// <summary>It is time to look, and <paramref name="op"/> comes next.</summary>
    public void Sample(RunCpu* cpu, RunOp* op)
    {
        // A trace that was left to its first operation, since too little was allowed, says nothing new.
        bool isKnown = cpu->Rested != 0;
        cpu->Rested = 0;
        if (!isKnown && TraceTranslator.IsPossible && PageOf(op) is { } page && page.Heat(op) >= Threshold)
            IsRecording = true;
    }

    /// <summary>While recording: <paramref name="op"/> was executed, and <paramref name="followed"/> comes next.</summary>
    public void Passed(RunOp* op, RunOp* followed)
    {
        var step = new TraceStep { Op = op, Next = source.Next(op), Jump = source.Jump(op), Followed = followed };
        if (PageOf(op) is not { } page || !Accepts(page, step))
        {
            Finish();
            return;
        }

        _passesHead |= _steps.Count > 0 && (page.Marks(op) & TraceMarks.Head) != 0;
        _steps.Add(step);
        int again = _steps.FindIndex(earlier => earlier.Op->Pc == followed->Pc);
        if (again < 0 && _steps.Count < MaxSteps)
            return;

        // What led to a loop is left to a trace of its own; what is too long for one trace goes on in the next.
        _steps.RemoveRange(0, Math.Max(0, again));
        bool goesOn = again < 0 && !_passesHead;
        Finish();
        IsRecording = goesOn && PageOf(followed) is { } next && next.CanBegin(followed);
    }

    /// <summary>While recording: the next instruction was not executed by its handler. What is before it is a trace, or the next sample tries again.</summary>
    public void Interrupt()
    {
        if (_steps.Count >= MinSteps)
            Finish();
        else
            Stop();
    }

    /// <summary>Gives up a recording.</summary>
    public void Stop()
    {
        IsRecording = false;
        _passesHead = false;
        _steps.Clear();
    }

    private bool Accepts(CodePage page, in TraceStep step)
    {
        TraceMarks refused = TraceMarks.Patched;
        if (_steps.Count > 0)
        {
            // Short traces go on through the beginnings of others, but not of loops.
            refused |= _steps.Count < MaxSteps / 2 ? TraceMarks.Loop : TraceMarks.Head;
        }

        if ((page.Marks(step.Op) & refused) != 0)
            return false;

        return source.Meaning(step.Op, BytesOf(step.Op)).Course switch
        {
            Course.Sequential => true,
            Course.DirectBranch => true,
            _ => step.Followed != step.Next && step.Followed != step.Op,
        };
    }

    private void Finish()
    {
        TraceStep[] steps = [.. _steps];
        Stop();
        if (steps.Length == 0 || PageOf(steps[0].Op) is not { } page || !page.CanBegin(steps[0].Op))
            return;

        var trace = new Trace(page, steps);
        nint handler = steps.Length >= MinSteps || trace.IsLoop
            ? TraceTranslator.Translate(trace, Code(trace), code.Scale, step => source.Meaning(step.Op, BytesOf(step.Op)))
            : 0;
        if (handler == 0)
        {
            page.Mark(trace.Head, TraceMarks.Rejected);
            return;
        }

        foreach (TraceStep step in steps)
            PageOf(step.Op)!.Cover(trace, step.Op);

        trace.Install(handler);
        Count++;
    }

    // Instructions, where they lie, and where they lead: what tells translations apart.
    private byte[] Code(Trace trace)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write((byte)source.Architecture);
        writer.Write((short)(trace.Head->Pc % GuestMemory.PageBytes));
        foreach (TraceStep step in trace.Steps)
        {
            writer.Write(trace.Distance(step.Op));
            writer.Write(trace.Distance(step.Followed));
            writer.Write(step.Followed == step.Next);
            writer.Write(BytesOf(step.Op)[..source.Length(step.Op)]);
        }

        return bytes.ToArray();
    }

    private ReadOnlySpan<byte> BytesOf(RunOp* op) => PageOf(op)!.BytesAt(op);

    private CodePage? PageOf(RunOp* op) => code.Find(op->Pc / GuestMemory.PageBytes);
}
