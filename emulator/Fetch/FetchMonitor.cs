using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// Violated by a step that executed text to which the architecture gives no meaning: <c>constrained-unpredictable</c> on arm64,
/// <c>cross-modifying-code</c> on x86-64. Watched on every machine with a modelled fetch.
/// </summary>
internal sealed class FetchMonitor(ModelledFetch fetch) : IMonitor
{
    public string Name => fetch.Property;

    public string? AfterStep(Machine machine, in StepInfo step) => fetch.Report;

    public string? AtEnd(Machine machine) => null;
}
