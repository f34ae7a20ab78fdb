using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// Vanilla RCU as far as Tasks RCU and the users of text need it: a grace period ends once every core has, at some instant since
/// its beginning, been outside all regions with preemption off.
/// </summary>
/// <remarks>
/// kernel/rcu/tree.c: synchronize_rcu(). Each waiting task has a mask of the cores that it still waits for; a core that is
/// quiescent when the wait begins is not in it, and each core leaves all masks as soon as it becomes quiescent.
/// Left out: rcu_read_lock() sections of preempted tasks (no guest code here has any), batching of waiters, the grace
/// period's own delays. All of these make real grace periods longer, never shorter.
/// </remarks>
public sealed class VanillaRcu
{
    private readonly Kernel _kernel;

    internal VanillaRcu(Kernel kernel) => _kernel = kernel;

    /// <summary>synchronize_rcu() of <paramref name="task"/> begins.</summary>
    public void Begin(KernelTask task)
    {
        ulong mask = 0;
        foreach (Cpu cpu in _kernel.Cpus)
        {
            if (!cpu.IsQuiescent && cpu.Core.Index != task.CoreIndex)
                mask |= 1UL << cpu.Core.Index;
        }

        task.RcuWaitMask.Value = mask;
    }

    /// <summary>True where the grace period that <paramref name="task"/> waits for has ended.</summary>
    public static bool IsOver(KernelTask task) => task.RcuWaitMask.Value == 0;

    /// <summary>A core has switched between tasks: a quiescent state with or without kernel preemption.</summary>
    internal void NoteContextSwitch(int core) => NoteQuiescent(core);

    /// <summary>A core has left its last region with preemption off.</summary>
    internal void NoteQuiescent(int core)
    {
        ulong bit = 1UL << core;
        foreach (KernelTask task in _kernel.Tasks)
        {
            if ((task.RcuWaitMask.Peek & bit) != 0)
                task.RcuWaitMask.Value &= ~bit;
        }
    }
}
