using RcuEmu.Emulator.Execution;

namespace RcuEmu.KernelModel.Properties;

/// <summary>The named properties that a scenario can ask for with <c>always:</c>.</summary>
public static class PropertyTable
{
    private static readonly (string Name, string About, Func<Kernel, IMonitor> Make)[] Rows =
    [
        ("no-freed-text", "nobody executes or returns into freed text", kernel => new NoFreedText(kernel)),
        ("no-freed-data", "no instruction touches a freed object", kernel => new NoFreedData(kernel)),
        ("own-ops", "a callback gets the ops it belongs to, and an ip that ops traces", kernel => new OwnOps(kernel)),
        ("registers-preserved", "a callsite changes no register that its function may expect", CallsiteTransparent.Registers),
        ("stack-balanced", "a callsite leaves the stack pointer as it was", CallsiteTransparent.Stack),
        ("intended-instruction", "at a patched callsite only intended instructions are executed", kernel => new IntendedInstruction(kernel)),
        ("no-reference-at-free", "when text is freed, no task will come back to it by any reference", kernel => new NoReferenceAtFree(kernel)),
        ("unpublished-before-wait", "a whole grace period lies between unpublishing text and freeing it", kernel => new UnpublishedBeforeWait(kernel)),
        ("callbacks-wait-for-readers", "a callback of Tasks RCU runs when every task was quiescent since it was queued", kernel => new CallbacksWaitForReaders(kernel)),
        ("no-false-quiescence", "a holdout is let go for a quiescent state of its own only", kernel => new NoFalseQuiescence(kernel)),
        ("holdouts-only-shrink", "behind the scans nobody becomes a holdout", kernel => new HoldoutsOnlyShrink(kernel)),
        ("two-vanilla-grace-periods", "one before the scan, one behind the holdouts", kernel => new TwoVanillaGracePeriods(kernel)),
        ("no-quiescence-in-protected-text", "no quiescent state below a dynamic ops' text", kernel => new NoQuiescenceInProtectedText(kernel)),
        ("one-grace-period", "one grace period at a time, numbered in order; callbacks run at their number", kernel => new OneGracePeriod(kernel)),
        ("callbacks-wait-for-the-next", "a callback queued in a grace period waits for the next", kernel => new CallbacksWaitForTheNext(kernel)),
        ("exiting-tasks-are-covered", "a task that left the task list is covered until its last switch", kernel => new ExitingTasksAreCovered(kernel)),
        ("holdout-flag-in-grace-period", "rcu_tasks_holdout is set in a grace period only", kernel => new HoldoutFlagInGracePeriod(kernel)),
        ("grace-periods-end", "a run does not end with a grace period waiting", kernel => new GracePeriodsEnd(kernel)),
        ("trace-readers-end", "a Tasks Trace grace period outlasts every reader that began before it", kernel => new TraceReadersEnd(kernel)),
        ("srcu-fast-counts", "every Tasks Trace reader is counted (7.2)", kernel => new SrcuFastCounts(kernel)),
        ("balanced-readers", "no reader and no region without preemption is open in user mode or at exit", kernel => new BalancedReaders(kernel)),
        ("preemption-where-allowed", "nobody is preempted with preempt_count other than 0", kernel => new PreemptionWhereAllowed(kernel)),
        ("no-atomic-sleep", "nobody calls schedule() in a vanilla reader or with preemption off", kernel => new NoAtomicSleep(kernel)),
        ("no-oops", "no task faults or traps without a handler; always watched", kernel => new NoOops(kernel)),
    ];

    /// <summary>All names with a line about each.</summary>
    public static IEnumerable<(string Name, string About)> All => Rows.Select(row => (row.Name, row.About));

    /// <summary>Makes the property of this name, or null where there is none.</summary>
    public static IMonitor? Make(string name, Kernel kernel)
    {
        foreach ((string known, string _, Func<Kernel, IMonitor> make) in Rows)
        {
            if (known == name)
                return make(kernel);
        }

        return null;
    }
}
