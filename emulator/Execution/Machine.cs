using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Memory;
using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Execution;

/// <summary>
/// Cores, memory and agents over one journaled state. It offers what can happen next and does one of it at a time; who
/// chooses is a strategy's business.
/// </summary>
public sealed class Machine : IDisposable
{
    private readonly List<IAgent> _agents = [];
    private readonly List<IMonitor> _monitors = [];
    private readonly List<IReach> _reaches = [];
    private readonly List<IReach> _goals = [];
    private readonly List<Core> _cores = [];
    private readonly List<Context> _contexts = [];
    private readonly byte[] _codePoison;
    private int[] _guardEnds = [];
    private int[] _turns = [];
    private Touch[] _guards = [];
    private StepInfo _step;

    /// <summary>Makes an empty machine. Everything is added to it before <see cref="Seal"/>.</summary>
    public Machine(Architecture architecture)
    {
        Architecture = architecture;
        State = new State();
        Footprint = new Footprint();
        Memory = new GuestMemory(State, Footprint);
        // What the kernel's own allocators fill text with: INT3, and BRK #0x100 (arch/arm64/include/asm/debug-monitors.h, AARCH64_BREAK_FAULT).
        _codePoison = architecture == Architecture.X64 ? [0xcc] : [0x00, 0x20, 0x20, 0xd4];
        Engine = CoreEngine.For(this);
    }

    /// <summary>The instruction set of all cores.</summary>
    public Architecture Architecture { get; }

    /// <summary>All that changes.</summary>
    public State State { get; }

    /// <summary>What the step in hand has touched.</summary>
    public Footprint Footprint { get; }

    /// <summary>Memory.</summary>
    public GuestMemory Memory { get; }

    /// <summary>What is handed out and given back while the machine runs.</summary>
    public AllocationMap Allocations { get; } = new();

    /// <summary>The cores, by index.</summary>
    public IReadOnlyList<Core> Cores => _cores;

    /// <summary>Register files, by number.</summary>
    public IReadOnlyList<Context> Contexts => _contexts;

    internal Context ContextAt(int number) => _contexts[number];

    /// <summary>Who acts, in the order in which they offer.</summary>
    public IReadOnlyList<IAgent> Agents => _agents;

    /// <summary>The properties that are watched.</summary>
    public IReadOnlyList<IMonitor> Monitors => _monitors;

    /// <summary>What a search must meet somewhere. <see cref="Perform"/> does not ask them; a search does.</summary>
    public IReadOnlyList<IReach> Reaches => _reaches;

    /// <summary>What instruction fetches see under <c>fetch: modelled</c>; null: memory as it is now.</summary>
    public ModelledFetch? Fetch { get; private set; }

    /// <summary>What stands between the cores and memory; null: nothing, <see cref="MemoryModel.Sc"/>.</summary>
    public MemoryOrder? Ordering { get; private set; }

    /// <summary>Executes instructions.</summary>
    public CoreEngine Engine { get; }

    /// <summary>
    /// arm64: a store exclusive may fail though nobody touched its bytes, which is a choice then. DDI 0487, B2.17, "Exclusive access
    /// instructions and Shareable memory locations".
    /// </summary>
    public bool ExclusivesMayFail { get; set; }

    /// <summary>Answers the choices inside a step. First offered, where nobody sets another.</summary>
    public IChooser Chooser { get; set; } = FirstOffered.Instance;

    /// <summary>What the last performed action was.</summary>
    public ref readonly StepInfo LastStep => ref _step;

    /// <summary>Adds a core that executes nothing yet.</summary>
    public Core AddCore()
    {
        var core = new Core(this, _cores.Count, Engine.SystemCells) { Features = Engine.Features };
        _cores.Add(core);
        Engine.Reset(core);
        Join(core);
        JoinOrdering(core);
        return core;
    }

    /// <summary>Makes text keep its versions: <c>fetch: modelled</c>. While the machine is set up, and once.</summary>
    /// <exception cref="UserErrorException">The settings say what cannot be.</exception>
    public void UseFetch(FetchSettings settings)
    {
        if (Fetch is not null || State.IsSealed)
            throw new InvalidOperationException("the fetch model is chosen once, while the machine is set up");

        if (settings.Error() is { } error)
            throw new UserErrorException(error);

        Engine.Fetch = Memory.Text = Fetch = ModelledFetch.For(this, settings);
        foreach (Core core in _cores)
            Join(core);
    }

    /// <summary>Says what the cores have. While the machine is set up.</summary>
    /// <exception cref="UserErrorException">The features say what cannot be, or another architecture has them.</exception>
    public void UseFeatures(CoreFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (State.IsSealed)
            throw new InvalidOperationException("the features of cores are chosen while the machine is set up");

        if (features.Error(Architecture) is { } error)
            throw new UserErrorException(error);

        Engine.Features = features;
        foreach (Core core in _cores)
        {
            core.Features = features;
            Engine.Enable(core);
        }
    }

    /// <summary>Chooses in which order data accesses reach other cores: <c>memory:</c>. While the machine is set up, and once.</summary>
    /// <exception cref="UserErrorException">The architecture has no such order.</exception>
    public void UseMemoryModel(MemoryModel model)
    {
        if (Ordering is not null || State.IsSealed)
            throw new InvalidOperationException("the memory model is chosen once, while the machine is set up");

        if (model == MemoryModel.Sc)
            return;

        if (Architecture != Architecture.X64)
            throw new UserErrorException("memory: tso is the order of x86-64, and arm64 allows more than that; arm64 takes sc");

        Ordering = new StoreBuffers(this);
        foreach (Core core in _cores)
            JoinOrdering(core);
    }

    /// <summary>Adds a register file, all zero but for what the architecture fixes.</summary>
    public Context AddContext(string name)
    {
        var context = new Context(_contexts.Count, name, State.Allocate(Engine.RegisterCells));
        _contexts.Add(context);
        Engine.Reset(context);
        return context;
    }

    /// <summary>Adds an allocation inside mapped memory; it is filled with poison.</summary>
    public Allocation AddAllocation(string name, ulong address, int length, bool isCode)
    {
        var allocation = new Allocation(
            State, Footprint, Memory, new AllocationPlace(name, address, length, isCode), isCode ? _codePoison : [0x6b]);
        Allocations.Add(allocation);
        allocation.Fill();
        return allocation;
    }

    /// <summary>Adds an agent and returns its index.</summary>
    public int AddAgent(IAgent agent)
    {
        _agents.Add(agent);
        Array.Resize(ref _guardEnds, _agents.Count);
        Array.Resize(ref _turns, _agents.Count);
        _turns[^1] = agent.ActsFor is { } other ? _agents.IndexOf(other) : _agents.Count - 1;
        return _agents.Count - 1;
    }

    /// <summary>Index of the agent whose turn an agent's actions are part of: see <see cref="IAgent.ActsFor"/>.</summary>
    public int TurnOf(int agent) => _turns[agent];

    /// <summary>The agent for which <paramref name="action"/> is done: the one that a witness names.</summary>
    public IAgent ActorOf(MachineAction action) => _agents[_turns[action.Agent]];

    /// <summary>Adds a property.</summary>
    public void AddMonitor(IMonitor monitor) => _monitors.Add(monitor);

    /// <summary>What every fair execution must meet some time. <see cref="Perform"/> does not ask them; a search of all states does.</summary>
    public IReadOnlyList<IReach> Goals => _goals;

    /// <summary>Adds something that every fair execution must meet some time.</summary>
    public void AddGoal(IReach goal) => _goals.Add(goal);

    /// <summary>Adds something that a search must meet somewhere.</summary>
    public void AddReach(IReach reach) => _reaches.Add(reach);

    /// <summary>Ends the setting up.</summary>
    public void Seal()
    {
        foreach (IAgent agent in Ordering?.Agents ?? [])
            AddAgent(agent);

        if (Fetch is not null)
        {
            _monitors.Insert(0, new FetchSteps(Fetch));
            _monitors.Add(new FetchMonitor(Fetch));
        }

        Footprint.Clear();
        State.Seal();
    }

    /// <summary>Lists what can happen now, in a fixed order. Empty: the run is over.</summary>
    public void Enabled(List<MachineAction> actions) => Offered(actions, ulong.MaxValue, []);

    /// <summary>
    /// The same where only some agents, one bit each, can offer something else than <paramref name="before"/>: the others are not asked.
    /// </summary>
    internal void Offered(List<MachineAction> actions, ulong stale, ReadOnlySpan<MachineAction> before)
    {
        actions.Clear();
        int ofStep = Footprint.Count;
        int from = 0;
        for (int i = 0; i < _agents.Count; i++)
        {
            if (i >= 64 || (stale >> i & 1) != 0)
                _agents[i].Offer(i, actions);

            for (; from < before.Length && before[from].Agent <= i; from++)
            {
                if (before[from].Agent == i && (stale >> i & 1) == 0)
                    actions.Add(before[from]);
            }

            _guardEnds[i] = Footprint.Count - ofStep;
        }

        if (KeepsGuards)
            KeepGuards(Footprint.Touches[ofStep..]);

        Footprint.Truncate(ofStep);
    }

    /// <summary>What one agent offers now. What its test reads is <see cref="Guards"/> afterwards, and those of the others are not known.</summary>
    internal void OfferedBy(int agent, List<MachineAction> actions)
    {
        actions.Clear();
        int ofStep = Footprint.Count;
        _agents[agent].Offer(agent, actions);
        KeepGuards(Footprint.Touches[ofStep..]);
        _guardEnds[^1] = Footprint.Count - ofStep;
        Footprint.Truncate(ofStep);
    }

    /// <summary>True where a search wants to know what the tests of <see cref="Enabled"/> read.</summary>
    internal bool KeepsGuards { get; set; }

    /// <summary>What the tests read in the last call of <see cref="Enabled"/>, agent by agent.</summary>
    internal ReadOnlySpan<Touch> Guards => _guards.AsSpan(0, _guardEnds.Length == 0 ? 0 : _guardEnds[^1]);

    /// <summary>How many of <see cref="Guards"/> belong to agents up to and with each one.</summary>
    internal ReadOnlySpan<int> GuardEnds => _guardEnds;

    private void KeepGuards(ReadOnlySpan<Touch> touches)
    {
        if (touches.Length > _guards.Length)
            Array.Resize(ref _guards, touches.Length * 2);

        touches.CopyTo(_guards);
    }

    /// <summary>The action's key in a schedule.</summary>
    public string Key(MachineAction action) => _agents[action.Agent].Key(action);

    /// <summary>Does one enabled action and asks every property. Null: nothing is violated.</summary>
    public Violation? Perform(MachineAction action)
    {
        Footprint.Clear();
        _step.Action = action;
        _step.IsInstruction = false;
        _step.Text = null;
        _step.IsMinor = false;
        _agents[action.Agent].Perform(action);
        for (int i = 0; i < _monitors.Count; i++)
        {
            if (_monitors[i].AfterStep(this, in _step) is { } message)
                return new Violation(_monitors[i].Name, message);
        }

        return null;
    }

    /// <summary>Asks every property about a run that is over.</summary>
    public Violation? End()
    {
        foreach (IMonitor monitor in _monitors)
        {
            if (monitor.AtEnd(this) is { } message)
                return new Violation(monitor.Name, message);
        }

        return null;
    }

    /// <summary>For agents: executes the next instruction of <paramref name="core"/>'s context, journaled.</summary>
    public ref readonly ExecutedInstruction Execute(Core core)
    {
        _step.IsInstruction = true;
        if (!ForgetsDeadStack)
        {
            Engine.Step(core, ref _step.Instruction);
            return ref _step.Instruction;
        }

        Context context = CoreEngine.Executing(this, core);
        ulong before = Engine.StackPointer(context);
        Engine.Step(core, ref _step.Instruction);
        Memory.Forget(before, Engine.StackPointer(context));
        return ref _step.Instruction;
    }

    /// <summary>
    /// True: what a step leaves below the stack pointer is 0 from then on. The kernel is built without a red zone (-mno-red-zone; AAPCS64 has none),
    /// and any interrupt writes there, so that nobody may read it. States that differ in it alone are one. While the machine is set up.
    /// </summary>
    /// <remarks>Left out: code that reads below its own stack pointer reads 0 and not what lies there; that hides what it would do with it.</remarks>
    public bool ForgetsDeadStack { get; set; }

    /// <summary>For agents: says what a step did that an instruction's text does not say.</summary>
    /// <param name="text">What happened.</param>
    /// <param name="isMinor">A short witness can do without it.</param>
    public void Say(string text, bool isMinor = false) => (_step.Text, _step.IsMinor) = (text, isMinor);

    /// <summary>For agents: spells out a text for people, or "" where nobody reads it, and then nothing in it is evaluated into words.</summary>
    /// <remarks>Write <c>machine.Told($"…")</c>: a search performs millions of steps whose texts nobody sees.</remarks>
    public string Told([InterpolatedStringHandlerArgument("")] ref ToldText text) => Chooser.ReadsReasons ? text.Take() : "";

    /// <summary>For whatever runs inside a step: asks for a choice.</summary>
    public int Choose(int alternatives, string reason) => alternatives < 2 ? 0 : Chooser.Choose(alternatives, reason);

    private void JoinOrdering(Core core)
    {
        core.Ordering = Ordering;
        Ordering?.AddCore(core);
    }

    private void Join(Core core)
    {
        core.Fetch = Fetch;
        Fetch?.AddCore();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Dispose();
        State.Dispose();
    }

    private sealed class FirstOffered : IChooser
    {
        public static readonly FirstOffered Instance = new();

        public bool ReadsReasons => false;

        public int Choose(int alternatives, string reason) => 0;
    }
}
