namespace RcuEmu.Emulator.Execution;

/// <summary>
/// A <c>sometimes</c> property: something that must be reachable, so that a search cannot prove nothing. An exhaustive search
/// that never meets it fails.
/// </summary>
public interface IReach
{
    /// <summary>For people: <c>worker preempted in probe.trampoline</c>.</summary>
    string Name { get; }

    /// <summary>True where it is met behind this step. Not asked any more once it was met.</summary>
    /// <remarks>What it reads must be in <see cref="Machine.Footprint"/>, as for <see cref="IMonitor.AfterStep"/>.</remarks>
    bool Holds(Machine machine, in StepInfo step);
}
