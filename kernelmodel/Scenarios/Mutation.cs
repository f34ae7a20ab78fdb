using RcuEmu.Emulator.Exploration;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>What happens to a scenario when one step is left out.</summary>
/// <param name="Procedure">The procedure that has the step.</param>
/// <param name="Step">The step's name.</param>
/// <param name="Source">The kernel function that it stands for.</param>
/// <param name="Result">The search without the step. Violated: the step is necessary here.</param>
/// <param name="IsMarked">The scenario's <c>necessary:</c> names the step.</param>
public sealed record MutationResult(string Procedure, string Step, string Source, ExploreResult Result, bool IsMarked)
{
    /// <summary>True where leaving the step out violates something.</summary>
    public bool IsNecessary => Result.Verdict == Verdict.Violated;
}

/// <summary>
/// Drops each droppable step of each procedure of a scenario in turn: a check that survives every mutation is not checking.
/// </summary>
public static class Mutation
{
    /// <summary>True where <paramref name="name"/>, as scenarios write it, is this step.</summary>
    public static bool Names(string name, string procedure, string step) => name == step || name == $"{procedure}/{step}";

    /// <summary>Searches the scenario once for each step; the results come as they are found, in the order of the procedures.</summary>
    /// <param name="scenario">A scenario that holds.</param>
    /// <param name="options">Bounds of each search.</param>
    /// <param name="cancel">Ends the search in hand as not finished, and then all.</param>
    public static IEnumerable<MutationResult> Run(Scenario scenario, ExploreOptions options, CancellationToken cancel = default)
    {
        IReadOnlyList<(string Procedure, string Step, string Source)> steps;
        using (Kernel kernel = scenario.Build())
            steps = kernel.DroppableSteps();

        foreach ((string procedure, string step, string source) in steps)
        {
            Scenario mutant = scenario with { Drop = [.. scenario.Drop, ($"{procedure}/{step}", 1)], Necessary = [] };
            ExploreResult result = mutant.Explore(options, cancel: cancel);
            yield return new MutationResult(
                procedure, step, source, result, scenario.Necessary.Any(marked => Names(marked.Step, procedure, step)));
            if (cancel.IsCancellationRequested)
                yield break;
        }
    }
}
