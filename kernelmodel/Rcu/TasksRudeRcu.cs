using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// Tasks Rude RCU: waits until every online core has switched between tasks, preemptions included. It waits for regions without preemption,
/// also where RCU does not watch, and not for a task that is preempted.
/// </summary>
/// <remarks>
/// kernel/rcu/tasks.h: rcu_tasks_rude_wait_gp(); kernel/workqueue.c: schedule_on_each_cpu(). A core whose current task can be preempted runs the
/// worker at once; one that cannot runs it at its next switch. A reader of PREEMPT_RCU is no obstacle. In 7.2 the public call is a no-op on
/// x86-64 and arm64 (ARCH_WANTS_NO_INSTR) unless FORCE_TASKS_RUDE_RCU is set; it does not fall back to synchronize_rcu().
/// Left out: the kthread and its queue, which batch callers and delay them by HZ/10: longer waits, never shorter ones; the hotplug lock.
/// </remarks>
public sealed class TasksRudeRcu
{
    private readonly Kernel _kernel;

    internal TasksRudeRcu(Kernel kernel) => _kernel = kernel;

    /// <summary>The steps of synchronize_rcu_tasks_rude(); none where it is a no-op.</summary>
    public KernelProgram Synchronize()
    {
        const string Name = "synchronize_rcu_tasks_rude";
        string file = $"kernel/rcu/tasks.h ({_kernel.Config.SeriesName}): ";
        return new KernelProgram(Name, !_kernel.Config.RudeWaits ? [] :
        [
            new(Name, file + "rcu_tasks_rude_wait_gp()", run =>
            {
                Begin(run.Task);
                return $"{Name}(): a worker is queued on each core";
            }),
            new(Name, file + "rcu_tasks_rude_wait_gp()", _ => $"{Name}() returns")
            {
                Guard = run => run.Task.RudeWaitMask.Value == 0,
                Wait = WaitKind.Sleep,
            },
        ]);
    }

    /// <summary>A core has switched, or can be made to.</summary>
    internal void NoteSwitch(int core)
    {
        ulong bit = 1UL << core;
        foreach (KernelTask task in _kernel.Waiters)
        {
            if ((task.RudeWaitMask.Peek & bit) != 0)
                task.RudeWaitMask.Value &= ~bit;
        }
    }

    private void Begin(KernelTask task)
    {
        ulong mask = 0;
        foreach (Cpu cpu in _kernel.Cpus)
        {
            if (cpu.Core.Index != task.CoreIndex && !cpu.CanSwitch)
                mask |= 1UL << cpu.Core.Index;
        }

        task.RudeWaitMask.Value = mask;
    }
}
