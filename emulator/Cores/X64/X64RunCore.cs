using System.Runtime.CompilerServices;
using Iced.Intel;
using RcuEmu.Emulator.Cores.Running;
using RcuEmu.Isa;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>A decoded x86-64 instruction, in one cache line.</summary>
internal unsafe struct X64RunOp
{
    public RunOp Head;
    public X64Insn Insn;

    /// <summary>The operation behind it.</summary>
    public RunOp* Next;

    /// <summary>The operation a displacement behind that one, where it is in the same page, else null: where a direct branch goes.</summary>
    public RunOp* Jump;
}

/// <summary>
/// The core that an x86-64 operation sees in the run gear: the register cells themselves, seen as this struct, so that it
/// costs nothing to hand it on. Where it says that an event was raised, it means only that the instruction has to be done the
/// slow way: nothing is changed by then. Flags are left as a result and a carry word.
/// </summary>
internal unsafe struct X64RunCore : IX64Core
{
    private X64Registers _r;

    public readonly ulong Rip
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Cpu->Op->Pc;
    }

    public readonly ulong NextRip
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Cpu->Op->Pc + ((X64RunOp*)Cpu->Op)->Insn.Length;
    }

    public uint ArithmeticFlags
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => X64FlagWords.Read(_r.FlagResult, _r.FlagCarries);
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => (_r.FlagResult, _r.FlagCarries) = X64FlagWords.Canonical(value);
    }

    public readonly bool Cf
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => X64FlagWords.CfOf(_r.FlagResult, _r.FlagCarries);
    }

    public readonly bool Zf
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => X64FlagWords.ZfOf(_r.FlagResult, _r.FlagCarries);
    }

    public readonly bool Sf
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => X64FlagWords.SfOf(_r.FlagResult, _r.FlagCarries);
    }

    public readonly bool Of
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => X64FlagWords.OfOf(_r.FlagResult, _r.FlagCarries);
    }

    public readonly bool Pf
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => X64FlagWords.PfOf(_r.FlagResult, _r.FlagCarries);
    }

    public ulong SystemFlags
    {
        readonly get => _r.SystemFlags | X64SearchCore.FixedFlag | (*Cpu->Masked != 0 ? 0 : X64SearchCore.InterruptFlag);
        set
        {
            _r.SystemFlags = value & ~(X64FlagWords.All | X64SearchCore.FixedFlag | X64SearchCore.InterruptFlag);
            *Cpu->Masked = (value & X64SearchCore.InterruptFlag) == 0 ? 1UL : 0;
        }
    }

    public readonly ulong TimeStamp => Cpu->System[X64SystemModel.TimeStampCell] += X64SystemModel.TicksPerRead;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Gpr(int register) => Cell(register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetGpr(int register, ulong value) => Cell(register) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Ymm(int register, int quadword) => Cell(X64Cells.Ymm + (register * 4) + quadword);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetYmm(int register, int quadword, ulong value) => Cell(X64Cells.Ymm + (register * 4) + quadword) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Flow BranchTo(ulong target, BranchKind kind)
    {
        Cpu->Pc = target;
        return Flow.Branch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Flow BranchBy(long distance, BranchKind kind) => RunFlow.Direct;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetFlags(long result, ulong carries)
    {
        _r.FlagResult = (ulong)result;
        _r.FlagCarries = carries;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong SegmentBase(Register segment) => segment == Register.FS ? _r.FsBase : _r.GsBase;

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool CheckWrite(ulong address, int bytes) => RunCpu.Writable(Cpu, address, bytes) != null;

    public readonly void Barrier(Isa.Barrier barrier)
    {
    }

    public readonly bool Cache(CacheOperation operation, ulong address) => false;

    public readonly bool ReadSystem(X64System register, uint index, out ulong value)
    {
        value = 0;
        return false;
    }

    public readonly bool WriteSystem(X64System register, uint index, ulong value) => false;

    public readonly void Cpuid(ref uint eax, ref uint ebx, ref uint ecx, ref uint edx) =>
        (eax, ebx, ecx, edx) = X64CpuidModel.Read(eax, ecx, Cpu->Index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Flow Raise(GuestEventKind kind, ulong detail) => Flow.Event;

    private readonly RunCpu* Cpu
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (RunCpu*)Cell(X64Cells.RunCpu);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref ulong Cell(int cell) =>
        ref Unsafe.Add(ref Unsafe.As<X64RunCore, ulong>(ref Unsafe.AsRef(in this)), (nint)(uint)cell);
}
