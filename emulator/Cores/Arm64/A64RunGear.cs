using System.Reflection;
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
    private const int KnownBits = 10;
    private readonly CoreEngine _engine = engine;
    private readonly Dictionary<A64Operation, nint> _handlers = [];
    private readonly A64RunOp* _known = (A64RunOp*)NativeMemory.AllocZeroed(1 << KnownBits, (nuint)sizeof(A64RunOp));
    private byte* _systemIndex;

    protected override ulong AlignMask => 3;

    protected override int PcCell => A64Cells.Pc;

    protected override int RunCpuCell => A64Cells.RunCpu;

    protected override void Canonicalise(void* registers) => A64Flags.Canonicalise((A64Registers*)registers);

    // A word that was met before is copied: patching goes to and fro between few of them.
    protected override void Decode(RunOp* op, byte* bytes, int available)
    {
        uint word = *(uint*)bytes;
        A64RunOp* known = _known + (word * 0x9e3779b1 >> (32 - KnownBits));
        if (known->Head.Run == null || known->Insn.Word != word)
        {
            A64Operation operation = A64Decoder.Decode(word, out known->Insn);
            known->Insn.Word = word;
            if (!_handlers.TryGetValue(operation, out nint handler))
                _handlers.Add(operation, handler = operation.Accept(A64Chain.For(_engine.Features)));

            known->Head.Run = (delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)handler;
        }

        var a64 = (A64RunOp*)op;
        a64->Insn = known->Insn;
        ulong target = op->Pc + (ulong)known->Insn.Imm;
        bool isNear = (((target ^ op->Pc) & ~(ulong)(GuestMemory.PageBytes - 1)) | (target & 3)) == 0;
        a64->Jump = isNear ? (RunOp*)(a64 + (known->Insn.Imm / 4)) : null;
        op->Run = known->Head.Run;
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

    public override Isa.Architecture Architecture => Isa.Architecture.Arm64;

    public override TraceMeaning Meaning(RunOp* op, ReadOnlySpan<byte> bytes)
    {
        A64Operation operation = A64Decoder.Decode(((A64RunOp*)op)->Insn.Word, out A64Insn insn);
        A64Semantics semantics = operation.Accept(A64SemanticsOf.Instance);
        return new TraceMeaning(semantics.Execute, semantics.Course, semantics.ReadsPc, insn);
    }

    public override int Length(RunOp* op) => sizeof(uint);

    public override RunOp* Next(RunOp* op) => (RunOp*)((A64RunOp*)op + 1);

    public override RunOp* Jump(RunOp* op) => ((A64RunOp*)op)->Jump;

    protected override void Free()
    {
        NativeMemory.Free(_systemIndex);
        NativeMemory.Free(_known);
    }
}

/// <summary>Makes the handler of an operation: its meaning, and the jump to the next one.</summary>
internal sealed unsafe class A64Chain(bool hasPointerAuthentication) : IA64OperationVisitor<nint>
{
    private static readonly A64Chain Plain = new(false), Authenticating = new(true);

    /// <summary>The one for a machine's features.</summary>
    public static A64Chain For(CoreFeatures features) =>
        A64Features.HasKeys(features) ? Authenticating : Plain;

    // The visited type decides, so one of the two is all that is compiled.
    public nint Visit<TOp>()
        where TOp : struct, IA64Op =>
        TOp.IsExclusive || (TOp.IsPointerAuthentication && hasPointerAuthentication)
            ? (nint)(delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)&RunChain.Slow
            : RunEntry.Of(typeof(A64Chain), nameof(Run), typeof(TOp), (nint)(delegate*<void*, RunOp*, long, RunCpu*, RunOp*>)&Run<TOp>);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static RunOp* Run<TOp>(void* registers, RunOp* op, long budget, RunCpu* cpu)
        where TOp : struct, IA64Op
    {
        if (TOp.ReadsPc)
            cpu->Op = op;

        if (TOp.Course == Course.Sequential)
        {
            if (TOp.Execute(ref Unsafe.AsRef<A64RunCore>(registers), in Unsafe.AsRef<A64Insn>(op + 1)) != Flow.Next)
                return RunChain.Slow(registers, op, budget, cpu);

            op = (RunOp*)((A64RunOp*)op + 1);
        }
        else if (TOp.Course == Course.DirectBranch)
        {
            if (TOp.Execute(ref Unsafe.AsRef<A64RunCore>(registers), in Unsafe.AsRef<A64Insn>(op + 1)) == Flow.Next)
            {
                op = (RunOp*)((A64RunOp*)op + 1);
            }
            else
            {
                op = ((A64RunOp*)op)->Jump != null ? ((A64RunOp*)op)->Jump : Leave(op, cpu);
                if (op == null)
                    return RunChain.Far(registers, op, budget, cpu);
            }
        }
        else
        {
            Flow flow = TOp.Execute(ref Unsafe.AsRef<A64RunCore>(registers), in Unsafe.AsRef<A64Insn>(op + 1));
            if (flow == Flow.Branch)
            {
                op = RunChain.Find(cpu->Pc, sizeof(A64RunOp) / 4, cpu);
                if (op == null)
                    return RunChain.Far(registers, op, budget, cpu);
            }
            else if (flow == Flow.Next)
            {
                op = (RunOp*)((A64RunOp*)op + 1);
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
        cpu->Pc = op->Pc + (ulong)((A64RunOp*)op)->Insn.Imm;
        return RunChain.Find(cpu->Pc, sizeof(A64RunOp) / 4, cpu);
    }
}

/// <summary>An operation as traces need it.</summary>
internal readonly record struct A64Semantics(MethodInfo Execute, Course Course, bool ReadsPc);

internal sealed class A64SemanticsOf : IA64OperationVisitor<A64Semantics>
{
    public static readonly A64SemanticsOf Instance = new();

    public A64Semantics Visit<TOp>()
        where TOp : struct, IA64Op =>
        new(typeof(TOp).GetMethod(nameof(TOp.Execute))!.MakeGenericMethod(typeof(A64RunCore)), TOp.Course, TOp.ReadsPc);
}
