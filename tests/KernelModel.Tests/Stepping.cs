using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Tests;

/// <summary>Drives a kernel by hand, action by action.</summary>
internal static class Stepping
{
    public static KernelTask Task(this Kernel kernel, string name) => kernel.Tasks.Single(task => task.Name == name);

    public static List<string> Keys(this Kernel kernel)
    {
        var actions = new List<MachineAction>();
        kernel.Machine.Enabled(actions);
        return [.. actions.Select(kernel.Machine.Key)];
    }

    public static Violation? Do(this Kernel kernel, string key)
    {
        var actions = new List<MachineAction>();
        kernel.Machine.Enabled(actions);
        MachineAction action = actions.Single(action => kernel.Machine.Key(action) == key);
        return kernel.Machine.Perform(action);
    }

    /// <summary>Lets one core go on, whatever it does, taking interrupts of the other where it waits for them.</summary>
    public static void Until(this Kernel kernel, string core, Func<bool> reached)
    {
        for (int step = 0; !reached(); step++)
        {
            Assert.True(step < 500, "not reached in 500 steps");
            List<string> keys = kernel.Keys();
            string key = keys.FirstOrDefault(key => key == core)
                ?? keys.FirstOrDefault(key => key.StartsWith(core, StringComparison.Ordinal))
                ?? keys.First(key => key.Contains('!', StringComparison.Ordinal));
            Assert.Null(kernel.Do(key));
        }
    }

    /// <summary>Lets core 0 execute until the task stands at a symbol plus an offset.</summary>
    public static void UntilAt(this Kernel kernel, string task, string place) =>
        kernel.Until("c0", () => kernel.Symbols.Format(kernel.Machine.Engine.Pc(kernel.Task(task).Context!)) == place);
}
