using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Properties;

/// <summary>A property that looks at one machine around one kernel.</summary>
/// <param name="kernel">The kernel under study.</param>
/// <param name="name">As scenarios name it.</param>
public abstract class KernelProperty(Kernel kernel, string name) : IMonitor
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>The kernel under study.</summary>
    protected Kernel Kernel => kernel;

    /// <inheritdoc/>
    public abstract string? AfterStep(Machine machine, in StepInfo step);

    /// <inheritdoc/>
    public virtual string? AtEnd(Machine machine) => null;

    /// <summary>Name of the task whose registers the instruction used.</summary>
    protected string TaskOf(in ExecutedInstruction instruction) => kernel.Machine.Contexts[instruction.Context].Name;
}

/// <summary>
/// <c>no-freed-text</c>: no core executes, and no task returns into, text that was freed. The guarantee that freeing behind a grace
/// period of Tasks RCU exists for (I1 and I2: the PC, and the return address when it is used).
/// </summary>
public sealed class NoFreedText(Kernel kernel) : KernelProperty(kernel, "no-freed-text")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        if (!step.IsInstruction)
            return null;

        ref readonly ExecutedInstruction instruction = ref step.Instruction;
        if (Freed(machine, instruction.Address) is { } executed)
            return $"{TaskOf(in instruction)} executes {Kernel.Symbols.Show(instruction.Address)}: {executed} was freed";

        if (instruction.Flow == Flow.Branch && Freed(machine, instruction.Next) is { } target)
        {
            string how = instruction.Branch switch
            {
                BranchKind.Return => "returns into",
                BranchKind.DirectCall or BranchKind.IndirectCall => "calls",
                _ => "jumps into",
            };
            return $"{TaskOf(in instruction)} {how} {Kernel.Symbols.Show(instruction.Next)}: {target} was freed";
        }

        return null;
    }

    private static string? Freed(Machine machine, ulong address) =>
        machine.Allocations.Find(address) is { Lifetime: Lifetime.Freed } allocation ? allocation.Name : null;
}

/// <summary>
/// <c>no-freed-data</c>: no guest instruction reads or writes an object that was freed. An ops that is still in a task's register
/// when its owner frees it (I11).
/// </summary>
public sealed class NoFreedData(Kernel kernel) : KernelProperty(kernel, "no-freed-data")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        if (!step.IsInstruction)
            return null;

        foreach (Touch touch in machine.Footprint.Touches)
        {
            if (touch.IsCell || touch.Kind == TouchKind.Fetch)
                continue;

            if (machine.Allocations.Find(touch.Address) is { Lifetime: Lifetime.Freed } allocation)
            {
                string verb = touch.Kind == TouchKind.Read ? "reads" : "writes";
                return $"{TaskOf(in step.Instruction)} at {Kernel.Symbols.Show(step.Instruction.Address)} {verb} " +
                    $"{Kernel.Symbols.Show(touch.Address)}: {allocation.Name} was freed";
            }
        }

        return null;
    }
}

/// <summary>
/// <c>intended-instruction</c>: at a callsite that is patched while it runs, every core executes an instruction that somebody meant
/// to stand there, from its first byte: the disabled form, an enabled form, or the INT3 that covers a change (I14, O5).
/// </summary>
public sealed class IntendedInstruction : KernelProperty
{
    private readonly List<(ulong Address, int Length, List<byte[]> Intended)> _sites = [];

    /// <summary>Takes the callsites and their forms from <paramref name="kernel"/>'s ftrace.</summary>
    public IntendedInstruction(Kernel kernel)
        : base(kernel, "intended-instruction")
    {
        foreach (Tracing.Callsite site in kernel.Ftrace.Callsites)
        {
            var intended = new List<byte[]> { site.Disabled };
            foreach (Tracing.FtraceOps ops in kernel.Ftrace.Ops.Where(ops => ops.Traces.Contains(site)))
                intended.Add(kernel.Ftrace.Enabled(site, ops));

            if (kernel.Config.Architecture == Architecture.X64)
                intended.Add([0xcc]);

            _sites.Add((site.Address, site.Disabled.Length, intended));
        }
    }

    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        if (!step.IsInstruction)
            return null;

        ref readonly ExecutedInstruction instruction = ref step.Instruction;
        foreach ((ulong address, int length, List<byte[]> intended) in _sites)
        {
            if (instruction.Address - address >= (ulong)length)
                continue;

            ReadOnlySpan<byte> bytes = ((ReadOnlySpan<byte>)instruction.Bytes)[..instruction.Length];
            if (instruction.Address == address && Contains(intended, bytes))
                return null;

            return $"{TaskOf(in instruction)} executes {Convert.ToHexStringLower(bytes)} at " +
                $"{Kernel.Symbols.Show(instruction.Address)}: nobody meant that to stand there";
        }

        return null;
    }

    private static bool Contains(List<byte[]> intended, ReadOnlySpan<byte> bytes)
    {
        foreach (byte[] form in intended)
        {
            if (bytes.SequenceEqual(form))
                return true;
        }

        return false;
    }
}

/// <summary>
/// <c>no-oops</c>: no task does what the kernel does not survive: a fault, an undefined instruction, an INT3 that nobody claims (O6).
/// </summary>
public sealed class NoOops(Kernel kernel) : KernelProperty(kernel, "no-oops")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step) => Kernel.PendingOops;
}
