using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Images;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// The kernel's own code as judge of the exit path and of context switches: exit_tasks_rcu_start(), exit_tasks_rcu_stop() (6.1),
/// exit_tasks_rcu_finish(), rcu_note_context_switch(), rcu_tasks_pertask(), rcu_tasks_postscan() and check_all_holdout_tasks() of real
/// images, in generated orders over generated tasks; every field that any of them writes is compared behind every call.
/// </summary>
/// <remarks>
/// Runs from end to end, with nothing replaced but what arms the stall timer, sleeps or reschedules: add_timer(), timer_delete_sync(),
/// __cond_resched(), and synchronize_srcu() in 6.1 (that it is called, and for which domain, is compared). Usage counts start at 3.
/// </remarks>
public class TasksRcuExitJudgeTests
{
    private const int Tasks = 3;
    private const int Calls = 8;

    [Theory]
    [InlineData("amd64/6.1.0-50", 100)]
    [InlineData("amd64/6.12.107+deb13", 100)]
    [InlineData("amd64/7.2.13+deb14", 100)]
    [InlineData("arm64/7.2.13+deb14", 100)]
    [InlineData("arm64/6.12.117+deb13-rt", 100)]
    public void The_kernel_and_the_model_exit_alike(string kernel, int states) => Judge(kernel, states);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("amd64/6.1.0-50")]
    [InlineData("amd64/6.12.107+deb13")]
    [InlineData("amd64/7.2.13+deb14")]
    [InlineData("arm64/7.2.13+deb14")]
    [InlineData("arm64/6.12.117+deb13-rt")]
    public void The_kernel_and_the_model_exit_alike_ten_thousand_times(string kernel) => Judge(kernel, 10_000);

    private static void Judge(string kernel, int states)
    {
        Images.SkipWithout(kernel);
        using var judge = new KernelJudge(new KernelCode(KernelImage.Load(KernelCache.Default.Resolve(kernel))));
        IReadOnlyList<string> replaced = judge.PrepareExit();
        Series series = judge.HasSrcu ? Series.V6_1 : Series.V6_12;
        var random = new Random(20261124);
        Mark start = judge.Code.Mark();
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int fields = 0;
        for (int state = 0; state < states; state++)
        {
            var tasks = new TaskFacts[Tasks];
            for (int i = 0; i < Tasks; i++)
            {
                tasks[i] = TasksRcuJudgeTests.Generate(random) with { ExitCpu = -1 };
                judge.Write(i, tasks[i]);
            }

            for (int call = 0; call < Calls; call++)
            {
                string done = Act(judge, series, random, tasks);
                counts[done] = counts.GetValueOrDefault(done) + 1;
                fields += judge.Compare(tasks, $"state {state}, call {call}, {done}");
                fields += judge.CountExiting(tasks, $"state {state}, call {call}, {done}");
            }

            judge.Code.UndoTo(start);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kernel}: {states} states of {Calls} calls, {fields} fields; {string.Join(", ", counts.Select(pair => $"{pair.Key} {pair.Value}"))}; replaced: {string.Join(", ", replaced)}");
        Assert.Equal(judge.HasSrcu ? 7 : 6, counts.Count);
    }

    private static string Act(KernelJudge judge, Series series, Random random, TaskFacts[] tasks)
    {
        int which = random.Next(Tasks);
        ref TaskFacts task = ref tasks[which];
        switch (random.Next(8))
        {
            case 0 or 1 when task.ExitCpu < 0:
                judge.As(which, "exit_tasks_rcu_start");
                TasksRcuRules.ExitStart(ref task, series, cpu: 0);
                return "exit_tasks_rcu_start";
            case 2 when task.ExitCpu >= 0 && judge.HasSrcu:
                judge.As(which, "exit_tasks_rcu_stop");
                TasksRcuRules.ExitFinish(ref task);
                return "exit_tasks_rcu_stop";
            case 3 when task.ExitCpu >= 0:
                judge.As(which, "exit_tasks_rcu_finish");
                TasksRcuRules.ExitFinish(ref task);
                return "exit_tasks_rcu_finish";
            case 4 when !task.IsListed:
                judge.Scan(which);
                TasksRcuRules.Scan(ref task);
                return "rcu_tasks_pertask";
            case 5:
                PostScan(judge, series, tasks);
                return "rcu_tasks_postscan";
            case 6:
                judge.CheckAll();
                for (int i = 0; i < Tasks; i++)
                {
                    if (tasks[i].IsListed)
                        TasksRcuRules.Check(ref tasks[i], judge.NoHzFull);
                }

                return "check_all_holdout_tasks";
            default:
                bool preempt = random.Next(2) == 0;
                judge.As(which, "rcu_note_context_switch", preempt ? 1UL : 0);
                TasksRcuRules.NoteContextSwitch(ref task, preempt);
                return "rcu_note_context_switch";
        }
    }

    private static void PostScan(KernelJudge judge, Series series, TaskFacts[] tasks)
    {
        int before = judge.SrcuWaits;
        judge.PostScan();
        for (int i = 0; i < Tasks; i++)
            TasksRcuRules.PostScan(ref tasks[i], series);

        Assert.Equal(series == Series.V6_1 ? 1 : 0, judge.SrcuWaits - before);
    }
}
