using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;

namespace RcuEmu.KernelModel.Tracing;

/// <summary>A traceable function: <c>struct dyn_ftrace</c>, one callsite.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Function">The function's symbol.</param>
/// <param name="Address"><c>rec-&gt;ip</c>: the address of the instruction that is patched.</param>
/// <param name="Literal">arm64 with CALL_OPS: the 8 bytes that hold the ops pointer; 0 elsewhere.</param>
/// <param name="Disabled">The callsite's bytes while nothing traces the function.</param>
public sealed record Callsite(string Name, ulong Function, ulong Address, ulong Literal, byte[] Disabled)
{
    /// <summary>The address of the instruction behind the callsite: where a trampoline returns to.</summary>
    public ulong Behind => Address + (ulong)Disabled.Length;
}

/// <summary>Who owns an ops, and what its callsites call.</summary>
public enum OpsKind
{
    /// <summary>FTRACE_OPS_FL_DYNAMIC: the object, its callback and its trampoline are freed after unregistration.</summary>
    Dynamic,

    /// <summary>It lives as long as the kernel.</summary>
    Static,

    /// <summary>
    /// register_ftrace_direct(): the callsites call the callback itself, without a trampoline of ftrace around it. kernel/trace/ftrace.c (6.12).
    /// It lives as long as the kernel.
    /// </summary>
    Direct,
}

/// <summary>A user of ftrace: <c>struct ftrace_ops</c> in guest memory with its callback's text.</summary>
public sealed class FtraceOps
{
    /// <summary>Bytes kept for the object: at least sizeof(struct ftrace_ops) of every series.</summary>
    public const int ObjectBytes = 256;

    /// <summary>Offset of <c>func</c>, in every series.</summary>
    public const int FuncOffset = 0;

    /// <summary>Offset of <c>private</c>, in every series.</summary>
    public const int PrivateOffset = 24;

    internal FtraceOps(Machine machine, string name, OpsKind kind, IReadOnlyList<Callsite> traces)
    {
        (Name, Kind, Traces) = (name, kind, traces);
        Registered = Cell.Of(machine);
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>Who owns it and what its callsites call.</summary>
    public OpsKind Kind { get; }

    /// <summary>The functions in its filter.</summary>
    public IReadOnlyList<Callsite> Traces { get; }

    /// <summary>The object in guest memory.</summary>
    public Allocation Object { get; internal set; } = null!;

    /// <summary>The callback's text.</summary>
    public Allocation Callback { get; internal set; } = null!;

    /// <summary>The ops' own trampoline (x86-64), or null (direct, or arm64: the one permanent trampoline serves all).</summary>
    public Allocation? Trampoline { get; internal set; }

    /// <summary>1 while it is on ftrace_ops_list.</summary>
    public Cell Registered { get; }
}
