using RcuEmu.Emulator.Execution;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>One <c>struct rcu_head</c> in a queue of Tasks RCU.</summary>
/// <remarks>kernel/rcu/rcu_segcblist.c; a callback's segment is told by its tag here, so that a queue is one chain.</remarks>
public sealed class RcuTasksCallback
{
    private readonly Cell _state;

    internal RcuTasksCallback(Machine machine, int number, string name, Func<string>? invoke)
    {
        (Number, Name, Invoke) = (number, name, invoke);
        _state = Cell.Of(machine);
        Tag = Cell.Of(machine);
        Next = Cell.Of(machine);
    }

    /// <summary>Counted from 0 over all callbacks.</summary>
    public int Number { get; }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>What it does; null for <c>wakeme_after_rcu</c>, which wakes the task that waits for it.</summary>
    public Func<string>? Invoke { get; }

    /// <summary>True while it is in a queue.</summary>
    public bool IsQueued => _state.Value is var state && state != 0 && state != Ran;

    /// <summary>The same without a footprint.</summary>
    public bool PeekQueued => _state.Peek is var state && state != 0 && state != Ran;

    /// <summary>True once it has run, until it is queued again.</summary>
    public bool HasRun => _state.Value == Ran;

    /// <summary>The number of the grace period's end that it waits for (<c>tasks_gp_seq</c>); 0 while no number is assigned.</summary>
    public Cell Tag { get; }

    /// <summary>The callback behind it in its queue, by number plus 1.</summary>
    internal Cell Next { get; }

    private const ulong Ran = ulong.MaxValue;

    internal void NoteQueued(int queue) => _state.Value = (ulong)queue + 1;

    internal void NoteRun() => (_state.Value, Tag.Value) = (Ran, 0);

    internal void Reset() => _state.Value = 0;
}
