using System.Buffers.Binary;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Patching;
using RcuEmu.KernelModel.Programs;
using RcuEmu.Trampolines.Library;

namespace RcuEmu.KernelModel.Tracing;

/// <summary>
/// The ftrace core: registration and unregistration of ops as programs, the trampolines they use, and the callsites they patch.
/// </summary>
/// <remarks>
/// kernel/trace/ftrace.c (6.12): ftrace_startup(), ftrace_shutdown(); arch/x86/kernel/ftrace.c: create_trampoline();
/// arch/arm64/kernel/ftrace.c: ftrace_make_call(), ftrace_make_nop().
/// Left out: more than one ops at a callsite (then the list function serves it), hashes, flags of records, IPMODIFY, direct calls, the common
/// trampoline of x86-64 and the change of its callback.
/// </remarks>
public sealed class Ftrace
{
    private const string Core = "kernel/trace/ftrace.c (6.12): ";
    private readonly Kernel _kernel;
    private readonly List<FtraceOps> _ops = [];
    private readonly List<Callsite> _callsites = [];

    internal Ftrace(Kernel kernel) => _kernel = kernel;

    /// <summary>All ops.</summary>
    public IReadOnlyList<FtraceOps> Ops => _ops;

    /// <summary>All callsites.</summary>
    public IReadOnlyList<Callsite> Callsites => _callsites;

    /// <summary>What x86-64 trampolines are copied from.</summary>
    public X64TrampolineTemplate? Template { get; set; }

    /// <summary>The permanent trampoline of arm64.</summary>
    public ulong FtraceCaller { get; set; }

    /// <summary>The object whose callback does nothing: what the literal of a disabled arm64 callsite points to.</summary>
    public ulong NopOps { get; set; }

    /// <summary>Adds a callsite.</summary>
    public void Add(Callsite callsite) => _callsites.Add(callsite);

    /// <summary>Adds an ops.</summary>
    public FtraceOps Add(string name, OpsKind kind, IReadOnlyList<Callsite> traces)
    {
        var ops = new FtraceOps(_kernel.Machine, name, kind, traces);
        _ops.Add(ops);
        return ops;
    }

    /// <summary>register_ftrace_function(). Publishes nothing before it can be executed.</summary>
    public KernelProgram Register(FtraceOps ops)
    {
        var steps = new List<ProgramStep>
        {
            new("ops-init", Core + "ftrace_ops_init()", _ => InitOps(ops)) { Droppable = false },
        };
        if (ops.Trampoline is { } trampoline)
        {
            steps.Add(new ProgramStep("create_trampoline", "arch/x86/kernel/ftrace.c (6.12): create_trampoline()", _ =>
            {
                trampoline.Allocate(Template!.Create(trampoline.Address, ops.Object.Address, ops.Callback.Address));
                return _kernel.Machine.Told($"creates {trampoline.Name}");
            }));
        }

        steps.Add(new ProgramStep("__register_ftrace_function", Core + "__register_ftrace_function()", _ =>
        {
            ops.Registered.Value = 1;
            return _kernel.Machine.Told($"{ops.Name} is on ftrace_ops_list");
        }));
        return KernelProgram.Chain("ftrace.register",
            [new KernelProgram("ftrace_startup", steps), UpdateCode(ops, enable: true)]);
    }

    /// <summary>unregister_ftrace_function(), and the owner's freeing behind it.</summary>
    public KernelProgram Unregister(FtraceOps ops)
    {
        var parts = new List<KernelProgram> { Shutdown(ops) };
        if (ops.Kind == OpsKind.Dynamic)
        {
            parts.Add(_kernel.TasksRude.Synchronize());
            parts.Add(_kernel.SynchronizeRcuTasks());
            parts.Add(new KernelProgram("free", FreeSteps(ops)));
        }

        return KernelProgram.Chain("ftrace.unregister", parts);
    }

    /// <summary>ftrace_shutdown() as far as a static ops goes: nobody new gets to the ops, and nobody is waited for.</summary>
    public KernelProgram Shutdown(FtraceOps ops) => KernelProgram.Chain("ftrace.shutdown",
    [
        new KernelProgram("ftrace_shutdown",
        [
            new("__unregister_ftrace_function", Core + "__unregister_ftrace_function()", _ =>
            {
                ops.Registered.Value = 0;
                return _kernel.Machine.Told($"{ops.Name} is off ftrace_ops_list");
            }),
        ]),
        UpdateCode(ops, enable: false),
    ]);

    /// <summary>Frees the ops' trampoline, callback and object, as an owner's callback of call_rcu_tasks() does.</summary>
    public string FreeAll(FtraceOps ops)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ops.Trampoline?.Free();
        ops.Callback.Free();
        ops.Object.Free();
        return _kernel.Machine.Told($"frees {ops.Name} and its text");
    }

    /// <summary>The bytes of an enabled callsite.</summary>
    public byte[] Enabled(Callsite callsite, FtraceOps ops)
    {
        byte[] bytes = new byte[callsite.Disabled.Length];
        if (_kernel.Config.Architecture == Architecture.X64)
        {
            bytes[0] = 0xe8;
            BinaryPrimitives.WriteInt32LittleEndian(
                bytes.AsSpan(1), checked((int)(long)((ops.Trampoline ?? ops.Callback).Address - callsite.Behind)));
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, A64Library.Bl(callsite.Address, FtraceCaller));
        }

        return bytes;
    }

    private KernelProgram UpdateCode(FtraceOps ops, bool enable) =>
        _kernel.Config.Architecture == Architecture.X64
            ? _kernel.TextPoke.Batch([.. ops.Traces.Select(site => Change(site, ops, enable))])
            : KernelProgram.Chain("ftrace_replace_code", ops.Traces.Select(site =>
                A64Patching.Callsite(_kernel, site.Literal, enable ? ops.Object.Address : NopOps, Change(site, ops, enable))));

    private TextChange Change(Callsite site, FtraceOps ops, bool enable)
    {
        byte[] enabled = Enabled(site, ops);
        return enable
            ? new TextChange(site.Address, site.Disabled, enabled)
            : new TextChange(site.Address, enabled, site.Disabled);
    }

    private string InitOps(FtraceOps ops)
    {
        Span<byte> content = stackalloc byte[FtraceOps.ObjectBytes];
        content.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(content[FtraceOps.FuncOffset..], ops.Callback.Address);
        ops.Object.Allocate(content);
        return _kernel.Machine.Told($"initialises the ops {ops.Name}");
    }

    private List<ProgramStep> FreeSteps(FtraceOps ops)
    {
        var steps = new List<ProgramStep>();
        if (ops.Trampoline is { } trampoline)
        {
            steps.Add(new ProgramStep("ftrace_trampoline_free", Core + "ftrace_trampoline_free()", _ => Free(trampoline)));
        }

        steps.Add(new ProgramStep("free-callback", "the module that owns the callback is unloaded", _ => Free(ops.Callback)));
        steps.Add(new ProgramStep("free-ops", "the owner frees the object", _ => Free(ops.Object)));
        return steps;
    }

    private string Free(Allocation allocation)
    {
        allocation.Free();
        return _kernel.Machine.Told($"frees {allocation.Name}");
    }
}
