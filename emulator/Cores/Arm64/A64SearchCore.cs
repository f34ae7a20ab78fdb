using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>
/// The core that an A64 operation sees in the search gear: every write goes through the journal, every access leaves a
/// footprint. Flags are kept in the canonical form of <see cref="A64Flags"/>.
/// </summary>
internal unsafe struct A64SearchCore : IA64Core
{
    private readonly State _state;
    private readonly GuestMemory _memory;
    private readonly Core _core;
    private readonly A64Registers* _r;
    private readonly int _cell;

    public A64SearchCore(Machine machine, Core core, int cell)
    {
        (_state, _memory, _core, _cell) = (machine.State, machine.Memory, core, cell);
        _r = (A64Registers*)_state.Pointer(cell);
        Pc = _r->Pc;
    }

    /// <summary>Where the operation branched to.</summary>
    public ulong Target { get; private set; }

    /// <summary>How it branched.</summary>
    public BranchKind Branch { get; private set; }

    /// <summary>The event it raised.</summary>
    public GuestEventKind Event { get; private set; }

    /// <summary>The event's detail.</summary>
    public ulong Detail { get; private set; }

    public ulong Pc { get; }

    public readonly bool N => (long)_r->NResult < 0;

    public readonly bool Z => _r->ZResult == 0;

    public readonly bool C => _r->C != 0;

    public readonly bool Overflow => _r->Overflow != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong X(int slot) => _r->X[slot];

    // The sink is never written: its cell would tell states apart that are equal.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetX(int slot, ulong value)
    {
        if (slot != A64Slot.Sink)
            _state.Set(_cell + slot, value);
    }

    public readonly ulong V(int register, int half) => _r->V[(register * 2) + half];

    public readonly void SetV(int register, int half, ulong value) => _state.Set(_cell + A64Cells.V + (register * 2) + half, value);

    public readonly ulong P(int register) => _r->P[register];

    public readonly void SetP(int register, ulong value) => _state.Set(_cell + A64Cells.P + register, value);

    /// <summary>Sets the program counter.</summary>
    public readonly void SetPc(ulong value) => _state.Set(_cell + A64Cells.Pc, value);

    public Flow BranchTo(ulong target, BranchKind kind)
    {
        (Target, Branch) = (target, kind);
        return Flow.Branch;
    }

    public Flow BranchBy(long distance, BranchKind kind) => BranchTo(Pc + (ulong)distance, kind);

    public readonly void SetFlags(long result, bool carry, bool overflow)
    {
        int cell = _cell + A64Cells.N;
        _state.Set(cell, (ulong)result & A64Flags.Sign);
        _state.Set(cell + 1, result == 0 ? 0UL : 1);
        _state.Set(cell + 2, carry ? 1UL : 0);
        _state.Set(cell + 3, overflow ? 1UL : 0);
    }

    public readonly void SetNzcv(uint nzcv) => A64Flags.Set(_state, _cell, nzcv);

    public bool Load(ulong address, int bytes, Access access, out ulong value) =>
        _memory.TryRead(address, bytes, Rights.Read, out value, out ulong fault) || Fail(GuestEventKind.ReadFault, fault);

    public bool Load128(ulong address, Access access, out ulong low, out ulong high) =>
        _memory.TryRead128(address, Rights.Read, out low, out high, out ulong fault) || Fail(GuestEventKind.ReadFault, fault);

    public bool Store(ulong address, int bytes, Access access, ulong value)
    {
        if (!_memory.TryWrite(address, bytes, Rights.Write, value, out ulong fault))
            return Fail(GuestEventKind.WriteFault, fault);

        if ((access & Access.Exclusive) != 0)
            ClearExclusive();

        return true;
    }

    public bool Store128(ulong address, Access access, ulong low, ulong high)
    {
        if (!_memory.TryWrite128(address, Rights.Write, low, high, out ulong fault))
            return Fail(GuestEventKind.WriteFault, fault);

        if ((access & Access.Exclusive) != 0)
            ClearExclusive();

        return true;
    }

    public readonly void SetExclusive(ulong address, int bytes) => _memory.Monitors.Arm(_core.Index, address, bytes);

    // A passed monitor is opened by the store that follows, so that a store that faults leaves everything as it was.
    public readonly bool PassExclusive(ulong address, int bytes)
    {
        _memory.TouchExclusive(address, bytes);
        if (_memory.Monitors.Covers(_core.Index, address, bytes) && !FailsForNoReason())
            return true;

        ClearExclusive();
        return false;
    }

    private readonly bool FailsForNoReason() =>
        _core.Machine.ExclusivesMayFail && _core.Machine.Choose(2, "a store exclusive succeeds, or fails for no reason") == 1;

    public readonly void ClearExclusive() => _memory.Monitors.Clear(_core.Index);

    // Left out: what barriers order among accesses, which are sequentially consistent.
    public readonly void Barrier(Isa.Barrier barrier) => _core.Fetch?.Barrier(_core, barrier);

    // By address, maintenance needs a mapped page. DDI 0487, C6.2, "DC", "IC". On a coherent fetch it has no other effect.
    public bool Cache(CacheOperation operation, ulong address)
    {
        bool byAddress = operation is CacheOperation.DcCvau or CacheOperation.DcCvac or CacheOperation.DcCivac
            or CacheOperation.DcIvac or CacheOperation.IcIvau;
        if (byAddress && !_memory.Check(address, 1, Rights.None, out ulong fault))
            return Fail(GuestEventKind.ReadFault, fault);

        _core.Fetch?.Cache(_core, operation, address);
        return true;
    }

    public readonly A64PointerAuthentication PointerAuthentication => _core.Features.PointerAuthentication;

    public bool ReadSystem(int register, out ulong value)
    {
        value = 0;
        if (A64SystemModel.Find(register) is not { } row)
            return Fail(GuestEventKind.NotModelled, (ulong)(uint)register);
        if (!row.IsIn(_core.Features))
            return Fail(GuestEventKind.Undefined, (ulong)(uint)register);

        value = ReadRow(row);
        return true;
    }

    public bool WriteSystem(int register, ulong value)
    {
        if (A64SystemModel.Find(register) is not { } row)
            return Fail(GuestEventKind.NotModelled, (ulong)(uint)register);

        return WriteRow(row, value) || Fail(GuestEventKind.Undefined, (ulong)(uint)register);
    }

    public Flow Raise(GuestEventKind kind, ulong detail)
    {
        (Event, Detail) = (kind, detail);
        return Flow.Event;
    }

    private bool Fail(GuestEventKind kind, ulong detail)
    {
        (Event, Detail) = (kind, detail);
        return false;
    }

    /// <summary>The value of a system register.</summary>
    public readonly ulong ReadRow(A64SystemRow row) => row.Kind switch
    {
        A64SystemKind.Context => ReadContext(row),
        A64SystemKind.Affinity => row.Value | (uint)_core.Index,
        A64SystemKind.Counter => ReadCounter(),
        A64SystemKind.Daif => (_state[_core.SystemCell + row.Cell] & ~A64Daif.I) | (_core.IsMasked ? A64Daif.I : 0),
        A64SystemKind.CacheType => A64CacheType.Value(_core.Fetch?.Settings),
        A64SystemKind.Cell or A64SystemKind.Key => _state[_core.SystemCell + row.Cell],
        _ => row.Start(_core.Features),
    };

    /// <summary>Writes a system register. False: it cannot be written.</summary>
    public readonly bool WriteRow(A64SystemRow row, ulong value)
    {
        switch (row.Kind)
        {
            case A64SystemKind.Key when !row.IsIn(_core.Features):
                return false;
            case A64SystemKind.Cell or A64SystemKind.Key:
                _state.Set(_core.SystemCell + row.Cell, (value & row.Mask) | (row.Value & ~row.Mask));
                return true;
            case A64SystemKind.Daif:
                _state.Set(_core.SystemCell + row.Cell, value & A64Daif.All & ~A64Daif.I);
                _core.Mask((value & A64Daif.I) != 0);
                return true;
            case A64SystemKind.Context:
                WriteContext(row, value);
                return true;
            default:
                return false;
        }
    }

    private readonly ulong ReadCounter()
    {
        int cell = _core.SystemCell + A64SystemModel.CounterCell;
        _state.Set(cell, _state[cell] + A64SystemModel.TicksPerRead);
        return _state[cell];
    }

    private readonly ulong ReadContext(A64SystemRow row) => row.Name switch
    {
        "nzcv" => A64Flags.Nzcv(_r),
        "fpcr" => _r->Fpcr,
        _ => _r->Fpsr,
    };

    private readonly void WriteContext(A64SystemRow row, ulong value)
    {
        if (row.Name == "nzcv")
            SetNzcv((uint)value);
        else
            _state.Set(_cell + A64Cells.Fpcr + (row.Name == "fpsr" ? 1 : 0), (uint)value);
    }
}

/// <summary>PSTATE.DAIF as MRS and MSR have it. DDI 0487, C5.2, "DAIF".</summary>
internal static class A64Daif
{
    public const ulong I = 1 << 7;
    public const ulong All = 0xf << 6;
}
