using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Tests.Debugging;

public class StepBackTests
{
    private const int Schedules = 1000;

    // Small and large, coherent and modelled fetch; the schedules are shared out among them.
    [Theory]
    [InlineData("x86-64/free-without-tasks-rcu", "x86-64/preemption-ends-no-grace-period", "x86-64/int3-protocol-modelled-fetch", "x86-64/int3-without-last-sync-modelled-fetch")]
    [InlineData("arm64/free-without-tasks-rcu", "arm64/preemption-ends-no-grace-period", "arm64/callsite-update-modelled-fetch", "arm64/literal-left-out")]
    public void A_step_and_a_step_back_are_the_identity_for_any_action_of_1000_random_schedules(params string[] files)
    {
        for (int i = 0; i < files.Length; i++)
        {
            using Kernel kernel = Scenario.Load(Path.Combine(Repository.Scenarios, $"{files[i]}.yaml")).Build();
            var timeline = new Timeline(kernel.Machine);
            for (int seed = i; seed < Schedules; seed += files.Length)
                Walk(kernel.Machine, timeline, new Random(seed), $"{files[i]}, seed {seed}");
        }
    }

    private static void Walk(Machine machine, Timeline timeline, Random random, string where)
    {
        timeline.Seek(0);
        timeline.Chooses = random.Next;
        var enabled = new List<MachineAction>();
        var hashes = new List<StateHash> { machine.State.Hash };
        for (machine.Enabled(enabled); enabled.Count > 0 && hashes.Count < 250; machine.Enabled(enabled))
        {
            timeline.Perform(enabled[random.Next(enabled.Count)]);
            StateHash after = machine.State.Hash;
            Assert.True(timeline.Back(), where);
            Assert.True(hashes[^1] == machine.State.Hash, $"{where}: step {hashes.Count} taken back");
            timeline.Forward();
            Assert.True(after == machine.State.Hash, $"{where}: step {hashes.Count} made again");
            hashes.Add(after);
        }

        for (int step = hashes.Count - 1; step >= 0; step--)
        {
            Assert.Equal(step, timeline.Position);
            Assert.True(hashes[step] == machine.State.Hash, $"{where}: back at step {step}");
            timeline.Back();
        }
    }
}
