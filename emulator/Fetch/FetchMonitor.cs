using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// Violated by a step that executed text to which the architecture gives no meaning: <c>constrained-unpredictable</c> on arm64,
/// <c>cross-modifying-code</c> on x86-64. Watched on every machine with a modelled fetch, after all other properties.
/// </summary>
internal sealed class FetchMonitor(ModelledFetch fetch) : IMonitor
{
    public string Name => fetch.Property;

    public string? AfterStep(Machine machine, in StepInfo step) => fetch.Reported;

    public string? AtEnd(Machine machine) => null;
}

/// <summary>Ends each step of a modelled fetch, before any property is asked. A machine with a coherent fetch has nothing to do there.</summary>
internal sealed class FetchSteps(ModelledFetch fetch) : IMonitor
{
    public string Name => fetch.Property;

    public string? AfterStep(Machine machine, in StepInfo step)
    {
        fetch.EndStep();
        return null;
    }

    public string? AtEnd(Machine machine) => null;
}
