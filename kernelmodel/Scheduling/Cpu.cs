using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Patching;

namespace RcuEmu.KernelModel.Scheduling;

/// <summary>
/// One core with the kernel's scheduler on it: who is current. It executes; what can interrupt or preempt it and who wakes up are
/// agents beside it, since what they touch is different.
/// </summary>
/// <remarks>
/// kernel/sched/core.c: __schedule(); kernel/entry/common.c: raw_irqentry_exit_cond_resched(). Preemption strikes where an interrupt's
/// exit finds a request (P1), at any instruction boundary; <c>ticks</c> bounds how many such interrupts a core sees in one execution.
/// Left out: priorities (any runnable task of the core may be picked), preempt_enable() as a preemption point of its own (every
/// instruction boundary is one already under full and lazy), interrupts that do not preempt. An interrupt makes its core forget
/// what it fetched ahead: on arm64 it is a context synchronisation event, and on x86-64 a sync_core() in the handler or the IRET behind it
/// serialises. Left out there: a task that resumes in schedule() and not by IRET has not serialised.
/// </remarks>
public sealed partial class Cpu : IAgent
{
    private readonly Kernel _kernel;
    private readonly Cell _current;
    private readonly List<KernelTask> _tasks = [];

    internal Cpu(Kernel kernel, Core core, int ticks)
    {
        (_kernel, Core) = (kernel, core);
        Name = $"c{core.Index}";
        _current = Cell.Of(kernel.Machine);
        Ticks = Cell.Of(kernel.Machine);
        Ticks.Value = (ulong)ticks;
        Int3 = new Int3Handler(kernel, this);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The emulated core.</summary>
    public Core Core { get; }

    /// <summary>The handler of #BP on this core.</summary>
    public Int3Handler Int3 { get; }

    /// <summary>The tasks that are bound to this core, in the order of the task list.</summary>
    public IReadOnlyList<KernelTask> Tasks => _tasks;

    /// <summary>The task that the core executes, or null: idle.</summary>
    public KernelTask? Current => _current.Value is var number and not 0 ? _kernel.Tasks[(int)number - 1] : null;

    /// <summary>The same without a footprint.</summary>
    public KernelTask? PeekCurrent => _current.Peek is var number and not 0 ? _kernel.Tasks[(int)number - 1] : null;

    /// <summary>
    /// True where the core is in no region that vanilla RCU waits for: idle, or in kernel code that can be preempted. Without
    /// kernel preemption all kernel code between two context switches is such a region.
    /// </summary>
    public bool IsQuiescent => !Int3.IsActive && (Current is not { } current || IsQuiescentIn(current));

    /// <summary>The agents that act on this core: it itself, and its interrupts, its scheduler and its sleepers, in this order.</summary>
    internal IReadOnlyList<IAgent> Agents => [this, new CpuInterrupts(_kernel, this), new CpuScheduler(_kernel, this), new CpuWakeups(_kernel, this)];

    /// <summary>How many more ticks that lead to a preemption the core sees.</summary>
    internal Cell Ticks { get; }

    /// <summary>How far the programs have come that are executed here and end.</summary>
    public int Phase
    {
        get
        {
            int phase = 0;
            foreach (KernelTask task in _tasks)
                phase += task.Run is { Program.Loops: false } run ? run.Position : 0;

            return phase;
        }
    }

    /// <summary>Offers the next step of what the core executes: an instruction, a step of a program or of the handler of #BP.</summary>
    public void Offer(int agent, List<MachineAction> actions)
    {
        bool goesOn = Int3.IsActive
            || (Current is { } current && (current.Run is not { } run || run.IsReady || run.Next!.Wait == Programs.WaitKind.Sleep));
        if (goesOn)
            actions.Add(new MachineAction(agent, 0, 0));
    }

    /// <inheritdoc/>
    public void Perform(MachineAction action)
    {
        _kernel.ClearOops();
        PerformStep();
    }

    /// <inheritdoc/>
    public string Key(MachineAction action) => Name;

    /// <inheritdoc/>
    public bool IsPreemption(MachineAction action) => false;

    /// <summary>
    /// schedule() of the current task, mode SM_NONE: a quiescent state of Tasks RCU whether it sleeps or not.
    /// kernel/sched/core.c: __schedule(); kernel/rcu/tree_plugin.h: rcu_note_context_switch().
    /// </summary>
    internal void Schedule(TaskState becomes)
    {
        KernelTask task = Current!;
        CheckSleep(task, becomes);
        _kernel.TasksRcu.NoteQuiescent(task);
        _kernel.TrampolineReaders.NoteOwnEvent(this, task);
        task.Inside.NeedResched.Value = 0;
        if (becomes != TaskState.Runnable)
        {
            task.State = becomes;
            task.VoluntarySwitches++;
        }

        NoteSwitch(task);

        SwitchTo(null);
    }

    internal void Add(KernelTask task) => _tasks.Add(task);

    internal void SwitchTo(KernelTask? task)
    {
        _current.Value = task is null ? 0 : (ulong)task.Number + 1;
        Core.Switch(task?.Context);
        _kernel.Rcu.NoteContextSwitch(Core.Index);
        _kernel.TasksRude.NoteSwitch(Core.Index);
    }

    private void PerformStep()
    {
        if (Int3.IsActive)
        {
            _kernel.Machine.Say(Int3.Step());
            return;
        }

        KernelTask current = Current!;
        if (current.Run is { } run)
        {
            StepProgram(current, run);
            return;
        }

        ref readonly ExecutedInstruction executed = ref _kernel.Machine.Execute(Core);
        if (executed.Flow == Flow.Event)
            _kernel.OnEvent(this, in executed);
    }

    private void StepProgram(KernelTask task, Programs.ProgramRun run)
    {
        if (!run.IsReady)
        {
            _kernel.Machine.Say(_kernel.Machine.Told($"{task.Name} sleeps: {run.Next!.Name}"));
            Schedule(TaskState.Sleeping);
            return;
        }

        bool isMinor = run.Next!.IsMinor;
        _kernel.Machine.Say(run.Step(), isMinor);
        if (run.Next is null)
            Schedule(TaskState.Dead);
    }
}
