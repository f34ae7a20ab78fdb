using System.Runtime.CompilerServices;
using Iced.Intel;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>
/// The core that an x86-64 operation sees in the search gear: every write goes through the journal, every access leaves a
/// footprint. Flags are kept in the canonical form of <see cref="X64FlagWords"/>; RFLAGS.IF is whether the core masks interrupts.
/// </summary>
internal unsafe struct X64SearchCore : IX64Core
{
    /// <summary>RFLAGS.IF.</summary>
    public const ulong InterruptFlag = 1 << 9;

    /// <summary>RFLAGS bit 1, which is always set.</summary>
    public const ulong FixedFlag = 1 << 1;

    private readonly State _state;
    private readonly GuestMemory _memory;
    private readonly Core _core;
    private readonly X64Registers* _r;
    private readonly int _cell;

    public X64SearchCore(Machine machine, Core core, int cell)
    {
        (_state, _memory, _core, _cell) = (machine.State, machine.Memory, core, cell);
        _r = (X64Registers*)_state.Pointer(cell);
        Rip = _r->Rip;
    }

    /// <summary>Where the operation branched to.</summary>
    public ulong Target { get; private set; }

    /// <summary>How it branched.</summary>
    public BranchKind Branch { get; private set; }

    /// <summary>The event it raised.</summary>
    public GuestEventKind Event { get; private set; }

    /// <summary>The event's detail.</summary>
    public ulong Detail { get; private set; }

    public ulong Rip { get; }

    public ulong NextRip { get; set; }

    public readonly uint ArithmeticFlags
    {
        get => X64FlagWords.Read(_r);
        set => X64FlagWords.Set(_state, _cell, value);
    }

    public readonly bool Cf => X64FlagWords.CfOf(_r->FlagResult, _r->FlagCarries);

    public readonly bool Zf => X64FlagWords.ZfOf(_r->FlagResult, _r->FlagCarries);

    public readonly bool Sf => X64FlagWords.SfOf(_r->FlagResult, _r->FlagCarries);

    public readonly bool Of => X64FlagWords.OfOf(_r->FlagResult, _r->FlagCarries);

    public readonly bool Pf => X64FlagWords.PfOf(_r->FlagResult, _r->FlagCarries);

    public readonly ulong SystemFlags
    {
        get => _r->SystemFlags | FixedFlag | (_core.IsMasked ? 0 : InterruptFlag);
        set
        {
            _state.Set(_cell + X64Cells.SystemFlags, value & ~(X64FlagWords.All | FixedFlag | InterruptFlag));
            if (_core.IsMasked == ((value & InterruptFlag) != 0))
                _core.Mask((value & InterruptFlag) == 0);
        }
    }

    public readonly ulong TimeStamp
    {
        get
        {
            int cell = _core.SystemCell + X64SystemModel.TimeStampCell;
            _state.Set(cell, _state[cell] + X64SystemModel.TicksPerRead);
            return _state[cell];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Gpr(int register) => _r->Gpr[register];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetGpr(int register, ulong value) => _state.Set(_cell + register, value);

    public readonly ulong Ymm(int register, int quadword) => _r->Ymm[(register * 4) + quadword];

    public readonly void SetYmm(int register, int quadword, ulong value) =>
        _state.Set(_cell + X64Cells.Ymm + (register * 4) + quadword, value);

    /// <summary>Sets the instruction pointer.</summary>
    public readonly void SetRip(ulong value) => _state.Set(_cell + X64Cells.Rip, value);

    public Flow BranchTo(ulong target, BranchKind kind)
    {
        (Target, Branch) = (target, kind);
        return Flow.Branch;
    }

    public Flow BranchBy(long distance, BranchKind kind) => BranchTo(NextRip + (ulong)distance, kind);

    public readonly void SetFlags(long result, ulong carries) =>
        X64FlagWords.Set(_state, _cell, X64FlagWords.Read((ulong)result, carries));

    public readonly ulong SegmentBase(Register segment) => segment == Register.FS ? _r->FsBase : _r->GsBase;

    public bool Load(ulong address, int bytes, Access access, out ulong value)
    {
        bool done = _core.Ordering is { } order
            ? order.Load(_core, address, bytes, access, out value, out ulong fault)
            : _memory.TryRead(address, bytes, Rights.Read, out value, out fault);
        return done || Fail(GuestEventKind.ReadFault, fault);
    }

    public bool Load128(ulong address, Access access, out ulong low, out ulong high)
    {
        if (_core.Ordering is null)
            return _memory.TryRead128(address, Rights.Read, out low, out high, out ulong at) || Fail(GuestEventKind.ReadFault, at);

        (low, high) = (0, 0);
        return _memory.Check(address, 16, Rights.Read, out ulong fault)
            ? Load(address, 8, access, out low) && Load(address + 8, 8, access, out high)
            : Fail(GuestEventKind.ReadFault, fault);
    }

    public bool Store(ulong address, int bytes, Access access, ulong value)
    {
        bool done = _core.Ordering is { } order
            ? order.Store(_core, address, bytes, access, value, out ulong fault)
            : _memory.TryWrite(address, bytes, Rights.Write, value, out fault);
        return done || Fail(GuestEventKind.WriteFault, fault);
    }

    public bool Store128(ulong address, Access access, ulong low, ulong high)
    {
        if (_core.Ordering is null)
            return _memory.TryWrite128(address, Rights.Write, low, high, out ulong at) || Fail(GuestEventKind.WriteFault, at);

        return _memory.Check(address, 16, Rights.Write, out ulong fault)
            ? Store(address, 8, access, low) && Store(address + 8, 8, access, high)
            : Fail(GuestEventKind.WriteFault, fault);
    }

    public bool CheckWrite(ulong address, int bytes) =>
        _memory.Check(address, bytes, Rights.Write, out ulong fault) || Fail(GuestEventKind.WriteFault, fault);

    public readonly void Barrier(Isa.Barrier barrier)
    {
        _core.Ordering?.Barrier(_core, barrier);
        _core.Fetch?.Barrier(_core, barrier);
    }

    // Maintenance has no effect on fetches; CLFLUSH may fault. SDM Vol. 2A, "CLFLUSH—Flush Cache Line": as a byte load.
    public bool Cache(CacheOperation operation, ulong address) =>
        operation != CacheOperation.Flush || address == 0 || _memory.Check(address, 1, Rights.Read, out ulong fault)
        || Fail(GuestEventKind.ReadFault, fault);

    public bool ReadSystem(X64System register, uint index, out ulong value)
    {
        value = 0;
        if (X64SystemModel.Find(register, index) is not { } row)
            return Fail(GuestEventKind.NotModelled, ((ulong)register << 32) | index);

        value = ReadRow(row);
        return true;
    }

    public bool WriteSystem(X64System register, uint index, ulong value)
    {
        if (X64SystemModel.Find(register, index) is not { } row)
            return Fail(GuestEventKind.NotModelled, ((ulong)register << 32) | index);

        return WriteRow(row, value) || Fail(GuestEventKind.GeneralProtection, 0);
    }

    public readonly void Cpuid(ref uint eax, ref uint ebx, ref uint ecx, ref uint edx) =>
        (eax, ebx, ecx, edx) = X64CpuidModel.Read(eax, ecx, _core.Index);

    public Flow Raise(GuestEventKind kind, ulong detail)
    {
        (Event, Detail) = (kind, detail);
        return Flow.Event;
    }

    /// <summary>The value of a system register.</summary>
    public readonly ulong ReadRow(X64SystemRow row) =>
        row is { Register: X64System.Msr, Index: X64SystemModel.MsrTsc } ? TimeStamp : _state[Place(row)];

    /// <summary>Writes a system register. False: a bit that is set cannot be.</summary>
    public readonly bool WriteRow(X64SystemRow row, ulong value)
    {
        if ((value & ~(row.Mask | row.Value)) != 0)
            return false;

        _state.Set(Place(row), value);
        return true;
    }

    private readonly int Place(X64SystemRow row) => row.Cell + (row.InContext ? _cell : _core.SystemCell);

    private bool Fail(GuestEventKind kind, ulong detail)
    {
        (Event, Detail) = (kind, detail);
        return false;
    }
}
