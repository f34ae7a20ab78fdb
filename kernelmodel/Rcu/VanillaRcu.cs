using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// Vanilla RCU: a grace period ends once every core has, at some instant since its beginning, been outside all readers, and every
/// reader that was preempted before that instant has ended.
/// </summary>
/// <remarks>
/// kernel/rcu/tree.c: synchronize_rcu(); kernel/rcu/tree_plugin.h: rcu_note_context_switch(), rcu_read_unlock_special(). Each waiting
/// task has a mask of the cores that it still waits for; a core that is quiescent when the wait begins is not in it, and each core leaves
/// all masks as soon as it becomes quiescent. With PREEMPT_RCU rcu_read_lock() counts in the task, and a reader that is preempted is handed
/// over from its core's bit to the waiter's list; without it rcu_read_lock() is preempt_disable().
/// Left out: batching of waiters, the grace period's own delays, deferred reports of an unlock inside a region without preemption (the
/// core's bit covers it until then). All of these make real grace periods longer, never shorter.
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
        if (task.RcuReaders is null)
            return;

        foreach (KernelTask reader in _kernel.Tasks)
        {
            if (reader.Context is not null && reader.Inside.RcuNesting.Value != 0 && _kernel.Cpus[reader.CoreIndex].Current != reader)
                Block(task, reader);
        }
    }

    /// <summary>True where the grace period that <paramref name="task"/> waits for has ended.</summary>
    public static bool IsOver(KernelTask task)
    {
        if (task.RcuWaitMask.Value != 0)
            return false;

        foreach (Cell word in task.RcuReaders ?? [])
        {
            if (word.Value != 0)
                return false;
        }

        return true;
    }

    /// <summary>The preempted readers that a waiter waits for, without a footprint.</summary>
    public IEnumerable<KernelTask> BlockedReaders(KernelTask waiter) =>
        _kernel.Tasks.Where(task => waiter.RcuReaders is { } words && (words[task.Number / 64].Peek & (1UL << (task.Number % 64))) != 0);

    /// <summary>The steps of synchronize_rcu() under the name that the caller wrote.</summary>
    public static KernelProgram Synchronize(string name = "synchronize_rcu", string source = "kernel/rcu/tree.c (6.12): synchronize_rcu()") => new(name,
    [
        new(name, source, run =>
        {
            run.Kernel.Rcu.Begin(run.Task);
            return name == "synchronize_rcu" ? "synchronize_rcu() begins" : $"{name}() begins, as synchronize_rcu()";
        }),
        new(name, source, _ => $"{name}() returns")
        {
            Guard = run => IsOver(run.Task),
            Wait = WaitKind.Sleep,
        },
    ]);

    /// <summary>rcu_read_lock().</summary>
    internal void Lock(KernelTask task)
    {
        if (_kernel.Config.PREEMPT_RCU)
            task.Inside.RcuNesting.Value++;
        else
            task.Inside.PreemptCount.Value += PreemptCount.Preempt;
    }

    /// <summary>rcu_read_unlock() with PREEMPT_RCU: the last one ends the wait of those who wait for this reader.</summary>
    internal void Unlock(Cpu cpu, KernelTask task)
    {
        if (--task.Inside.RcuNesting.Value != 0)
            return;

        ulong bit = 1UL << (task.Number % 64);
        foreach (KernelTask waiter in _kernel.Waiters)
        {
            if (waiter.RcuReaders is { } words && (words[task.Number / 64].Peek & bit) != 0)
                words[task.Number / 64].Value &= ~bit;
        }

        if (cpu.IsQuiescent)
            NoteQuiescent(cpu.Core.Index);
    }

    /// <summary>The machine is about to be sealed: makes a list of readers for each task that can wait, where there can be readers.</summary>
    internal void Seal()
    {
        if (!_kernel.Config.PREEMPT_RCU || !_kernel.HasReaders)
            return;

        foreach (KernelTask task in _kernel.Tasks.Where(task => task.Run is not null))
            task.RcuReaders = [.. Enumerable.Range(0, ((_kernel.Tasks.Count - 1) / 64) + 1).Select(_ => Cell.Of(_kernel.Machine))];
    }

    /// <summary>A core switches away from a task that is in a reader: whoever waits for the core waits for the task instead.</summary>
    internal void NotePreemptedReader(int core, KernelTask reader)
    {
        if (reader.Inside.RcuNesting.Value == 0)
            return;

        foreach (KernelTask waiter in _kernel.Waiters)
        {
            if ((waiter.RcuWaitMask.Peek & (1UL << core)) != 0)
                Block(waiter, reader);
        }
    }

    /// <summary>A core has switched between tasks: a quiescent state with or without kernel preemption.</summary>
    internal void NoteContextSwitch(int core) => NoteQuiescent(core);

    /// <summary>A core has left its last region with preemption off.</summary>
    internal void NoteQuiescent(int core)
    {
        ulong bit = 1UL << core;
        foreach (KernelTask task in _kernel.Waiters)
        {
            if ((task.RcuWaitMask.Peek & bit) != 0)
                task.RcuWaitMask.Value &= ~bit;
        }
    }

    private static void Block(KernelTask waiter, KernelTask reader)
    {
        if (waiter.RcuReaders is { } words)
            words[reader.Number / 64].Value |= 1UL << (reader.Number % 64);
    }
}
