using System.Reflection;
using System.Reflection.Emit;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>An instruction as the translator of traces needs it.</summary>
/// <param name="Execute">The operation's Execute method, for the run gear's core.</param>
/// <param name="Course">What that can return.</param>
/// <param name="ReadsPc">True where it asks the core for the instruction's address.</param>
/// <param name="Insn">The decoded fields.</param>
internal sealed record TraceMeaning(MethodInfo Execute, Course Course, bool ReadsPc, object Insn);

/// <summary>Writes the method of a trace: see <see cref="TraceTranslator"/>. Arguments as <see cref="RunOp.Run"/> has them.</summary>
internal sealed unsafe class TraceEmitter
{
    private static readonly Type[] Parameters = [typeof(void*), typeof(RunOp*), typeof(long), typeof(RunCpu*)];
    private static readonly FieldInfo OpField = typeof(RunCpu).GetField(nameof(RunCpu.Op))!;
    private static readonly FieldInfo RestedField = typeof(RunCpu).GetField(nameof(RunCpu.Rested))!;
    private static readonly FieldInfo PcField = typeof(RunCpu).GetField(nameof(RunCpu.Pc))!;
    private static readonly FieldInfo OpPcField = typeof(RunOp).GetField(nameof(RunOp.Pc))!;
    private static readonly FieldInfo RunField = typeof(RunOp).GetField(nameof(RunOp.Run))!;
    private static readonly MethodInfo Slow = typeof(RunChain).GetMethod(nameof(RunChain.Slow))!;
    private static readonly MethodInfo Branched = typeof(RunChain).GetMethod(nameof(RunChain.Branched))!;

    private static readonly MethodInfo Ops = typeof(RunChain).GetMethod(nameof(RunChain.Ops))!;

    private readonly Trace _trace;
    private readonly int _scale;
    private readonly Dictionary<long, LocalBuilder> _pages = [];
    private readonly DynamicMethod _method;
    private readonly ILGenerator _il;
    private readonly List<(Label From, Action Leave)> _exits = [];

    public TraceEmitter(Trace trace, int scale)
    {
        (_trace, _scale) = (trace, scale);
        _method = new DynamicMethod("Trace", typeof(RunOp*), Parameters, typeof(RunChain).Module, skipVisibility: true);
        _il = _method.GetILGenerator();
    }

    public DynamicMethod Emit(Func<TraceStep, TraceMeaning> meaning)
    {
        TraceStep[] steps = _trace.Steps;
        Label begin = _il.DefineLabel(), rest = _il.DefineLabel();
        _il.MarkLabel(begin);
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldc_I8, (long)steps.Length);
        _il.Emit(OpCodes.Ble, rest);
        for (int i = 0; i < steps.Length; i++)
        {
            EnterPage(i);
            Emit(i, meaning(steps[i]));
        }

        if (_trace.IsLoop)
        {
            Budget(steps.Length);
            _il.Emit(OpCodes.Starg_S, (byte)2);
            _il.Emit(OpCodes.Br, begin);
        }
        else
        {
            Leave(steps[^1], steps.Length - 1);
        }

        _il.MarkLabel(rest);
        Rest();
        foreach ((Label from, Action leave) in _exits)
        {
            _il.MarkLabel(from);
            leave();
        }

        return _method;
    }

    private void Emit(int i, TraceMeaning meaning)
    {
        TraceStep step = _trace.Steps[i];
        if (meaning.ReadsPc)
        {
            _il.Emit(OpCodes.Ldarg_3);
            Op(step.Op);
            _il.Emit(OpCodes.Stfld, OpField);
        }

        LocalBuilder insn = Constant(meaning.Insn);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldloca, insn);
        _il.Emit(OpCodes.Call, meaning.Execute);
        switch (meaning.Course)
        {
            case Course.Sequential:
                LeaveIf(OpCodes.Brtrue, () => Call(Slow, step.Op, i));
                break;
            case Course.DirectBranch when step.Followed == step.Next:
                LeaveIf(OpCodes.Brtrue, () => Jump(step, i));
                break;
            case Course.DirectBranch:
                LeaveIf(OpCodes.Brfalse, () => GoTo(step.Next, i + 1));
                break;
            default:
                EmitBranch(step, i);
                break;
        }
    }

    // An indirect branch or a call: it goes where it went when the trace was recorded, or the trace ends here.
    private void EmitBranch(TraceStep step, int i)
    {
        LocalBuilder flow = _il.DeclareLocal(typeof(int));
        Label known = _il.DefineLabel();
        _il.Emit(OpCodes.Stloc, flow);
        _il.Emit(OpCodes.Ldloc, flow);
        _il.Emit(OpCodes.Ldc_I4, (int)RunFlow.Direct);
        _il.Emit(OpCodes.Beq, known);
        _il.Emit(OpCodes.Ldloc, flow);
        _il.Emit(OpCodes.Ldc_I4, (int)Flow.Branch);
        LeaveIf(OpCodes.Bne_Un, () => Call(Slow, step.Op, i));
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Ldfld, PcField);
        Pc(step.Followed);
        LeaveIf(OpCodes.Bne_Un, () => Call(Branched, step.Op, i));
        _il.MarkLabel(known);
    }

    // A branch that was not taken when the trace was recorded. Where it leads out of the page, its own handler finds the way: it is executed again,
    // which direct branches can be.
    private void Jump(TraceStep step, int done)
    {
        if (step.Jump != null)
            GoTo(step.Jump, done + 1);
        else if (done > 0)
            GoTo(step.Op, done);
        else
            Rest();
    }

    // The first step in another page: its operations are where the core's table says now.
    private void EnterPage(int i)
    {
        RunOp* op = _trace.Steps[i].Op;
        long pages = _trace.Pages(op);
        if (pages == 0 || _pages.ContainsKey(pages))
            return;

        LocalBuilder ops = _il.DeclareLocal(typeof(byte*));
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I8, pages);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Call, Ops);
        _il.Emit(OpCodes.Stloc, ops);
        _il.Emit(OpCodes.Ldloc, ops);
        LeaveIf(OpCodes.Brfalse, () => Leave(_trace.Steps[i - 1], i - 1));
        _pages.Add(pages, ops);
    }

    // From a step that is done to the one that followed, which is no part of the trace or in a page not seen yet.
    private void Leave(TraceStep step, int i)
    {
        if (step.Followed == step.Next || step.Followed == step.Jump)
        {
            GoTo(step.Followed, i + 1);
            return;
        }

        _il.Emit(OpCodes.Ldarg_3);
        Pc(step.Followed);
        _il.Emit(OpCodes.Stfld, PcField);
        Call(Branched, step.Op, i);
    }

    // The fields of a decoded instruction, in a local of which the JIT keeps nothing but the constants.
    private LocalBuilder Constant(object insn)
    {
        LocalBuilder local = _il.DeclareLocal(insn.GetType());
        _il.Emit(OpCodes.Ldloca, local);
        _il.Emit(OpCodes.Initobj, insn.GetType());
        foreach (FieldInfo field in insn.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            _il.Emit(OpCodes.Ldloca, local);
            if (field.FieldType == typeof(long))
                _il.Emit(OpCodes.Ldc_I8, (long)field.GetValue(insn)!);
            else
                _il.Emit(OpCodes.Ldc_I4, unchecked((int)Convert.ToInt64(field.GetValue(insn), null)));

            _il.Emit(OpCodes.Stfld, field);
        }

        return local;
    }

    private void LeaveIf(OpCode condition, Action leave)
    {
        Label exit = _il.DefineLabel();
        _il.Emit(condition, exit);
        _exits.Add((exit, leave));
    }

    // To another operation's handler, with so many instructions of the trace done.
    private void GoTo(RunOp* op, int done)
    {
        Op(op);
        _il.Emit(OpCodes.Starg_S, (byte)1);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldarg_1);
        Budget(done);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldfld, RunField);
        Continue();
    }

    // To the first operation's own handler: nothing of the trace is done.
    private void Rest()
    {
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Stfld, RestedField);
        for (byte argument = 0; argument < Parameters.Length; argument++)
            _il.Emit(OpCodes.Ldarg_S, argument);

        _il.Emit(OpCodes.Ldc_I8, (long)_trace.Original);
        _il.Emit(OpCodes.Conv_I);
        Continue();
    }

    private void Call(MethodInfo method, RunOp* op, int done)
    {
        _il.Emit(OpCodes.Ldarg_0);
        Op(op);
        Budget(done);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Tailcall);
        _il.Emit(OpCodes.Call, method);
        _il.Emit(OpCodes.Ret);
    }

    private void Continue()
    {
        _il.Emit(OpCodes.Tailcall);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(RunOp*), Parameters, null);
        _il.Emit(OpCodes.Ret);
    }

    // Where an operation lies: counted from the first one, or from its own page's operations. A sentinel belongs to the page before it.
    private void Op(RunOp* op)
    {
        bool isSentinel = op->Pc % GuestMemory.PageBytes == 0 && Array.Exists(_trace.Steps, step => step.Next == op);
        long pages = _trace.Pages(op) - (isSentinel ? 1 : 0);
        long bytes = _trace.Distance(op);
        if (pages == 0)
        {
            _il.Emit(OpCodes.Ldarg_1);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, _pages[pages]);
            bytes = (long)(op->Pc % GuestMemory.PageBytes) + (isSentinel ? GuestMemory.PageBytes : 0);
        }

        _il.Emit(OpCodes.Ldc_I4, checked((int)(bytes * _scale)));
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }

    private void Pc(RunOp* op)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldfld, OpPcField);
        _il.Emit(OpCodes.Ldc_I8, _trace.Distance(op));
        _il.Emit(OpCodes.Add);
    }

    private void Budget(int done)
    {
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldc_I8, (long)done);
        _il.Emit(OpCodes.Sub);
    }
}
