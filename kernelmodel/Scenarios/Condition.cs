using System.Globalization;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scheduling;
using RcuEmu.KernelModel.Tracing;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>A sentence about the machine, as <c>sometimes:</c> and <c>never:</c> take it.</summary>
public sealed class Condition : IReach
{
    private readonly Func<Machine, StepInfo, bool> _holds;

    private Condition(string text, Func<Machine, StepInfo, bool> holds) => (Name, _holds) = (text, holds);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The sentences there are, with <c>TASK</c>, <c>OPS</c> and <c>PLACE</c> for names.</summary>
    public static IReadOnlyList<string> Forms { get; } =
    [
        "TASK in PLACE",
        "TASK preempted in PLACE",
        "TASK traps",
        "TASK exits",
        "OPS called",
        "PLACE freed",
        "grace period waits for TASK",
        "grace period ends",
        "WORD is NUMBER",
    ];

    /// <inheritdoc/>
    public bool Holds(Machine machine, in StepInfo step) => _holds(machine, step);

    /// <summary>Parses one sentence. Null with the reason in <paramref name="error"/> where it is none.</summary>
    public static Condition? Parse(string text, Kernel kernel, out string error)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        error = $"'{text}' is no condition; there are: {string.Join("; ", Forms)}";
        return words switch
        {
            ["grace", "period", "ends"] => new(text, (_, _) => kernel.TasksRcu.CountSequence() >= 4),
            ["grace", "period", "waits", "for", var name] when FindTask(kernel, name, out error) is { } task =>
                new(text, (_, _) => task.Holdout.Value != 0),
            [var name, "preempted", "in", var place] when FindGuest(kernel, name, out error) is { } task
                && FindPlace(kernel, place, out error) is { } range =>
                new(text, (machine, _) => IsPreempted(kernel, task) && range(Pc(machine, task))),
            [var name, "is", var number] when FindWord(kernel, name, out error) is { } address
                && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) =>
                new(text, (machine, _) => Word(machine, address) == value),
            [var name, "in", var place] when FindGuest(kernel, name, out error) is { } task
                && FindPlace(kernel, place, out error) is { } range =>
                new(text, (machine, _) => range(Pc(machine, task))),
            [var name, "traps"] when FindTask(kernel, name, out error) is { } task =>
                new(text, (_, _) => kernel.Cpus[task.CoreIndex].Int3.IsActive
                    && kernel.Cpus[task.CoreIndex].Current == task),
            [var name, "exits"] when FindTask(kernel, name, out error) is { } task =>
                new(text, (_, _) => task.State == TaskState.Dead),
            [var name, "called"] when FindOps(kernel, name, out error) is { } ops =>
                new(text, (_, step) => step.IsInstruction && step.Instruction.Flow == Flow.Branch
                    && step.Instruction.Next == ops.Callback.Address),
            [var name, "freed"] when FindAllocation(kernel, name, out error) is { } allocation =>
                new(text, (_, _) => allocation.Lifetime == Lifetime.Freed),
            _ => null,
        };
    }

    private static ulong Pc(Machine machine, KernelTask task)
    {
        machine.Footprint.Cells(task.Context!.FirstCell, machine.Engine.RegisterCells, TouchKind.Read);
        return machine.Engine.Pc(task.Context);
    }

    private static ulong Word(Machine machine, ulong address)
    {
        machine.Footprint.Memory(address, sizeof(ulong), TouchKind.Read);
        return machine.Memory.Peek64(address);
    }

    private static bool IsPreempted(Kernel kernel, KernelTask task) =>
        task.State == TaskState.Runnable && kernel.Cpus[task.CoreIndex].Current != task;

    // Of names, those that lie in memory that can be written.
    private static ulong? FindWord(Kernel kernel, string name, out string error)
    {
        bool IsWord(ulong address) => kernel.Machine.Memory.RightsAt(address) == (Rights.Read | Rights.Write);
        error = $"no word {name}; there are: "
            + string.Join(", ", kernel.Symbols.Names.Where(one => IsWord(one.Value)).Select(one => one.Key).Order(StringComparer.Ordinal));
        return kernel.Symbols.Names.TryGetValue(name, out ulong address) && IsWord(address) ? address : null;
    }

    private static KernelTask? FindTask(Kernel kernel, string name, out string error)
    {
        KernelTask? task = kernel.Tasks.FirstOrDefault(task => task.Name == name);
        error = $"no task {name}; there are: {string.Join(", ", kernel.Tasks.Select(known => known.Name))}";
        return task;
    }

    // A task that executes guest code: only that is at an address.
    private static KernelTask? FindGuest(Kernel kernel, string name, out string error)
    {
        KernelTask? task = FindTask(kernel, name, out error);
        if (task is not { Context: null })
            return task;

        error = $"{name} does kernel procedures and is at no place; tasks with 'runs:' are";
        return null;
    }

    private static FtraceOps? FindOps(Kernel kernel, string name, out string error)
    {
        error = $"no ops {name}; there are: {string.Join(", ", kernel.Ftrace.Ops.Select(known => known.Name))}";
        return kernel.Ftrace.Ops.FirstOrDefault(ops => ops.Name == name);
    }

    private static Allocation? FindAllocation(Kernel kernel, string name, out string error)
    {
        IReadOnlyList<Allocation> all = kernel.Machine.Allocations.All;
        error = $"no allocation {name}; there are: {string.Join(", ", all.Select(known => known.Name))}";
        return all.FirstOrDefault(allocation => allocation.Name == name);
    }

    private static Predicate<ulong>? FindPlace(Kernel kernel, string name, out string error)
    {
        error = $"no place {name}; there are: {string.Join(", ", kernel.Symbols.Names.Keys.Order(StringComparer.Ordinal))}";
        return kernel.Symbols.Range(name) is var (start, length) ? address => address - start < length : null;
    }
}

/// <summary>A condition that must not come true.</summary>
internal sealed class Never(Condition condition) : IMonitor
{
    public string Name => $"never {condition.Name}";

    public string? AfterStep(Machine machine, in StepInfo step) =>
        condition.Holds(machine, in step) ? $"{condition.Name}, which the scenario says never happens" : null;

    public string? AtEnd(Machine machine) => null;
}
