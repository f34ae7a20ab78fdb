using System.Globalization;
using RcuEmu.KernelModel.Images;
using RcuEmu.KernelModel.Rcu;

namespace RcuEmu.KernelModel.Tests;

/// <summary>Made-up tasks in the layout of a real kernel, and that kernel's own Tasks RCU functions called on them.</summary>
internal sealed class KernelJudge : IDisposable
{
    private const int TaskCount = 3;
    private const ulong Usage = 3;
    private const ulong PfIdle = 2; // include/linux/sched.h: PF_IDLE
    private readonly ulong[] _tasks = new ulong[TaskCount];
    private readonly ulong _kthread;
    private readonly ulong _holdouts;
    private readonly ulong _report;
    private readonly int _list;

    public KernelJudge(KernelCode code)
    {
        Code = code;
        NoHzFull = code.Image.Config?.IsSet("NO_HZ_FULL") ?? false;
        int bytes = code.Image.Btf!.StructSize("task_struct")!.Value;
        for (int i = 0; i < TaskCount; i++)
            _tasks[i] = code.Take(bytes);

        _kthread = code.Take(bytes);
        code.SetCurrent(_kthread);
        foreach (ulong task in (ulong[])[.. _tasks, _kthread])
            ClearReschedRequest(task);

        _holdouts = code.Take(16);
        _report = code.Take(8);
        _list = code.Member("task_struct", "rcu_tasks_holdout_list").Offset;
        InitList(_holdouts);
        for (int i = 0; i < TaskCount; i++)
        {
            InitList(_tasks[i] + (ulong)_list);
            Set(i, "usage", Usage);
        }
    }

    public KernelCode Code { get; }

    public bool NoHzFull { get; }

    public void Dispose() => Code.Dispose();

    /// <summary>The address of a task.</summary>
    public ulong Address(int task) => _tasks[task];

    /// <summary>Makes the exit path ready: list heads, and what it calls outside replaced. Before the first call.</summary>
    /// <returns>What is replaced.</returns>
    public IReadOnlyList<string> PrepareExit()
    {
        var replaced = new List<string>();
        foreach (string symbol in (string[])["add_timer", "timer_delete_sync", "del_timer_sync", "__cond_resched", "synchronize_srcu"])
        {
            if (Code.Image.Symbols.AddressOf(symbol) is null || (symbol == "synchronize_srcu") != HasSrcu)
                continue;

            Code.Intercept(symbol, code => symbol == "synchronize_srcu" ? NoteSynchronizeSrcu(code.Argument(0)) : 0);
            replaced.Add(symbol);
        }

        if (!HasSrcu)
            InitList(ExitList);

        for (int i = 0; i < TaskCount && !HasSrcu; i++)
            InitList(_tasks[i] + (ulong)Code.Member("task_struct", "rcu_tasks_exit_list").Offset);

        // One CPU: kernel/cpu.c, lib/cpumask.c.
        Code.Write(Code.Address("nr_cpu_ids"), 4, 1);
        Code.Write(Code.Address("__cpu_possible_mask"), 8, 1);
        return replaced;
    }

    /// <summary>True for 6.1.</summary>
    public bool HasSrcu => Code.Image.Btf!.FindMember("task_struct", "rcu_tasks_exit_list") is null;

    /// <summary>How often rcu_tasks_postscan() waited for tasks_rcu_exit_srcu.</summary>
    public int SrcuWaits { get; private set; }

    /// <summary>Calls a function as a task.</summary>
    public void As(int task, string function, params ReadOnlySpan<ulong> arguments)
    {
        Code.SetCurrent(_tasks[task]);
        Run(function, arguments);
        Code.SetCurrent(_kthread);
    }

    public void PostScan() => Run("rcu_tasks_postscan", _holdouts);

    /// <summary>The tasks on CPU 0's exit list; in 6.1, how many are in a section: the sums of both counters of locks less those of unlocks.</summary>
    public int CountExiting(IReadOnlyList<TaskFacts> tasks, string when)
    {
        if (HasSrcu)
        {
            int wanted = tasks.Count(task => task.ExitCpu >= 0);
            Assert.True(SrcuReaders() == wanted, $"{when}: {SrcuReaders()} readers in the kernel, {wanted} in the model");
            return 1;
        }

        HashSet<ulong> listed = Members(ExitList, (ulong)Code.Member("task_struct", "rcu_tasks_exit_list").Offset);
        for (int i = 0; i < TaskCount; i++)
        {
            Assert.True(listed.Contains(_tasks[i]) == (tasks[i].ExitCpu >= 0), $"{when}, task {i}: on the exit list is {listed.Contains(_tasks[i])} in the kernel");
            if (tasks[i].ExitCpu >= 0)
                Assert.Equal((ulong)tasks[i].ExitCpu, Get(i, "rcu_tasks_exit_cpu"));
        }

        return 2 * TaskCount;
    }

    // arm64 keeps the request to reschedule inverted beside the count: arch/arm64/include/asm/preempt.h. Zero would mean "asked".
    private void ClearReschedRequest(ulong task)
    {
        if (Code.Image.Architecture == Isa.Architecture.Arm64)
            Code.Write(task + (ulong)Code.Member("thread_info", "preempt_count").Offset, 8, 1UL << 32);
    }

    private ulong ExitList => Code.PerCpuAddress("rcu_tasks__percpu") + (ulong)Code.Member("rcu_tasks_percpu", "rtp_exit_list").Offset;

    private long SrcuReaders()
    {
        ulong data = Code.PerCpuAddress("tasks_rcu_exit_srcu_srcu_data");
        int locks = Code.Member("srcu_data", "srcu_lock_count").Offset, unlocks = Code.Member("srcu_data", "srcu_unlock_count").Offset;
        return (long)(Code.Read(data + (ulong)locks, 8) + Code.Read(data + (ulong)locks + 8, 8)
            - Code.Read(data + (ulong)unlocks, 8) - Code.Read(data + (ulong)unlocks + 8, 8));
    }

    private ulong NoteSynchronizeSrcu(ulong srcu)
    {
        Assert.Equal(Code.Address("tasks_rcu_exit_srcu"), srcu);
        SrcuWaits++;
        return 0;
    }

    public void Write(int task, in TaskFacts facts)
    {
        Set(task, "on_rq", (ulong)facts.OnRq);
        Set(task, "flags", facts.IsIdle ? PfIdle : 0);
        Set(task, "nvcsw", facts.Nvcsw);
        Set(task, "rcu_tasks_nvcsw", facts.SnapshotNvcsw);
        Set(task, "rcu_tasks_holdout", facts.Holdout ? 1UL : 0);
        Set(task, "rcu_tasks_idle_cpu", (ulong)facts.IdleCpu);
    }

    public void Scan(int task) => Run("rcu_tasks_pertask", _tasks[task], _holdouts);

    public void CheckAll() => Run("check_all_holdout_tasks", _holdouts, 0, _report);

    /// <summary>Compares every field of every task, its place on the list, and its usage count. Returns how many.</summary>
    public int Compare(IReadOnlyList<TaskFacts> tasks, string when)
    {
        int fields = 0;
        HashSet<ulong> listed = Listed();
        for (int i = 0; i < TaskCount; i++)
        {
            TaskFacts facts = tasks[i];
            (string Name, ulong Model, ulong Kernel)[] rows =
            [
                ("on_rq", (ulong)facts.OnRq, Get(i, "on_rq")),
                ("nvcsw", facts.Nvcsw, Get(i, "nvcsw")),
                ("rcu_tasks_nvcsw", facts.SnapshotNvcsw, Get(i, "rcu_tasks_nvcsw")),
                ("rcu_tasks_holdout", facts.Holdout ? 1UL : 0, Get(i, "rcu_tasks_holdout")),
                ("rcu_tasks_idle_cpu", (uint)facts.IdleCpu, Get(i, "rcu_tasks_idle_cpu")),
                ("listed", facts.IsListed ? 1UL : 0, listed.Contains(_tasks[i]) ? 1UL : 0),
                ("usage", facts.IsListed ? Usage + 1 : Usage, Get(i, "usage")),
            ];
            foreach ((string name, ulong model, ulong kernel) in rows)
            {
                Assert.True(model == kernel, string.Create(CultureInfo.InvariantCulture,
                    $"{when}, task {i}: {name} is 0x{kernel:x} in the kernel, 0x{model:x} in the model"));
            }

            fields += rows.Length;
        }

        return fields;
    }

    private void Run(string function, params ReadOnlySpan<ulong> arguments)
    {
        CallResult result = Code.Call(function, arguments);
        Assert.True(result.Returned, $"{function} stopped at {Code.Image.Symbols.Describe(result.Address)}: {result.Event}");
    }

    private HashSet<ulong> Listed()
    {
        return Members(_holdouts, (ulong)_list);
    }

    private HashSet<ulong> Members(ulong head, ulong offset)
    {
        var found = new HashSet<ulong>();
        for (ulong at = Code.Read(head, 8); at != head && found.Count <= TaskCount; at = Code.Read(at, 8))
            found.Add(at - offset);

        return found;
    }

    private void InitList(ulong head)
    {
        Code.Write(head, 8, head);
        Code.Write(head + 8, 8, head);
    }

    private void Set(int task, string member, ulong value)
    {
        (int offset, int bytes) = Code.Member("task_struct", member);
        Code.Write(_tasks[task] + (ulong)offset, bytes, value);
    }

    private ulong Get(int task, string member)
    {
        (int offset, int bytes) = Code.Member("task_struct", member);
        return Code.Read(_tasks[task] + (ulong)offset, bytes);
    }
}
