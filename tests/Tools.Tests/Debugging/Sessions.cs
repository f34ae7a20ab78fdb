using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Debugging;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.Tools.Tests.Debugging;

/// <summary>Sessions on shipped scenarios.</summary>
internal static class Sessions
{
    private static readonly Dictionary<string, Schedule> Witnesses = [];

    public static string PathOf(string scenario) => Path.Combine(Repository.Root, "tests", "scenarios", $"{scenario}.yaml");

    /// <summary>At the beginning of a scenario.</summary>
    public static DebugSession Of(string scenario) => new(new KernelDebugModel(Scenario.Load(PathOf(scenario))));

    /// <summary>The shortest way to a scenario's violation, found once.</summary>
    public static Schedule Witness(string scenario)
    {
        lock (Witnesses)
        {
            if (!Witnesses.TryGetValue(scenario, out Schedule? witness))
                Witnesses[scenario] = witness = Scenario.Load(PathOf(scenario)).Explore(new ExploreOptions()).Witness!;

            return witness;
        }
    }

    /// <summary>At the violation.</summary>
    public static DebugSession AtViolation(string scenario)
    {
        DebugSession session = Of(scenario);
        session.Schedules.Replay(Witness(scenario));
        return session;
    }
}
