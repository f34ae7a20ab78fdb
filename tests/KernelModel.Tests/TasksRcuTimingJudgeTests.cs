using RcuEmu.KernelModel.Images;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.KernelModel.Scheduling;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// rcu_tasks_wait_gp() of real images with a task that never lets go, on made-up jiffies: how long it sleeps before each look, and when it
/// reports, against the model's timed kthread; and preempt_schedule() against the model's rule of preempt_count.
/// </summary>
/// <remarks>
/// Replaced: schedule_timeout_idle() (PREEMPT_RT: schedule_hrtimeout_range()), which moves jiffies on; synchronize_rcu() and
/// synchronize_srcu(); _printk() and show_stack()'s caller sched_show_task(); add_timer(), timer_delete_sync(); __schedule() for the second.
/// The fake task is reached through init_task's lists, as for_each_process_thread() walks them.
/// </remarks>
public class TasksRcuTimingJudgeTests
{
    private const int Looks = 900;

    [Theory]
    [InlineData("amd64/6.1.0-50")]
    [InlineData("amd64/6.12.107+deb13")]
    [InlineData("amd64/7.2.13+deb14")]
    [InlineData("arm64/7.2.13+deb14")]
    public void The_kernels_grace_period_sleeps_and_reports_when_the_models_does(string kernel)
    {
        Images.SkipWithout(kernel);
        using var code = new KernelCode(KernelImage.Load(KernelCache.Default.Resolve(kernel)));
        int hz = code.Image.Config!.IsSet("HZ_250") ? 250 : throw new InvalidOperationException("another HZ");
        (List<ulong> sleeps, List<ulong> infos, List<ulong> stalls) = RunKernel(code, hz);
        (List<ulong> modelSleeps, List<ulong> modelInfos, List<ulong> modelStalls) = RunModel(hz);

        Assert.Equal(modelSleeps, sleeps);
        Assert.Equal(modelInfos, infos);
        Assert.Equal(modelStalls, stalls);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kernel}: {sleeps.Count} sleeps; informational reports at {string.Join(", ", infos)}, stalls at {string.Join(", ", stalls)} jiffies");
    }

    // preempt_schedule() calls __schedule() exactly where preempt_count is 0 (and interrupts are on, as they are here).
    [Theory]
    [InlineData("amd64/6.12.107+deb13")]
    [InlineData("amd64/7.2.13+deb14")]
    [InlineData("arm64/7.2.13+deb14")]
    [InlineData("arm64/6.12.117+deb13-rt")]
    public void The_kernel_preempts_where_the_models_count_says_so(string kernel)
    {
        Images.SkipWithout(kernel);
        using var judge = new KernelJudge(new KernelCode(KernelImage.Load(KernelCache.Default.Resolve(kernel))));
        bool isX64 = judge.Code.Image.Architecture == Isa.Architecture.X64;
        int switches = 0;
        judge.Code.Intercept("__schedule", code =>
        {
            // SM_PREEMPT, which is no quiescent state of Tasks RCU. kernel/sched/core.c (6.12).
            Assert.Equal(1u, (uint)code.Argument(0));
            switches++;
            return 0;
        });
        ulong task = judge.Address(0);
        judge.Code.SetCurrent(task);
        ulong count = isX64 ? CountOfX64(judge.Code) : task + (ulong)judge.Code.Member("thread_info", "preempt_count").Offset;
        var start = judge.Code.Mark();
        var random = new Random(7);
        for (int state = 0; state < 10_000; state++)
        {
            ulong value = Nested(random);
            judge.Code.Write(count, 4, value | (isX64 ? 0x8000_0000 : 0));
            switches = 0;
            Assert.True(judge.Code.Call("preempt_schedule").Returned);
            Assert.True((switches == 1) == PreemptCount.AllowsPreemption(value), $"preempt_count {value:x}: {switches} switches");
            judge.Code.UndoTo(start);
        }
    }

    // Regions as the kernel nests them, in the model's units.
    private static ulong Nested(Random random)
    {
        ulong value = 0;
        for (int i = random.Next(4); i > 0; i--)
        {
            value += random.Next(5) switch
            {
                0 => PreemptCount.Preempt,
                1 => PreemptCount.Softirq,
                2 => PreemptCount.SoftirqDisable,
                3 => PreemptCount.Hardirq,
                _ => PreemptCount.Nmi,
            };
        }

        return value;
    }

    private static ulong CountOfX64(KernelCode code) => code.Image.Symbols.AddressOf("__preempt_count") is not null
        ? code.PerCpuAddress("__preempt_count")
        : code.PerCpuAddress("pcpu_hot") + (ulong)code.Member("pcpu_hot", "preempt_count").Offset;

    private static (List<ulong> Sleeps, List<ulong> Infos, List<ulong> Stalls) RunKernel(KernelCode code, int hz)
    {
        var fake = new FakeThread(code);
        ulong jiffies = code.Address("jiffies");
        List<ulong> sleeps = [], infos = [], stalls = [];
        code.Intercept("schedule_timeout_idle", _ =>
        {
            sleeps.Add(code.Argument(0));
            code.Write(jiffies, 8, code.Read(jiffies, 8) + code.Argument(0));
            if (sleeps.Count == Looks)
                fake.Block();

            return 0;
        });
        foreach (string symbol in (string[])["synchronize_rcu", "synchronize_srcu", "add_timer", "timer_delete_sync", "del_timer_sync", "sched_show_task", "__cond_resched"])
        {
            if (code.Image.Symbols.AddressOf(symbol) is not null)
                code.Intercept(symbol, _ => 0);
        }

        code.Intercept("_printk", _ =>
        {
            string format = Text(code, code.Argument(0));
            if (format.Contains("jiffies old", StringComparison.Ordinal))
                infos.Add(code.Read(jiffies, 8));
            else if (format.Contains("stall", StringComparison.Ordinal))
                stalls.Add(code.Read(jiffies, 8));

            return 0;
        });
        code.Write(jiffies, 8, 0);
        // What rcu_spawn_tasks_kthread() and the initialiser set: kernel/rcu/tasks.h.
        foreach ((string member, string function) in ((string, string)[])
            [("pregp_func", "rcu_tasks_pregp_step"), ("pertask_func", "rcu_tasks_pertask"), ("postscan_func", "rcu_tasks_postscan"),
             ("holdouts_func", "check_all_holdout_tasks"), ("postgp_func", "rcu_tasks_postgp")])
        {
            code.Write(code.Address("rcu_tasks") + (ulong)code.Member("rcu_tasks", member).Offset, 8, code.Address(function));
        }

        (int fract, int fractBytes) = code.Member("rcu_tasks", "init_fract");
        code.Write(code.Address("rcu_tasks") + (ulong)fract, fractBytes, (ulong)hz / 10);
        CallResult result = code.Call("rcu_tasks_wait_gp", code.Address("rcu_tasks"));
        Assert.True(result.Returned, $"stopped at {code.Image.Symbols.Describe(result.Address)}: {result.Event}");
        return (sleeps, infos, stalls);
    }

    private static (List<ulong> Sleeps, List<ulong> Infos, List<ulong> Stalls) RunModel(int hz)
    {
        var config = new KernelConfig(Isa.Architecture.X64, Series.V6_12, PreemptionModel.Full) { IsTimed = true, TasksRcu = new TasksRcuParameters(hz) };
        using var kernel = new Kernel(config, cores: 2, ticks: 0);
        KernelTask task = kernel.AddTask("busy", 0, _ => new KernelProgram("busy", [new("busy", "", _ => "busy") { Guard = _ => false }]));
        KernelTask waiter = kernel.AddTask("waiter", 1, _ => kernel.TasksRcu.Synchronize());
        KernelTask kthread = kernel.AddRcuTasksKthread(1, program => program);
        kernel.Seal();
        kernel.Machine.Chooser = new ReadsTexts();
        List<ulong> sleeps = [], infos = [], stalls = [];
        waiter.Run!.Perform();
        while (!waiter.RcuTasksWaiter!.HasRun)
        {
            Assert.True(kernel.Jiffies.Peek < 1_000_000, "the model's grace period never ends");
            kernel.Machine.Footprint.Clear();
            if (!kthread.Run!.IsReady)
            {
                kernel.Jiffies.Value++;
                continue;
            }

            bool sleepsNow = kthread.Run.Next!.Name == "schedule_timeout_idle";
            string text = kthread.Run.Perform();
            if (sleepsNow && text.Split(' ') is ["sleeps", "for", var ticks, ..])
                sleeps.Add(ulong.Parse(ticks, System.Globalization.CultureInfo.InvariantCulture));

            if (text.Contains("jiffies old", StringComparison.Ordinal))
                infos.Add(kernel.Jiffies.Peek);

            if (text.Contains("stalls", StringComparison.Ordinal))
                stalls.Add(kernel.Jiffies.Peek);

            if (sleeps.Count == Looks && sleepsNow)
                (task.HoldoutFlag.Value, waiter.HoldoutFlag.Value) = (0, 0);
        }

        return (sleeps, infos, stalls);
    }

    private static string Text(KernelCode code, ulong address)
    {
        var text = new System.Text.StringBuilder();
        for (ulong at = address; at < address + 200 && code.Read(at, 1) is var b and not 0; at++)
            text.Append((char)b);

        return text.ToString();
    }

    private sealed class ReadsTexts : RcuEmu.Emulator.Execution.IChooser
    {
        public int Choose(int alternatives, string reason) => 0;
    }

    /// <summary>A runnable thread of a process of its own, on the kernel's task list.</summary>
    private sealed class FakeThread
    {
        private readonly KernelCode _code;
        private readonly ulong _task;

        public FakeThread(KernelCode code)
        {
            _code = code;
            int bytes = code.Image.Btf!.StructSize("task_struct")!.Value;
            _task = code.Take(bytes);
            ulong current = code.Take(bytes), signal = code.Take(code.Image.Btf!.StructSize("signal_struct")!.Value);
            code.SetCurrent(current);
            Link(code.Address("init_task") + Offset("task_struct", "tasks"), _task + Offset("task_struct", "tasks"));
            Link(signal + Offset("signal_struct", "thread_head"), _task + Offset("task_struct", "thread_node"));
            ulong holdout = _task + Offset("task_struct", "rcu_tasks_holdout_list");
            Link(holdout, holdout);
            Set("signal", signal);
            Set("on_rq", 1);
            Set("usage", 3);
            Set("rcu_tasks_idle_cpu", uint.MaxValue);
            if (code.Image.Architecture == Isa.Architecture.Arm64)
                code.Write(current + Offset("thread_info", "preempt_count"), 8, 1UL << 32);

            code.Write(code.Address("nr_cpu_ids"), 4, 1);
            code.Write(code.Address("__cpu_possible_mask"), 8, 1);
            if (code.Image.Btf!.FindMember("rcu_tasks_percpu", "rtp_exit_list") is { } list)
            {
                ulong head = code.PerCpuAddress("rcu_tasks__percpu") + (ulong)list.Offset;
                Link(head, head);
            }
        }

        public void Block() => Set("nvcsw", 1);

        private void Set(string member, ulong value)
        {
            (int offset, int bytes) = _code.Member("task_struct", member);
            _code.Write(_task + (ulong)offset, bytes, value);
        }

        private ulong Offset(string structure, string member) => (ulong)_code.Member(structure, member).Offset;

        // A circle of the two.
        private void Link(ulong a, ulong b)
        {
            _code.Write(a, 8, b);
            _code.Write(a + 8, 8, b);
            _code.Write(b, 8, a);
            _code.Write(b + 8, 8, a);
        }
    }
}
