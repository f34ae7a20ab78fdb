using System.Globalization;
using System.Numerics;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Debugging;

/// <summary>What <c>catch</c> understands about a kernel: some events by name, and every condition that a scenario can state.</summary>
internal static class KernelCatches
{
    public static IReadOnlyList<string> Forms { get; } =
    [
        "grace begin", "grace end", "holdout [TASK]", "stale [CORE]", "switch [CORE]", "interrupt [CORE]", "free [NAME]", .. Condition.Forms,
    ];

    public static DebugCatch? Parse(string text, Kernel kernel, out string error)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        error = $"'{text}' is nothing that can be caught; there are: {string.Join("; ", Forms)}";
        return words switch
        {
            ["grace", "begin"] => State("a grace period of Tasks RCU begins", () => kernel.TasksRcu.IsRunning),
            ["grace", "end"] => State("the grace period of Tasks RCU ends", () => !kernel.TasksRcu.IsRunning && kernel.TasksRcu.Sequence != 0),
            ["holdout"] => Any(kernel.Tasks, task => task.Holdout.Peek != 0, task => $"{task.Name} is a holdout"),
            ["holdout", var name] when kernel.Tasks.FirstOrDefault(task => task.Name == name) is { } task => State($"{task.Name} is a holdout", () => task.Holdout.Peek != 0),
            ["stale", ..] => StaleCatch.Parse(text, out error),
            ["switch"] => Switch(kernel, -1),
            ["switch", var core] when Core(kernel, core) is { } number => Switch(kernel, number),
            ["interrupt"] => Interrupt(-1),
            ["interrupt", var core] when Core(kernel, core) is { } number => Interrupt(number),
            ["free"] => Any(kernel.Machine.Allocations.All, allocation => IsFreed(kernel, allocation), allocation => $"{allocation.Name} is freed"),
            ["free", var name] when kernel.Machine.Allocations.All.FirstOrDefault(known => known.Name == name) is { } allocation =>
                State($"{allocation.Name} is freed", () => IsFreed(kernel, allocation)),
            _ => OfCondition(text, kernel, ref error),
        };
    }

    private static DebugCatch State(string says, Func<bool> state) => new(null, () => state() ? 1UL : 0, _ => says);

    private static DebugCatch? OfCondition(string text, Kernel kernel, ref string error)
    {
        if (Condition.Parse(text, kernel, out string reason) is { } condition)
            return State(text, () => condition.Holds(kernel.Machine, in kernel.Machine.LastStep));

        // A sentence that was understood but for a name says which names there are.
        error = reason.Contains("is no condition", StringComparison.Ordinal) ? error : reason;
        return null;
    }

    // Which of them became true: 64 can be told apart.
    private static DebugCatch Any<T>(IReadOnlyList<T> all, Func<T, bool> holds, Func<T, string> says) => new(
        null,
        () =>
        {
            ulong now = 0;
            for (int i = 0; i < Math.Min(all.Count, 64); i++)
                now |= holds(all[i]) ? 1UL << i : 0;

            return now;
        },
        fresh => says(all[BitOperations.TrailingZeroCount(fresh)]));

    private static DebugCatch Switch(Kernel kernel, int core)
    {
        return new DebugCatch(
            (Machine machine, in StepInfo step, Timeline timeline) =>
            {
                foreach (Cpu cpu in kernel.Cpus)
                {
                    if ((core < 0 || cpu.Core.Index == core) && Wrote(machine, cpu.Core.ContextCell))
                        return $"core {cpu.Core.Index}: {cpu.PeekCurrent?.Name ?? "idle"}";
                }

                return null;
            },
            null,
            null);
    }

    private static DebugCatch Interrupt(int core) => new(
        (Machine machine, in StepInfo step, Timeline timeline) =>
        {
            string key = machine.Key(step.Action);
            int at = key.IndexOf('!', StringComparison.Ordinal);
            bool isOne = at > 1 && (core < 0 || key.AsSpan(1, at - 1).SequenceEqual(core.ToString(CultureInfo.InvariantCulture)));
            return isOne ? $"core {key[1..at]} takes {key[(at + 1)..]}" : null;
        },
        null,
        null);

    private static bool IsFreed(Kernel kernel, Allocation allocation) =>
        (Lifetime)kernel.Machine.State[allocation.LifetimeCell] == Lifetime.Freed;

    private static bool Wrote(Machine machine, int cell)
    {
        foreach (Touch touch in machine.Footprint.Touches)
        {
            if (touch.IsCell && touch.Kind == TouchKind.Write && touch.Address <= (ulong)cell && (ulong)cell < touch.Address + (ulong)touch.Length)
                return true;
        }

        return false;
    }

    private static int? Core(Kernel kernel, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int core) && core < kernel.Cpus.Count ? core : null;
}
