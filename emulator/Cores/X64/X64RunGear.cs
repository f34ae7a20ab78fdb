using System.Reflection;
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

    public override Isa.Architecture Architecture => Isa.Architecture.X64;

    public override TraceMeaning Meaning(RunOp* op, ReadOnlySpan<byte> bytes)
    {
        X64Operation operation = Operation(op, bytes, out X64Insn insn);
        X64Semantics semantics = operation.Accept(X64SemanticsOf.Instance);
        return new TraceMeaning(semantics.Execute, semantics.Course, insn.Base == X64Insn.RipBase || semantics.Course == Course.Other, insn);
    }

    private static X64Operation Operation(RunOp* op, ReadOnlySpan<byte> bytes, out X64Insn insn) =>
        X64Decoder.Decode(bytes[..Math.Min(bytes.Length, X64Decoder.MaxLength)], op->Pc, out insn);

    public override int Length(RunOp* op) => ((X64RunOp*)op)->Insn.Length;

    public override RunOp* Next(RunOp* op) => ((X64RunOp*)op)->Next;

    public override RunOp* Jump(RunOp* op) => ((X64RunOp*)op)->Jump;

    private delegate*<void*, RunOp*, long, RunCpu*, RunOp*> Handler(X64Operation operation)
    {
        if (!_handlers.TryGetValue(operation, out nint handler))
            _handlers.Add(operation, handler = operation.Accept(X64Chain.Instance));

        return (delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)handler;
    }
}

/// <summary>Makes the handler of an operation: its meaning, and the jump to the next one.</summary>
internal sealed unsafe class X64Chain : IX64OperationVisitor<nint>
{
    public static readonly X64Chain Instance = new();

    public nint Visit<TOp>()
        where TOp : struct, IX64Op => RunEntry.Of(
            typeof(X64Chain), nameof(Run), typeof(TOp), (nint)(delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)&Run<TOp>);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static RunOp* Run<TOp>(void* registers, RunOp* op, long budget, RunCpu* cpu)
        where TOp : struct, IX64Op
    {
        cpu->Op = op;
        if (TOp.Course == Course.Sequential)
        {
            if (TOp.Execute(ref Unsafe.AsRef<X64RunCore>(registers), in Unsafe.AsRef<X64Insn>(op + 1)) != Flow.Next)
                return RunChain.Slow(registers, op, budget, cpu);

            op = ((X64RunOp*)op)->Next;
        }
        else if (TOp.Course == Course.DirectBranch)
        {
            if (TOp.Execute(ref Unsafe.AsRef<X64RunCore>(registers), in Unsafe.AsRef<X64Insn>(op + 1)) == Flow.Next)
            {
                op = ((X64RunOp*)op)->Next;
            }
            else
            {
                op = ((X64RunOp*)op)->Jump != null ? ((X64RunOp*)op)->Jump : Leave(op, cpu);
                if (op == null)
                    return RunChain.Far(registers, op, budget, cpu);
            }
        }
        else
        {
            Flow flow = TOp.Execute(ref Unsafe.AsRef<X64RunCore>(registers), in Unsafe.AsRef<X64Insn>(op + 1));
            if (flow == Flow.Branch)
            {
                op = RunChain.Find(cpu->Pc, sizeof(X64RunOp), cpu);
                if (op == null)
                    return RunChain.Far(registers, op, budget, cpu);
            }
            else if (flow == RunFlow.Direct)
            {
                op = ((X64RunOp*)op)->Jump != null ? ((X64RunOp*)op)->Jump : Leave(op, cpu);
                if (op == null)
                    return RunChain.Far(registers, op, budget, cpu);
            }
            else if (flow == Flow.Next)
            {
                op = ((X64RunOp*)op)->Next;
            }
            else if (flow == Flow.Event)
            {
                return RunChain.Slow(registers, op, budget, cpu);
            }
        }

        if (--budget == 0)
            return op;

        return op->Run(registers, op, budget, cpu);
    }

    // A direct branch out of the page: where it goes, or null.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RunOp* Leave(RunOp* op, RunCpu* cpu)
    {
        cpu->Pc = op->Pc + ((X64RunOp*)op)->Insn.Length + (ulong)((X64RunOp*)op)->Insn.Displacement;
        return RunChain.Find(cpu->Pc, sizeof(X64RunOp), cpu);
    }
}

/// <summary>An operation as traces need it.</summary>
internal readonly record struct X64Semantics(MethodInfo Execute, Course Course);

internal sealed class X64SemanticsOf : IX64OperationVisitor<X64Semantics>
{
    public static readonly X64SemanticsOf Instance = new();

    public X64Semantics Visit<TOp>()
        where TOp : struct, IX64Op =>
        new(typeof(TOp).GetMethod(nameof(TOp.Execute))!.MakeGenericMethod(typeof(X64RunCore)), TOp.Course);
}
