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
    private readonly Dictionary<X64Operation, nint> _handlers = [];

    protected override ulong AlignMask => 0;

    protected override int PcCell => X64Cells.Rip;

    protected override int RunCpuCell => X64Cells.RunCpu;

    protected override void Canonicalise(void* registers) => X64FlagWords.Canonicalise((X64Registers*)registers);

    protected override void Decode(RunOp* op, byte* bytes, int available)
    {
        var x64 = (X64RunOp*)op;
        int length = Math.Min(available, X64Decoder.MaxLength);
        X64Operation operation = X64Decoder.Decode(new ReadOnlySpan<byte>(bytes, length), op->Pc, out x64->Insn);
        x64->Next = (RunOp*)(x64 + x64->Insn.Length);
        ulong target = op->Pc + x64->Insn.Length + (ulong)x64->Insn.Displacement;
        bool isNear = ((target ^ op->Pc) & ~(ulong)(GuestMemory.PageBytes - 1)) == 0;
        x64->Jump = isNear ? (RunOp*)(x64 + (long)(target - op->Pc)) : null;
        op->Run = ReferenceEquals(operation, X64Decoder.Incomplete) ? &RunChain.Slow : Handler(operation);
    }

    private delegate*<void*, RunOp*, long, RunCpu*, void> Handler(X64Operation operation)
    {
        if (!_handlers.TryGetValue(operation, out nint handler))
            _handlers.Add(operation, handler = operation.Accept(X64Chain.Instance));

        return (delegate*<void*, RunOp*, long, RunCpu*, void>)handler;
    }
}

/// <summary>Makes the handler of an operation: its meaning, and the jump to the next one.</summary>
internal sealed unsafe class X64Chain : IX64OperationVisitor<nint>
{
    public static readonly X64Chain Instance = new();

    public nint Visit<TOp>()
        where TOp : struct, IX64Op => RunEntry.Of(
            typeof(X64Chain), nameof(Run), typeof(TOp), (nint)(delegate*<void*, RunOp*, long, RunCpu*, void>)&Run<TOp>);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TOp>(void* registers, RunOp* op, long budget, RunCpu* cpu)
        where TOp : struct, IX64Op
    {
        cpu->Op = op;
        Flow flow = TOp.Execute(ref Unsafe.AsRef<X64RunCore>(registers), in Unsafe.AsRef<X64Insn>(op + 1));
        if (flow == Flow.Next)
        {
            op = ((X64RunOp*)op)->Next;
        }
        else if (flow == RunFlow.Direct)
        {
            var x64 = (X64RunOp*)op;
            if (x64->Jump == null)
            {
                cpu->Pc = op->Pc + x64->Insn.Length + (ulong)x64->Insn.Displacement;
                RunChain.Far(registers, op, budget, cpu);
                return;
            }

            op = x64->Jump;
        }
        else if (flow == Flow.Branch)
        {
            ulong target = cpu->Pc;
            if (((target ^ op->Pc) & ~(ulong)(GuestMemory.PageBytes - 1)) != 0)
            {
                RunChain.Far(registers, op, budget, cpu);
                return;
            }

            op = (RunOp*)((X64RunOp*)op + (long)(target - op->Pc));
        }
        else if (flow == Flow.Event)
        {
            RunChain.Slow(registers, op, budget, cpu);
            return;
        }

        if (--budget == 0)
        {
            RunChain.Out(registers, op, 0, cpu);
            return;
        }

        op->Run(registers, op, budget, cpu);
    }
}
