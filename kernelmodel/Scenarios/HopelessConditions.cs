using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Conditions of <c>sometimes:</c> that no execution of a scenario can reach, as its own lines show.</summary>
internal static class HopelessConditions
{
    private static readonly string[] Waits = ["ftrace.unregister", "synchronize_rcu_tasks", "call_rcu_tasks"];

    private static readonly string[] Frees = ["ftrace.unregister", "call_rcu_tasks", "free", "bpf.image_put", "bpf.prog_put"];

    /// <summary>Why <paramref name="condition"/> can never hold and what would change that, or null where it may.</summary>
    public static string? Reason(string condition, Scenario scenario, Kernel kernel) => condition.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["grace", "period", ..] when !kernel.Config.TASKS_RCU => "there is no Tasks RCU in this kernel; config: { TASKS_RCU: y } has it",
        ["grace", "period", ..] when !Waits.Any(procedure => Does(scenario, procedure, null)) => "nobody waits for a grace period; ftrace.unregister does",
        [var task, "preempted", "in", _] => Preempted(task, scenario, kernel),
        [_, "traps"] when scenario.Architecture == Architecture.Arm64 => "arm64 changes text without a trap",
        [var ops, "called"] when !Does(scenario, "ftrace.register", ops) => $"nobody registers {ops}; a task or programs: with ftrace.register: {ops} does",
        [var place, "freed"] when !Frees.Any(procedure => Does(scenario, procedure, place.Split('.')[0]) || Does(scenario, procedure, place)) =>
            $"nobody frees it; a task or programs: with ftrace.unregister: {place.Split('.')[0]} does",
        _ => null,
    };

    private static string? Preempted(string task, Scenario scenario, Kernel kernel)
    {
        if (!kernel.Config.PreemptsOnInterruptExit && !Does(scenario, "preempt", null))
            return "this kernel preempts no kernel code; preempt: full, lazy or rt does";

        if (scenario.Ticks == 0)
            return "no core has a tick; ticks: 1 gives each one";

        Scheduling.KernelTask? named = kernel.Tasks.FirstOrDefault(known => known.Name == task);
        return named is null || kernel.Tasks.Count(other => other.CoreIndex == named.CoreIndex) > 1
            ? null
            : $"core {named.CoreIndex} has no other task; one more with core: {named.CoreIndex} can take its place";
    }

    private static bool Does(Scenario scenario, string procedure, string? ops) =>
        scenario.Tasks.Any(task => task.Does.Any(done => done.Procedure == procedure && (ops is null || done.Ops == ops)));
}
