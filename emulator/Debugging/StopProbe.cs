using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>
/// Going backwards: stops where a watched value changed, and where an instruction at a breakpoint was executed. Both stops are
/// before the step.
/// </summary>
internal sealed class StopProbe(StopPoints points, Func<MachineAction, int> coreOf) : StepProbe
{
    private StopPoint? _breakpoint;

    public StopPointHit? Last { get; private set; }

    public override void Begin(Machine machine) => points.Begin();

    public override void Before(Machine machine, in TimelineStep step) =>
        _breakpoint = step.Edit is null ? points.AtBreakpoint(coreOf(step.Action)) : null;

    public override bool Behind(Machine machine, DebugEdit? edit)
    {
        StopPointHit? hit = points.Behind(edit is not null);
        if (hit is { Point.Kind: StopPointKind.Breakpoint })
            hit = null;

        // A step of the core that is no instruction leaves it at the breakpoint.
        if (_breakpoint is not null && edit is null && machine.LastStep.IsInstruction)
            hit ??= new StopPointHit(_breakpoint, 0, 0, null);

        if (hit is null)
            return false;

        Last = hit;
        return true;
    }
}
