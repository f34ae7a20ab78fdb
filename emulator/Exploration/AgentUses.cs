using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Which agents have ever read and written each cell (memory is cells too), and in which of their phases last: learnt from every step
/// that is performed, in whichever execution, and never forgotten. So it is known with whom a step can conflict, now or later.
/// </summary>
/// <remarks>
/// What is known is too little until the step that shows it has been performed. A decision says on which cells it relied; where an
/// agent then turns out to touch one of them in conflict, or in a later phase than was known, <see cref="IsBroken"/> says so, and the
/// search begins again with what is known by then.
/// </remarks>
internal sealed class AgentUses
{
    /// <summary>Sets of agents are 64 bits.</summary>
    public const int MostAgents = 64;

    /// <summary>Of so many agents the phases are told apart.</summary>
    private const int MostPhased = 4;

    private const int ChunkBits = 12;
    private const int KnownBits = 12;
    private readonly Machine _machine;
    private readonly Use[]?[] _chunks;
    private readonly Known[] _known = new Known[1 << KnownBits];
    private readonly int[] _phased = new int[MostPhased];
    private readonly ulong[] _bits = new ulong[MostPhased];
    private int _phasedCount;
    private ulong _phaseless;
    private int _version = 1;

    /// <summary>Knows nothing yet.</summary>
    public AgentUses(Machine machine)
    {
        _machine = machine;
        _chunks = new Use[]?[(machine.State.Count >> ChunkBits) + 1];
    }

    /// <summary>True where somebody relied on what turned out to be otherwise.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Begins again with what was learnt: nobody relies on anything.</summary>
    public void Restart()
    {
        IsBroken = false;
        _version++;
        foreach (Use[]? chunk in _chunks)
        {
            foreach (ref Use use in chunk.AsSpan())
                use.ReliedRead = use.ReliedWrite = use.ReliedAdd = 0;
        }
    }

    /// <summary>The phase of an agent in the present state, as far as phases are told apart.</summary>
    public int PhaseOf(int agent)
    {
        if ((_phaseless >> agent & 1) != 0)
            return 0;

        int phase = _machine.Agents[agent].Phase;
        if (phase != 0 && Index(agent) < 0)
        {
            if (_phasedCount == MostPhased)
            {
                _phaseless |= 1UL << agent;
                return 0;
            }

            (_phased[_phasedCount], _bits[_phasedCount++]) = (agent, 1UL << agent);
            _version++;
        }

        return phase;
    }

    /// <summary>An agent's phase fell: it has none.</summary>
    public void Fell(int agent)
    {
        _phaseless |= 1UL << agent;
        IsBroken = true;
    }

    /// <summary>
    /// Learns what <paramref name="agent"/> touched. Returns the other agents that are known to conflict with it somewhere in some execution
    /// from their present phases on, one bit each.
    /// </summary>
    /// <param name="agent">Who.</param>
    /// <param name="touches">What.</param>
    /// <param name="phases">The phases of all agents before the step.</param>
    /// <param name="relies">A decision rests on the answer.</param>
    public ulong Note(int agent, ReadOnlySpan<Touch> touches, ReadOnlySpan<int> phases, bool relies)
    {
        ulong others = 0;
        int phase = phases[agent];
        foreach (ref readonly Touch touch in touches)
        {
            ulong mixed = ((touch.Address << 3) ^ ((ulong)touch.Length << 40) ^ ((ulong)touch.Kind << 61) ^ (touch.IsCell ? 1UL : 0)
                ^ ((ulong)agent << 52)) * 0x9e3779b97f4a7c15;
            ref Known known = ref _known[mixed >> (64 - KnownBits)];
            if (known.Version != _version || known.Agent != agent || known.Phase < phase || (relies && !known.Relies) || known.Touch != touch)
                Learn(ref known, agent, phase, in touch, relies);

            others |= known.Others;
            for (int i = 0; i < _phasedCount; i++)
            {
                if (known.Last[i] >= phases[_phased[i]])
                    others |= _bits[i];
            }
        }

        return others & ~(1UL << agent);
    }

    private int Index(int agent) => Array.IndexOf(_phased, agent, 0, _phasedCount);

    private void Learn(ref Known known, int agent, int phase, in Touch touch, bool relies)
    {
        (int first, int count) = Cells(in touch);
        ulong bit = 1UL << agent, others = first < 0 ? ulong.MaxValue : 0;
        int own = Index(agent);
        bool adds = touch.Kind == TouchKind.Add && own < 0;
        bool writes = touch.Kind is TouchKind.Write or TouchKind.Add && !adds;
        var last = default(Phases);
        for (int k = 0; k < _phasedCount; k++)
            last[k] = -1;

        for (int i = 0; i < count; i++)
        {
            ref Use use = ref At(first + i);
            if (writes)
                Write(ref use, bit, own, phase, relies);
            else if (adds)
                Add(ref use, bit, relies);
            else
                Read(ref use, bit, own, phase, relies);

            others |= use.Writers | (writes || adds ? use.Readers : 0) | (adds ? 0 : use.Adders);
            for (int k = 0; k < _phasedCount; k++)
            {
                int at = Math.Max((writes || adds) && (use.Readers & _bits[k]) != 0 ? use.LastRead[k] : -1, (use.Writers & _bits[k]) != 0 ? use.LastWrite[k] : -1);
                last[k] = Math.Max(last[k], at);
            }
        }

        for (int k = 0; k < _phasedCount && first >= 0; k++)
            others &= ~_bits[k];

        known = new Known { Touch = touch, Agent = agent, Phase = phase, Version = _version, Others = others, Last = last, Relies = relies };
    }

    private void Read(ref Use use, ulong bit, int own, int phase, bool relies)
    {
        if ((use.Readers & bit) == 0 || (own >= 0 && use.LastRead[own] < phase))
        {
            use.Readers |= bit;
            if (own >= 0)
                use.LastRead[own] = phase;

            Changed(((use.ReliedWrite | use.ReliedAdd) & ~bit) != 0);
        }

        if (relies)
            use.ReliedRead |= bit;
    }

    private void Add(ref Use use, ulong bit, bool relies)
    {
        if ((use.Adders & bit) == 0)
        {
            use.Adders |= bit;
            Changed(((use.ReliedRead | use.ReliedWrite) & ~bit) != 0);
        }

        if (relies)
            use.ReliedAdd |= bit;
    }

    private void Write(ref Use use, ulong bit, int own, int phase, bool relies)
    {
        if ((use.Writers & bit) == 0 || (own >= 0 && use.LastWrite[own] < phase))
        {
            use.Writers |= bit;
            if (own >= 0)
                use.LastWrite[own] = phase;

            Changed(((use.ReliedRead | use.ReliedWrite | use.ReliedAdd) & ~bit) != 0);
        }

        if (relies)
            use.ReliedWrite |= bit;
    }

    private void Changed(bool breaks)
    {
        IsBroken |= breaks;
        _version++;
    }

    private (int First, int Count) Cells(in Touch touch)
    {
        if (touch.IsCell)
            return ((int)touch.Address, touch.Length);

        int first = _machine.Memory.CellOf(touch.Address);
        int last = _machine.Memory.CellOf(touch.Address + (ulong)Math.Max(touch.Length, 1) - 1);
        return first < 0 || last < first ? (-1, 0) : (first, last - first + 1);
    }

    private ref Use At(int cell)
    {
        ref Use[]? chunk = ref _chunks[cell >> ChunkBits];
        chunk ??= new Use[1 << ChunkBits];
        return ref chunk[cell & ((1 << ChunkBits) - 1)];
    }

    [System.Runtime.CompilerServices.InlineArray(MostPhased)]
    private struct Phases
    {
        private int _first;
    }

    private struct Use
    {
        public ulong Readers;
        public ulong Writers;
        public ulong Adders;
        public ulong ReliedAdd;
        public ulong ReliedRead;
        public ulong ReliedWrite;
        public Phases LastRead;
        public Phases LastWrite;
    }

    private struct Known
    {
        public Touch Touch;
        public int Agent;
        public int Phase;
        public int Version;
        public ulong Others;
        public Phases Last;
        public bool Relies;
    }
}
