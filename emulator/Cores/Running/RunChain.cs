using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Memory;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>The ends of a chain of operations, and the way from page to page. Every handler's last act is a call of one of these, or of the next handler.</summary>
/// <remarks>
/// The JIT turns such a call into a jump, so a chain needs no stack. It does not promise to: chains are cut into slices of
/// <see cref="RunGear.Slice"/> instructions, which a thread's stack holds as calls.
/// </remarks>
internal static unsafe class RunChain
{
    /// <summary><paramref name="op"/> cannot be executed by a handler.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static RunOp* Slow(void* registers, RunOp* op, long budget, RunCpu* cpu) => Stop(RunExit.Slow, op->Pc, budget, cpu);

    /// <summary>The handler of an operation that is not decoded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static RunOp* Undecoded(void* registers, RunOp* op, long budget, RunCpu* cpu) => Stop(RunExit.Undecoded, op->Pc, budget, cpu);

    /// <summary>The handler of the operation behind a page's last one: the next page's first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static RunOp* PageEnd(void* registers, RunOp* op, long budget, RunCpu* cpu)
    {
        RunOp* next = Find(op->Pc, (int)cpu->Scale, cpu);
        if (next == null)
            return Stop(RunExit.Far, op->Pc, budget, cpu);

        return next->Run(registers, next, budget, cpu);
    }

    /// <summary>A branch to <see cref="RunCpu.Pc"/>, which <see cref="Find"/> does not find; its own instruction is executed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static RunOp* Far(void* registers, RunOp* op, long budget, RunCpu* cpu) => Stop(RunExit.Far, cpu->Pc, budget - 1, cpu);

    /// <summary>A branch to <see cref="RunCpu.Pc"/>, executed in a trace that ends with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static RunOp* Branched(void* registers, RunOp* op, long budget, RunCpu* cpu)
    {
        RunOp* next = Find(cpu->Pc, (int)cpu->Scale, cpu);
        if (next == null)
            return Stop(RunExit.Far, cpu->Pc, budget - 1, cpu);

        if (--budget == 0)
            return next;

        return next->Run(registers, next, budget, cpu);
    }

    /// <summary>The operation at an address, or null where its page is not in the core's table. <paramref name="scale"/>: see <see cref="RunCpu.Scale"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RunOp* Find(ulong pc, int scale, RunCpu* cpu)
    {
        CodePageEntry* page = RunCpu.Code(cpu, pc / GuestMemory.PageBytes);
        if (page->Number != pc / GuestMemory.PageBytes || (pc & cpu->AlignMask) != 0)
            return null;

        return (RunOp*)(page->Ops + ((pc & (GuestMemory.PageBytes - 1)) * (ulong)scale));
    }

    /// <summary>The operations of the page so many behind that of <paramref name="op"/>, or null where it is not in the core's table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Ops(RunOp* op, long pages, RunCpu* cpu)
    {
        ulong number = (op->Pc / GuestMemory.PageBytes) + (ulong)pages;
        CodePageEntry* page = RunCpu.Code(cpu, number);
        return page->Number == number ? page->Ops : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RunOp* Stop(RunExit exit, ulong pc, long left, RunCpu* cpu)
    {
        cpu->Pc = pc;
        cpu->Left = left;
        cpu->Exit = exit;
        return null;
    }
}
