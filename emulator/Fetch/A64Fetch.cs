using System.Runtime.InteropServices;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// Instruction fetch on arm64: a word may be fetched in any version that is not older than what this core's last context
/// synchronisation event and the cache maintenance completed before it force. DDI 0487, B2.3 and B2.4, "Ordering of instruction fetches";
/// the rule is that of the Arm model as views (a lower bound of fetches for each core, and the times of writes, DC and IC), with the steps as times.
/// </summary>
/// <remarks>
/// <para>
/// A write, a DC or an IC takes effect somewhere between its instruction and the DSB of the same core behind it; the rule takes of
/// each what forces least. So a DC forces nothing before a DSB (or, for the ICs of others, a DMB), an IC forces nothing
/// before its own DSB, and it forces only writes that were clean when it was executed. A word that was fetched ahead is what a core
/// may still execute until it synchronises: an IC that others completed counts for it only from then on.
/// </para>
/// <para>
/// Having fetched a version, a core fetches nothing that was forced for everybody when that version was written (the order of
/// fetches, shape MP.FF). With DIC clear the same word may still be fetched new and then old.
/// </para>
/// <para>
/// Left out: the shareability domain of DSB, so that a DSB NSH hides a missing DSB ISH; IC IALLU, which forces nothing; the order of a DC with
/// later loads of its line; a store of 8 bytes to text is two versions, one after the other.
/// </para>
/// </remarks>
internal sealed class A64Fetch : ModelledFetch
{
    private const int MaxCores = 16;

    // Moments of a core: what it is ordered behind of others' effects, of its own writes; and the writes that its DSBs completed.
    private const int Seen = 0;
    private const int Own = 1;
    private const int Settled = 2;

    private readonly bool _dic;
    private readonly bool _idc;
    private readonly ulong _line;
    private readonly bool[] _keep;
    private readonly int[] _moved;

    public A64Fetch(Machine machine, FetchSettings settings)
        : base(machine, settings)
    {
        (_dic, _idc, _line) = (settings.Dic, settings.Idc, (ulong)settings.LineBytes);
        (_keep, _moved) = (new bool[settings.Writes], new int[settings.Writes + 1]);
    }

    internal override string Property => "constrained-unpredictable";

    private protected override int CoreCells => 3;

    private protected override int Granule => 4;

    /// <summary>Versions of the word, newest first, back to the one that this core is forced to; one is chosen.</summary>
    public override int Fetch(Core core, ulong address, Span<byte> bytes)
    {
        Writer = core.Index;
        if ((Machine.Memory.RightsAt(address) & Rights.Execute) == 0)
            return 0;

        uint word = (uint)Machine.Memory.Peek64(address);
        if (Log.Count != 0 && Log.MayHold(address))
            word = Choose(core.Index, address, word);

        MemoryMarshal.Write(bytes, word);
        return 4;
    }

    public override void Barrier(Core core, Isa.Barrier barrier)
    {
        switch (barrier)
        {
            case Isa.Barrier.Isb:
                Synchronise(core);
                break;
            case Isa.Barrier.Dsb:
                Settle(core.Index);
                Complete(core.Index);
                break;
            case Isa.Barrier.DsbSt:
                Settle(core.Index);
                break;
            case Isa.Barrier.Dmb:
                Order(core.Index);
                break;
            default:
                break;
        }
    }

    public override void Cache(Core core, CacheOperation operation, ulong address)
    {
        ulong first = address & ~(_line - 1);
        switch (operation)
        {
            case CacheOperation.DcCvau or CacheOperation.DcCvac or CacheOperation.DcCivac when !_idc:
                Clean(core.Index, first);
                break;
            case CacheOperation.IcIvau when !_dic:
                Invalidate(core.Index, first, first + (_line - 1));
                break;
            case CacheOperation.IcIalluis when !_dic:
                Invalidate(core.Index, 0, ulong.MaxValue);
                break;
            default:
                break;
        }
    }

    // Exception entry is a context synchronisation event. DDI 0487, "Context synchronization event" in the glossary. WFI and WFE are none.
    // Of a call, whoever answers it says whether it stands for an exception.
    public override void Executed(Core core, Flow flow, GuestEventKind raised)
    {
        bool isCall = raised is GuestEventKind.SupervisorCall or GuestEventKind.HypervisorCall or GuestEventKind.SecureMonitorCall;
        if (flow == Flow.Event && !isCall && raised != GuestEventKind.WaitForInterrupt)
            Synchronise(core);
    }

    private protected override void CoreAdded()
    {
        if (Cores > MaxCores)
            throw new UserErrorException($"found {Cores} cores with fetch: modelled; arm64 has at most {MaxCores} there");
    }

    // The whole word, since a version is a word.
    private protected override void Logged(ulong granule, ulong mask, ulong old, bool continues)
    {
        if (Writer >= 0)
            OrderLine(Writer, granule & ~(_line - 1));

        Log.Write(granule, new A64TextWrite((uint)Machine.Memory.Peek64(granule), Writer).Word, 0, Now);
    }

    private protected override void Synchronised(int core)
    {
        int count = Log.Count;
        Raise(core, count, _dic ? (int)State[FirstCell(core) + Settled] : 0);
    }

    private uint Choose(int core, ulong address, uint newest)
    {
        Span<uint> words = stackalloc uint[Versions.Most];
        words[0] = newest;
        var versions = new Versions { Core = core };
        versions.Set(0, -1);
        int found = 1, current = 0;
        for (int entry = Log.Count - 1; entry >= 0; entry--)
        {
            if (!Log.IsWrite(entry) || Log.Address(entry) != address)
                continue;

            if (current == 0 && found == 1)
                Machine.Footprint.Cells(FirstCell(core), CoreCells, TouchKind.Read);

            // Of equal words the oldest: having fetched it forces least.
            versions.Set(current, entry);
            if (IsForced(entry, core))
                break;

            current = Add(words, ref found, new A64TextWrite(Log.Old(entry)).OldWord, address);
            versions.Set(current, -1);
        }

        if (found > 1)
            Report = A64Concurrent.Error(words[..found]) is { } error ? Unpredictable(core, address, error) : Report;

        int chosen = Choose(found, -1, in versions);
        if (versions.Of(chosen) is var since and >= 0)
            Raise(core, since + 1, since + 1);

        return words[chosen];
    }

    private static int Add(Span<uint> words, ref int found, uint word, ulong address)
    {
        int at = words[..found].IndexOf(word);
        if (at >= 0)
            return at;

        if (found == Versions.Most)
            throw new UserErrorException($"fetch: modelled tells at most {Versions.Most} versions of a word apart, and 0x{address:x} has more");

        words[found] = word;
        return found++;
    }

    private string Unpredictable(int core, ulong address, string error) =>
        $"core {core} could fetch {error} at 0x{address:x}, and has not synchronised since {Since(core)}";

    // A write by the core itself is ordered with its fetches only by what its DSBs completed.
    private bool IsForced(int entry, int core)
    {
        var write = new A64TextWrite(Log.Old(entry));
        int first = FirstCell(core);
        return _dic
            ? entry < (int)State[first + (write.Writer == core ? Own : Seen)]
            : write.ForcedBy >= 0 && write.ForcedBy < (int)State[first + Seen];
    }

    private void Settle(int core)
    {
        if (!_idc || Log.Count == 0)
            return;

        Machine.Footprint.Cells(FirstCell(core), CoreCells, TouchKind.Write);
        State.Set(FirstCell(core) + Settled, (ulong)Position(core, Settled, Log.Count));
    }

    private void Clean(int core, ulong line)
    {
        Machine.Footprint.Cells(Log.Cell, 1, TouchKind.Read);
        for (int entry = 0; entry < Log.Count; entry++)
        {
            if (IsIn(entry, line, line + (_line - 1)) && !new A64TextWrite(Log.Old(entry)).IsClean)
                Log.SetDetail(entry, new A64Maintenance(Log.Detail(entry)).WithCleaning(core));
        }
    }

    private void Invalidate(int core, ulong first, ulong last)
    {
        Machine.Footprint.Cells(Log.Cell, 1, TouchKind.Read);
        Machine.Footprint.Cells(FirstCell(core), CoreCells, TouchKind.Read);
        for (int entry = 0; entry < Log.Count; entry++)
        {
            if (IsIn(entry, first, last) && new A64TextWrite(Log.Old(entry)).ForcedBy < 0 && IsReadyToInvalidate(entry, core))
                Log.SetDetail(entry, new A64Maintenance(Log.Detail(entry)).WithInvalidating(core));
        }
    }

    // Clean when the IC begins; with IDC, before it in this core's order.
    private bool IsReadyToInvalidate(int entry, int core)
    {
        if (!_idc)
            return new A64TextWrite(Log.Old(entry)).IsClean || new A64Maintenance(Log.Detail(entry)).IsOrderedByOthers(core);

        for (int before = (int)State[FirstCell(core) + Settled]; before <= entry; before++)
        {
            bool isOwn = Log.IsWrite(before) && Log.Address(before) == Log.Address(entry) && new A64TextWrite(Log.Old(before)).Writer == core;
            if (isOwn && !IsForced(before, core))
                return false;
        }

        return true;
    }

    private bool IsIn(int entry, ulong first, ulong last) =>
        Log.IsWrite(entry) && Log.Address(entry) >= first && Log.Address(entry) <= last;

    // DMB orders a DC with the accesses behind it, by which others learn of it; it does not hold the core's own ICs.
    private void Order(int core)
    {
        for (int entry = 0; entry < Log.Count; entry++)
        {
            var maintenance = new A64Maintenance(Log.Detail(entry));
            if (!maintenance.IsCleaning(core))
                continue;

            Machine.Footprint.Cells(Log.Cell, 1, TouchKind.Write);
            Log.SetDetail(entry, maintenance.WithOrdered(core));
        }
    }

    // A write comes behind the core's DCs of its line (DDI 0487, D7, "Ordering and completion of data and instruction cache instructions"):
    // whoever sees it knows of them.
    private void OrderLine(int core, ulong line)
    {
        for (int entry = 0; entry < Log.Count; entry++)
        {
            var maintenance = new A64Maintenance(Log.Detail(entry));
            if (IsIn(entry, line, line + (_line - 1)) && maintenance.IsCleaning(core))
                Log.SetDetail(entry, maintenance.WithOrdered(core));
        }
    }

    private void Complete(int core)
    {
        int count = Log.Count, mark = -1;
        for (int entry = 0; entry < count; entry++)
        {
            var write = new A64TextWrite(Log.Old(entry));
            var maintenance = new A64Maintenance(Log.Detail(entry));
            if (!Log.IsWrite(entry) || !maintenance.IsOf(core))
                continue;

            Machine.Footprint.Cells(Log.Cell, 1, TouchKind.Write);
            if (maintenance.IsCleanedBy(core))
                (write, maintenance) = (write.Cleaned(), maintenance.WithoutCleaning());

            if (maintenance.IsInvalidating(core))
            {
                mark = mark < 0 ? Log.Mark(Now) : mark;
                (write, maintenance) = (write.Forced(mark), default);
            }

            Log.SetOld(entry, write.Word);
            Log.SetDetail(entry, maintenance.Word);
        }
    }

    private void Raise(int core, int seen, int own)
    {
        int first = FirstCell(core);
        bool changed = RaiseTo(core, Seen, seen);
        if (_dic)
            changed |= RaiseTo(core, Own, own);

        Machine.Footprint.Cells(first, CoreCells, TouchKind.Write);
        if (changed)
            Trim();
    }

    private bool RaiseTo(int core, int which, int moment)
    {
        int cell = FirstCell(core) + which;
        moment = Position(core, which, moment);
        if (moment <= (int)State[cell])
            return false;

        State.Set(cell, (ulong)moment);
        return true;
    }

    // Moments between which nothing happened that the bound is compared with are one: behind the last such entry.
    private int Position(int core, int which, int moment)
    {
        for (; moment > 0; moment--)
        {
            bool isWrite = Log.IsWrite(moment - 1);
            bool isOwn = isWrite && new A64TextWrite(Log.Old(moment - 1)).Writer == core;
            if (which != Seen ? isOwn : _dic ? isWrite && !isOwn : !isWrite)
                break;
        }

        return moment;
    }

    // Drops the writes that every core is forced past, and the marks that no write needs.
    private void Trim()
    {
        int count = Log.Count;
        Array.Clear(_keep, 0, count);
        bool drops = false;
        for (int entry = 0; entry < count; entry++)
        {
            if (!Log.IsWrite(entry))
                continue;

            _keep[entry] = !IsPassedByAll(entry);
            drops |= !_keep[entry];
            if (_keep[entry] && new A64TextWrite(Log.Old(entry)).ForcedBy is var mark and >= 0)
                _keep[mark] = true;
        }

        if (drops)
            Compact(count);
    }

    private bool IsPassedByAll(int entry)
    {
        for (int core = 0; core < Cores; core++)
        {
            int behind = Log.Count - 1;
            while (behind >= entry && !(Log.IsWrite(behind) && Log.Address(behind) == Log.Address(entry) && IsForced(behind, core)))
                behind--;

            if (behind < entry || (_dic && HasUnforcedOwnBefore(entry, core)))
                return false;
        }

        return true;
    }

    // Fetching what the entry made would force the core past its own older writes. Those before it are decided upon already.
    private bool HasUnforcedOwnBefore(int entry, int core)
    {
        for (int before = (int)State[FirstCell(core) + Own]; before < entry; before++)
        {
            if (_keep[before] && new A64TextWrite(Log.Old(before)).Writer == core)
                return true;
        }

        return false;
    }

    private void Compact(int count)
    {
        Log.Compact(_keep.AsSpan(0, count), _moved.AsSpan(0, count + 1));
        for (int entry = 0; entry < Log.Count; entry++)
        {
            if (!Log.IsWrite(entry))
                continue;

            var write = new A64TextWrite(Log.Old(entry));
            if (write.ForcedBy >= 0)
                Log.SetOld(entry, write.Forced(_moved[write.ForcedBy]).Word);
        }

        for (int core = 0; core < Cores; core++)
        {
            for (int which = Seen; which <= Settled; which++)
            {
                int cell = FirstCell(core) + which;
                State.Set(cell, (ulong)Position(core, which, _moved[(int)State[cell]]));
            }
        }
    }
}
