using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Which cells (memory is cells too) more than one agent touches, at least one of them writing: learnt from every step that is
/// performed, in whichever execution, and never forgotten.
/// </summary>
/// <remarks>
/// A step is private where all it touches is conflict-free. That holds until another agent's step touches the same: then what was decided
/// before was decided too early, <see cref="IsBroken"/> says so, and the search begins again with what is known now.
/// </remarks>
internal sealed class Sharing(Machine machine)
{
    private const int ChunkBits = 12;
    private const byte Many = byte.MaxValue;
    private const byte Relied = 1;
    private const byte Conflict = 2;
    private readonly Use[]?[] _chunks = new Use[]?[(machine.State.Count >> ChunkBits) + 1];
    private readonly (Touch Touch, int Agent, int Version, bool Free)[] _known = new (Touch, int, int, bool)[1 << 10];
    private int _version = 1;

    /// <summary>True where a step was taken for private and is not.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Begins again with what was learnt.</summary>
    public void Restart()
    {
        IsBroken = false;
        Array.Clear(_known);
        foreach (Use[]? chunk in _chunks)
        {
            foreach (ref Use use in chunk.AsSpan())
                use.Flags &= Conflict;
        }
    }

    /// <summary>Learns what <paramref name="agent"/> touched. True where none of it conflicts with another agent as far as is known.</summary>
    public bool Note(int agent, ReadOnlySpan<Touch> touches)
    {
        bool free = true;
        foreach (ref readonly Touch touch in touches)
            free &= Note(agent, in touch);

        return free;
    }

    /// <summary>Remembers that a step with these touches was taken for private.</summary>
    public void Rely(ReadOnlySpan<Touch> touches)
    {
        foreach (ref readonly Touch touch in touches)
        {
            ref var known = ref Known(0, in touch);
            if (known.Agent == -1 && known.Touch == touch)
                continue;

            (int first, int count) = Cells(in touch);
            for (int i = 0; i < count; i++)
                At(first + i).Flags |= Relied;

            known = (touch, -1, 0, false);
        }
    }

    private bool Note(int agent, in Touch touch)
    {
        ref var known = ref Known(agent + 1, in touch);
        if (known.Version == _version && known.Agent == agent && known.Touch == touch)
            return known.Free;

        (int first, int count) = Cells(in touch);
        bool free = first >= 0;
        byte who = (byte)Math.Min(agent + 1, Many);
        for (int i = 0; i < count; i++)
            free &= Note(ref At(first + i), who, touch.Kind == TouchKind.Write);

        known = (touch, agent, _version, free);
        return free;
    }

    // A write counts as a read too, so that one field tells whether somebody else was there.
    private bool Note(ref Use use, byte who, bool writes)
    {
        use.Reader = use.Reader == 0 || use.Reader == who ? who : Many;
        if (writes)
            use.Writer = use.Writer == 0 || use.Writer == who ? who : Many;

        if ((use.Flags & Conflict) != 0)
            return false;

        if (use.Writer == 0 || use.Reader != Many)
            return true;

        IsBroken |= (use.Flags & Relied) != 0;
        use.Flags |= Conflict;
        _version++;
        return false;
    }

    private (int First, int Count) Cells(in Touch touch)
    {
        if (touch.IsCell)
            return ((int)touch.Address, touch.Length);

        int first = machine.Memory.CellOf(touch.Address);
        int last = machine.Memory.CellOf(touch.Address + (ulong)Math.Max(touch.Length, 1) - 1);
        return first < 0 || last < first ? (-1, 0) : (first, last - first + 1);
    }

    private ref (Touch Touch, int Agent, int Version, bool Free) Known(int salt, in Touch touch)
    {
        ulong mixed = ((touch.Address << 3) ^ ((ulong)touch.Length << 40) ^ ((ulong)touch.Kind << 1) ^ (touch.IsCell ? 1UL : 0) ^ ((ulong)salt << 52))
            * 0x9e3779b97f4a7c15;
        return ref _known[mixed >> (64 - 10)];
    }

    private ref Use At(int cell)
    {
        ref Use[]? chunk = ref _chunks[cell >> ChunkBits];
        chunk ??= new Use[1 << ChunkBits];
        return ref chunk[cell & ((1 << ChunkBits) - 1)];
    }

    private struct Use
    {
        public byte Reader;
        public byte Writer;
        public byte Flags;
    }
}
