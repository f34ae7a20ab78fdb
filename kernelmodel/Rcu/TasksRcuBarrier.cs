using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>rcu_barrier_tasks(): waits for the invocation of what is queued, which is no grace period of its own.</summary>
/// <remarks>
/// kernel/rcu/tasks.h: rcu_barrier_tasks_generic(). A count that starts at 2, a marker behind the last callback of each queue that has
/// any, the 2 dropped at the end. Left out: the early return of a barrier that another one spanned; it only saves time.
/// </remarks>
internal sealed class TasksRcuBarrier
{
    private readonly Kernel _kernel;
    private readonly Cell _count;
    private readonly Cell _owner;
    private List<RcuTasksCallback>? _markers;

    public TasksRcuBarrier(Kernel kernel)
    {
        _kernel = kernel;
        _count = Cell.Of(kernel.Machine);
        _owner = Cell.Of(kernel.Machine);
    }

    private TasksRcu Rcu => _kernel.TasksRcu;

    public KernelProgram Program()
    {
        _markers ??= [.. _kernel.Cpus.Select(cpu => Rcu.Queues.Add($"rcu_barrier_tasks marker of {cpu.Name}", Passed))];
        return new KernelProgram("rcu_barrier_tasks",
        [
            new("rcu_barrier_tasks", Rcu.Source("rcu_barrier_tasks_generic"), Begin) { Guard = _ => _owner.Value == 0, Wait = WaitKind.Sleep },
            new("rcu_barrier_tasks", Rcu.Source("rcu_barrier_tasks_generic"), _ =>
            {
                _owner.Value = 0;
                return "rcu_barrier_tasks() returns";
            })
            { Guard = _ => _count.Value == 0, Wait = WaitKind.Sleep },
        ]);
    }

    private string Begin(ProgramRun run)
    {
        _owner.Value = (ulong)run.Task.Number + 1;
        _count.Value = 2;
        int entrained = 0;
        foreach (int queue in Rcu.Queues.NonEmpty().ToList())
        {
            _count.Value++;
            entrained++;
            Rcu.Queues.Entrain(_markers![queue], queue);
        }

        _count.Value -= 2;
        return _kernel.Machine.Told($"rcu_barrier_tasks(): {entrained} markers queued");
    }

    private string Passed()
    {
        _count.Value--;
        return "one queue less to wait for";
    }
}
