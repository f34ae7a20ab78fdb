using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Programs;

/// <summary>What a task does at a step whose guard does not hold yet.</summary>
public enum WaitKind
{
    /// <summary>It waits on its core, runnable: a spin, or an IPI that is not answered yet.</summary>
    Spin,

    /// <summary>It calls schedule() and sleeps; a voluntary switch.</summary>
    Sleep,
}

/// <summary>One atomic step of a procedure of the kernel.</summary>
/// <param name="Name">What <c>drop:</c> names. Steps that belong together share a name.</param>
/// <param name="Source">The kernel file, version and function that the step stands for.</param>
/// <param name="Do">Does it; returns what it did, for people. May jump: <see cref="ProgramRun.GoTo"/>.</param>
public sealed record ProgramStep(string Name, string Source, Func<ProgramRun, string> Do)
{
    /// <summary>When the step can be done; null: at any time.</summary>
    public Func<ProgramRun, bool>? Guard { get; init; }

    /// <summary>How the task waits for the guard.</summary>
    public WaitKind Wait { get; init; }

    /// <summary>Where it says true the step before goes on to the one behind: there is nothing to do.</summary>
    public Func<ProgramRun, bool>? IsSkipped { get; init; }

    /// <summary>True for bookkeeping that a short witness can do without.</summary>
    public bool IsMinor { get; init; }

    /// <summary>False for steps that make no sense to leave out: the bookkeeping of a loop.</summary>
    public bool Droppable { get; init; } = true;
}

/// <summary>
/// A procedure of the kernel as data: small named atomic steps in a row, which a user can read, and leave steps out of.
/// </summary>
/// <param name="Name">The kernel's name for it.</param>
/// <param name="Steps">In order.</param>
/// <param name="Loops">Starts again at its first step when it is through: a kthread.</param>
public sealed record KernelProgram(string Name, IReadOnlyList<ProgramStep> Steps, bool Loops = false)
{
    /// <summary>
    /// The program without the steps that are named. A name is a step's, or <c>PROGRAM/STEP</c>. Every name that matched is
    /// added to <paramref name="matched"/>.
    /// </summary>
    public KernelProgram Without(IReadOnlyCollection<string> names, ISet<string> matched)
    {
        bool Dropped(ProgramStep step)
        {
            bool dropped = false;
            foreach (string name in names)
            {
                if (step.Droppable && (name == step.Name || name == $"{Name}/{step.Name}"))
                {
                    matched.Add(name);
                    dropped = true;
                }
            }

            return dropped;
        }

        return this with { Steps = [.. Steps.Where(step => !Dropped(step))] };
    }

    /// <summary>The steps of several programs in a row, as one.</summary>
    public static KernelProgram Chain(string name, IEnumerable<KernelProgram> parts) =>
        new(name, [.. parts.SelectMany(part => part.Steps)]);
}

/// <summary>A program in execution: which step is next, and who executes it.</summary>
public sealed class ProgramRun
{
    private readonly Emulator.Execution.Cell _next;

    internal ProgramRun(Kernel kernel, KernelTask task, KernelProgram program)
    {
        (Kernel, Task, Program) = (kernel, task, program);
        _next = Emulator.Execution.Cell.Of(kernel.Machine);
    }

    /// <summary>The kernel that it changes.</summary>
    public Kernel Kernel { get; }

    /// <summary>The task that executes it.</summary>
    public KernelTask Task { get; }

    /// <summary>Its steps.</summary>
    public KernelProgram Program { get; }

    /// <summary>The step that is next, or null behind the last.</summary>
    public ProgramStep? Next => _next.Value < (ulong)Program.Steps.Count ? Program.Steps[(int)_next.Value] : null;

    /// <summary>The number of the next step, without a footprint.</summary>
    public int Position => (int)_next.Peek;

    /// <summary>The same without a footprint.</summary>
    public ProgramStep? PeekNext => Position < Program.Steps.Count ? Program.Steps[Position] : null;

    /// <summary>True where the next step's guard holds.</summary>
    public bool IsReady => Next is { } step && (step.Guard is null || step.Guard(this));

    /// <summary>
    /// Jumps: the step to be done next is the nearest one of this name, back from here (the first of a row of them), or else ahead. A
    /// program may have the same procedure in it twice. Where the step was dropped the run goes on.
    /// </summary>
    public void GoTo(string step)
    {
        int at = Math.Min((int)_next.Value, Program.Steps.Count) - 1;
        while (at >= 0 && Program.Steps[at].Name != step)
            at--;

        while (at > 0 && Program.Steps[at - 1].Name == step)
            at--;

        if (at < 0)
            at = Ahead(step);

        if (at >= 0)
            _next.Value = (ulong)at;
    }

    private int Ahead(string step)
    {
        for (int i = 0; i < Program.Steps.Count; i++)
        {
            if (Program.Steps[i].Name == step)
                return i;
        }

        return -1;
    }

    /// <summary>For tests and tools: does the next step, whoever runs, and whether its guard holds or not. Returns what it did.</summary>
    public string Perform() => Step();

    /// <summary>Does the next step. Returns what it did.</summary>
    internal string Step()
    {
        int at = (int)_next.Value;
        _next.Value = (ulong)(at + 1);
        string text = Program.Steps[at].Do(this);
        Kernel.NoteProgramStep(this, Program.Steps[at]);
        while (Next is { IsSkipped: { } isSkipped } && isSkipped(this))
            _next.Value++;

        if (Program.Loops && _next.Value == (ulong)Program.Steps.Count)
            _next.Value = 0;

        return text;
    }
}
