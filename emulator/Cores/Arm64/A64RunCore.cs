using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Cores.Running;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>A decoded A64 instruction.</summary>
internal struct A64RunOp
{
    public RunOp Head;
    public A64Insn Insn;
}

/// <summary>
/// The core that an A64 operation sees in the run gear. Where it says that an event was raised, it means only that the
/// instruction has to be done the slow way: nothing is changed by then. Flags are left as results.
/// </summary>
internal unsafe struct A64RunCore : IA64Core
{
    /// <summary>In <see cref="RunCpu.SystemIndex"/>: not a plain cell.</summary>
    public const byte NoCell = 0xff;

    private readonly A64Registers* _r;
    private readonly A64RunOp* _op;
    private readonly RunCpu* _cpu;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public A64RunCore(A64Registers* r, A64RunOp* op, RunCpu* cpu)
    {
        _r = r;
        _op = op;
        _cpu = cpu;
        Target = 0;
    }

    /// <summary>Where the operation branched to.</summary>
    public ulong Target;

    public readonly ulong Pc
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _op->Head.Pc;
    }

    public readonly bool N
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (long)_r->NResult < 0;
    }

    public readonly bool Z
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _r->ZResult == 0;
    }

    public readonly bool C
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _r->C != 0;
    }

    public readonly bool Overflow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _r->Overflow != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong X(int slot) => _r->X[slot];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetX(int slot, ulong value) => _r->X[slot] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong V(int register, int half) => _r->V[(register * 2) + half];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetV(int register, int half, ulong value) => _r->V[(register * 2) + half] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Flow BranchTo(ulong target, BranchKind kind)
    {
        Target = target;
        return Flow.Branch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetFlags(long result, bool carry, bool overflow)
    {
        _r->NResult = (ulong)result;
        _r->ZResult = (ulong)result;
        _r->C = carry ? 1UL : 0;
        _r->Overflow = overflow ? 1UL : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetNzcv(uint nzcv)
    {
        _r->NResult = (ulong)nzcv << 32;
        _r->ZResult = ~nzcv & (1u << 30);
        _r->C = nzcv >> 29 & 1;
        _r->Overflow = nzcv >> 28 & 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Load(ulong address, int bytes, Access access, out ulong value)
    {
        value = 0;
        return (access & Access.Exclusive) == 0 && RunCpu.Load(_cpu, address, bytes, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Load128(ulong address, Access access, out ulong low, out ulong high)
    {
        ulong* at = (access & Access.Exclusive) == 0 ? (ulong*)RunCpu.Readable(_cpu, address, 16) : null;
        (low, high) = (0, 0);
        if (at == null)
            return false;

        (low, high) = (at[0], at[1]);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Store(ulong address, int bytes, Access access, ulong value) =>
        (access & Access.Exclusive) == 0 && RunCpu.Store(_cpu, address, bytes, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Store128(ulong address, Access access, ulong low, ulong high)
    {
        ulong* at = (access & Access.Exclusive) == 0 ? (ulong*)RunCpu.Writable(_cpu, address, 16) : null;
        if (at == null)
            return false;

        (at[0], at[1]) = (low, high);
        return true;
    }

    // The load behind which this stands, and the store that follows PassExclusive, took the slow way: neither is ever reached
    // with an effect to be had.
    public readonly void SetExclusive(ulong address, int bytes)
    {
    }

    public readonly bool PassExclusive(ulong address, int bytes) => true;

    public readonly void ClearExclusive() => RunCpu.ClearExclusive(_cpu);

    public readonly void Barrier(Isa.Barrier barrier)
    {
    }

    public readonly bool Cache(CacheOperation operation, ulong address) => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool ReadSystem(int register, out ulong value)
    {
        byte cell = _cpu->SystemIndex[(ushort)register];
        value = 0;
        if (cell == NoCell)
            return false;

        value = _cpu->System[cell];
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool WriteSystem(int register, ulong value)
    {
        byte cell = _cpu->SystemIndex[(ushort)register];
        if (cell == NoCell)
            return false;

        _cpu->System[cell] = value;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Flow Raise(GuestEventKind kind, ulong detail) => Flow.Event;
}
