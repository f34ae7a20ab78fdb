using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Patching;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.KernelModel.Scheduling;
using RcuEmu.KernelModel.Tracing;

namespace RcuEmu.KernelModel;

/// <summary>What guest code asks of the kernel around it, by INT n (x86-64) or HVC #n (arm64).</summary>
/// <remarks>Left out: the kernel's own schedule() and do_exit() as code; a gate is one atomic step.</remarks>
public enum Gate
{
    /// <summary>preempt_disable().</summary>
    PreemptDisable = 0xe0,

    /// <summary>preempt_enable().</summary>
    PreemptEnable = 0xe1,

    /// <summary>preempt_enable_notrace().</summary>
    PreemptEnableNotrace = 0xe2,

    /// <summary>local_bh_disable().</summary>
    LocalBhDisable = 0xe3,

    /// <summary>local_bh_enable().</summary>
    LocalBhEnable = 0xe4,

    /// <summary>cond_resched().</summary>
    CondResched = 0xe5,

    /// <summary>might_sleep().</summary>
    MightSleep = 0xe6,

    /// <summary>rcu_read_lock().</summary>
    RcuReadLock = 0xe7,

    /// <summary>rcu_read_unlock().</summary>
    RcuReadUnlock = 0xe8,

    /// <summary>rcu_read_lock_trace().</summary>
    TraceReadLock = 0xe9,

    /// <summary>rcu_read_unlock_trace().</summary>
    TraceReadUnlock = 0xea,

    /// <summary>rcu_softirq_qs_periodic().</summary>
    SoftirqQuiescent = 0xeb,

    /// <summary>Return to user mode.</summary>
    UserEnter = 0xec,

    /// <summary>A system call.</summary>
    UserExit = 0xed,

    /// <summary>A spinlock that somebody else holds: on PREEMPT_RT the task sleeps.</summary>
    RtSpinLock = 0xee,

    /// <summary>The first half of rcu_read_lock_trace() in 7.2.</summary>
    SrcuFastNesting = 0xdc,

    /// <summary>The second half.</summary>
    SrcuFastCount = 0xdd,

    /// <summary>A trampoline's first marker (design N).</summary>
    TrampolineEnter = 0xda,

    /// <summary>A trampoline's last marker (design N).</summary>
    TrampolineLeave = 0xdb,

    /// <summary>schedule() with the task still runnable: a quiescent state, and another task may run.</summary>
    Schedule = 0xf0,

    /// <summary>schedule() with the task asleep; it may wake up at any time.</summary>
    Sleep = 0xf1,

    /// <summary>cond_resched_tasks_rcu_qs(): a quiescent state without a switch. include/linux/rcupdate.h.</summary>
    TasksRcuQuiescent = 0xf2,

    /// <summary>exit_tasks_rcu_start(), of a task that exits in phases.</summary>
    ExitTasksRcuStart = 0xf8,

    /// <summary>exit_notify().</summary>
    ExitNotify = 0xf9,

    /// <summary>The last preempt_disable() of do_exit().</summary>
    ExitPreemptDisable = 0xfa,

    /// <summary>exit_tasks_rcu_finish().</summary>
    ExitTasksRcuFinish = 0xfb,

    /// <summary>do_exit(), or what is left of it: the task is gone.</summary>
    Exit = 0xff,
}

/// <summary>A kernel around emulated cores: scheduler, RCU, text patching and tracing over one machine.</summary>
public sealed class Kernel : IDisposable
{
    private readonly List<Cpu> _cpus = [];
    private readonly List<KernelTask> _tasks = [];
    private readonly List<KernelTask> _waiters = [];
    private readonly List<KernelProgram> _procedures = [];
    private readonly List<(string Function, string Name, string Source)> _droppable = [];
    private readonly HashSet<Allocation> _generated = [];
    private readonly Cell _model;
    private string? _oops;
    private (string? Property, string? Message) _breach;

    /// <summary>Makes a machine with <paramref name="cores"/> idle cores.</summary>
    /// <param name="config">The build and boot choices.</param>
    /// <param name="cores">1 to 64.</param>
    /// <param name="ticks">How many ticks that lead to a preemption each core sees at most in one execution.</param>
    public Kernel(KernelConfig config, int cores, int ticks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cores, 64);
        Config = config;
        Machine = new Machine(config.Architecture) { ForgetsDeadStack = true };
        Rcu = new VanillaRcu(this);
        Jiffies = Cell.Of(Machine);
        RcuCallbacks = new RcuCallbacks(this);
        _model = Cell.Of(Machine);
        _model.Value = (ulong)config.Preempt;
        TasksRude = new TasksRudeRcu(this);
        TasksTrace = new TasksTraceRcu(this, cores);
        Preempted = new PreemptedTasks(this);
        TrampolineReaders = new TrampolineReaders(this);
        TasksRcu = new TasksRcu(this, cores);
        TextPoke = new TextPoke(this);
        Ftrace = new Ftrace(this);
        BpfImages = new BpfImages(this);
        for (int i = 0; i < cores; i++)
        {
            var cpu = new Cpu(this, Machine.AddCore(), ticks);
            _cpus.Add(cpu);
            foreach (IAgent agent in cpu.Agents)
                Machine.AddAgent(agent);
        }
    }

    /// <summary>The build and boot choices.</summary>
    public KernelConfig Config { get; }

    /// <summary>Cores, memory and state.</summary>
    public Machine Machine { get; }

    /// <summary>The cores with their schedulers, by index.</summary>
    public IReadOnlyList<Cpu> Cpus => _cpus;

    /// <summary>The task list.</summary>
    public IReadOnlyList<KernelTask> Tasks => _tasks;

    /// <summary>The tasks that execute programs: only they wait for grace periods.</summary>
    internal IReadOnlyList<KernelTask> Waiters => _waiters;

    /// <summary>Names for addresses.</summary>
    public SymbolTable Symbols { get; } = new();

    /// <summary>Vanilla RCU.</summary>
    public VanillaRcu Rcu { get; }

    /// <summary>Tasks RCU.</summary>
    public TasksRcu TasksRcu { get; }

    /// <summary>call_rcu() for what Tasks RCU's callers become where it is not built.</summary>
    public RcuCallbacks RcuCallbacks { get; }

    /// <summary><c>jiffies</c>: ticks since the beginning. Stands still where the model has no time.</summary>
    public Cell Jiffies { get; }

    /// <summary>The preemption model in force now: with PREEMPT_DYNAMIC it can be changed while the kernel runs.</summary>
    public PreemptionModel Model
    {
        get => (PreemptionModel)_model.Value;
        internal set => _model.Value = (ulong)value;
    }

    /// <summary>Tasks Rude RCU.</summary>
    public TasksRudeRcu TasksRude { get; }

    /// <summary>What a preemption means to Tasks RCU.</summary>
    public PreemptedTasks Preempted { get; }

    /// <summary>Design R of the proposal of 2026.</summary>
    public TrampolineReaders TrampolineReaders { get; }

    /// <summary>Tasks Trace RCU.</summary>
    public TasksTraceRcu TasksTrace { get; }

    /// <summary>True where some guest code enters a reader of vanilla RCU. Said while the machine is set up.</summary>
    public bool HasReaders { get; internal set; }

    /// <summary>
    /// True where some guest code has a point at which a request to reschedule is looked at although interrupts' exits do not: then ticks leave
    /// such requests. Said while the machine is set up.
    /// </summary>
    public bool HasReschedPoints { get; internal set; }

    /// <summary>x86 text patching.</summary>
    public TextPoke TextPoke { get; }

    /// <summary>The lifetime of BPF's images and programs.</summary>
    public BpfImages BpfImages { get; }

    /// <summary>ftrace.</summary>
    public Ftrace Ftrace { get; }

    /// <summary>The procedures that tasks execute, whole: nothing is dropped from them here.</summary>
    public IReadOnlyList<KernelProgram> Procedures => _procedures;

    /// <summary>What made a task oops in the step in hand, or null.</summary>
    public string? PendingOops => _oops;

    /// <summary>
    /// Each step that can be dropped, once for each procedure that has it, in the order of the procedures; then the barriers and the
    /// maintenance of guest code, by function.
    /// </summary>
    public IReadOnlyList<(string Procedure, string Step, string Source)> DroppableSteps() =>
    [
        .. _procedures
            .SelectMany(procedure => procedure.Steps.Where(step => step.Droppable)
                .Select(step => (procedure.Name, step.Name, step.Source)))
            .DistinctBy(step => (step.Item1, step.Item2)),
        .. _droppable,
    ];

    /// <summary>Adds an instruction of guest code to what can be dropped.</summary>
    internal void AddDroppable(string function, string name, string source) => _droppable.Add((function, name, source));

    /// <summary>
    /// Adds a task that executes guest code from <paramref name="entry"/>. It is current on its core if it is the core's first.
    /// </summary>
    public KernelTask AddTask(string name, int core, ulong entry)
    {
        KernelTask task = AddTask(name, core);
        task.Context = Machine.AddContext(name);
        Machine.Engine.SetPc(task.Context, entry);
        return task;
    }

    /// <summary>Adds a task that executes a program.</summary>
    public KernelTask AddTask(string name, int core, Func<KernelTask, KernelProgram> program)
    {
        KernelTask task = AddTask(name, core);
        _waiters.Add(task);
        task.RcuTasksWaiter = TasksRcu.Queues.Add(name, null);
        task.Run = new ProgramRun(this, task, program(task));
        return task;
    }

    /// <summary>
    /// Starts rcu_tasks_kthread on a core, asleep. After all other tasks: the order of the scan is that of the task list.
    /// </summary>
    public KernelTask AddRcuTasksKthread(int core, Func<KernelProgram, KernelProgram> change) =>
        AddTask(TasksRcu.KthreadName, core, task =>
        {
            TasksRcu.SetKthread(task);
            task.State = TaskState.Sleeping;
            return change(TasksRcu.KthreadProgram());
        });

    /// <summary>The steps of synchronize_rcu_tasks(), as the configuration and the design in force have it.</summary>
    public KernelProgram SynchronizeRcuTasks() => Config is { TASKS_RCU: true, Design: TasksRcuDesign.Readers }
        ? TrampolineReaders.Synchronize()
        : TasksRcu.Synchronize();

    /// <summary>Starts the kthread that invokes callbacks of call_rcu(), asleep.</summary>
    public KernelTask AddRcuCallbackKthread(int core, Func<KernelProgram, KernelProgram> change) =>
        AddTask(RcuCallbacks.KthreadName, core, task =>
        {
            task.State = TaskState.Sleeping;
            return change(RcuCallbacks.KthreadProgram());
        });

    /// <summary>Ends the setting up. The first runnable task of each core is current on it.</summary>
    public void Seal()
    {
        Rcu.Seal();
        foreach (Cpu cpu in _cpus)
            cpu.SwitchTo(cpu.Tasks.FirstOrDefault(task => task.State == TaskState.Runnable));

        Machine.Seal();
    }

    /// <summary>A task did what the kernel does not survive: it is dead, and the step violates <c>no-oops</c>.</summary>
    internal void Oops(Cpu cpu, string message)
    {
        _oops = message;
        cpu.Schedule(TaskState.Dead);
    }

    /// <summary>Says that an allocation holds generated text: trampolines, images.</summary>
    internal void AddGenerated(Allocation allocation) => _generated.Add(allocation);

    /// <summary>True for generated text.</summary>
    internal bool IsGenerated(Allocation allocation) => _generated.Contains(allocation);

    /// <summary>What the step in hand did against a property, or null.</summary>
    internal string? PendingBreach(string property) => _breach.Property == property ? _breach.Message : null;

    /// <summary>The step in hand did what a property forbids.</summary>
    internal void NoteBreach(string property, string message) => _breach = (property, message);

    internal void ClearOops() => (_oops, _breach) = (null, default);

    /// <summary>Told of each step of a program behind its doing, inside the machine's step. For properties.</summary>
    public event Action<ProgramRun, ProgramStep>? ProgramStepDone;

    internal void NoteProgramStep(ProgramRun run, ProgramStep step) => ProgramStepDone?.Invoke(run, step);

    internal void AddProcedure(KernelProgram procedure) => _procedures.Add(procedure);

    internal void OnEvent(Cpu cpu, in ExecutedInstruction executed)
    {
        bool isArm = Config.Architecture == Architecture.Arm64;
        switch (executed.Event)
        {
            case GuestEventKind.Breakpoint when !isArm:
                cpu.Int3.Trap(executed.Address);
                break;
            case GuestEventKind.SoftwareInterrupt when !isArm:
            case GuestEventKind.HypervisorCall when isArm:
                EnterGate(cpu, (Gate)executed.EventDetail, executed.Address);
                break;
            default:
                Oops(cpu, $"{Describe(executed.Event)} at {Symbols.Show(executed.Address)}: {Detail(in executed)}");
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();

    private KernelTask AddTask(string name, int core)
    {
        var task = new KernelTask(Machine, _tasks.Count, name, core);
        _tasks.Add(task);
        _cpus[core].Add(task);
        return task;
    }

    private void EnterGate(Cpu cpu, Gate gate, ulong address)
    {
        KernelTask task = cpu.Current!;
        switch (gate)
        {
            case Gate.Schedule:
                Machine.Say(Machine.Told($"{task.Name}: schedule()"));
                cpu.Schedule(TaskState.Runnable);
                break;
            case Gate.Sleep:
                Machine.Say(Machine.Told($"{task.Name} sleeps"));
                cpu.Schedule(TaskState.Sleeping);
                break;
            case Gate.TasksRcuQuiescent:
                Machine.Say(Machine.Told($"{task.Name}: cond_resched_tasks_rcu_qs()"));
                TasksRcu.NoteQuiescent(task);
                break;
            case Gate.Exit:
                Machine.Say(Machine.Told($"{task.Name} exits"));
                cpu.Schedule(TaskState.Dead);
                break;
            case var _ when Gates.Perform(cpu, task, gate) is { } said:
                Machine.Say(said);
                break;
            default:
                Oops(cpu, $"gate 0x{(int)gate:x} at {Symbols.Show(address)} does not exist");
                break;
        }
    }

    private static string Describe(GuestEventKind kind) => kind switch
    {
        GuestEventKind.Undefined => "undefined instruction",
        GuestEventKind.FetchFault => "instruction fetch fault",
        GuestEventKind.ReadFault => "read fault",
        GuestEventKind.WriteFault => "write fault",
        GuestEventKind.Breakpoint => "BRK",
        _ => kind.ToString(),
    };

    private string Detail(in ExecutedInstruction executed) => executed.Event switch
    {
        GuestEventKind.ReadFault or GuestEventKind.WriteFault or GuestEventKind.FetchFault =>
            Symbols.Show(executed.EventDetail),
        _ => $"0x{executed.EventDetail:x}",
    };
}
