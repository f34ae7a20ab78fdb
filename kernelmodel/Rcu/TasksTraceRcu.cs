using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// Tasks Trace RCU: readers between rcu_read_lock_trace() and rcu_read_unlock_trace(), which may be preempted and may sleep. Up to 6.12 its grace
/// period looks at tasks and sends IPIs (<see cref="TraceByIpi"/>), in 7.2 it is one of SRCU-fast (<see cref="SrcuFast"/>).
/// </summary>
/// <remarks>
/// kernel/rcu/tasks.h, include/linux/rcupdate_trace.h. Left out: the kthread, its queue and its delays (a caller does the grace period
/// itself, and one runs at a time); interrupt handlers that are readers: the gates srcu_fast_nesting and srcu_fast_count are the halves of
/// rcu_read_lock_trace(), for a scenario that puts one between.
/// </remarks>
public sealed class TasksTraceRcu
{
    private readonly Kernel _kernel;
    private readonly Cell _busy;

    internal TasksTraceRcu(Kernel kernel, int cores)
    {
        _kernel = kernel;
        _busy = Cell.Of(kernel.Machine);
        Srcu = new SrcuFast(kernel, cores);
        ByIpi = new TraceByIpi(kernel, cores);
    }

    /// <summary>Told when a grace period begins, inside the step. For properties.</summary>
    public event Action? Began;

    /// <summary>Told when a grace period ends, inside the step. For properties.</summary>
    public event Action? Ended;

    /// <summary>7.2: the counters, <c>rcu_tasks_trace_srcu_struct</c>.</summary>
    public SrcuFast Srcu { get; }

    /// <summary>Up to 6.12: the holdouts and IPIs.</summary>
    internal TraceByIpi ByIpi { get; }

    private bool IsSrcu => _kernel.Config.Series >= Series.V7_2;

    /// <summary>The steps of synchronize_rcu_tasks_trace().</summary>
    public KernelProgram Synchronize()
    {
        var begin = new ProgramStep("rcu_tasks_trace_begin", $"kernel/rcu/tasks.h ({_kernel.Config.SeriesName}): synchronize_rcu_tasks_trace()", _ =>
        {
            _busy.Value = 1;
            Began?.Invoke();
            return "synchronize_rcu_tasks_trace() begins";
        })
        {
            Guard = _ => _busy.Value == 0,
            Wait = WaitKind.Sleep,
            Droppable = false,
        };
        var end = new ProgramStep("rcu_tasks_trace_end", begin.Source, _ =>
        {
            _busy.Value = 0;
            Ended?.Invoke();
            return "synchronize_rcu_tasks_trace() returns";
        })
        { Droppable = false };
        return new KernelProgram("synchronize_rcu_tasks_trace", [begin, .. IsSrcu ? Srcu.Steps() : ByIpi.Steps(), end]);
    }

    /// <summary>rcu_read_lock_trace().</summary>
    internal string Lock(Cpu cpu, KernelTask task)
    {
        if (task.Inside.TraceNesting.Value++ == 0 && IsSrcu)
            task.Inside.TraceIndex.Value = Srcu.Lock(cpu.Core.Index);

        return _kernel.Machine.Told($"{task.Name}: rcu_read_lock_trace()");
    }

    /// <summary>The first half of rcu_read_lock_trace() in 7.2: nesting is raised, nothing is counted. An interrupt can strike behind it (R15).</summary>
    internal string BeginLock(KernelTask task)
    {
        task.Inside.TraceUncounted.Value++;
        task.Inside.TraceNesting.Value++;
        return _kernel.Machine.Told($"{task.Name}: trc_reader_nesting is {task.Inside.TraceNesting.Value}");
    }

    /// <summary>The second half: the counter, where the nesting was 0 before the first.</summary>
    internal string EndLock(Cpu cpu, KernelTask task)
    {
        task.Inside.TraceUncounted.Value--;
        if (task.Inside.TraceNesting.Value == 1 && IsSrcu)
            task.Inside.TraceIndex.Value = Srcu.Lock(cpu.Core.Index);

        return _kernel.Machine.Told($"{task.Name}: __srcu_read_lock_fast()");
    }

    /// <summary>rcu_read_unlock_trace(): whoever waits for this reader sees it.</summary>
    internal string Unlock(Cpu cpu, KernelTask task)
    {
        if (--task.Inside.TraceNesting.Value == 0)
        {
            if (IsSrcu)
                Srcu.Unlock(cpu.Core.Index, task.Inside.TraceIndex.Value);
            else
                TraceByIpi.NoteOutside(task);
        }

        return _kernel.Machine.Told($"{task.Name}: rcu_read_unlock_trace()");
    }

    /// <summary>rcu_tasks_trace_qs(): a switch outside a reader is a quiescent state that was asked for.</summary>
    internal void NoteSwitch(KernelTask task)
    {
        if (!IsSrcu)
            TraceByIpi.NoteSwitch(task);
    }
}
