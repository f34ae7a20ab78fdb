using System.Globalization;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Memory;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Debugging;

/// <summary>What a kernel knows at a moment, as tables. Looking changes no state.</summary>
internal sealed class KernelFacts(Kernel kernel)
{
    public static IReadOnlyList<string> Topics { get; } = ["cores", "tasks", "grace", "trampolines", "ops"];

    public FactTable? Table(string topic) => topic switch
    {
        "cores" => Cores(),
        "tasks" => Tasks(),
        "grace" => Grace(),
        "trampolines" => Trampolines(),
        "ops" => Ops(),
        _ => null,
    };

    /// <summary><c>preempt=0 irq=on</c>. Here the handler of #BP is the only code with preemption and interrupts off.</summary>
    public static string Status(Cpu cpu) =>
        $"preempt={(cpu.Int3.PeekActive ? 1 : 0)} irq={(cpu.Int3.PeekActive || cpu.Core.IsMasked ? "off" : "on")}{Pending(cpu)}";

    /// <summary>What the core does next where that is no instruction.</summary>
    public static string? Doing(Cpu cpu)
    {
        if (cpu.Int3.PeekActive)
            return "in the handler of #BP";

        return cpu.PeekCurrent?.Run is { } run ? NextOf(run) : null;
    }

    private static string NextOf(Programs.ProgramRun run) =>
        run.PeekNext is { } next ? $"next: {next.Name}" : "at its end";

    private static string Pending(Cpu cpu)
    {
        ulong pending = cpu.Core.Pending;
        return pending == 0 ? "" : " pending=" + string.Join(',', Enumerable.Range(0, 64).Where(v => (pending >> v & 1) != 0).Select(Vector.Name));
    }

    private FactTable Cores() => new(
        ["core", "task", "at", "state"],
        [.. kernel.Cpus.Select(cpu => Row(Number(cpu.Core.Index), cpu.PeekCurrent?.Name ?? "idle", Place(cpu.PeekCurrent, cpu), Status(cpu)))]);

    private FactTable Tasks() => new(
        ["pid", "task", "core", "state", "at", "nvcsw", "holdout"],
        [.. kernel.Tasks.Select(task => Row(
            Number(task.Number), task.Name, Number(task.CoreIndex), State(task), Place(task, null), Number((long)task.PeekFacts.Nvcsw),
            task.Holdout.Peek != 0 ? task.HoldoutFlag.Peek != 0 ? "yes" : "listed, has passed" : "no"))]);

    private FactTable Grace()
    {
        TasksRcu rcu = kernel.TasksRcu;
        string[] holdouts = [.. rcu.Holdouts.Select(task => task.Name)];
        var rows = new List<IReadOnlyList<string>>
        {
            Row("tasks_gp_seq", $"0x{rcu.Sequence:x}"),
            Row("Tasks RCU", rcu.IsRunning ? $"grace period {rcu.Number} runs" : $"no grace period runs; {rcu.Number} ended"),
            Row("holdouts", holdouts.Length == 0 ? "none" : string.Join(", ", holdouts)),
        };
        if (rcu.Kthread is { Run: { } run } kthread)
            rows.Add(Row(TasksRcu.KthreadName, $"{State(kthread)}, {NextOf(run)}"));

        rows.AddRange(rcu.Pending().Select(pending => Row("callback", pending)));
        foreach (KernelTask task in kernel.Tasks)
        {
            if (task.RcuWaitMask.Peek is var mask and not 0)
                rows.Add(Row("synchronize_rcu()", $"{task.Name} waits for {string.Join(", ", CoresIn(mask))}"));
        }

        return new FactTable(["what", "is"], rows);
    }

    private static IEnumerable<string> CoresIn(ulong mask) => Enumerable.Range(0, 64).Where(core => (mask >> core & 1) != 0).Select(core => $"core {core}");

    private FactTable Trampolines()
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (Allocation allocation in kernel.Machine.Allocations.All.Where(allocation => allocation.Place.IsCode))
        {
            string users = string.Join(", ", kernel.Tasks.Where(task => task.Context is { } context && allocation.Contains(kernel.Machine.Engine.Pc(context)))
                .Select(task => task.Name));
            rows.Add(Row(
                allocation.Name, $"0x{allocation.Address:x}", Number(allocation.Length),
                Life((Lifetime)kernel.Machine.State[allocation.LifetimeCell]), users.Length == 0 ? "-" : users));
        }

        if (kernel.Ftrace.FtraceCaller != 0)
            rows.Add(Row("ftrace_caller", $"0x{kernel.Ftrace.FtraceCaller:x}", "-", "permanent", "-"));

        return new FactTable(["name", "address", "bytes", "life", "tasks in it"], rows);
    }

    private FactTable Ops() => new(
        ["ops", "kind", "registered", "object", "callback", "traces"],
        [.. kernel.Ftrace.Ops.Select(ops => Row(
            ops.Name, ops.Kind.ToString().ToLowerInvariant(), ops.Registered.Peek != 0 ? "yes" : "no",
            Life((Lifetime)kernel.Machine.State[ops.Object.LifetimeCell]), Life((Lifetime)kernel.Machine.State[ops.Callback.LifetimeCell]),
            string.Join(", ", ops.Traces.Select(site => site.Name))))]);

    private static string Life(Lifetime life) => life switch
    {
        Lifetime.Live => "live",
        Lifetime.Freed => "freed",
        _ => "not allocated",
    };

    private string State(KernelTask task) => task.PeekState switch
    {
        TaskState.Runnable => kernel.Cpus[task.CoreIndex].PeekCurrent == task ? "running" : "runnable",
        TaskState.Sleeping => "sleeping",
        _ => "dead",
    };

    private string Place(KernelTask? task, Cpu? cpu)
    {
        if (task is null)
            return "-";

        string place = task.Context is { } context ? kernel.Symbols.Show(kernel.Machine.Engine.Pc(context))
            : task.Run is { } run ? NextOf(run) : "-";
        return cpu is not null && cpu.Int3.PeekActive ? $"{place} (in the handler of #BP)" : place;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string[] Row(params string[] texts) => texts;
}
