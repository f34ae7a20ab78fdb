using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Images;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// The kernel's own code as judge of <see cref="TasksRcuRules"/>: rcu_tasks_pertask() and check_all_holdout_tasks() of real
/// images run over generated tasks, with the structure layouts of the image's BTF, and every field is compared.
/// </summary>
/// <remarks>Nothing is intercepted: both run from end to end. Usage counts start at 3, so no task is freed.</remarks>
public class TasksRcuJudgeTests
{
    private const int Tasks = 3;

    [Theory]
    [InlineData("amd64/6.1.0-50", 300)]
    [InlineData("amd64/6.12.107+deb13", 300)]
    [InlineData("amd64/7.2.13+deb14", 300)]
    [InlineData("arm64/7.2.13+deb14", 300)]
    [InlineData("arm64/6.12.117+deb13-rt", 300)]
    public void The_kernel_and_the_model_decide_alike(string kernel, int states) => Judge(kernel, states);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("amd64/6.1.0-50")]
    [InlineData("amd64/6.12.107+deb13")]
    [InlineData("amd64/7.2.13+deb14")]
    [InlineData("arm64/7.2.13+deb14")]
    [InlineData("arm64/6.12.117+deb13-rt")]
    public void The_kernel_and_the_model_decide_alike_ten_thousand_times(string kernel) => Judge(kernel, 10_000);

    private static void Judge(string kernel, int states)
    {
        Images.SkipWithout(kernel);
        using var judge = new KernelJudge(new KernelCode(KernelImage.Load(KernelCache.Default.Resolve(kernel))));
        var random = new Random(20261123);
        Mark start = judge.Code.Mark();
        int fields = 0, held = 0, released = 0;
        for (int state = 0; state < states; state++)
        {
            var tasks = new TaskFacts[Tasks];
            for (int i = 0; i < Tasks; i++)
            {
                tasks[i] = Generate(random);
                judge.Write(i, tasks[i]);
            }

            for (int i = 0; i < Tasks; i++)
            {
                judge.Scan(i);
                TasksRcuRules.Scan(ref tasks[i]);
                held += tasks[i].IsListed ? 1 : 0;
            }

            fields += judge.Compare(tasks, $"state {state}, scan");
            for (int i = 0; i < Tasks; i++)
            {
                Change(random, ref tasks[i]);
                judge.Write(i, tasks[i]);
            }

            judge.CheckAll();
            for (int i = 0; i < Tasks; i++)
            {
                bool wasListed = tasks[i].IsListed;
                if (wasListed)
                    TasksRcuRules.Check(ref tasks[i], judge.NoHzFull);

                released += wasListed && !tasks[i].IsListed ? 1 : 0;
            }

            fields += judge.Compare(tasks, $"state {state}, check");
            judge.Code.UndoTo(start);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kernel}: {states} states, {fields} fields, {held} held, {released} released");
        // A generator that never holds or never releases would compare nothing.
        Assert.InRange(held, states / 2, states * Tasks);
        Assert.InRange(released, held / 10, held * 9 / 10);
    }

    internal static TaskFacts Generate(Random random) => new()
    {
        OnRq = random.Next(4) switch { 0 => 0, 1 => 2, _ => 1 },
        IsIdle = random.Next(6) == 0,
        Nvcsw = Number(random),
        SnapshotNvcsw = Number(random),
        Holdout = false,
        IdleCpu = random.Next(3) == 0 ? 0 : -1,
    };

    // What the task may do between two looks of the grace period.
    private static void Change(Random random, ref TaskFacts task)
    {
        switch (random.Next(6))
        {
            case 0:
                task.Nvcsw++;
                break;
            case 1:
                task.OnRq = task.OnRq == 0 ? 1 : 0;
                break;
            case 2:
                task.Holdout = false;
                break;
            case 3:
                task.IdleCpu = task.IdleCpu >= 0 ? -1 : 0;
                break;
            default:
                break;
        }
    }

    private static ulong Number(Random random) => random.Next(4) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => 0x8000_0000_0000_0000,
        _ => (ulong)random.NextInt64(),
    };
}
