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
    /// <summary>Nothing is allowed any more; <paramref name="op"/> is next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Out(void* registers, RunOp* op, long budget, RunCpu* cpu)
    {
        cpu->Next = op;
        Stop(RunExit.Out, op, 0, cpu);
    }

    /// <summary><paramref name="op"/> cannot be executed by a handler.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Slow(void* registers, RunOp* op, long budget, RunCpu* cpu) => Stop(RunExit.Slow, op, budget, cpu);

    /// <summary>The handler of an operation that is not decoded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Undecoded(void* registers, RunOp* op, long budget, RunCpu* cpu) => Stop(RunExit.Undecoded, op, budget, cpu);

    /// <summary>The handler of the operation behind a page's last one: the next page's first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PageEnd(void* registers, RunOp* op, long budget, RunCpu* cpu)
    {
        cpu->Pc = op->Pc;
        Enter(registers, op, budget, cpu);
    }

    /// <summary>A branch out of the page, to <see cref="RunCpu.Pc"/>; its own instruction is executed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Far(void* registers, RunOp* op, long budget, RunCpu* cpu)
    {
        if (--budget == 0)
        {
            Missing(registers, op, budget, cpu);
            return;
        }

        Enter(registers, op, budget, cpu);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Enter(void* registers, RunOp* op, long budget, RunCpu* cpu)
    {
        ulong pc = cpu->Pc;
        CodePageEntry* page = RunCpu.Code(cpu, pc / GuestMemory.PageBytes);
        if (page->Number != pc / GuestMemory.PageBytes || (pc & cpu->AlignMask) != 0)
        {
            Missing(registers, op, budget, cpu);
            return;
        }

        var next = (RunOp*)(page->Ops + ((pc & (GuestMemory.PageBytes - 1)) * cpu->Scale));
        next->Run(registers, next, budget, cpu);
    }

    private static void Missing(void* registers, RunOp* op, long budget, RunCpu* cpu)
    {
        cpu->Left = budget;
        cpu->Exit = RunExit.Far;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Stop(RunExit exit, RunOp* op, long left, RunCpu* cpu)
    {
        cpu->Pc = op->Pc;
        cpu->Left = left;
        cpu->Exit = exit;
    }
}
