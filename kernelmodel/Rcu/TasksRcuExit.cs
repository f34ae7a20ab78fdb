using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>How far a task is on its way out. kernel/exit.c: do_exit().</summary>
public enum ExitPhase
{
    /// <summary>Not exiting.</summary>
    Alive,

    /// <summary>Behind exit_tasks_rcu_start(): on an exit list, or in the SRCU section of 6.1.</summary>
    Started,

    /// <summary>Behind exit_notify(): off the task list, still preemptible.</summary>
    Unlisted,

    /// <summary>Behind the last preempt_disable().</summary>
    NonPreemptible,

    /// <summary>Behind exit_tasks_rcu_finish(): only the final switch is left.</summary>
    Finished,
}

/// <summary>
/// What Tasks RCU does about tasks that leave the task list while they can still run protected text: a reader of SRCU in 6.1, an
/// exit list for each CPU from 6.12 on.
/// </summary>
/// <remarks>
/// kernel/rcu/tasks.h: exit_tasks_rcu_start(), exit_tasks_rcu_stop(), exit_tasks_rcu_finish(), rcu_tasks_postscan(); kernel/exit.c:
/// do_exit(); kernel/pid_namespace.c: zap_pid_ns_processes(). Where no task of a machine exits in phases the steps behind the scan are not
/// there: an exit list that is always empty cannot be seen. Left out: the two index phases of SRCU (a reader that began before the
/// wait is waited for, a later one is not), the pauses of the walk over the exit lists (a list is walked in one step).
/// </remarks>
public sealed class TasksRcuExit
{
    private readonly Kernel _kernel;

    internal TasksRcuExit(Kernel kernel) => _kernel = kernel;

    /// <summary>True where some task exits in phases. Set while the machine is set up, before the kthread is added.</summary>
    public bool IsPhased { get; set; }

    private bool HasSrcu => _kernel.Config.Series == Series.V6_1;

    /// <summary>exit_tasks_rcu_start().</summary>
    internal string Start(KernelTask task)
    {
        task.ExitPhase = ExitPhase.Started;
        var facts = new TaskFacts { ExitCpu = -1 };
        TasksRcuRules.ExitStart(ref facts, _kernel.Config.Series, task.CoreIndex);
        task.ExitCpu.Value = (ulong)(facts.ExitCpu + 1);

        return HasSrcu
            ? _kernel.Machine.Told($"{task.Name}: enters tasks_rcu_exit_srcu")
            : _kernel.Machine.Told($"{task.Name}: goes on the exit list of c{task.CoreIndex}");
    }

    /// <summary>exit_tasks_rcu_stop() (6.1): leaves the SRCU section without having exited.</summary>
    internal string Stop(KernelTask task)
    {
        Leave(task);
        task.ExitPhase = ExitPhase.Alive;
        return _kernel.Machine.Told($"{task.Name}: leaves tasks_rcu_exit_srcu for a while");
    }

    /// <summary>exit_notify(): the task leaves the task list.</summary>
    internal string Notify(KernelTask task)
    {
        task.ExitPhase = ExitPhase.Unlisted;
        return _kernel.Machine.Told($"{task.Name}: leaves the task list");
    }

    /// <summary>The last preempt_disable() of do_exit().</summary>
    internal string DisablePreemption(KernelTask task)
    {
        task.ExitPhase = ExitPhase.NonPreemptible;
        return _kernel.Machine.Told($"{task.Name}: preemption is off for good");
    }

    /// <summary>exit_tasks_rcu_finish().</summary>
    internal string Finish(KernelTask task)
    {
        Leave(task);
        task.ExitPhase = ExitPhase.Finished;
        return HasSrcu
            ? _kernel.Machine.Told($"{task.Name}: leaves tasks_rcu_exit_srcu")
            : _kernel.Machine.Told($"{task.Name}: leaves the exit list");
    }

    /// <summary>do_exit() as a program.</summary>
    /// <param name="waitsFor">
    /// For the last task of a PID namespace: the task that must have exited first, on which zap_pid_ns_processes() waits.
    /// </param>
    public KernelProgram DoExit(Func<KernelTask?>? waitsFor = null)
    {
        var steps = new List<ProgramStep> { Phase("exit_tasks_rcu_start", Start) };
        if (waitsFor is not null)
            steps.AddRange(ZapPidNamespace(waitsFor));

        steps.Add(new ProgramStep("exit_notify", Exit("exit_notify"), run => Notify(run.Task)) { Droppable = false });
        steps.Add(new ProgramStep("preempt_disable", Exit("do_exit"), run => DisablePreemption(run.Task)));
        steps.Add(Phase("exit_tasks_rcu_finish", Finish));
        steps.Add(new ProgramStep("do_task_dead", $"kernel/sched/core.c ({_kernel.Config.SeriesName}): do_task_dead()", run => _kernel.Machine.Told($"{run.Task.Name} is dead"))
        {
            Droppable = false,
        });
        return new KernelProgram("do_exit", steps);
    }

    /// <summary>Step 4 of a grace period: cover tasks that the scan could not see.</summary>
    internal IEnumerable<ProgramStep> PostScan()
    {
        if (!IsPhased)
            return [];

        return HasSrcu ? SrcuSteps() : _kernel.Cpus.Select(cpu => new ProgramStep(
            "rcu_tasks_postscan", _kernel.TasksRcu.Source("rcu_tasks_postscan"), _ => Walk(cpu.Core.Index)));
    }

    private IEnumerable<ProgramStep> SrcuSteps() =>
    [
        new("rcu_tasks_postscan", _kernel.TasksRcu.Source("rcu_tasks_postscan"), _ =>
        {
            foreach (KernelTask task in _kernel.Tasks)
            {
                TaskFacts facts = ExitFacts(task);
                if (TasksRcuRules.PostScan(ref facts, Series.V6_1))
                    task.ExitAwaited.Value = 1;
            }

            return "synchronize_srcu(&tasks_rcu_exit_srcu) begins";
        }),
        new("rcu_tasks_postscan", _kernel.TasksRcu.Source("rcu_tasks_postscan"), _ => "synchronize_srcu(&tasks_rcu_exit_srcu) ended")
        {
            Guard = _ => _kernel.Tasks.All(task => task.ExitAwaited.Value == 0),
            Wait = WaitKind.Sleep,
        },
    ];

    // A dead task that never left the section (its exit_tasks_rcu_finish() is dropped) is waited for, for ever.
    private static TaskFacts ExitFacts(KernelTask task) => task.Facts with { ExitCpu = (int)task.ExitCpu.Value - 1 };

    private string Walk(int cpu)
    {
        string found = "";
        foreach (KernelTask task in _kernel.Tasks)
        {
            if (task.ExitCpu.Value != (ulong)cpu + 1)
                continue;

            TaskFacts facts = ExitFacts(task);
            bool wasListed = facts.IsListed;
            TasksRcuRules.PostScan(ref facts, _kernel.Config.Series);
            if (wasListed || !facts.IsListed)
                continue;

            task.Facts = facts;
            found = _kernel.Machine.Told($"{found}exit list: {task.Name} is a holdout; ");
        }

        return _kernel.Machine.Told($"{found}exit list of c{cpu} walked");
    }

    private static void Leave(KernelTask task)
    {
        var facts = new TaskFacts { ExitCpu = (int)task.ExitCpu.Value - 1 };
        TasksRcuRules.ExitFinish(ref facts);
        task.ExitCpu.Value = (ulong)(facts.ExitCpu + 1);
        task.ExitAwaited.Value = 0;
    }

    // Dropping exit_tasks_rcu_stop() leaves the re-entry behind the wait too: they are a pair.
    private IEnumerable<ProgramStep> ZapPidNamespace(Func<KernelTask?> waitsFor)
    {
        const string Source = "kernel/pid_namespace.c";
        string series = _kernel.Config.SeriesName;
        if (HasSrcu)
            yield return new("exit_tasks_rcu_stop", $"{Source} ({series}): zap_pid_ns_processes()", run => Stop(run.Task));

        yield return new("zap_pid_ns_processes", $"{Source} ({series}): zap_pid_ns_processes()", _ => "the namespace is empty")
        {
            Guard = _ => waitsFor() is not { } task || task.State == TaskState.Dead,
            Wait = WaitKind.Sleep,
            Droppable = false,
        };
        if (HasSrcu)
            yield return new("exit_tasks_rcu_stop", $"{Source} ({series}): zap_pid_ns_processes()", run => Start(run.Task));
    }

    private ProgramStep Phase(string name, Func<KernelTask, string> act) => new(name, _kernel.TasksRcu.Source(name), run => act(run.Task));

    private string Exit(string function) => $"kernel/exit.c ({_kernel.Config.SeriesName}): {function}()";
}
