using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Bench;

/// <summary>RcuEmu on a workload.</summary>
internal static class RcuEmuPeer
{
    /// <summary>The run gear, to the end.</summary>
    public static long Free(Workload workload)
    {
        using Machine machine = Make(workload);
        return Timed(workload, machine, m =>
        {
            ExecutedInstruction last = default;
            return m.Engine.Run(m.Cores[0], long.MaxValue, Workload.Exit, ref last);
        });
    }

    /// <summary>The run gear, asked for one instruction at a time.</summary>
    public static long OneByOne(Workload workload)
    {
        using Machine machine = Make(workload);
        return Timed(workload, machine, m =>
        {
            ExecutedInstruction last = default;
            Core core = m.Cores[0];
            Context context = m.Contexts[0];
            long done = 0;
            while (m.Engine.Pc(context) != Workload.Exit && m.Engine.RunOne(core, ref last))
                done++;

            return done;
        });
    }

    /// <summary>The search gear: each instruction is executed, taken back and executed again.</summary>
    public static long StepAndUndo(Workload workload)
    {
        using Machine machine = Make(workload);
        return Timed(workload, machine, m =>
        {
            ExecutedInstruction executed = default;
            Core core = m.Cores[0];
            Context context = m.Contexts[0];
            long done = 0;
            while (m.Engine.Pc(context) != Workload.Exit)
            {
                Mark mark = m.State.Mark();
                m.Footprint.Clear();
                m.Engine.Step(core, ref executed);
                m.State.UndoTo(mark);
                m.Footprint.Clear();
                m.Engine.Step(core, ref executed);
                done++;
            }

            return done;
        });
    }

    private static long Timed(Workload workload, Machine machine, Func<Machine, long> run)
    {
        Clock.Start();
        long done = run(machine);
        Clock.Stop();
        Clock.Check(workload, done, machine.Engine.ReadRegister(machine.Contexts[0], workload.ResultRegister));
        return done;
    }

    private static Machine Make(Workload workload)
    {
        var machine = new Machine(workload.IsArm64 ? Architecture.Arm64 : Architecture.X64);
        machine.Memory.Map("ram", Workload.Ram, Workload.RamBytes, Rights.Read | Rights.Write | Rights.Execute);
        machine.Memory.Poke(Workload.Ram, workload.Image());
        Core core = machine.AddCore();
        Context context = machine.AddContext("main");
        core.Switch(context);
        foreach ((string register, ulong value) in workload.Start)
            machine.Engine.WriteRegister(context, register, value);

        machine.Seal();
        return machine;
    }
}
