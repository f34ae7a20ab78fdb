using RcuEmu.KernelModel.Scenarios;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Tests;

/// <summary>The holdout rules of kernel/rcu/tasks.h (6.12), one row at a time, driven by hand.</summary>
public class TasksRcuTests
{
    [Fact]
    public void A_preempted_task_holds_the_grace_period_up()
    {
        using Kernel kernel = Start("traced, spin");
        kernel.Until("c1", () => kernel.TasksRcu.Holdouts.Any());

        kernel.Do("c0>other"); // preempted: still runnable, nvcsw unmoved

        Assert.Contains(kernel.TasksRcu.Holdouts, task => task.Name == "worker");
        Assert.DoesNotContain(kernel.Keys(), key => key == "c1^rcu_tasks");
    }

    [Theory]
    [InlineData("schedule")] // rcu_tasks_classic_qs() in rcu_note_context_switch(): the flag is cleared
    [InlineData("sleep")] // off its run queue
    [InlineData("quiescent")] // cond_resched_tasks_rcu_qs(): the flag is cleared without a switch
    public void A_quiescent_state_of_the_task_ends_the_wait(string how)
    {
        using Kernel kernel = Start($"traced, {how}, spin");
        kernel.Until("c1", () => kernel.TasksRcu.Holdouts.Any());
        KernelTask worker = kernel.Tasks.Single(task => task.Name == "worker");
        while (worker.HoldoutFlag.Peek != 0)
            kernel.Do("c0");

        kernel.Until("c1", () => !kernel.TasksRcu.Holdouts.Contains(worker));
        Assert.Equal(0ul, worker.HoldoutFlag.Peek);
    }

    [Fact]
    public void A_task_that_wakes_up_behind_the_scan_is_never_waited_for()
    {
        using Kernel kernel = Start("sleep, traced, spin");
        KernelTask worker = kernel.Tasks.Single(task => task.Name == "worker");
        while (worker.PeekState != TaskState.Sleeping)
            kernel.Do("c0");

        kernel.Until("c1", () => kernel.TasksRcu.Sequence == 1 && kernel.Tasks.Single(task => task.Name == "other").Holdout.Peek != 0);
        kernel.Do("c0^worker");

        Assert.DoesNotContain(kernel.TasksRcu.Holdouts, task => task.Name == "worker");
    }

    private static Kernel Start(string runs) => Scenario.Parse("t.yaml", $$"""
        scenario: t
        machine: { arch: x86-64, cores: 2 }
        kernel: { series: "6.12", preempt: full, ticks: 2 }
        code:
          - { function: traced, callsite: fentry, asm: ret }
        ops:
          - probe: { kind: dynamic, traces: traced }
        tasks:
          - worker: { core: 0, runs: [{{runs}}] }
          - other: { core: 0, runs: [spin] }
        programs:
          - ftrace.unregister: probe
        """).Build();
}
