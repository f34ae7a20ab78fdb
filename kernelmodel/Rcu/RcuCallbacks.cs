using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// call_rcu() as far as the aliases of Tasks RCU need it where that is not built: callbacks behind a grace period of vanilla RCU,
/// invoked by a kthread.
/// </summary>
/// <remarks>
/// kernel/rcu/tree.c: call_rcu(); kernel/rcu/tree_nocb.h: nocb_cb_wait(). include/linux/rcupdate.h: call_rcu_tasks, TASKS_RCU=n.
/// Left out: invocation in softirq context, batches that overlap, laziness. The next batch is taken when the one before was invoked.
/// </remarks>
public sealed class RcuCallbacks
{
    /// <summary>The task name of the kthread.</summary>
    public const string KthreadName = "rcuop";

    private const ulong Queued = 1;
    private const ulong Taken = 2;
    private readonly Dictionary<RcuTasksCallback, Cell> _states = [];
    private readonly Kernel _kernel;

    internal RcuCallbacks(Kernel kernel) => _kernel = kernel;

    /// <summary>True where the kthread is needed: some program calls call_rcu().</summary>
    public bool IsUsed => _states.Count != 0;

    /// <summary>Lets <see cref="Call"/> queue a callback. While the machine is set up.</summary>
    public void Register(RcuTasksCallback callback) => _states.TryAdd(callback, Cell.Of(_kernel.Machine));

    /// <summary>call_rcu().</summary>
    internal string Call(RcuTasksCallback callback)
    {
        _states[callback].Value = Queued;
        return _kernel.Machine.Told($"call_rcu(): {callback.Name} queued");
    }

    /// <summary>rcu_barrier() under the name that the caller wrote.</summary>
    public KernelProgram Barrier(string name) => new(name,
    [
        new(name, "include/linux/rcupdate.h (6.12): rcu_barrier_tasks, TASKS_RCU=n; kernel/rcu/tree.c: rcu_barrier()", run => run.Kernel.Machine.Told($"{name}() returns"))
        {
            Guard = _ => _states.Values.All(state => state.Value == 0),
            Wait = WaitKind.Sleep,
        },
    ]);

    /// <summary>What the kthread does.</summary>
    public KernelProgram KthreadProgram()
    {
        const string Source = "kernel/rcu/tree_nocb.h (6.12): nocb_cb_wait()";
        return new KernelProgram("rcuop",
        [
            new("call_rcu", Source, run =>
            {
                foreach (Cell state in _states.Values.Where(state => state.Value == Queued))
                    state.Value = Taken;

                run.Kernel.Rcu.Begin(run.Task);
                return "a grace period of RCU begins for the callbacks";
            })
            { Guard = _ => _states.Values.Any(state => state.Value == Queued), Wait = WaitKind.Sleep, Droppable = false },
            new("call_rcu", Source, _ => "the grace period ended") { Guard = run => VanillaRcu.IsOver(run.Task), Wait = WaitKind.Sleep },
            new("rcu_do_batch", "kernel/rcu/tree.c (6.12): rcu_do_batch()", InvokeNext) { Droppable = false },
        ],
        Loops: true);
    }

    private string InvokeNext(ProgramRun run)
    {
        List<RcuTasksCallback> taken = [.. _states.Where(entry => entry.Value.Value == Taken).Select(entry => entry.Key).OrderBy(callback => callback.Number)];
        if (taken.Count == 0)
            return "no callbacks";

        _states[taken[0]].Value = 0;
        if (taken.Count > 1)
            run.GoTo("rcu_do_batch");

        string did = taken[0].Invoke!();
        return _kernel.Machine.Told($"{taken[0].Name}: {did}");
    }
}
