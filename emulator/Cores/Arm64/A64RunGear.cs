using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RcuEmu.Emulator.Cores.Running;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>The run gear for A64: one operation for each word of a page.</summary>
internal sealed unsafe class A64RunGear(Machine machine, CoreEngine engine)
    : RunGear(machine, engine, new CodePages(sizeof(A64RunOp), unit: 4, reach: 3))
{
    private byte* _systemIndex;

    protected override ulong AlignMask => 3;

    protected override void Decode(RunOp* op, byte* bytes, int available)
    {
        A64Operation operation = A64Decoder.Decode(*(uint*)bytes, out ((A64RunOp*)op)->Insn);
        op->Run = (delegate*<void*, RunOp*, long, RunCpu*, void>)operation.Accept(A64Chain.Instance);
    }

    // Registers that are no more than a cell are read and written without leaving the chain.
    protected override void Prepare(RunCpu* cpu)
    {
        if (_systemIndex == null)
        {
            _systemIndex = (byte*)NativeMemory.Alloc(1 << 16);
            new Span<byte>(_systemIndex, 1 << 16).Fill(A64RunCore.NoCell);
            foreach (A64SystemRow row in A64SystemModel.Rows)
            {
                if (row is { Kind: A64SystemKind.Cell, Mask: ulong.MaxValue })
                    _systemIndex[row.Encoding] = checked((byte)row.Cell);
            }
        }

        cpu->SystemIndex = _systemIndex;
    }

    protected override void Free() => NativeMemory.Free(_systemIndex);
}

/// <summary>Makes the handler of an operation: its meaning, and the jump to the next one.</summary>
internal sealed unsafe class A64Chain : IA64OperationVisitor<nint>
{
    public static readonly A64Chain Instance = new();

    public nint Visit<TOp>()
        where TOp : struct, IA64Op => (nint)(delegate*<void*, RunOp*, long, RunCpu*, void>)&Run<TOp>;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TOp>(void* registers, RunOp* op, long budget, RunCpu* cpu)
        where TOp : struct, IA64Op
    {
        var core = new A64RunCore((A64Registers*)registers, (A64RunOp*)op, cpu);
        Flow flow = TOp.Execute(ref core, in ((A64RunOp*)op)->Insn);
        RunOp* next;
        if (flow == Flow.Next)
        {
            next = (RunOp*)((A64RunOp*)op + 1);
        }
        else if (flow == Flow.Branch)
        {
            ulong target = core.Target;
            if ((((target ^ op->Pc) & ~(ulong)(GuestMemory.PageBytes - 1)) | (target & 3)) != 0)
            {
                cpu->Pc = target;
                RunChain.Far(registers, op, budget, cpu);
                return;
            }

            next = (RunOp*)((byte*)op + ((long)(target - op->Pc) * (sizeof(A64RunOp) / 4)));
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
