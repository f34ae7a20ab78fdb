using System.Globalization;
using System.Numerics;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Occupancy;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.KernelModel.Scheduling;
using RcuEmu.KernelModel.Tracing;

namespace RcuEmu.KernelModel.Explaining;

/// <summary>Why the machine waits, at any state of any schedule. Nothing here changes the state.</summary>
public static class Explanations
{
    private const string TasksFile = "kernel/rcu/tasks.h";

    /// <summary>Why each grace period that runs, or is asked for, has not ended. Empty: none is.</summary>
    public static IReadOnlyList<GracePeriodExplanation> GracePeriods(Kernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var found = new List<GracePeriodExplanation>();
        foreach (KernelTask task in kernel.Tasks)
        {
            if (task.Run?.PeekNext is { } next && task.PeekState != TaskState.Dead)
            {
                if (task == kernel.TasksRcu.Kthread)
                    AddTasksRcu(kernel, task, next, found);
                else if (task.RcuWaitMask.Peek != 0 || kernel.Rcu.BlockedReaders(task).Any())
                    found.Add(new GracePeriodExplanation("RCU", task.Name, next.Name, next.Source, Cpus(kernel, task.RcuWaitMask.Peek), [.. kernel.Rcu.BlockedReaders(task).Select(reader => Reader(kernel, reader))]));
                else if (task.RudeWaitMask.Peek != 0)
                    found.Add(new GracePeriodExplanation("Tasks Rude RCU", task.Name, next.Name, next.Source, Cpus(kernel, task.RudeWaitMask.Peek, "schedule_on_each_cpu()"), []));
            }
        }

        return found;
    }

    /// <summary>Why the bytes of an allocation, or any other range, may not be freed or rewritten.</summary>
    public static FreeExplanation Free(Kernel kernel, string name, AddressRange range)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return new FreeExplanation(
            name, range, Occupants.Of(kernel, range), [.. Publication.Of(kernel, range)], [.. kernel.TasksRcu.Pending()]);
    }

    /// <summary>The same for an allocation or a symbol by name; null where there is no such name.</summary>
    public static FreeExplanation? Free(Kernel kernel, string name)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        if (kernel.Machine.Allocations.All.FirstOrDefault(known => known.Name == name) is { } allocation)
            return Free(kernel, name, new AddressRange(allocation.Address, (ulong)allocation.Length));

        return kernel.Symbols.Range(name) is var (start, length) ? Free(kernel, name, new AddressRange(start, length)) : null;
    }

    /// <summary>Where a task is, for people.</summary>
    public static string Where(Kernel kernel, KernelTask task)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(task);
        bool isRunning = kernel.Cpus[task.CoreIndex].PeekCurrent == task;
        string how = task.PeekState switch
        {
            TaskState.Dead => "dead",
            TaskState.Sleeping => "asleep",
            _ when isRunning => "running",
            _ => "switched out, runnable",
        };
        string at = task.Context is { } context
            ? $" at {kernel.Symbols.Show(kernel.Machine.Engine.Pc(context))}"
            : task.Run?.PeekNext is { } next ? $" before {next.Name}" : "";
        return $"{task.Name}, {how}{at} on c{task.CoreIndex.ToString(CultureInfo.InvariantCulture)}";
    }

    private static void AddTasksRcu(Kernel kernel, KernelTask kthread, ProgramStep next, List<GracePeriodExplanation> found)
    {
        TasksRcu rcu = kernel.TasksRcu;
        bool runs = rcu.IsRunning;
        if (!runs && !rcu.Pending().Any())
            return;

        ulong mask = kthread.RcuWaitMask.Peek;
        List<HeldBy> tasks = [.. rcu.Holdouts.Select(task => Holdout(kernel, task))];
        tasks.AddRange(kernel.Tasks.Where(task => task.ExitAwaited.Peek != 0).Select(task => new HeldBy(
            Where(kernel, task),
            $"rcu_tasks_postscan() ({TasksFile}, {kernel.Config.SeriesName}): it is in a section of tasks_rcu_exit_srcu",
            "exit_tasks_rcu_finish() at the end of its exit, or exit_tasks_rcu_stop()")));
        bool isDriven = mask == 0 && tasks.Count == 0;
        if (isDriven)
            tasks.Add(new HeldBy(Where(kernel, kthread), $"{next.Name} is its next step", "the kthread runs"));

        string phase = runs ? $"grace period {rcu.Number} is in {next.Name}" : $"no grace period runs yet; next is {next.Name}";
        found.Add(new GracePeriodExplanation("Tasks RCU", kthread.Name, phase, next.Source, Cpus(kernel, mask), tasks));
    }

    private static HeldBy Holdout(Kernel kernel, KernelTask task)
    {
        TaskFacts facts = task.PeekFacts;
        string series = kernel.Config.SeriesName;
        string test = string.Create(
            CultureInfo.InvariantCulture,
            $"check_holdout_task() ({TasksFile}, {series}): rcu_tasks_holdout {(facts.Holdout ? 1 : 0)}, nvcsw {facts.Nvcsw} (snapshot {facts.SnapshotNvcsw}), on_rq {facts.OnRq}, {(facts.IsIdle ? "idle" : "not idle")}, idle_cpu {facts.IdleCpu}");
        bool released = TasksRcuRules.CanRelease(in facts, kernel.Config.NO_HZ_FULL);
        string release = released
            ? "the kthread's next look"
            : "schedule() of the task (awake or asleep), its way to user mode, cond_resched_tasks_rcu_qs(); not preemption, not cond_resched()";
        return new HeldBy(Where(kernel, task), test, release);
    }

    private static HeldBy Reader(Kernel kernel, KernelTask task) => new(
        Where(kernel, task), "synchronize_rcu(): it was preempted in a reader that began before (rcu_read_lock_nesting is not 0)", "its last rcu_read_unlock()");

    private static List<HeldBy> Cpus(Kernel kernel, ulong mask, string wait = "synchronize_rcu()")
    {
        var found = new List<HeldBy>();
        for (; mask != 0; mask &= mask - 1)
        {
            Cpu cpu = kernel.Cpus[BitOperations.TrailingZeroCount(mask)];
            bool inHandler = cpu.Int3.PeekActive;
            string who = cpu.PeekCurrent is { } task ? Where(kernel, task) : "idle";
            string test = inHandler ? $"{wait}: it handles #BP with interrupts off"
                : kernel.Config.PREEMPTION ? $"{wait}: it is in a region with preemption off"
                : $"{wait}: kernel code without preemption, no context switch since the beginning";
            found.Add(new HeldBy($"{cpu.Name}: {who}", test, inHandler ? "the return from the handler" : "a context switch, idle or user mode on it"));
        }

        return found;
    }
}

/// <summary>By what a new execution can get into a range.</summary>
internal static class Publication
{
    public static IEnumerable<string> Of(Kernel kernel, AddressRange range)
    {
        foreach (Callsite site in kernel.Ftrace.Callsites)
        {
            if (Target(kernel, site) is { } target && range.Contains(target))
                yield return $"the callsite of {site.Name} calls {kernel.Symbols.Show(target)}";

            if (site.Literal != 0 && Word(kernel, site.Literal) is var ops && range.Contains(ops) && IsEnabled(kernel, site))
                yield return $"the literal of {site.Name} is {kernel.Symbols.Show(ops)}";
        }

        foreach (FtraceOps ops in kernel.Ftrace.Ops)
        {
            if (!IsPublished(kernel, ops))
                continue;

            ulong func = Word(kernel, ops.Object.Address + FtraceOps.FuncOffset);
            if (range.Contains(func))
                yield return $"the published ops {ops.Name} calls {kernel.Symbols.Show(func)}";
        }
    }

    // An ops is published while a callsite leads to its trampoline or its object.
    private static bool IsPublished(Kernel kernel, FtraceOps ops)
    {
        foreach (Callsite site in ops.Traces)
        {
            if (site.Literal != 0 && Word(kernel, site.Literal) == ops.Object.Address && IsEnabled(kernel, site))
                return true;

            if (ops.Trampoline is { } trampoline && Target(kernel, site) is { } target && trampoline.Contains(target))
                return true;
        }

        return false;
    }

    private static bool IsEnabled(Kernel kernel, Callsite site)
    {
        Span<byte> bytes = stackalloc byte[site.Disabled.Length];
        kernel.Machine.Memory.Peek(site.Address, bytes);
        return !bytes.SequenceEqual(site.Disabled);
    }

    private static ulong? Target(Kernel kernel, Callsite site)
    {
        Span<byte> bytes = stackalloc byte[5];
        kernel.Machine.Memory.Peek(site.Address, bytes);
        if (kernel.Config.Architecture == Architecture.X64)
            return bytes[0] is 0xe8 or 0xe9 ? site.Behind + (ulong)BitConverter.ToInt32(bytes[1..]) : null;

        uint word = BitConverter.ToUInt32(bytes);
        return (word & 0x7c000000) == 0x14000000 ? site.Address + (ulong)((int)(word << 6) >> 4) : null;
    }

    private static ulong Word(Kernel kernel, ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        kernel.Machine.Memory.Peek(address, word);
        return BitConverter.ToUInt64(word);
    }
}
