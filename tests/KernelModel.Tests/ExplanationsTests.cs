using RcuEmu.KernelModel.Explaining;
using RcuEmu.KernelModel.Occupancy;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Tests;

/// <summary>Why a grace period has not ended and why text may not be freed; expected from kernel/rcu/tasks.h: check_holdout_task().</summary>
public class ExplanationsTests
{
    [Fact]
    public void A_preempted_task_is_named_with_the_test_that_holds_it_and_what_would_release_it()
    {
        using Kernel kernel = Start("full", "worker: { core: 0, runs: [traced, spin] }");
        kernel.UntilAt("worker", "traced");
        kernel.Do("c0>other");
        kernel.Until("c1", () => kernel.TasksRcu.Holdouts.Count() == 2);

        GracePeriodExplanation explanation = Assert.Single(Explanations.GracePeriods(kernel));

        Assert.Equal("Tasks RCU", explanation.Flavour);
        Assert.Empty(explanation.Cpus);
        HeldBy worker = explanation.Tasks.Single(held => held.Subject.StartsWith("worker", StringComparison.Ordinal));
        Assert.Equal("worker, switched out, runnable at traced on c0", worker.Subject);
        Assert.Contains("rcu_tasks_holdout 1, nvcsw 0 (snapshot 0), on_rq 1, not idle", worker.Test, StringComparison.Ordinal);
        Assert.Contains("schedule()", worker.Release, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_switched_waits_only_for_the_next_look()
    {
        using Kernel kernel = Start("full", "worker: { core: 0, runs: [quiescent, spin] }");
        kernel.Until("c1", () => kernel.TasksRcu.Holdouts.Any());
        kernel.Do("c0");

        HeldBy worker = Explanations.GracePeriods(kernel).Single().Tasks.Single(held => held.Subject.StartsWith("worker", StringComparison.Ordinal));

        Assert.Equal("the kthread's next look", worker.Release);
    }

    // PREEMPT_DYNAMIC cannot be told from here; a kernel that was built without preemption waits for a switch of each CPU.
    [Fact]
    public void A_cpu_without_kernel_preemption_is_named()
    {
        using Kernel kernel = Start("none, config: { PREEMPT_DYNAMIC: n }", "worker: { core: 0, runs: [traced, spin] }");
        kernel.Until("c1", () => kernel.Tasks.Any(task => task.RudeWaitMask.Peek != 0));

        GracePeriodExplanation explanation = Assert.Single(Explanations.GracePeriods(kernel));

        Assert.Equal(("Tasks Rude RCU", "updater"), (explanation.Flavour, explanation.Waiter));
        HeldBy cpu = Assert.Single(explanation.Cpus);
        Assert.StartsWith("c0: worker, running at worker.main", cpu.Subject, StringComparison.Ordinal);
        Assert.Equal("a context switch, idle or user mode on it", cpu.Release);
    }

    [Fact]
    public void No_grace_period_needs_no_explanation()
    {
        using Kernel kernel = Start("full", "worker: { core: 0, runs: [spin] }");

        Assert.Empty(Explanations.GracePeriods(kernel));
    }

    [Fact]
    public void Text_is_held_by_the_task_that_will_return_into_it_by_its_callsite_and_named_with_what_is_pending()
    {
        using Kernel kernel = Start("full", "worker: { core: 0, runs: [traced, spin] }", register: true);
        kernel.Until("c1", () => kernel.Task("updater").Run!.PeekNext!.Name == "__unregister_ftrace_function");
        kernel.UntilAt("worker", "probe.func");
        kernel.Do("c0>other");

        FreeExplanation held = Explanations.Free(kernel, "probe.trampoline")!;

        TextReference reference = Assert.Single(held.References);
        Assert.Equal(("worker", ReferenceKind.ReturnAddress, "[rsp+0x0]"), (reference.Task.Name, reference.Kind, reference.Place));
        Assert.Equal(["the callsite of traced calls probe.trampoline"], held.Published);
        Assert.False(held.MayBeFreed);

        kernel.Until("c1", () => kernel.TasksRcu.IsRunning && kernel.TasksRcu.Holdouts.Any());
        held = Explanations.Free(kernel, "probe.trampoline")!;

        Assert.Empty(held.Published);
        Assert.Equal(["callback updater waits for the end of grace period 1"], held.Pending);
        // 67 bytes from the trampoline's entry to behind its call, counted over its listing in trampolines/Library/X64Library.cs.
        Assert.Contains(
            "  worker: return address in stack slot [rsp+0x0] is probe.trampoline+0x43", held.Lines(kernel.Symbols.Show));
    }

    [Fact]
    public void What_nobody_holds_may_be_freed()
    {
        using Kernel kernel = Start("full", "worker: { core: 0, runs: [spin] }");

        FreeExplanation free = Explanations.Free(kernel, "probe.trampoline")!;

        Assert.True(free.MayBeFreed);
        Assert.Equal("probe.trampoline may be freed: no task holds it", free.Lines(kernel.Symbols.Show)[0]);
        Assert.Null(Explanations.Free(kernel, "nothing"));
    }

    private static Kernel Start(string preempt, string worker, bool register = false) => Scenario.Parse("t.yaml", $$"""
        scenario: t
        machine: { arch: x86-64, cores: 2 }
        kernel: { series: "6.12", preempt: {{preempt}}, ticks: 2 }
        code:
          - { function: traced, callsite: fentry, asm: ret }
        ops:
          - probe: { kind: dynamic, traces: traced }
        tasks:
          - {{worker}}
          - other: { core: 0, runs: [spin] }
        programs:
          {{(register ? "- ftrace.register: probe" : "")}}
          - ftrace.unregister: probe
        """).Build();
}
