using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>One step of a run.</summary>
/// <param name="Step">Counted from 1.</param>
/// <param name="Agent">Who made it: <c>c0</c>.</param>
/// <param name="Task">The task that executed an instruction; null for what is no instruction.</param>
/// <param name="Text">What happened: the place and text of an instruction, or what a program's step did.</param>
public sealed record RunStep(long Step, string Agent, string? Task, string Text);

/// <summary>How one run of a scenario ended.</summary>
/// <param name="Verdict">Holds for this one order, violated, or not finished: the limit was hit.</param>
/// <param name="Violation">What is violated, or null.</param>
/// <param name="Schedule">All that was chosen; it replays.</param>
/// <param name="Steps">Steps performed.</param>
public sealed record RunResult(Verdict Verdict, Violation? Violation, Schedule Schedule, long Steps);

/// <summary>Runs a scenario in one order: the first that is offered, one at random, or a recorded one.</summary>
public sealed class ScenarioRun : IChooser, IDisposable
{
    private readonly Kernel _kernel;
    private readonly Action<RunStep> _trace;
    private readonly ScheduleOrigin _origin;
    private readonly ScheduleBuilder _schedule = new();
    private readonly List<MachineAction> _enabled = [];
    private readonly List<int> _choices = [];
    private readonly Random? _random;
    private long _steps;

    /// <summary>Sets a scenario up.</summary>
    /// <param name="scenario">Is built once.</param>
    /// <param name="trace">Told each step behind it.</param>
    /// <param name="seed">For a run at random: the same seed gives the same run. Null: what is offered first is taken.</param>
    public ScenarioRun(Scenario scenario, Action<RunStep> trace, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        _trace = trace;
        _random = seed is { } number ? new Random(number) : null;
        _kernel = scenario.Build();
        _origin = ScheduleOrigin.Of(scenario.Name, _kernel.Machine);
    }

    /// <summary>The kernel that the run changes.</summary>
    public Kernel Kernel => _kernel;

    private Machine Machine => _kernel.Machine;

    /// <summary>Goes on until nothing is enabled, a property is violated, or <paramref name="limit"/> steps were made.</summary>
    public RunResult Run(long limit, CancellationToken stopped = default)
    {
        Machine.Chooser = this;
        for (Machine.Enabled(_enabled); _enabled.Count > 0; Machine.Enabled(_enabled))
        {
            stopped.ThrowIfCancellationRequested();
            if (_steps == limit)
                return Result(Verdict.NotFinished, null);

            MachineAction action = _enabled[_random?.Next(_enabled.Count) ?? 0];
            _schedule.Action(Machine.Key(action));
            Violation? violation = Machine.Perform(action);
            foreach (int choice in _choices)
                _schedule.Choice(choice);

            _choices.Clear();
            _steps++;
            _trace(Describe());
            if (violation is not null)
                return Result(Verdict.Violated, violation);
        }

        return Machine.End() is { } atEnd ? Result(Verdict.Violated, atEnd) : Result(Verdict.Holds, null);
    }

    /// <summary>Performs a recorded schedule up to the first violation.</summary>
    /// <param name="schedule">Of this scenario.</param>
    /// <param name="force">Tries it even where it was made on another version of the scenario.</param>
    /// <param name="stopped">Ends the run.</param>
    /// <returns>Not finished where the schedule ends before the run does.</returns>
    /// <exception cref="UserErrorException">It does not fit; the message says where.</exception>
    public RunResult Replay(Schedule schedule, bool force = false, CancellationToken stopped = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (!force)
            schedule.CheckFits(_origin);

        var replay = new Replay(Machine, schedule);
        while (replay.Violation is null && replay.MoveNext())
        {
            stopped.ThrowIfCancellationRequested();
            _steps++;
            _trace(Describe());
        }

        Violation? violation = replay.Violation ?? replay.Run(stopped);
        Machine.Enabled(_enabled);
        Verdict verdict = violation is not null ? Verdict.Violated : _enabled.Count > 0 ? Verdict.NotFinished : Verdict.Holds;
        return new RunResult(verdict, violation, schedule, _steps);
    }

    /// <summary>Performs a recorded schedule up to a step, violations or not. Returns how many steps were performed: fewer where it ends before.</summary>
    /// <exception cref="UserErrorException">It does not fit; the message says where.</exception>
    public long ReplayTo(Schedule schedule, long step, bool force = false, CancellationToken stopped = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (!force)
            schedule.CheckFits(_origin);

        var replay = new Replay(Machine, schedule);
        while (_steps < step && replay.MoveNext())
        {
            stopped.ThrowIfCancellationRequested();
            _steps++;
            _trace(Describe());
        }

        return _steps;
    }

    /// <inheritdoc/>
    public void Dispose() => _kernel.Dispose();

    /// <inheritdoc/>
    int IChooser.Choose(int alternatives, string reason)
    {
        int taken = _random?.Next(alternatives) ?? 0;
        _choices.Add(taken);
        return taken;
    }

    private RunResult Result(Verdict verdict, Violation? violation) => new(verdict, violation, _schedule.Build(_origin), _steps);

    private RunStep Describe()
    {
        ref readonly StepInfo step = ref Machine.LastStep;
        string agent = Machine.ActorOf(step.Action).Name;
        if (!step.IsInstruction)
            return new RunStep(_steps, agent, null, step.Text ?? Machine.Key(step.Action));

        ref readonly ExecutedInstruction executed = ref step.Instruction;
        string text = $"{_kernel.Symbols.Show(executed.Address)}: {InstructionText.Of(Machine.Architecture, executed, _kernel.Symbols.Format)}";
        if (executed.Flow == Flow.Event)
            text += $": {executed.Event} 0x{executed.EventDetail:x}";
        if (step.Text is not null)
            text += $"; {step.Text}";

        return new RunStep(_steps, agent, Machine.Contexts[executed.Context].Name, text);
    }
}
