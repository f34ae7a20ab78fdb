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

        code.SetCurrent(code.Take(bytes));
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
        var found = new HashSet<ulong>();
        for (ulong at = Code.Read(_holdouts, 8); at != _holdouts && found.Count <= TaskCount; at = Code.Read(at, 8))
            found.Add(at - (ulong)_list);

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
