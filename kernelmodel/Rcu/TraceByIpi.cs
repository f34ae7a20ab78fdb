using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>The grace period of Tasks Trace RCU in 6.1 and 6.12: running tasks are asked by IPI, others are looked at.</summary>
/// <remarks>
/// kernel/rcu/tasks.h (6.12): rcu_tasks_trace_pregp_step(), trc_wait_for_one_reader(), trc_inspect_reader(), trc_read_check_handler(),
/// rcu_tasks_trace_postscan(), check_all_holdout_tasks_trace(), rcu_tasks_trace_postgp(). Left out: <c>rcu_task_ipi_delay</c>, read-side barriers
/// (TASKS_TRACE_RCU_READ_MB), the state "being unlocked" (an unlock is one step here), CPU hotplug.
/// </remarks>
internal sealed class TraceByIpi
{
    private const ulong NeedQs = 1;
    private const ulong Checked = 2;

    private readonly Kernel _kernel;
    private readonly Cell[] _asked;

    public TraceByIpi(Kernel kernel, int cores)
    {
        _kernel = kernel;
        _asked = [.. Enumerable.Range(0, cores).Select(_ => Cell.Of(kernel.Machine))];
    }

    public IEnumerable<ProgramStep> Steps()
    {
        string file = $"kernel/rcu/tasks.h ({_kernel.Config.SeriesName}): ";
        foreach (Cpu cpu in _kernel.Cpus)
            yield return new("rcu_tasks_trace_running", file + "rcu_tasks_trace_pregp_step()", _ => Running(cpu));

        foreach (Cpu cpu in _kernel.Cpus)
            yield return new("rcu_tasks_trace_blocked", file + "rcu_tasks_trace_pregp_step()", _ => Blocked(cpu));

        foreach (ProgramStep step in VanillaRcu.Synchronize("rcu_tasks_trace_postscan", file + "rcu_tasks_trace_postscan()").Steps)
            yield return step;

        yield return new("check_all_holdout_tasks_trace", file + "check_all_holdout_tasks_trace()", Check)
        {
            Guard = _ => Holdouts().All(CanMove) || Holdouts().Any(CanMove),
            Wait = WaitKind.Sleep,
        };
        yield return new("rcu_tasks_trace_postgp", file + "rcu_tasks_trace_postgp()", _ => "no IPI is on its way")
        {
            Guard = _ => _asked.All(asked => asked.Value == 0),
        };
    }

    /// <summary>The IPI: trc_read_check_handler().</summary>
    public string Interrupt(Cpu cpu)
    {
        Cell asked = _asked[cpu.Core.Index];
        KernelTask? wanted = asked.Value == 0 ? null : _kernel.Tasks[(int)asked.Value - 1];
        asked.Value = 0;
        if (wanted is null || cpu.Current != wanted)
            return "trc_read_check_handler(): the task is gone from here";

        wanted.Inside.TraceNeedQs.Value = wanted.Inside.TraceNesting.Value == 0 ? Checked : NeedQs;
        return _kernel.Machine.Told($"trc_read_check_handler(): {wanted.Name} is {(wanted.Inside.TraceNesting.Value == 0 ? "in no reader" : "in a reader")}");
    }

    /// <summary>A switch: inside a reader the task goes on the list of blocked readers, outside of one it answers a question.</summary>
    public static void NoteSwitch(KernelTask task)
    {
        if (task.Inside.TraceNesting.Value != 0)
            task.Inside.TraceBlocked.Value = 1;
        else if (task.Inside.TraceHoldout.Value != 0)
            NoteOutside(task);
    }

    /// <summary>A task that was asked is outside every reader.</summary>
    public static void NoteOutside(KernelTask task)
    {
        task.Inside.TraceBlocked.Value = 0;
        if (task.Inside.TraceNeedQs.Value == NeedQs)
            task.Inside.TraceNeedQs.Value = Checked;
    }

    private string Running(Cpu cpu)
    {
        if (cpu.Current is not { Context: not null } task)
            return _kernel.Machine.Told($"{cpu.Name} runs no reader");

        task.Inside.TraceHoldout.Value = 1;
        task.Inside.TraceNeedQs.Value = 0;
        return Ask(cpu, task);
    }

    private string Blocked(Cpu cpu)
    {
        int found = 0;
        foreach (KernelTask task in cpu.Tasks)
        {
            if (task.Context is null || task.Inside.TraceBlocked.Value == 0 || task.Inside.TraceHoldout.Value != 0)
                continue;

            task.Inside.TraceHoldout.Value = 1;
            task.Inside.TraceNeedQs.Value = 0;
            Inspect(cpu, task);
            found++;
        }

        return _kernel.Machine.Told($"{cpu.Name}: {found} readers were switched out");
    }

    private string Check(ProgramRun run)
    {
        foreach (KernelTask task in Holdouts())
        {
            Cpu cpu = _kernel.Cpus[task.CoreIndex];
            if (IsAsked(task))
                continue;

            if (task.Inside.TraceNeedQs.Value == Checked)
                Release(task);
            else if (task.Inside.TraceNeedQs.Value == 0)
                Inspect(cpu, task);
        }

        if (Holdouts().Any())
        {
            run.GoTo("check_all_holdout_tasks_trace");
            return "readers are left";
        }

        return "no reader is left";
    }

    // trc_inspect_reader(): a running task cannot be read from outside.
    private void Inspect(Cpu cpu, KernelTask task)
    {
        if (cpu.Current == task)
            Ask(cpu, task);
        else if (task.Inside.TraceNesting.Value == 0)
            Release(task);
        else
            task.Inside.TraceNeedQs.Value = NeedQs;
    }

    private string Ask(Cpu cpu, KernelTask task)
    {
        _asked[cpu.Core.Index].Value = (ulong)task.Number + 1;
        cpu.Core.Pend(Vector.TraceCheck);
        return _kernel.Machine.Told($"IPI to {cpu.Name} for {task.Name}");
    }

    private static void Release(KernelTask task)
    {
        task.Inside.TraceHoldout.Value = 0;
        task.Inside.TraceNeedQs.Value = 0;
    }

    // All() over nothing is true: with no holdout the check goes through.
    private bool CanMove(KernelTask task) => !IsAsked(task) && task.Inside.TraceNeedQs.Value != NeedQs;

    private bool IsAsked(KernelTask task) => _asked[task.CoreIndex].Value == (ulong)task.Number + 1;

    private IEnumerable<KernelTask> Holdouts() => _kernel.Tasks.Where(task => task.Context is not null && task.Inside.TraceHoldout.Value != 0);
}
