using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Cores.Running;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>
/// The run gear for x86-64: room for one operation for each byte of a page, so that a branch finds its target by
/// arithmetic. An instruction that crosses into the next page is always done the slow way.
/// </summary>
internal sealed unsafe class X64RunGear(Machine machine, CoreEngine engine)
    : RunGear(machine, engine, new CodePages(sizeof(X64RunOp), unit: 1, reach: X64Decoder.MaxLength - 1))
{
    protected override ulong AlignMask => 0;

    protected override void Decode(RunOp* op, byte* bytes, int available)
    {
        var x64 = (X64RunOp*)op;
        int length = Math.Min(available, X64Decoder.MaxLength);
        X64Operation operation = X64Decoder.Decode(new ReadOnlySpan<byte>(bytes, length), op->Pc, out x64->Insn);
        x64->Next = (RunOp*)(x64 + x64->Insn.Length);
        x64->NextRip = op->Pc + x64->Insn.Length;
        op->Run = ReferenceEquals(operation, X64Decoder.Incomplete)
            ? &RunChain.Slow
            : (delegate*<void*, RunOp*, long, RunCpu*, void>)operation.Accept(X64Chain.Instance);
    }
}

/// <summary>Makes the handler of an operation: its meaning, and the jump to the next one.</summary>
internal sealed unsafe class X64Chain : IX64OperationVisitor<nint>
{
    public static readonly X64Chain Instance = new();

    public nint Visit<TOp>()
        where TOp : struct, IX64Op => (nint)(delegate*<void*, RunOp*, long, RunCpu*, void>)&Run<TOp>;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TOp>(void* registers, RunOp* op, long budget, RunCpu* cpu)
        where TOp : struct, IX64Op
    {
        var core = new X64RunCore((X64Registers*)registers, (X64RunOp*)op, cpu);
        Flow flow = TOp.Execute(ref core, in ((X64RunOp*)op)->Insn);
        RunOp* next;
        if (flow == Flow.Next)
        {
            next = ((X64RunOp*)op)->Next;
        }
        else if (flow == Flow.Branch)
        {
            ulong target = core.Target;
            if (((target ^ op->Pc) & ~(ulong)(GuestMemory.PageBytes - 1)) != 0)
            {
                cpu->Pc = target;
                RunChain.Far(registers, op, budget, cpu);
                return;
            }

            next = (RunOp*)((X64RunOp*)op + (long)(target - op->Pc));
        }
        else if (flow == Flow.Again)
        {
            next = op;
        }
        else
        {
            RunChain.Slow(registers, op, budget, cpu);
            return;
        }

        if (--budget == 0)
        {
            RunChain.Out(registers, next, 0, cpu);
            return;
        }

        next->Run(registers, next, budget, cpu);
    }
}
