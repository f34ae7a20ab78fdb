using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>Looks at steps one after the other and says which it stops at. The footprint and the last step are the machine's.</summary>
public abstract class StepProbe
{
    /// <summary>The machine stands somewhere else than behind the step looked at last.</summary>
    public virtual void Begin(Machine machine)
    {
    }

    /// <summary>A step is about to be performed.</summary>
    public virtual void Before(Machine machine, in TimelineStep step)
    {
    }

    /// <summary>A step was performed. True: it stops there. <paramref name="edit"/>: the write that it was, or null.</summary>
    public abstract bool Behind(Machine machine, DebugEdit? edit);
}
