using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.KernelModel.Explaining;
using RcuEmu.KernelModel.Occupancy;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Properties;

/// <summary>
/// <c>no-reference-at-free</c>: at the instant of freeing, no task, running, preempted, asleep or exiting, has a program counter, a
/// return address, a register or a shadow-stack entry that will take it into the freed text (I2, I3). It fails at the mistake; that the text is
/// executed may be long behind.
/// </summary>
/// <remarks>Justification: what such a reference points to is executed later, whatever the writer does. See <see cref="Occupants"/>.</remarks>
public sealed class NoReferenceAtFree(Kernel kernel) : KernelProperty(kernel, "no-reference-at-free")
{
    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        foreach (Allocation allocation in machine.Allocations.All)
        {
            if (!allocation.Place.IsCode || !IsFreedNow(machine, allocation))
                continue;

            Occupants.AddFootprint(Kernel);
            var range = new AddressRange(allocation.Address, (ulong)allocation.Length);
            if (Occupants.Of(Kernel, range).Select(Say).FirstOrDefault() is { } held)
                return $"{allocation.Name} is freed while {held}";
        }

        return null;
    }

    /// <summary>True where the step in hand freed the allocation.</summary>
    internal static bool IsFreedNow(Machine machine, Allocation allocation)
    {
        if ((Lifetime)machine.State[allocation.LifetimeCell] != Lifetime.Freed)
            return false;

        foreach (Touch touch in machine.Footprint.Touches)
        {
            if (touch is { IsCell: true, Kind: TouchKind.Write } && touch.Address == (ulong)allocation.LifetimeCell)
                return true;
        }

        return false;
    }

    private string Say(TextReference reference) =>
        $"{reference.Task.Name} holds it: {reference.Kind} {reference.Place} is {Kernel.Symbols.Show(reference.Value)}";
}

/// <summary>
/// <c>unpublished-before-wait</c>: between the last moment at which a new execution could get into text and its freeing lies a whole
/// grace period of Tasks RCU, and nothing leads there when it is freed (I4).
/// </summary>
/// <remarks>
/// Justification: unpublish, then wait. Who enters behind the beginning of the grace period is not waited for. Watched are the text of
/// dynamic ops, in builds that have Tasks RCU.
/// </remarks>
public sealed class UnpublishedBeforeWait : KernelProperty
{
    private readonly List<(Allocation Allocation, Cell IsPublished, Cell Wanted)> _watched = [];

    /// <summary>Watches the text of every dynamic ops.</summary>
    public UnpublishedBeforeWait(Kernel kernel)
        : base(kernel, "unpublished-before-wait")
    {
        if (!kernel.Config.TASKS_RCU)
            return;

        foreach (Tracing.FtraceOps ops in kernel.Ftrace.Ops.Where(ops => ops.Kind == Tracing.OpsKind.Dynamic))
        {
            foreach (Allocation? text in (Allocation?[])[ops.Trampoline, ops.Callback])
            {
                if (text is not null)
                    _watched.Add((text, Cell.Of(kernel.Machine), Cell.Of(kernel.Machine)));
            }
        }
    }

    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        bool textChanged = HasTextWrite(machine);
        foreach ((Allocation allocation, Cell isPublished, Cell wanted) in _watched)
        {
            if (textChanged)
                Look(allocation, isPublished, wanted);

            if (!NoReferenceAtFree.IsFreedNow(machine, allocation))
                continue;

            if (isPublished.Value != 0)
                return $"{allocation.Name} is freed while a callsite leads there";

            if (wanted.Value > Kernel.TasksRcu.CountSequence())
                return $"{allocation.Name} is freed, and no whole grace period of Tasks RCU has passed since a callsite led there";
        }

        return null;
    }

    private void Look(Allocation allocation, Cell isPublished, Cell wanted)
    {
        var range = new AddressRange(allocation.Address, (ulong)allocation.Length);
        bool now = Publication.Of(Kernel, range).Any();
        if (isPublished.Value != 0 && !now)
            wanted.Value = GracePeriodSequence.Snap(Kernel.TasksRcu.CountSequence());

        isPublished.Value = now ? 1UL : 0;
    }

    private static bool HasTextWrite(Machine machine)
    {
        foreach (Touch touch in machine.Footprint.Touches)
        {
            if (!touch.IsCell && touch.Kind == TouchKind.Write)
                return true;
        }

        return false;
    }
}

/// <summary>
/// <c>no-quiescence-in-protected-text</c>: no task reports a quiescent state of Tasks RCU while it will return into the text of a dynamic
/// ops (I9): a sleep, a schedule() or a cond_resched_tasks_rcu_qs() below a trampoline.
/// </summary>
/// <remarks>Justification: there the report is a lie, and the grace period that believes it frees what the task stands on.</remarks>
public sealed class NoQuiescenceInProtectedText : KernelProperty
{
    private readonly List<Allocation> _protected;
    private KernelTask? _quiescent;

    /// <summary>Watches the text of every dynamic ops.</summary>
    public NoQuiescenceInProtectedText(Kernel kernel)
        : base(kernel, "no-quiescence-in-protected-text")
    {
        _protected = [.. kernel.Ftrace.Ops.Where(ops => ops.Kind == Tracing.OpsKind.Dynamic).SelectMany(ops => (Allocation?[])[ops.Trampoline, ops.Callback]).OfType<Allocation>()];
        kernel.TasksRcu.Quiescent += task => _quiescent = task;
    }

    /// <inheritdoc/>
    public override string? AfterStep(Machine machine, in StepInfo step)
    {
        if (_quiescent is not { Context: not null } task || task.PeekState == TaskState.Dead)
        {
            _quiescent = null;
            return null;
        }

        _quiescent = null;
        foreach (Allocation allocation in _protected)
        {
            if (allocation.Lifetime != Lifetime.Live)
                continue;

            var range = new AddressRange(allocation.Address, (ulong)allocation.Length);
            foreach (TextReference reference in Occupants.Of(Kernel, task, range))
                return $"{task.Name} reports a quiescent state and will return into {allocation.Name}: {reference.Place}";
        }

        return null;
    }
}
