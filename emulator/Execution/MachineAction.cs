namespace RcuEmu.Emulator.Execution;

/// <summary>One thing that can happen next.</summary>
/// <param name="Agent">Index of the agent that does it, in <see cref="Machine.Agents"/>.</param>
/// <param name="Code">What, in the agent's own numbering; 0 is the agent's ordinary step.</param>
/// <param name="Argument">With what: a vector, a task's number.</param>
public readonly record struct MachineAction(int Agent, int Code, int Argument);

/// <summary>
/// Something that acts: a core, the scheduler of one core, a procedure of the kernel. Its actions must depend on the
/// machine's state alone and be offered in a fixed order.
/// </summary>
public interface IAgent
{
    /// <summary>Short, unique, without spaces: it appears in schedules (<c>c0</c>, <c>c1</c>).</summary>
    string Name { get; }

    /// <summary>Adds the actions that are enabled now, whether or not there are any.</summary>
    /// <remarks>
    /// What the test reads of the state is added to <see cref="Machine.Footprint"/>, as in a step; the machine keeps it apart from the
    /// step's. A lock's cell, the cell of a pending interrupt, and also the agent's own state where somebody else may change
    /// that. A partial-order reduction takes it that the offer changes only by writes to these cells and by the agent's
    /// own steps, and stops where that is not so. Cells that only this agent's steps write may be left out.
    /// </remarks>
    void Offer(int agent, List<MachineAction> actions);

    /// <summary>
    /// Does one action, atomically. All that it reads and writes of what other agents read or write is in
    /// <see cref="Machine.Footprint"/> afterwards.
    /// </summary>
    void Perform(MachineAction action);

    /// <summary>
    /// The action's key in a schedule, unique among what the agent can offer at one time: the agent's name for code 0,
    /// otherwise the name with a suffix (<c>c0!5</c> delivers vector 5, <c>c0&gt;kworker</c> preempts). No spaces, no <c>*</c>.
    /// </summary>
    string Key(MachineAction action);

    /// <summary>
    /// True where the action takes the turn from someone without need, as a preemption does: what a preemption bound counts.
    /// </summary>
    bool IsPreemption(MachineAction action);

    /// <summary>
    /// False for an action that happens to the agent while another one's turn goes on, as an interrupt does: no switch between agents for
    /// the witness with the fewest of them.
    /// </summary>
    bool TakesTurn(MachineAction action) => true;

    /// <summary>
    /// The agent whose turn this one's actions are part of, and in whose column a witness shows them: a core's scheduler and its interrupts
    /// act for the core. Null: its own.
    /// </summary>
    IAgent? ActsFor => null;

    /// <summary>
    /// How far the agent has come, where that says that it will not do again what it did before: no step makes it less. From it a reduction
    /// learns that what was touched only in lower phases is over. 0 throughout where nothing is known; a search that sees it fall takes
    /// it for that.
    /// </summary>
    int Phase => 0;
}

/// <summary>Watches every step of a machine. State of its own that must survive undo lives in cells.</summary>
public interface IMonitor
{
    /// <summary>The property's name: <c>no-freed-text</c>.</summary>
    string Name { get; }

    /// <summary>Called behind each step. A message says that the property is violated, null that it holds.</summary>
    /// <remarks>
    /// Where it looks at what more than one agent writes, beyond what the step itself touched, that is added to
    /// <see cref="Machine.Footprint"/>, and so are cells that it writes. A property over two cells that two agents write must see
    /// both orders; a partial-order reduction knows that only from the footprint. What one agent alone writes may be left out.
    /// </remarks>
    string? AfterStep(Machine machine, in StepInfo step);

    /// <summary>Called where nothing is enabled any more. A message says that the property is violated.</summary>
    string? AtEnd(Machine machine);
}

/// <summary>Answers the choices that a step asks for while it runs: which version a fetch returns, which value a load reads.</summary>
public interface IChooser
{
    /// <summary>Says which of <paramref name="alternatives"/> (at least 2) is taken, counted from 0.</summary>
    int Choose(int alternatives, string reason);

    /// <summary>False where nobody reads the reason: it is then a word, and nothing is spelled out for it.</summary>
    bool ReadsReasons => true;
}

/// <summary>What one performed action was.</summary>
public struct StepInfo
{
    /// <summary>The action.</summary>
    public MachineAction Action;

    /// <summary>True where the action executed an instruction; <see cref="Instruction"/> is then valid.</summary>
    public bool IsInstruction;

    /// <summary>The executed instruction.</summary>
    public Cores.ExecutedInstruction Instruction;

    /// <summary>What a step that is no instruction did, for people: <c>write cc at traced+0x4</c>. Null otherwise.</summary>
    public string? Text;

    /// <summary>True for bookkeeping that a short witness can do without: an IPI taken, a reference dropped.</summary>
    public bool IsMinor;
}

/// <summary>A property that did not hold.</summary>
/// <param name="Property">The monitor's name.</param>
/// <param name="Message">What happened, with names and addresses.</param>
public sealed record Violation(string Property, string Message);
