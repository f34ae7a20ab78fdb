using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// Design R of the proposal of 2026: synchronize_rcu_tasks() where every trampoline is a reader of Tasks Trace RCU, and a task that was
/// interrupted in a trampoline's first or last instructions is kept on a list.
/// </summary>
/// <remarks>
/// The posted patches to kernel/rcu/tasks.h; not in any release. Steps: every core passes an event; whoever was interrupted in protected text
/// leaves it; all readers end; and once more the first two, for those who have gone from a reader into the last instructions since.
/// Left out: the kthread and the kick's delay of one jiffy; idle-injection tasks.
/// </remarks>
public sealed class TrampolineReaders
{
    private const string File = "kernel/rcu/tasks.h (proposal of 2026): ";
    private const ulong Held = 1;
    private const ulong Awaited = 2;

    private readonly Kernel _kernel;

    internal TrampolineReaders(Kernel kernel) => _kernel = kernel;

    /// <summary>The steps of synchronize_rcu_tasks().</summary>
    public KernelProgram Synchronize() => new("synchronize_rcu_tasks",
    [
        .. Pass("events", "holdouts"),
        .. _kernel.TasksTrace.Synchronize().Steps,
        .. Pass("events_again", "holdouts_again"),
    ]);

    /// <summary>A preemption: <paramref name="inText"/> says that an interrupt struck in protected text.</summary>
    internal void NotePreempted(Cpu cpu, KernelTask task, bool inText)
    {
        // A task that is on the private list of a grace period stays there until it is seen outside.
        if (inText)
            task.Inside.InterruptedInText.Value = Math.Max(task.Inside.InterruptedInText.Value, Held);
        else
            task.Inside.InterruptedInText.Value = 0;

        NoteEvent(cpu);
    }

    /// <summary>A pass through __schedule() or another quiescent state of the core's current task that no interrupt made.</summary>
    internal void NoteOwnEvent(Cpu cpu, KernelTask task)
    {
        if (_kernel.Config.Design != TasksRcuDesign.Readers)
            return;

        if (task.Context is not null)
            task.Inside.InterruptedInText.Value = 0;

        NoteEvent(cpu);
    }

    private void NoteEvent(Cpu cpu)
    {
        ulong bit = 1UL << cpu.Core.Index;
        foreach (KernelTask waiter in _kernel.Tasks)
        {
            if ((waiter.EventWaitMask.Peek & bit) != 0)
                waiter.EventWaitMask.Value &= ~bit;
        }
    }

    private IEnumerable<ProgramStep> Pass(string events, string holdouts) =>
    [
        .. VanillaRcu.Synchronize($"{events}_synchronize_rcu", File + "rcu_tasks_wait_gp()").Steps,
        new(events, File + "rcu_tasks_wait_events()", run => Snapshot(run.Task)),
        new(events, File + "rcu_tasks_wait_events()", _ => "every core has passed an event")
        {
            Guard = run => run.Task.EventWaitMask.Value == 0,
            Wait = WaitKind.Sleep,
        },
        new(holdouts, File + "rcu_tasks_wait_holdouts()", _ => Take()),
        new($"{holdouts}_wait", File + "rcu_tasks_wait_holdouts()", run => Wait(run, $"{holdouts}_wait"))
        {
            Guard = _ => !AwaitedTasks().Any() || AwaitedTasks().Any(CanKick),
        },
    ];

    private IEnumerable<KernelTask> AwaitedTasks() =>
        _kernel.Tasks.Where(task => task.Context is not null && task.Inside.InterruptedInText.Value == Awaited);

    private bool CanKick(KernelTask task)
    {
        Cpu cpu = _kernel.Cpus[task.CoreIndex];
        _kernel.Machine.Footprint.Cells(cpu.Core.PendingCell, 1, Emulator.Execution.TouchKind.Read);
        return cpu.Current == task && (cpu.Core.Pending & (1UL << Vector.Reschedule)) == 0;
    }

    private string Wait(ProgramRun run, string self)
    {
        if (!AwaitedTasks().Any())
            return "nobody is left in protected text";

        foreach (KernelTask task in AwaitedTasks().Where(CanKick))
            _kernel.Cpus[task.CoreIndex].Core.Pend(Vector.Reschedule);

        run.GoTo(self);
        return "kicks those who still run there";
    }

    private string Snapshot(KernelTask waiter)
    {
        ulong mask = 0;
        foreach (Cpu cpu in _kernel.Cpus)
        {
            if (cpu.Core.Index == waiter.CoreIndex || cpu.Current is null)
                continue;

            mask |= 1UL << cpu.Core.Index;
            cpu.Core.Pend(Vector.Reschedule);
        }

        waiter.EventWaitMask.Value = mask;
        return "waits for an event on each core, and kicks them";
    }

    private string Take()
    {
        foreach (KernelTask task in _kernel.Tasks)
        {
            if (task.Context is not null && task.Inside.InterruptedInText.Value == Held)
                task.Inside.InterruptedInText.Value = Awaited;
        }

        return "takes the list of tasks interrupted in protected text";
    }
}
