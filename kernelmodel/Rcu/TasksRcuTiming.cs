using System.Globalization;
using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// The delays of a grace period and its reports, in jiffies; nothing of it where the model has no time, because a delay only says when
/// the kthread goes on, and a search tries all of that.
/// </summary>
/// <remarks>
/// kernel/rcu/tasks.h: rcu_tasks_wait_gp(), check_holdout_task(), tasks_rcu_exit_srcu_stall(). Left out: the high-resolution
/// sleep of PREEMPT_RT, whose slack makes a look late; the stack dump of a report.
/// </remarks>
public sealed class TasksRcuTiming
{
    /// <summary>The step that waits before each look at the holdouts.</summary>
    internal const string BackOffName = "schedule_timeout_idle";

    private readonly Kernel _kernel;
    private readonly Cell _start;
    private readonly Cell _wake;
    private readonly Cell _fraction;
    private readonly Cell _lastReport;
    private readonly Cell _lastInfo;
    private readonly Cell _interval;
    private readonly Cell _reported;

    internal TasksRcuTiming(Kernel kernel)
    {
        _kernel = kernel;
        Machine machine = kernel.Machine;
        (_start, _wake, _fraction) = (Cell.Of(machine), Cell.Of(machine), Cell.Of(machine));
        (_lastReport, _lastInfo, _interval, _reported) = (Cell.Of(machine), Cell.Of(machine), Cell.Of(machine), Cell.Of(machine));
    }

    /// <summary>The jiffy at which the grace period in hand began (<c>gp_start</c>).</summary>
    public ulong Start => _start.Peek;

    private bool IsTimed => _kernel.Config.IsTimed;

    private TasksRcuParameters Parameters => _kernel.Config.TasksRcu;

    private ulong Jiffies => _kernel.Jiffies.Value;

    /// <summary>A grace period begins.</summary>
    internal void Begin()
    {
        if (!IsTimed)
            return;

        _start.Value = Jiffies;
        _fraction.Value = 0;
        _reported.Value = 0;
    }

    /// <summary>The wait before each look: HZ/10 ticks, one more each time, up to HZ.</summary>
    internal IEnumerable<ProgramStep> BackOff(Func<string, string> source, Func<bool> hasHoldouts)
    {
        if (!IsTimed)
            yield break;

        yield return new ProgramStep(BackOffName, source("rcu_tasks_wait_gp"), _ => Sleep(hasHoldouts())) { Droppable = false };
        yield return new ProgramStep("wait_scan_holdouts", source("rcu_tasks_wait_gp"), _ => "looks at the holdouts")
        {
            Guard = _ => Jiffies >= _wake.Value,
            Wait = WaitKind.Sleep,
            Droppable = false,
        };
    }

    /// <summary>The rest behind each pass of the kthread.</summary>
    internal IEnumerable<ProgramStep> Rest(Func<string, string> source)
    {
        if (!IsTimed)
            yield break;

        yield return new ProgramStep("gp_sleep", source("rcu_tasks_kthread"), _ =>
        {
            _wake.Value = Jiffies + Parameters.GpSleep;
            return _kernel.Machine.Told($"rests for {Parameters.GpSleep} ticks");
        })
        { Droppable = false };
        yield return new ProgramStep("gp_sleep", source("rcu_tasks_kthread"), _ => "looks for callbacks")
        {
            Guard = _ => Jiffies >= _wake.Value,
            Wait = WaitKind.Sleep,
            Droppable = false,
        };
    }

    /// <summary>The report of stalled tasks that is due before this look, or null.</summary>
    internal string? StallReport()
    {
        if (!IsTimed || Parameters.StallTimeout <= 0 || Jiffies <= _lastReport.Value + (ulong)Parameters.StallTimeout)
            return null;

        _lastReport.Value = Jiffies;
        _reported.Value = 1;
        IEnumerable<string> tasks = _kernel.Tasks.Where(task => task.Holdout.Value != 0).Select(Describe);
        return Report($"INFO: rcu_tasks detected stalls on tasks: {string.Join(" ", tasks)}");
    }

    /// <summary>Told of each report. For timed runs and tests.</summary>
    public event Action<string>? Reported;

    /// <summary>A look's text with the reports that it makes.</summary>
    internal string WithReports(string text, string? stall)
    {
        string? info = InformationalReport();
        return string.Join("; ", ((string?[])[text, stall, info]).Where(part => part is not null));
    }

    private string Sleep(bool waits)
    {
        if (!waits)
        {
            _wake.Value = Jiffies;
            return "no holdouts to wait for";
        }

        if (_fraction.Value == 0)
        {
            _fraction.Value = Parameters.InitFract;
            (_lastReport.Value, _lastInfo.Value, _interval.Value) = (Jiffies, Jiffies, (ulong)Math.Max(0, Parameters.StallInfo));
        }

        ulong ticks = _fraction.Value;
        _wake.Value = Jiffies + ticks;
        if (ticks < (ulong)Parameters.HZ)
            _fraction.Value = ticks + 1;

        return _kernel.Machine.Told($"sleeps for {ticks} ticks");
    }

    private string? InformationalReport()
    {
        if (!IsTimed || _interval.Value == 0 || _reported.Value != 0 || Jiffies <= _lastInfo.Value + _interval.Value || _fraction.Value == 0)
            return null;

        _lastInfo.Value = Jiffies;
        _interval.Value *= (ulong)Math.Clamp(Parameters.StallInfoMult, 1, 10);
        return Report(string.Create(
            CultureInfo.InvariantCulture,
            $"INFO: rcu_tasks grace period {_kernel.TasksRcu.Number} (since boot) is {Jiffies - _start.Value} jiffies old"));
    }

    private string Report(string text)
    {
        Reported?.Invoke(text);
        return text;
    }

    // The kernel's columns: I for an idle task, N for a CPU without tick, then the counters.
    private string Describe(KernelTask task)
    {
        TaskFacts facts = task.Facts;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{task.Name}: {(facts.IsIdle ? 'I' : '.')}{(facts.IdleCpu < 0 ? 'N' : '.')} nvcsw: {facts.SnapshotNvcsw}/{facts.Nvcsw} holdout: {(facts.Holdout ? 1 : 0)} idle_cpu: {facts.IdleCpu}/{task.CoreIndex}");
    }
}
