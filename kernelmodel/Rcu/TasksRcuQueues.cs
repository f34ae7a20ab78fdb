using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// The callback queues of Tasks RCU: one, or one a CPU. <c>struct rcu_tasks_percpu</c>: <c>cblist</c>, <c>urgent_gp</c>, the lazy timer.
/// </summary>
/// <remarks>
/// kernel/rcu/tasks.h: call_rcu_tasks_generic(), rcu_tasks_need_gpcb(), rcu_tasks_invoke_cbs(). A step here is atomic, so nobody
/// fails to take a queue's lock by himself; <see cref="NoteContention"/> says that it happened. Left out: the workers on other CPUs that invoke
/// the callbacks of other queues at the same time; here they run queue by queue, so two callbacks never overlap.
/// </remarks>
public sealed class TasksRcuQueues
{
    private readonly Kernel _kernel;
    private readonly List<RcuTasksCallback> _callbacks = [];
    private readonly Queue[] _queues;
    private readonly Cell _shift;
    private readonly Cell _enqueueLim;
    private readonly Cell _dequeueLim;

    internal TasksRcuQueues(Kernel kernel, int cpus)
    {
        _kernel = kernel;
        _queues = [.. Enumerable.Range(0, cpus).Select(_ => new Queue(kernel.Machine))];
        (_shift, _enqueueLim, _dequeueLim) = (Cell.Of(kernel.Machine), Cell.Of(kernel.Machine), Cell.Of(kernel.Machine));
        int lim = Parameters.EnqueueLim < 0 ? 1 : Math.Clamp(Parameters.EnqueueLim, 1, cpus);
        SetLimits(lim);
    }

    /// <summary>All callbacks there can be.</summary>
    public IReadOnlyList<RcuTasksCallback> Callbacks => _callbacks;

    /// <summary><c>percpu_enqueue_lim</c>: into how many queues callbacks go.</summary>
    public int EnqueueLim => (int)_enqueueLim.Value;

    /// <summary><c>percpu_dequeue_lim</c>: how many queues are looked at.</summary>
    public int DequeueLim => (int)_dequeueLim.Value;

    private TasksRcuParameters Parameters => _kernel.Config.TasksRcu;

    private ulong Lazy => Parameters.LazyJiffies(_kernel.Config.Series);

    private bool IsTimed => _kernel.Config.IsTimed;

    /// <summary>Makes a callback. While the machine is set up.</summary>
    public RcuTasksCallback Add(string name, Func<string>? invoke)
    {
        var callback = new RcuTasksCallback(_kernel.Machine, _callbacks.Count, name, invoke);
        _callbacks.Add(callback);
        return callback;
    }

    /// <summary>call_rcu_tasks_generic() on a CPU. Queues are told apart by the CPU's number shifted by <c>percpu_enqueue_shift</c>.</summary>
    public void Enqueue(RcuTasksCallback callback, int cpu)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (callback.IsQueued)
            throw new InvalidOperationException($"{callback.Name} is queued already");

        int index = cpu >> (int)_shift.Value;
        NoteUrgency(callback, _queues[index]);
        Append(callback, index, _kernel.Config.Wrong == Mistake.TagsTheRunningOne ? GracePeriodSequence.End(_kernel.TasksRcu.CountSequence()) : 0);
        Queued?.Invoke(callback);
    }

    /// <summary>rcu_segcblist_entrain(): behind the last callback of a queue that has any, and ready together with that one.</summary>
    internal void Entrain(RcuTasksCallback callback, int queue) =>
        Append(callback, queue, _callbacks[(int)_queues[queue].Tail.Value - 1].Tag.Value);

    private void Append(RcuTasksCallback callback, int index, ulong tag)
    {
        Queue queue = _queues[index];
        callback.NoteQueued(index);
        callback.Tag.Value = tag;
        callback.Next.Value = 0;
        if (queue.Head.Value == 0)
            queue.Head.Value = (ulong)callback.Number + 1;
        else
            _callbacks[(int)queue.Tail.Value - 1].Next.Value = (ulong)callback.Number + 1;

        queue.Tail.Value = (ulong)callback.Number + 1;
        queue.Length.Value++;
    }

    /// <summary>
    /// rcu_tasks_need_gpcb(): gives untagged callbacks the number of the first grace period that wholly follows, and says whether a
    /// grace period (bit 1) or an invocation (bit 0) is wanted.
    /// </summary>
    public int NeedGpCb(ulong sequence)
    {
        int need = 0;
        for (int i = 0; i < DequeueLim; i++)
        {
            Queue queue = _queues[i];
            if (queue.Head.Value == 0)
            {
                if (IsTimed)
                    queue.Urgent.Value = 0;

                continue;
            }

            Tag(queue, sequence);
            need |= Wanted(queue, sequence, consume: true);
        }

        Collapse();
        return need;
    }

    /// <summary>True where <see cref="NeedGpCb"/> would return something else than 0; changes nothing.</summary>
    public bool IsNeeded(ulong sequence)
    {
        for (int i = 0; i < DequeueLim; i++)
        {
            if (_queues[i].Head.Value != 0 && Wanted(_queues[i], sequence, consume: false) != 0)
                return true;
        }

        return false;
    }

    /// <summary>The oldest callback that may run now, or null. Queue by queue.</summary>
    public RcuTasksCallback? FirstReady(ulong sequence)
    {
        for (int i = 0; i < DequeueLim; i++)
        {
            if (_queues[i].Head.Value is var head and not 0 && IsReady(_callbacks[(int)head - 1], sequence))
                return _callbacks[(int)head - 1];
        }

        return null;
    }

    /// <summary>Takes the callback that <see cref="FirstReady"/> returned out of its queue and runs it. Returns what it did.</summary>
    internal string Invoke(RcuTasksCallback callback, ulong sequence)
    {
        for (int i = 0; i < DequeueLim; i++)
        {
            Queue queue = _queues[i];
            if (queue.Head.Value != (ulong)callback.Number + 1)
                continue;

            queue.Head.Value = callback.Next.Value;
            if (queue.Head.Value == 0)
                queue.Tail.Value = 0;

            queue.Length.Value--;
            Tag(queue, sequence);
        }

        ulong tag = callback.Tag.Value;
        callback.Next.Value = 0;
        callback.NoteRun();
        Invoked?.Invoke(callback, tag);
        string did = callback.Invoke is { } invoke ? invoke() : "may go on";
        return _kernel.Machine.Told($"{callback.Name}: {did}");
    }

    /// <summary>Told of each callback that is queued, inside the step. For properties.</summary>
    public event Action<RcuTasksCallback>? Queued;

    /// <summary>Told of each callback that is invoked and of its tag, inside the step. For properties.</summary>
    public event Action<RcuTasksCallback, ulong>? Invoked;

    /// <summary>Queues that hold callbacks, by number.</summary>
    internal IEnumerable<int> NonEmpty() => Enumerable.Range(0, DequeueLim).Where(i => _queues[i].Head.Value != 0);

    /// <summary>
    /// Somebody failed <paramref name="retries"/> times in one jiffy to take a queue's lock: more than <c>rcu_task_contend_lim</c> of
    /// them lead, where the number of queues is automatic, to a queue for each CPU.
    /// </summary>
    public void NoteContention(int retries)
    {
        if (Parameters.EnqueueLim < 0 && retries > Parameters.ContendLim && EnqueueLim != _queues.Length)
            SetLimits(_queues.Length);
    }

    /// <summary>The lazy timer of each queue that is due: call_rcu_tasks_generic_timer() (6.12 and later). Timed model only.</summary>
    internal void RunTimers(ulong jiffies)
    {
        foreach (Queue queue in _queues)
        {
            if (queue.Timer.Value == 0 || jiffies < queue.Timer.Value)
                continue;

            queue.Timer.Value = 0;
            if (queue.Head.Value == 0 || Lazy == 0)
                continue;

            queue.Urgent.Value = Math.Max(queue.Urgent.Value, 1);
            queue.Timer.Value = jiffies + Lazy;
        }
    }

    // Untimed, laziness is only a question of when: the timer may run out at any time.
    private void NoteUrgency(RcuTasksCallback callback, Queue queue)
    {
        if (!IsTimed || _kernel.Config.Series == Series.V6_1)
            return;

        bool wakes = callback.Invoke is null || queue.Length.Value == (ulong)Parameters.LazyLim;
        if (!wakes && queue.Timer.Value == 0)
        {
            if (Lazy != 0)
                queue.Timer.Value = _kernel.Jiffies.Value + Lazy;
            else
                wakes = queue.Head.Value == 0;
        }

        if (wakes)
            queue.Urgent.Value = 3;
    }

    private int Wanted(Queue queue, ulong sequence, bool consume)
    {
        int wanted = IsReady(_callbacks[(int)queue.Head.Value - 1], sequence) ? 1 : 0;
        // The last one has the latest tag: it waits if any does.
        bool waits = !IsReady(_callbacks[(int)queue.Tail.Value - 1], sequence);
        if (!waits)
            return wanted;

        if (!IsTimed || Lazy == 0)
            return 3;

        if (queue.Urgent.Value == 0)
            return wanted;

        if (consume)
            queue.Urgent.Value--;

        return 3;
    }

    private void Tag(Queue queue, ulong sequence)
    {
        for (ulong at = queue.Head.Value; at != 0; at = _callbacks[(int)at - 1].Next.Value)
        {
            if (_callbacks[(int)at - 1].Tag.Value == 0)
                _callbacks[(int)at - 1].Tag.Value = GracePeriodSequence.Snap(sequence);
        }
    }

    private static bool IsReady(RcuTasksCallback callback, ulong sequence) =>
        callback.Tag.Value is var tag and not 0 && tag <= sequence;

    private void Collapse()
    {
        if (Parameters.EnqueueLim >= 0 || DequeueLim == 1)
            return;

        ulong callbacks = 0, others = 0;
        for (int i = 0; i < DequeueLim; i++)
        {
            callbacks += _queues[i].Length.Value;
            others += i == 0 ? 0 : _queues[i].Length.Value;
        }

        // Left out: the vanilla grace period between the two limits, for those who read the old one: a step here reads and queues at once.
        if (callbacks > (ulong)Parameters.CollapseLim)
            return;

        _shift.Value = (ulong)BitOperations.Log2((uint)_queues.Length) + 1;
        _enqueueLim.Value = 1;
        if (others == 0)
            _dequeueLim.Value = 1;
    }

    private void SetLimits(int lim)
    {
        // cblist_init_generic(): as many bits as leave no more than lim queues.
        int shift = 0;
        while ((_queues.Length - 1) >> shift >= lim)
            shift++;

        (_shift.Value, _enqueueLim.Value, _dequeueLim.Value) = ((ulong)shift, (ulong)lim, (ulong)lim);
    }

    private sealed class Queue(Machine machine)
    {
        public Cell Head { get; } = Cell.Of(machine);

        public Cell Tail { get; } = Cell.Of(machine);

        public Cell Length { get; } = Cell.Of(machine);

        public Cell Urgent { get; } = Cell.Of(machine);

        public Cell Timer { get; } = Cell.Of(machine);
    }
}

/// <summary>Numbers of grace periods: two bits of state, the rest counts. kernel/rcu/rcu.h: rcu_seq_start() and its like.</summary>
public static class GracePeriodSequence
{
    private const ulong StateMask = 3;

    /// <summary>rcu_seq_start().</summary>
    public static ulong Start(ulong sequence) => sequence + 1;

    /// <summary>rcu_seq_end().</summary>
    public static ulong End(ulong sequence) => (sequence | StateMask) + 1;

    /// <summary>rcu_seq_snap(): the value at which a whole grace period has passed.</summary>
    public static ulong Snap(ulong sequence) => (sequence + (2 * StateMask) + 1) & ~StateMask;

    /// <summary>rcu_seq_state() is not 0: one runs.</summary>
    public static bool IsRunning(ulong sequence) => (sequence & StateMask) != 0;

    /// <summary>rcu_seq_ctr(): how many ended.</summary>
    public static ulong Count(ulong sequence) => sequence >> 2;
}
