using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// Tasks RCU: the grace period's kthread as a program, the callbacks of those who wait, and the test of what holds it up.
/// </summary>
/// <remarks>
/// kernel/rcu/tasks.h (6.12): rcu_tasks_one_gp(), rcu_tasks_wait_gp(); what is decided about a task: <see cref="TasksRcuRules"/>. Being preempted ends nothing: that is what keeps a trampoline alive under a task preempted on it.
/// Left out: NO_HZ_FULL, CPU hotplug, idle injection, exiting tasks that have left the task list (a task here exits in one step), lazy
/// callbacks and the back-off between two looks (the kthread looks again when there is something to see; only time is lost).
/// </remarks>
public sealed class TasksRcu
{
    /// <summary>The task name of the kthread.</summary>
    public const string KthreadName = "rcu_tasks";

    private const string File = "kernel/rcu/tasks.h (6.12): ";
    private const ulong None = 0;
    private const ulong Queued = 1;
    private const ulong Tagged = 2;
    private const ulong Done = 3;

    private readonly Kernel _kernel;
    private readonly Cell _sequence;

    internal TasksRcu(Kernel kernel)
    {
        _kernel = kernel;
        _sequence = Cell.Of(kernel.Machine);
    }

    /// <summary>The kthread, once it is started.</summary>
    public KernelTask? Kthread { get; private set; }

    /// <summary><c>tasks_gp_seq</c>: bit 0 is set while a grace period runs, the rest counts those that ended.</summary>
    public ulong Sequence => _sequence.Peek;

    /// <summary>The same as part of the step's footprint.</summary>
    internal ulong CountSequence() => _sequence.Value;

    /// <summary>The tasks that the grace period in hand waits for.</summary>
    public IEnumerable<KernelTask> Holdouts => _kernel.Tasks.Where(task => task.Holdout.Peek != 0);

    /// <summary>The program of the kthread <c>rcu_tasks_kthread</c>.</summary>
    public KernelProgram KthreadProgram()
    {
        var steps = new List<ProgramStep>
        {
            new("rcu_tasks_need_gpcb", File + "rcu_tasks_one_gp()", _ => "rcu_tasks_kthread: callbacks are queued")
            {
                Guard = _ => _kernel.Tasks.Any(task => task.RcuTasksWait.Value == Queued),
                Wait = WaitKind.Sleep,
                Droppable = false,
            },
            new("rcu_seq_start", File + "rcu_tasks_one_gp()", _ => StartSequence()) { Droppable = false },
            new("rcu_tasks_pregp_step", File + "rcu_tasks_pregp_step()", run => BeginRcu(run, 1)),
            new("rcu_tasks_pregp_step", File + "rcu_tasks_pregp_step()", _ => "synchronize_rcu() 1 ended")
            {
                Guard = run => VanillaRcu.IsOver(run.Task),
                Wait = WaitKind.Sleep,
            },
        };
        // One step a task: a task may switch, sleep or be preempted between two looks of the scan.
        foreach (KernelTask task in _kernel.Tasks)
        {
            if (task != Kthread)
                steps.Add(new ProgramStep("rcu_tasks_pertask", File + "rcu_tasks_pertask()", _ => Scan(task)));
        }

        steps.Add(new ProgramStep("check_all_holdout_tasks", File + "check_all_holdout_tasks()", CheckHoldouts)
        {
            Guard = _ => _kernel.Tasks.All(task => task.Holdout.Value == 0) || _kernel.Tasks.Any(CanRelease),
            Wait = WaitKind.Sleep,
        });
        steps.Add(new ProgramStep("rcu_tasks_postgp", File + "rcu_tasks_postgp()", run => BeginRcu(run, 2)));
        steps.Add(new ProgramStep("rcu_tasks_postgp", File + "rcu_tasks_postgp()", _ => "synchronize_rcu() 2 ended")
        {
            Guard = run => VanillaRcu.IsOver(run.Task),
            Wait = WaitKind.Sleep,
        });
        steps.Add(new ProgramStep("rcu_seq_end", File + "rcu_tasks_one_gp()", _ => EndSequence()) { Droppable = false });
        return new KernelProgram("rcu_tasks_kthread", steps, Loops: true);
    }

    /// <summary>The steps of synchronize_rcu_tasks(), as the configuration has it.</summary>
    public KernelProgram Synchronize() => _kernel.Config.TASKS_RCU
        ? new KernelProgram("synchronize_rcu_tasks",
        [
            new("synchronize_rcu_tasks", File + "synchronize_rcu_tasks_generic()", run =>
            {
                run.Task.RcuTasksWait.Value = Queued;
                return "synchronize_rcu_tasks(): callback queued";
            }),
            new("synchronize_rcu_tasks", File + "rcu_tasks_invoke_cbs()", run =>
            {
                run.Task.RcuTasksWait.Value = None;
                return "synchronize_rcu_tasks() returns";
            })
            {
                Guard = run => run.Task.RcuTasksWait.Value == Done,
                Wait = WaitKind.Sleep,
            },
        ])
        : SynchronizeRcu("synchronize_rcu_tasks", "include/linux/rcupdate.h (6.12): synchronize_rcu_tasks, TASKS_RCU=n");

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

    private static bool CanRelease(KernelTask task)
    {
        if (task.Holdout.Value == 0)
            return false;

        TaskFacts facts = task.Facts;
        return TasksRcuRules.CanRelease(in facts, noHzFull: false);
    }

    private string StartSequence()
    {
        _sequence.Value++;
        foreach (KernelTask task in _kernel.Tasks)
        {
            if (task.RcuTasksWait.Value == Queued)
                task.RcuTasksWait.Value = Tagged;
        }

        return "grace period begins";
    }

    private string EndSequence()
    {
        _sequence.Value++;
        foreach (KernelTask task in _kernel.Tasks)
        {
            if (task.RcuTasksWait.Value == Tagged)
                task.RcuTasksWait.Value = Done;
        }

        return "grace period ends";
    }

    private string BeginRcu(ProgramRun run, int which)
    {
        run.Kernel.Rcu.Begin(run.Task);
        return _kernel.Machine.Told($"synchronize_rcu() {which} begins");
    }

    private string Scan(KernelTask task)
    {
        TaskFacts facts = task.Facts;
        TasksRcuRules.Scan(ref facts);
        if (!facts.IsListed)
            return _kernel.Machine.Told($"scan: {task.Name} is off its run queue");

        task.Facts = facts;
        return _kernel.Machine.Told($"scan: {task.Name} is a holdout");
    }

    private string CheckHoldouts(ProgramRun run)
    {
        string released = "";
        bool left = false;
        foreach (KernelTask task in _kernel.Tasks)
        {
            if (CanRelease(task))
            {
                TaskFacts facts = task.Facts;
                TasksRcuRules.Check(ref facts, noHzFull: false);
                task.Facts = facts;
                released = _kernel.Machine.Told($"{released}{(released.Length == 0 ? "" : ", ")}{task.Name}");
            }

            left |= task.Holdout.Value != 0;
        }

        if (left)
            run.GoTo("check_all_holdout_tasks");

        return released.Length == 0 ? "no holdouts" : _kernel.Machine.Told($"released: {released}");
    }
}
