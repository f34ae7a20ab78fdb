using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// Instruction fetch on x86-64: each byte (or aligned block of <see cref="FetchSettings.BlockBytes"/>) of an instruction is as memory was at some
/// moment since the core last serialised; of the core's own stores, those count as seen that a taken branch followed. SDM Vol. 3A,
/// "Handling Self- and Cross-Modifying Code"; APM Vol. 2, "Self-Modifying Code".
/// </summary>
/// <remarks>
/// One byte replaced by INT3, or back, gives the old instruction or INT3 by this rule, as all vendors have it. An instruction whose bytes
/// were never together in memory is torn; Intel's specification updates ("Unsynchronized Cross-Modifying Code Operations Can Cause
/// Unexpected Instruction Execution Results") allow any outcome then. Left out: that outcome, faults included; the step is reported
/// instead. Left out: an unsynchronised change that is fetched whole, old or new, is not reported.
/// </remarks>
internal sealed class X64Fetch : ModelledFetch
{
    // Moments of a core: its last serialising event; the last taken branch, behind the newest own store before it, or 0.
    private const int Serialised = 0;
    private const int Branched = 1;

    // What is known of a write: the bytes of its granule, whether it is one with the write before, the core that made it, plus 1.
    private const ulong ByteMasks = 0xff;
    private const ulong Continues = 0x100;
    private const int WriterShift = 9;

    private readonly int _block;
    private readonly bool _reports;
    private readonly bool[] _keep;
    private readonly int[] _moved;

    public X64Fetch(Machine machine, FetchSettings settings)
        : base(machine, settings)
    {
        (_block, _reports) = (settings.BlockBytes, settings.Torn == TornFetch.Report);
        (_keep, _moved) = (new bool[settings.Writes], new int[settings.Writes + 1]);
    }

    internal override string Property => "cross-modifying-code";

    private protected override int CoreCells => 2;

    private protected override int Granule => 8;

    /// <summary>Chooses block by block, until the bytes chosen are an instruction.</summary>
    public override int Fetch(Core core, ulong address, Span<byte> bytes)
    {
        Writer = core.Index;
        int available = Newest(address, bytes);
        if (Log.Count == 0 || available == 0 || !Log.MayHold(address))
            return available;

        uint versions = Versioned(address, available, core.Index);
        if (versions == 0)
            return available;

        bool chose = false;
        for (int first = 0, end; first < available; first = end)
        {
            end = Math.Min(available, first + _block - (int)(address + (ulong)first & (ulong)(_block - 1)));
            if ((versions >> first & ((1u << (end - first)) - 1)) == 0)
                continue;

            if (first > 0 && Length(bytes[..first], address) > 0)
                break;

            chose |= ChooseBlock(core.Index, address, bytes, first, end);
        }

        if (chose && _reports)
            ReportTorn(core.Index, address, bytes[..available]);

        return available;
    }

    public override void Barrier(Core core, Isa.Barrier barrier)
    {
        if (barrier == Isa.Barrier.Serialize)
            Synchronise(core);
    }

    public override void Cache(Core core, CacheOperation operation, ulong address)
    {
    }

    // A taken branch behind a store to text: the new bytes are fetched. SDM Vol. 3A, option 1 for self-modifying code. Delivery of an
    // exception does not serialise, the return from it does; that is executed, or modelled by who handles the event.
    public override void Executed(Core core, Flow flow, GuestEventKind raised)
    {
        if (flow != Flow.Branch || Log.Count == 0)
            return;

        int first = FirstCell(core.Index);
        int newest = Log.Count;
        while (newest > 0 && WriterOf(newest - 1) != core.Index)
            newest--;

        if (newest == 0)
            return;

        Machine.Footprint.Cells(first, CoreCells, TouchKind.Read);
        if (newest <= (int)Math.Max(State[first + Serialised], State[first + Branched]))
            return;

        Machine.Footprint.Cells(first, CoreCells, TouchKind.Write);
        State.Set(first + Branched, (ulong)newest);
        Trim();
    }

    private protected override void Logged(ulong granule, ulong mask, ulong old, bool continues)
    {
        ulong bytes = 0;
        for (int i = 0; i < 8; i++)
            bytes |= (mask >> (8 * i) & 1) << i;

        Log.Write(granule, old, bytes | ((ulong)(Writer + 1) << WriterShift) | (continues ? Continues : 0), Now);
    }

    private protected override void Synchronised(int core)
    {
        State.Set(FirstCell(core) + Serialised, (ulong)Log.Count);
        State.Set(FirstCell(core) + Branched, 0);
        Trim();
    }

    private int Newest(ulong address, Span<byte> bytes)
    {
        GuestMemory memory = Machine.Memory;
        ulong page = address & (GuestMemory.PageBytes - 1);
        int inPage = (int)Math.Min((ulong)bytes.Length, GuestMemory.PageBytes - page);
        if ((memory.RightsAt(address) & Rights.Execute) == 0)
            return 0;

        bool both = inPage < bytes.Length && (memory.RightsAt(address + (ulong)inPage) & Rights.Execute) != 0;
        return memory.Peek(address, bytes[..(both ? bytes.Length : inPage)]);
    }

    private int WriterOf(int entry) => (int)(Log.Detail(entry) >> WriterShift) - 1;

    private bool IsForced(int entry, int core)
    {
        int first = FirstCell(core);
        return entry < (int)State[first + Serialised] || (WriterOf(entry) == core && entry < (int)State[first + Branched]);
    }

    // Which of the bytes from address on the write changed: bit i is byte i.
    private uint Changed(int entry, ulong address)
    {
        long distance = (long)(Log.Address(entry) - address);
        ulong masks = Log.Detail(entry) & ByteMasks;
        return distance is > -8 and < 16 ? (uint)(distance >= 0 ? masks << (int)distance : masks >> (int)-distance) : 0;
    }

    private bool Touches(int entry, ulong address, int length) => (Changed(entry, address) & ((1u << length) - 1)) != 0;

    // No moment lies between the two.
    private bool IsOneWithBefore(int entry, ulong address, int length) =>
        (Log.Detail(entry) & Continues) != 0 && Touches(entry - 1, address, length);

    // Which of the bytes from address on have more than one version for the core: bit i is byte i.
    private uint Versioned(ulong address, int length, int core)
    {
        uint versions = 0, logged = 0;
        for (int entry = Log.Count - 1; entry >= 0; entry--)
        {
            uint changed = Changed(entry, address);
            logged |= changed;
            if (changed != 0 && !IsForced(entry, core))
                versions |= changed;
        }

        if ((logged & ((1u << length) - 1)) != 0)
            Machine.Footprint.Cells(FirstCell(core), CoreCells, TouchKind.Read);

        return versions & ((1u << length) - 1);
    }

    // The bytes from address on, as they were before the write.
    private void TakeBack(int entry, ulong address, Span<byte> bytes)
    {
        uint changed = Changed(entry, address);
        for (int i = 0; i < bytes.Length; i++)
        {
            if ((changed >> i & 1) != 0)
                bytes[i] = (byte)(Log.Old(entry) >> (8 * (int)(address + (ulong)i - Log.Address(entry))));
        }
    }

    // 0 where the bytes end before the instruction does.
    internal static int Length(ReadOnlySpan<byte> bytes, ulong address) =>
        ReferenceEquals(X64Decoder.Decode(bytes, address, out X64Insn insn), X64Decoder.Incomplete) ? 0 : insn.Length;

    private bool ChooseBlock(int core, ulong address, Span<byte> bytes, int first, int end)
    {
        var versions = new X64BlockVersions(stackalloc byte[Versions.Most * X64BlockVersions.Slot], bytes[..end], address, first);
        Span<byte> now = stackalloc byte[end - first];
        bytes[first..end].CopyTo(now);
        ulong from = address + (ulong)first;
        var began = new Versions { Core = core };
        int current = versions.Add(now);
        began.Set(current, -1);
        for (int entry = Log.Count - 1; entry >= 0; entry--)
        {
            if (!Touches(entry, from, end - first))
                continue;

            began.Set(current, entry);
            if (IsForced(entry, core))
                break;

            TakeBack(entry, from, now);
            if (IsOneWithBefore(entry, from, end - first))
                continue;

            current = versions.Add(now);
            began.Set(current, -1);
        }

        int chosen = Choose(versions.Count, first, in began);
        versions.Take(chosen);
        return versions.Count > 1;
    }

    private void ReportTorn(int core, ulong address, ReadOnlySpan<byte> bytes)
    {
        int length = Length(bytes, address);
        length = length == 0 ? bytes.Length : length;
        Span<byte> moment = stackalloc byte[length];
        Machine.Memory.Peek(address, moment);
        int serialised = (int)State[FirstCell(core) + Serialised];
        int entry = Log.Count - 1;
        for (bool between = false; between || !moment.SequenceEqual(bytes[..length]); entry--)
        {
            if (entry < serialised)
            {
                Report = $"core {core} executed {Convert.ToHexStringLower(bytes[..length])} at 0x{address:x}: these bytes were never there "
                    + $"together, and it has not serialised since {Since(core)}";
                return;
            }

            TakeBack(entry, address, moment);
            between = IsOneWithBefore(entry, address, length);
        }
    }

    // Drops the writes that no core can miss. One that stands behind a kept write of the same bytes stays: a core that is past it is past
    // both.
    private void Trim()
    {
        int count = Log.Count;
        bool drops = false;
        for (int entry = 0; entry < count; entry++)
        {
            _keep[entry] = !IsPassedByAll(entry) || IsBehindKept(entry);
            drops |= !_keep[entry];
        }

        if (!drops)
            return;

        Log.Compact(_keep.AsSpan(0, count), _moved.AsSpan(0, count + 1));
        for (int core = 0; core < Cores; core++)
        {
            int first = FirstCell(core);
            State.Set(first + Serialised, (ulong)_moved[(int)State[first + Serialised]]);
            int branched = _moved[(int)State[first + Branched]];
            while (branched > 0 && WriterOf(branched - 1) != core)
                branched--;

            State.Set(first + Branched, (ulong)branched);
        }
    }

    private bool IsPassedByAll(int entry)
    {
        for (int core = 0; core < Cores; core++)
        {
            ulong missed = Log.Detail(entry) & ByteMasks;
            for (int behind = Log.Count - 1; behind >= entry && missed != 0; behind--)
            {
                if (Log.Address(behind) == Log.Address(entry) && IsForced(behind, core))
                    missed &= ~Log.Detail(behind);
            }

            if (missed != 0)
                return false;
        }

        return true;
    }

    private bool IsBehindKept(int entry)
    {
        for (int before = 0; before < entry; before++)
        {
            if (_keep[before] && Log.Address(before) == Log.Address(entry) && (Log.Detail(before) & Log.Detail(entry) & ByteMasks) != 0)
                return true;
        }

        return false;
    }
}
