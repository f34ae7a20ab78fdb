using System.Diagnostics;
using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Cores.Running;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>A decoded A64 instruction.</summary>
internal unsafe struct A64RunOp
{
    public RunOp Head;
    public A64Insn Insn;

    /// <summary>The operation <see cref="A64Insn.Imm"/> bytes from here, where that is in the same page, else null: where a direct branch goes.</summary>
    public RunOp* Jump;
}

/// <summary>
/// The core that an A64 operation sees in the run gear: the register cells themselves, seen as this struct, so that it costs
/// nothing to hand it on. Where it says that an event was raised, it means only that the instruction has to be done the slow
/// way: nothing is changed by then. Flags are left as results.
/// </summary>
internal unsafe struct A64RunCore : IA64Core
{
    /// <summary>In <see cref="RunCpu.SystemIndex"/>: not a plain cell.</summary>
    public const byte NoCell = 0xff;

    private A64Registers _r;

    public readonly ulong Pc
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Cpu->Op->Pc;
    }

    public readonly bool N
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (long)_r.NResult < 0;
    }

    public readonly bool Z
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _r.ZResult == 0;
    }

    public readonly bool C
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _r.C != 0;
    }

    public readonly bool Overflow
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _r.Overflow != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong X(int slot) => Cell(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetX(int slot, ulong value) => Cell(slot) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong V(int register, int half) => Cell(A64Cells.V + (register * 2) + half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetV(int register, int half, ulong value) => Cell(A64Cells.V + (register * 2) + half) = value;

    public readonly ulong P(int register) => Cell(A64Cells.P + register);

    public void SetP(int register, ulong value) => Cell(A64Cells.P + register) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Flow BranchTo(ulong target, BranchKind kind)
    {
        Cpu->Pc = target;
        return Flow.Branch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Flow BranchBy(long distance, BranchKind kind) => RunFlow.Direct;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetFlags(long result, bool carry, bool overflow)
    {
        _r.NResult = (ulong)result;
        _r.ZResult = (ulong)result;
        _r.C = carry ? 1UL : 0;
        _r.Overflow = overflow ? 1UL : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetNzcv(uint nzcv)
    {
        _r.NResult = (ulong)nzcv << 32;
        _r.ZResult = ~nzcv & (1u << 30);
        _r.C = nzcv >> 29 & 1;
        _r.Overflow = nzcv >> 28 & 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Load(ulong address, int bytes, Access access, out ulong value) =>
        RunCpu.Load(Cpu, address, bytes, out value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Load128(ulong address, Access access, out ulong low, out ulong high)
    {
        var at = (ulong*)RunCpu.Readable(Cpu, address, 16);
        (low, high) = (0, 0);
        if (at == null)
            return false;

        (low, high) = (at[0], at[1]);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Store(ulong address, int bytes, Access access, ulong value) =>
        RunCpu.Store(Cpu, address, bytes, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Store128(ulong address, Access access, ulong low, ulong high)
    {
        var at = (ulong*)RunCpu.Writable(Cpu, address, 16);
        if (at == null)
            return false;

        (at[0], at[1]) = (low, high);
        return true;
    }

    public readonly void SetExclusive(ulong address, int bytes) => throw Misplaced();

    public readonly bool PassExclusive(ulong address, int bytes) => throw Misplaced();

    public readonly void ClearExclusive() => RunCpu.ClearExclusive(Cpu);

    public readonly void Barrier(Isa.Barrier barrier)
    {
    }

    // Maintenance by address has no effect but its fault where the page is not there; the rest goes the slow way.
    public readonly bool Cache(CacheOperation operation, ulong address) => RunCpu.Readable(Cpu, address, 1) != null;

    // Where the machine has it, operations that ask have no handler and go the slow way.
    public readonly A64PointerAuthentication PointerAuthentication => A64PointerAuthentication.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool ReadSystem(int register, out ulong value)
    {
        byte cell = Cpu->SystemIndex[(ushort)register];
        value = 0;
        if (cell == NoCell)
            return false;

        value = Cpu->System[cell];
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool WriteSystem(int register, ulong value)
    {
        byte cell = Cpu->SystemIndex[(ushort)register];
        if (cell == NoCell)
            return false;

        Cpu->System[cell] = value;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Flow Raise(GuestEventKind kind, ulong detail) => Flow.Event;

    // Operations with IsExclusive have no handler: they always go the slow way.
    private static UnreachableException Misplaced() => new("an exclusive access in the run gear");

    private readonly RunCpu* Cpu
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (RunCpu*)Cell(A64Cells.RunCpu);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref ulong Cell(int cell) =>
        ref Unsafe.Add(ref Unsafe.As<A64RunCore, ulong>(ref Unsafe.AsRef(in this)), (nint)(uint)cell);
}
