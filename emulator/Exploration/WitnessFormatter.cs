using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Exploration;

/// <summary>Spells an executed instruction: <c>bl 0x10040</c>.</summary>
public delegate string InstructionSpeller(in ExecutedInstruction instruction);

/// <summary>One line of a witness.</summary>
/// <param name="Step">The number of its first step, counted from 1.</param>
/// <param name="Agent">Who made it; empty for what is said about the whole run.</param>
/// <param name="Text">What happened.</param>
/// <param name="Steps">How many steps are merged in it; 0 for a remark.</param>
public sealed record WitnessRow(long Step, string Agent, string Text, int Steps);

/// <summary>
/// Makes a schedule readable: what happened, step by step, with straight stretches of instructions merged to one row.
/// </summary>
/// <remarks>
/// Kept apart are switches between agents, steps that are no instruction, choices, branches into and out of allocations, events, and
/// the violation. Where that gives more rows than wanted, one thing after the other is tried: branches are merged into the
/// stretches around them, minor steps are left out, steps in a row of one agent that are no instructions are packed into
/// rows of a column's width, and at last only the first and last of such steps are shown.
/// </remarks>
public sealed class WitnessFormatter
{
    private const int PackedCharacters = 46;
    private readonly Func<ulong, string> _symbol;
    private readonly InstructionSpeller _spell;
    private readonly int _wanted;

    /// <summary>Formats witnesses.</summary>
    /// <param name="symbol">Names an address: <c>traced+0x4</c>.</param>
    /// <param name="spell">Spells an instruction.</param>
    /// <param name="rows">How many rows are wanted at most. More are given where so many must be kept apart.</param>
    public WitnessFormatter(Func<ulong, string> symbol, InstructionSpeller spell, int rows = 25) =>
        (_symbol, _spell, _wanted) = (symbol, spell, rows);

    /// <summary>Performs <paramref name="schedule"/> and describes it, oldest first. The machine is left where the schedule ends.</summary>
    /// <param name="machine">Stands where the schedule begins.</param>
    /// <param name="schedule">Is performed up to the first violation.</param>
    /// <exception cref="ReplayDivergedException">The schedule does not fit.</exception>
    public IReadOnlyList<WitnessRow> Rows(Machine machine, Schedule schedule)
    {
        List<Stretch> steps = Perform(machine, schedule, out Violation? violation);
        List<Stretch> merged = Merge(steps, keepBranches: true);
        if (merged.Count + 1 > _wanted)
            merged = Merge(steps, keepBranches: false);

        if (merged.Count + 1 > _wanted)
            merged = Merge([.. steps.Where(step => !step.IsMinor)], keepBranches: false);

        if (merged.Count + 1 > _wanted)
            merged = ProgramJoin.Pack(merged, PackedCharacters);

        if (merged.Count + 1 > _wanted)
            merged = new ProgramJoin(merged, Math.Max(2, _wanted / 2)).Join();

        List<WitnessRow> rows = [.. merged.Select(stretch => new WitnessRow(stretch.First, stretch.Agent, Text(stretch), stretch.Steps))];
        if (violation is not null)
            rows.Add(new WitnessRow(steps.Count, "", $"{violation.Property}: {violation.Message}", 0));

        return rows;
    }

    private List<Stretch> Perform(Machine machine, Schedule schedule, out Violation? violation)
    {
        var replay = new Replay(machine, schedule);
        var steps = new List<Stretch>();
        while (replay.Violation is null && replay.MoveNext())
            steps.Add(Describe(machine, replay));

        violation = replay.Violation ?? replay.Run();
        return steps;
    }

    private Stretch Describe(Machine machine, Replay replay)
    {
        ref readonly StepInfo step = ref machine.LastStep;
        var stretch = new Stretch { First = replay.Steps, Steps = 1, Agent = machine.ActorOf(step.Action).Name };
        foreach ((int taken, int alternatives, string reason) in replay.LastChoices)
            stretch.Note += string.Create(CultureInfo.InvariantCulture, $" [{reason}: {taken} of {alternatives}]");

        stretch.Keep = replay.Violation is not null || stretch.Note is not null;
        if (!step.IsInstruction)
        {
            stretch.Keep = true;
            stretch.IsProgram = replay.Violation is null && stretch.Note is null;
            stretch.IsMinor = stretch.IsProgram && step.IsMinor;
            stretch.IsInterrupt = step.Action.Code != 0 && !machine.Agents[step.Action.Agent].IsPreemption(step.Action);
            stretch.Text = step.Text ?? machine.Key(step.Action);
            return stretch;
        }

        ref readonly ExecutedInstruction instruction = ref step.Instruction;
        (stretch.From, stretch.To) = (instruction.Address, instruction.Address);
        stretch.Text = $"{_symbol(instruction.Address)}: {_spell(in instruction)}";
        if (step.Text is not null)
        {
            // An event that somebody handled: what it meant says more than the instruction.
            stretch.Keep = true;
            stretch.Text = step.Text;
        }
        else if (instruction.Flow == Flow.Event)
        {
            stretch.Keep = true;
            if (instruction.Event != GuestEventKind.Breakpoint)
                stretch.Text += string.Create(CultureInfo.InvariantCulture, $": {instruction.Event} 0x{instruction.EventDetail:x}");
        }
        else if (instruction.Flow == Flow.Branch && machine.Allocations.Find(instruction.Address) != machine.Allocations.Find(instruction.Next))
        {
            stretch.CrossesAllocation = true;
            stretch.Text += $" -> {_symbol(instruction.Next)}";
        }

        return stretch;
    }

    private static List<Stretch> Merge(List<Stretch> steps, bool keepBranches)
    {
        var merged = new List<Stretch>();
        bool open = false;
        foreach (Stretch step in steps)
        {
            bool alone = step.Keep || (keepBranches && step.CrossesAllocation);
            if (!alone && open && merged[^1].Agent == step.Agent)
            {
                Stretch last = merged[^1];
                merged[^1] = last with { To = step.To, Steps = last.Steps + 1, Text = last.Steps == 1 ? $"{last.Text}; {step.Text}" : last.Text };
            }
            else
            {
                merged.Add(step);
            }

            open = !alone;
        }

        return merged;
    }

    // Two instructions that fit a row are spelled both.
    private string Text(Stretch stretch) => stretch.Steps == 1 || stretch.IsProgram || (stretch.Steps == 2 && stretch.Text.Length <= PackedCharacters)
        ? stretch.Text + stretch.Note
        : string.Create(CultureInfo.InvariantCulture, $"{stretch.Steps} instructions, {_symbol(stretch.From)} .. {_symbol(stretch.To)}");
}

/// <summary>Steps in a row that are shown together.</summary>
internal record struct Stretch
{
    /// <summary>The number of its first step, counted from 1.</summary>
    public long First;

    /// <summary>How many steps.</summary>
    public int Steps;

    /// <summary>Who made them.</summary>
    public string Agent;

    /// <summary>What happened, where it is one step or steps of a program.</summary>
    public string Text;

    /// <summary>The choices that it asked for.</summary>
    public string? Note;

    /// <summary>The first and the last instruction's address.</summary>
    public ulong From, To;

    /// <summary>Is not merged with instructions around it.</summary>
    public bool Keep;

    /// <summary>Is no instruction, and may be joined with its like.</summary>
    public bool IsProgram;

    /// <summary>Can be left out of a short witness.</summary>
    public bool IsMinor;

    /// <summary>Something that another agent sent and that takes no turn away: an IPI.</summary>
    public bool IsInterrupt;

    /// <summary>A branch into or out of an allocation.</summary>
    public bool CrossesAllocation;
}
