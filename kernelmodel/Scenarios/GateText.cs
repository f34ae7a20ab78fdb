using System.Text.RegularExpressions;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Gates in a scenario's assembly text, <c>gate preempt_disable</c>, and in <c>runs:</c>.</summary>
internal static partial class GateText
{
    private static readonly (string Name, Gate Gate)[] Base =
    [
        ("schedule", Gate.Schedule), ("sleep", Gate.Sleep), ("quiescent", Gate.TasksRcuQuiescent),
        ("cond_resched_tasks_rcu_qs", Gate.TasksRcuQuiescent),
    ];

    /// <summary>All words.</summary>
    public static IEnumerable<string> Words => Base.Select(row => row.Name).Concat(Gates.All.Select(row => row.Name));

    /// <summary>The gate of a word, or null.</summary>
    public static Gate? Find(string word)
    {
        foreach ((string name, Gate gate) in Base)
        {
            if (name == word)
                return gate;
        }

        return Gates.Find(word)?.Number;
    }

    /// <summary>The instruction that is a gate.</summary>
    public static string Instruction(Architecture architecture, Gate gate) =>
        architecture == Architecture.X64 ? $"int 0x{(int)gate:x}" : $"hvc #0x{(int)gate:x}";

    /// <summary>The text with each line <c>gate NAME</c> replaced; lines stay where they are. Each gate is told to the kernel.</summary>
    /// <exception cref="UserErrorException">A name that is none.</exception>
    public static string Expand(Kernel kernel, string text) => Line().Replace(text, match =>
    {
        string name = match.Groups["name"].Value;
        Gate gate = Find(name) ?? throw new UserErrorException($"found 'gate {name}'; gates are {string.Join(", ", Words)}");
        Note(kernel, gate);
        return match.Groups["before"].Value + Instruction(kernel.Config.Architecture, gate);
    });

    /// <summary>Tells the kernel what its guest code will do: readers, and points that look at a request to reschedule.</summary>
    public static void Note(Kernel kernel, Gate gate)
    {
        KernelConfig config = kernel.Config;
        kernel.HasReaders |= gate == Gate.RcuReadLock;
        kernel.TasksRcu.Exit.IsPhased |= gate == Gate.ExitTasksRcuStart;
        kernel.HasReschedPoints |= gate switch
        {
            Gate.PreemptEnable or Gate.PreemptEnableNotrace or Gate.LocalBhEnable => config.PREEMPTION,
            Gate.RcuReadUnlock => config.PREEMPTION && !config.PREEMPT_RCU,
            Gate.CondResched or Gate.MightSleep => config.PREEMPT_DYNAMIC || !config.PreemptsOnInterruptExit,
            Gate.UserEnter => true,
            _ => false,
        };
    }

    [GeneratedRegex(@"^(?<before>[ \t]*(\w+:)?[ \t]*)gate[ \t]+(?<name>\w+)[ \t]*$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
