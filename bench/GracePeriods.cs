using System.Globalization;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel;
using RcuEmu.KernelModel.Timing;

namespace RcuEmu.Bench;

/// <summary>One grace period of Tasks RCU with many tasks that schedule() in a loop, in a timed run, and what a task costs in memory.</summary>
internal static class GracePeriods
{
    private const ulong Code = 0xffffffff81000000;

    // The kthread and the waiter have the last core, the tasks share the others.
    public static void Print(int tasks, int cores, int rounds)
    {
        var seconds = new double[rounds];
        (long steps, ulong ticks, double bytes) = (0, 0, 0);
        for (int round = -1; round < rounds; round++)
        {
            (double taken, steps, ticks, bytes) = Measure(tasks, cores);
            if (round >= 0)
                seconds[round] = taken;
        }

        double median = seconds.Order().ElementAt(rounds / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tasks} tasks on {cores} cores: {median * 1000:0.0} ms of processor time for {steps} steps in {ticks} ticks; {bytes:0} bytes a task beyond its registers' cells"));
    }

    private static (double Seconds, long Steps, ulong Ticks, double Bytes) Measure(int tasks, int cores)
    {
        var config = new KernelConfig(Architecture.X64, Series.V7_2, PreemptionModel.Full) { IsTimed = true };
        using var kernel = new Kernel(config, cores, ticks: 0);
        kernel.Machine.Memory.Map("code", Code, GuestMemory.PageBytes, Rights.Read | Rights.Execute);
        kernel.Machine.Memory.Poke(Code, [0xcd, (byte)Gate.Schedule, 0xeb, 0xfc]); // int 0xf0; jmp back to it
        long managed = GC.GetTotalMemory(true);
        int cells = kernel.Machine.State.Count;
        for (int i = 0; i < tasks; i++)
            kernel.AddTask(string.Create(CultureInfo.InvariantCulture, $"t{i}"), i % (cores - 1), Code);

        double bytes = (GC.GetTotalMemory(true) - managed
            + ((kernel.Machine.State.Count - cells - (tasks * (long)kernel.Machine.Engine.RegisterCells)) * 8.0)) / tasks;
        kernel.AddTask("updater", cores - 1, _ => kernel.TasksRcu.Synchronize());
        kernel.AddRcuTasksKthread(cores - 1, program => program);
        kernel.Seal();
        var run = new TimedRun(kernel, stepsPerTick: 4);
        Clock.Start();
        run.Run(2000, () => run.GracePeriods is [{ End: not null }, ..]);
        Clock.Stop();
        if (run.GracePeriods is not [{ End: { } end, Begin: var begin }, ..] || run.Violation is not null)
            throw new InvalidOperationException("the grace period did not end");

        return (Clock.Seconds, run.Steps, end - begin, bytes);
    }
}
