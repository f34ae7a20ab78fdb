using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging;

/// <summary>A call that has not returned.</summary>
/// <param name="Outer">The call around it, or null.</param>
/// <param name="CallSite">The address of the call.</param>
/// <param name="Target">Where it went.</param>
/// <param name="Return">Where it is to come back to.</param>
/// <param name="Depth">Calls around it.</param>
public sealed record CallFrame(CallFrame? Outer, ulong CallSite, ulong Target, ulong Return, int Depth);

/// <summary>
/// The calls of each context that have not returned, as the executed instructions made them: what a stack really holds, whatever an
/// unwinder makes of it.
/// </summary>
/// <remarks>
/// A call pushes; a return pops up to the call whose return address it goes to, and nothing where there is none (a
/// return that was made by hand). A call that a handler makes for a task (int3_emulate_call(), arch/x86/include/asm/text-patching.h) is no
/// instruction: it is seen by the return address that it pushed.
/// </remarks>
public sealed class CallStacks
{
    private readonly Machine _machine;
    private readonly string _stackPointer;
    private readonly List<(int Context, CallFrame? Before)> _changes = [];
    private CallFrame?[] _tops;
    private ulong _trapStack;
    private int _trapContext = -1;

    internal CallStacks(Machine machine)
    {
        (_machine, _tops) = (machine, new CallFrame?[machine.Contexts.Count]);
        _stackPointer = machine.Architecture == Architecture.X64 ? "rsp" : "sp";
    }

    /// <summary>The innermost call of a context, or null.</summary>
    public CallFrame? Top(Context context) => _tops[context.Number];

    /// <summary>How many changes can be taken back.</summary>
    internal int Changes => _changes.Count;

    /// <summary>All stacks as they are: a value that does not change.</summary>
    internal CallFrame?[] Save() => (CallFrame?[])_tops.Clone();

    internal void Restore(CallFrame?[] saved)
    {
        _tops = (CallFrame?[])saved.Clone();
        _changes.Clear();
        _trapContext = -1;
    }

    internal void Forget() => _changes.Clear();

    internal void UndoTo(int changes)
    {
        for (int i = _changes.Count - 1; i >= changes; i--)
            _tops[_changes[i].Context] = _changes[i].Before;

        _changes.RemoveRange(changes, _changes.Count - changes);
        _trapContext = -1;
    }

    /// <summary>A step was performed.</summary>
    internal void Follow(in StepInfo step)
    {
        if (!step.IsInstruction)
        {
            if (_trapContext >= 0)
                FollowHandler();

            return;
        }

        ref readonly ExecutedInstruction executed = ref step.Instruction;
        if (executed.Flow == Flow.Event && executed.Event == GuestEventKind.Breakpoint)
            (_trapContext, _trapStack) = (executed.Context, StackPointer(executed.Context));

        if (executed.Flow != Flow.Branch)
            return;

        if (executed.Branch is BranchKind.DirectCall or BranchKind.IndirectCall)
            Push(executed.Context, executed.Address, executed.Next, executed.Address + (ulong)executed.Length);
        else if (executed.Branch == BranchKind.Return)
            Pop(executed.Context, executed.Next);
    }

    private void FollowHandler()
    {
        ulong stack = StackPointer(_trapContext);
        if (_machine.Architecture != Architecture.X64 || stack != _trapStack - 8)
            return;

        ulong behind = _machine.Memory.Peek64(stack);
        Push(_trapContext, behind - 5, _machine.Engine.Pc(_machine.Contexts[_trapContext]), behind);
        _trapContext = -1;
    }

    private ulong StackPointer(int context) => _machine.Engine.ReadRegister(_machine.Contexts[context], _stackPointer);

    private void Push(int context, ulong site, ulong target, ulong back)
    {
        CallFrame? outer = _tops[context];
        Set(context, new CallFrame(outer, site, target, back, outer is null ? 0 : outer.Depth + 1));
    }

    private void Pop(int context, ulong target)
    {
        CallFrame? frame = _tops[context];
        while (frame is not null && frame.Return != target)
            frame = frame.Outer;

        if (frame is not null)
            Set(context, frame.Outer);
    }

    private void Set(int context, CallFrame? frame)
    {
        _changes.Add((context, _tops[context]));
        _tops[context] = frame;
    }
}
