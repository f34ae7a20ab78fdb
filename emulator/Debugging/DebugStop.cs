using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>Why a session stands where it stands.</summary>
public enum StopReason
{
    /// <summary>What was asked for is done.</summary>
    Done,

    /// <summary>A breakpoint.</summary>
    Breakpoint,

    /// <summary>A watchpoint of any kind.</summary>
    Watchpoint,

    /// <summary>A catchpoint.</summary>
    Catchpoint,

    /// <summary>A property is violated.</summary>
    Violation,

    /// <summary>Nothing is enabled any more.</summary>
    End,

    /// <summary>There is nothing before this.</summary>
    Beginning,

    /// <summary>The core that was asked for cannot act.</summary>
    Stuck,

    /// <summary>The user stopped it.</summary>
    Interrupted,
}

/// <summary>A stop.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Core">The core that made the last step, or whose step was taken back last; -1 where nobody's.</param>
public sealed record DebugStop(StopReason Reason, int Core)
{
    /// <summary>The stop point, with old and new value.</summary>
    public StopPointHit? Hit { get; init; }

    /// <summary>The property that is violated.</summary>
    public Violation? Violation { get; init; }

    /// <summary>True where the machine went backwards.</summary>
    public bool IsBackwards { get; init; }

    /// <summary>What there is to say besides, or null.</summary>
    public string? Message { get; init; }
}
