using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// Tasks RCU: the grace period's kthread as a program, the callbacks of those who wait, and the test of what holds it up.
/// </summary>
/// <remarks>
/// kernel/rcu/tasks.h: rcu_tasks_one_gp(), rcu_tasks_wait_gp(), in 6.1, 6.12 and 7.2; what is decided about a task:
/// <see cref="TasksRcuRules"/>; tasks that exit: <see cref="TasksRcuExit"/>; callbacks: <see cref="TasksRcuQueues"/>; delays and reports:
/// <see cref="TasksRcuTiming"/>. Being preempted ends nothing: that is what keeps a trampoline alive under a task preempted on it.
/// Left out: grace periods in the caller's context before the kthread exists (boot).
/// </remarks>
public sealed class TasksRcu
{
    /// <summary>The task name of the kthread.</summary>
    public const string KthreadName = "rcu_tasks";

    private readonly Kernel _kernel;
    private readonly Cell _sequence;
    private readonly TasksRcuBarrier _barrier;

    internal TasksRcu(Kernel kernel, int cpus)
    {
        _kernel = kernel;
        _sequence = Cell.Of(kernel.Machine);
        Queues = new TasksRcuQueues(kernel, cpus);
        Exit = new TasksRcuExit(kernel);
        Timing = new TasksRcuTiming(kernel);
        _barrier = new TasksRcuBarrier(kernel);
    }

    /// <summary>The kthread, once it is started.</summary>
    public KernelTask? Kthread { get; private set; }

    /// <summary>Its callback queues.</summary>
    public TasksRcuQueues Queues { get; }

    /// <summary>What it does about tasks that exit.</summary>
    public TasksRcuExit Exit { get; }

    /// <summary>Its delays and reports.</summary>
    public TasksRcuTiming Timing { get; }

    /// <summary><c>tasks_gp_seq</c>: the low two bits are the state (0 idle, 1 running), the rest counts those that ended.</summary>
    public ulong Sequence => _sequence.Peek;

    /// <summary>The number of the grace period that runs, or of the last one, counted from 1.</summary>
    public ulong Number => GracePeriodSequence.Count(Sequence) + (IsRunning ? 1UL : 0);

    /// <summary>True while a grace period runs.</summary>
    public bool IsRunning => GracePeriodSequence.IsRunning(Sequence);

    /// <summary>The same as part of the step's footprint.</summary>
    internal ulong CountSequence() => _sequence.Value;

    internal Cell SequenceCell => _sequence;

    /// <summary>The tasks that the grace period in hand waits for.</summary>
    public IEnumerable<KernelTask> Holdouts => _kernel.Tasks.Where(task => task.Holdout.Peek != 0);

    /// <summary>Told of each quiescent state of a task, inside the step that has it. For properties.</summary>
    public event Action<KernelTask>? Quiescent;

    /// <summary>What waits in the queues, one sentence each.</summary>
    public IEnumerable<string> Pending()
    {
        foreach (RcuTasksCallback callback in Queues.Callbacks)
        {
            if (!callback.PeekQueued)
                continue;

            ulong tag = callback.Tag.Peek;
            yield return tag == 0
                ? $"callback {callback.Name} is queued and not tagged: it waits for the next whole grace period"
                : $"callback {callback.Name} waits for the end of grace period {GracePeriodSequence.Count(tag)}";
        }
    }

    /// <summary>The program of the kthread <c>rcu_tasks_kthread</c>.</summary>
    public KernelProgram KthreadProgram() => new(
        "rcu_tasks_kthread",
        [.. BeginSteps(), .. ScanSteps(), .. Exit.PostScan(), .. HoldoutSteps(), .. EndSteps(), .. Timing.Rest(Source)],
        Loops: true);

    /// <summary>The steps of synchronize_rcu_tasks(), as the configuration has it.</summary>
    public KernelProgram Synchronize() => _kernel.Config.TASKS_RCU
        ? new KernelProgram("synchronize_rcu_tasks",
        [
            new("synchronize_rcu_tasks", Source("synchronize_rcu_tasks_generic"), run =>
            {
                Queues.Enqueue(run.Task.RcuTasksWaiter!, run.Task.CoreIndex);
                return "synchronize_rcu_tasks(): callback queued";
            }),
            new("synchronize_rcu_tasks", Source("rcu_tasks_invoke_cbs"), run =>
            {
                run.Task.RcuTasksWaiter!.Reset();
                return "synchronize_rcu_tasks() returns";
            })
            {
                Guard = run => run.Task.RcuTasksWaiter!.HasRun,
                Wait = WaitKind.Sleep,
            },
        ])
        : SynchronizeRcu("synchronize_rcu_tasks", "include/linux/rcupdate.h (6.12): synchronize_rcu_tasks, TASKS_RCU=n");

    /// <summary>call_rcu_tasks() for a callback of <see cref="TasksRcuQueues.Add"/>; call_rcu() where Tasks RCU is not built.</summary>
    public KernelProgram Call(RcuTasksCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new KernelProgram("call_rcu_tasks", _kernel.Config.TASKS_RCU
            ? [new("call_rcu_tasks", Source("call_rcu_tasks_generic"), run => Enqueue(callback, run.Task))]
            : [new("call_rcu_tasks", "include/linux/rcupdate.h (6.12): call_rcu_tasks, TASKS_RCU=n", _ => _kernel.RcuCallbacks.Call(callback))]);
    }

    /// <summary>rcu_barrier_tasks(): waits until every callback that is queued now was invoked.</summary>
    public KernelProgram Barrier() => _kernel.Config.TASKS_RCU
        ? _barrier.Program()
        : _kernel.RcuCallbacks.Barrier("rcu_barrier_tasks");

    /// <summary>The steps of synchronize_rcu() under the name that the caller wrote.</summary>
    public static KernelProgram SynchronizeRcu(string name, string source) => new(name,
    [
        new(name, source, run =>
        {
            run.Kernel.Rcu.Begin(run.Task);
            return run.Kernel.Machine.Told($"{name}() begins, as synchronize_rcu()");
        }),
        new(name, source, run => run.Kernel.Machine.Told($"{name}() returns"))
        {
            Guard = run => VanillaRcu.IsOver(run.Task),
            Wait = WaitKind.Sleep,
        },
    ]);

    /// <summary>Says that <paramref name="task"/> executes the program that <see cref="KthreadProgram"/> returns.</summary>
    internal void SetKthread(KernelTask task) => Kthread = task;

    /// <summary>rcu_tasks_classic_qs() with <c>preempt</c> false: the task says itself that it holds nothing. include/linux/rcupdate.h.</summary>
    internal void NoteQuiescent(KernelTask task)
    {
        var facts = new TaskFacts { Holdout = true };
        TasksRcuRules.NoteContextSwitch(ref facts, preempt: false);
        if (!facts.Holdout && _kernel.Config.Wrong != Mistake.FlagStays)
            task.HoldoutFlag.Value = 0;

        Quiescent?.Invoke(task);
    }

    /// <summary>A design takes it that the task holds nothing, without a quiescent state of its own.</summary>
    internal static void Claim(KernelTask task) => task.HoldoutFlag.Value = 0;

    /// <summary>rcu_tasks_pertask().</summary>
    internal string Scan(KernelTask task, string where)
    {
        TaskFacts facts = task.Facts;
        TasksRcuRules.Scan(ref facts);
        if (!facts.IsListed)
            return _kernel.Machine.Told($"{where}: {task.Name} is off its run queue");

        task.Facts = facts;
        return _kernel.Machine.Told($"{where}: {task.Name} is a holdout");
    }

    /// <summary>The kernel file with the series in force, and a function in it.</summary>
    internal string Source(string function) => $"kernel/rcu/tasks.h ({_kernel.Config.SeriesName}): {function}()";

    private string Enqueue(RcuTasksCallback callback, KernelTask task)
    {
        Queues.Enqueue(callback, task.CoreIndex);
        return _kernel.Machine.Told($"call_rcu_tasks(): {callback.Name} queued");
    }

    private IEnumerable<ProgramStep> BeginSteps() =>
    [
        new("rcu_tasks_need_gpcb", Source("rcu_tasks_one_gp"), run =>
        {
            // Callbacks of a barrier may be left that a grace period has passed for already.
            if ((Queues.NeedGpCb(_sequence.Value) & 2) == 0)
                run.GoTo("rcu_tasks_invoke_cbs");

            return "rcu_tasks_kthread: callbacks are queued";
        })
        {
            Guard = _ => Queues.IsNeeded(_sequence.Value),
            Wait = WaitKind.Sleep,
            Droppable = false,
        },
        new("rcu_seq_start", Source("rcu_tasks_one_gp"), _ =>
        {
            _sequence.Value = GracePeriodSequence.Start(_sequence.Value);
            Timing.Begin();
            return "grace period begins";
        })
        { Droppable = false },
        new("rcu_tasks_pregp_step", Source("rcu_tasks_pregp_step"), run => BeginRcu(run, 1)),
        new("rcu_tasks_pregp_step", Source("rcu_tasks_pregp_step"), _ => "synchronize_rcu() 1 ended")
        {
            Guard = run => VanillaRcu.IsOver(run.Task),
            Wait = WaitKind.Sleep,
        },
    ];

    // One step a task: a task may switch, sleep or be preempted between two looks of the scan.
    private IEnumerable<ProgramStep> ScanSteps() =>
        _kernel.Tasks.Where(task => task != Kthread).Select(task => new ProgramStep(
            "rcu_tasks_pertask",
            Source("rcu_tasks_pertask"),
            _ => task.IsOnTaskList ? Scan(task, "scan") : _kernel.Machine.Told($"scan: {task.Name} has left the task list")));

    // All holdouts are looked at in one step: each is judged by its own fields alone, so what a look at different moments could
    // see more, the next look sees.
    private IEnumerable<ProgramStep> HoldoutSteps()
    {
        foreach (ProgramStep step in Timing.BackOff(Source, HasHoldouts))
            yield return step;

        yield return new ProgramStep("check_all_holdout_tasks", Source("check_all_holdout_tasks"), CheckHoldouts)
        {
            Guard = _ => _kernel.Config.IsTimed || !HasHoldouts() || _kernel.Tasks.Any(CanRelease),
            Wait = WaitKind.Sleep,
        };
    }

    private IEnumerable<ProgramStep> EndSteps()
    {
        yield return new("rcu_tasks_postgp", Source("rcu_tasks_postgp"), run => BeginRcu(run, 2));
        yield return new("rcu_tasks_postgp", Source("rcu_tasks_postgp"), _ => "synchronize_rcu() 2 ended")
        {
            Guard = run => VanillaRcu.IsOver(run.Task),
            Wait = WaitKind.Sleep,
        };
        // Where all callbacks do no more than wake a task, nobody can see the end of the grace period without their run: one step.
        bool onlyWaiters = Queues.Callbacks.All(callback => callback.Invoke is null);
        yield return new("rcu_seq_end", Source("rcu_tasks_one_gp"), _ => EndSequence(onlyWaiters)) { Droppable = false };
        yield return new("rcu_tasks_invoke_cbs", Source("rcu_tasks_invoke_cbs"), InvokeNext)
        {
            Droppable = false,
            IsSkipped = _ => Queues.FirstReady(_sequence.Value) is null,
        };
    }

    private bool HasHoldouts()
    {
        foreach (KernelTask task in _kernel.Tasks)
        {
            if (task.Holdout.Value != 0)
                return true;
        }

        return false;
    }

    private bool CanRelease(KernelTask task)
    {
        if (task.Holdout.Value == 0)
            return false;

        TaskFacts facts = task.Facts;
        return TasksRcuRules.CanRelease(in facts, _kernel.Config.NO_HZ_FULL);
    }

    private string EndSequence(bool invoke)
    {
        _sequence.Value = GracePeriodSequence.End(_sequence.Value) + (_kernel.Config.Wrong == Mistake.EndsTwice ? 4UL : 0);
        while (invoke && Queues.FirstReady(_sequence.Value) is { } callback)
            Queues.Invoke(callback, _sequence.Value);

        return "grace period ends";
    }

    private string InvokeNext(ProgramRun run)
    {
        RcuTasksCallback callback = Queues.FirstReady(_sequence.Value)!;
        string text = Queues.Invoke(callback, _sequence.Value);
        if (Queues.FirstReady(_sequence.Value) is not null)
            run.GoTo("rcu_tasks_invoke_cbs");

        return text;
    }

    private string BeginRcu(ProgramRun run, int which)
    {
        run.Kernel.Rcu.Begin(run.Task);
        return _kernel.Machine.Told($"synchronize_rcu() {which} begins");
    }

    private string CheckHoldouts(ProgramRun run)
    {
        string? report = Timing.StallReport();
        string released = "";
        bool left = false, any = false;
        foreach (KernelTask task in _kernel.Tasks)
        {
            if (CanRelease(task))
            {
                TaskFacts facts = task.Facts;
                bool flag = facts.Holdout;
                TasksRcuRules.Check(ref facts, _kernel.Config.NO_HZ_FULL);
                facts.Holdout = _kernel.Config.Wrong == Mistake.FlagStays && flag;
                task.Facts = facts;
                released = _kernel.Machine.Told($"{released}{(released.Length == 0 ? "" : ", ")}{task.Name}");
                any = true;
            }

            left |= task.Holdout.Value != 0;
            if (left && task != Kthread && _kernel.Config.Wrong == Mistake.LooksScanAgain && task.Holdout.Value == 0)
                Scan(task, "look");
        }

        if (left)
            run.GoTo(_kernel.Config.IsTimed ? TasksRcuTiming.BackOffName : "check_all_holdout_tasks");

        string text = any ? _kernel.Machine.Told($"released: {released}") : left ? "holdouts are left" : "no holdouts";
        return Timing.WithReports(text, report);
    }
}
