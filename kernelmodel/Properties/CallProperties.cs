using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scheduling;
using RcuEmu.KernelModel.Tracing;

namespace RcuEmu.KernelModel.Properties;

/// <summary>
/// <c>own-ops</c>: whenever a callback starts, the ops in its third argument is the one that the callback belongs to, and its first
/// argument is a callsite in that ops' filter (I10, O3).
/// </summary>
public sealed class OwnOps : KernelProperty
{
    private readonly string _ipRegister;
    private readonly string _opsRegister;

    /// <summary>Watches every ops of <paramref name="kernel"/>.</summary>
    public OwnOps(Kernel kernel)
        : base(kernel, "own-ops")
    {
        (_ipRegister, _opsRegister) = kernel.Config.Architecture == Architecture.X64 ? ("rdi", "rdx") : ("x0", "x2");
    }

    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        if (!step.IsInstruction || step.Instruction.Flow != Flow.Branch)
            return null;

        foreach (FtraceOps ops in Kernel.Ftrace.Ops)
        {
            if (step.Instruction.Next != ops.Callback.Address)
                continue;

            Context context = machine.Contexts[step.Instruction.Context];
            ulong passed = machine.Engine.ReadRegister(context, _opsRegister);
            ulong ip = machine.Engine.ReadRegister(context, _ipRegister);
            if (passed != ops.Object.Address)
                return $"{context.Name} calls {ops.Callback.Name} with ops {Kernel.Symbols.Show(passed)}, not {ops.Name}";

            if (!ops.Traces.Any(site => site.Address == ip))
                return $"{context.Name} calls {ops.Callback.Name} for {Kernel.Symbols.Show(ip)}, which {ops.Name} does not trace";
        }

        return null;
    }
}

/// <summary>
/// <c>registers-preserved</c> and <c>stack-balanced</c>: behind a callsite the registers that a function may expect are what they
/// were before it, and so is the stack pointer, whatever happened in between.
/// </summary>
/// <remarks>
/// Preserved: x86-64 all general registers but R10 and R11; arm64 X0 to X8 and X18 to X30 (AAPCS64: X9 to X17 are dead at a
/// function's entry). Flags are dead there on both. One open callsite a task: an inner call of the same function by a
/// callback replaces it.
/// </remarks>
public sealed class CallsiteTransparent : KernelProperty
{
    private readonly string[] _registers;
    private readonly string _stackPointer;
    private readonly bool _watchesStack;
    private readonly Dictionary<int, int> _ghosts = [];

    private CallsiteTransparent(Kernel kernel, string name, bool watchesStack)
        : base(kernel, name)
    {
        _watchesStack = watchesStack;
        bool isX64 = kernel.Config.Architecture == Architecture.X64;
        _stackPointer = isX64 ? "rsp" : "sp";
        _registers = watchesStack ? [_stackPointer] : isX64
            ? ["rax", "rcx", "rdx", "rbx", "rbp", "rsi", "rdi", "r8", "r9", "r12", "r13", "r14", "r15"]
            : [.. Enumerable.Range(0, 9).Concat(Enumerable.Range(18, 13)).Select(n => $"x{n}")];
        foreach (KernelTask task in kernel.Tasks)
        {
            if (task.Context is { } context)
                _ghosts[context.Number] = kernel.Machine.State.Allocate(_registers.Length + 1);
        }
    }

    /// <summary><c>registers-preserved</c>.</summary>
    public static CallsiteTransparent Registers(Kernel kernel) => new(kernel, "registers-preserved", false);

    /// <summary><c>stack-balanced</c>.</summary>
    public static CallsiteTransparent Stack(Kernel kernel) => new(kernel, "stack-balanced", true);

    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        Context? context = step.IsInstruction
            ? machine.Contexts[step.Instruction.Context]
            : (machine.ActorOf(step.Action) as Cpu)?.PeekCurrent?.Context;
        if (context is null)
            return null;

        ulong pc = machine.Engine.Pc(context);
        int ghost = _ghosts[context.Number];
        IReadOnlyList<Callsite> sites = Kernel.Ftrace.Callsites;
        for (int i = 0; i < sites.Count; i++)
        {
            if (pc == sites[i].Address)
            {
                Open(machine, context, ghost, i);
            }
            else if (pc == sites[i].Behind && machine.State[ghost] == (ulong)i + 1)
            {
                return Compare(machine, context, ghost, sites[i]);
            }
        }

        return null;
    }

    private void Open(Machine machine, Context context, int ghost, int site)
    {
        machine.State.Set(ghost, (ulong)site + 1);
        for (int i = 0; i < _registers.Length; i++)
            machine.State.Set(ghost + 1 + i, machine.Engine.ReadRegister(context, _registers[i]));
    }

    private string? Compare(Machine machine, Context context, int ghost, Callsite site)
    {
        string? message = null;
        for (int i = 0; i < _registers.Length; i++)
        {
            ulong before = machine.State[ghost + 1 + i];
            ulong now = machine.Engine.ReadRegister(context, _registers[i]);
            if (before != now)
            {
                message ??= $"{context.Name} behind {Kernel.Symbols.Show(site.Address)}: {_registers[i]} is 0x{now:x}, was 0x{before:x}";
            }

            machine.State.Set(ghost + 1 + i, 0);
        }

        machine.State.Set(ghost, 0);
        return message is not null && _watchesStack ? $"{message}: the stack is not balanced" : message;
    }
}
