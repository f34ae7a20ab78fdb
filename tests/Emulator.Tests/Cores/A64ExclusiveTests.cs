using RcuEmu.Emulator.Cores.Arm64;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Cores;

// What a pair of load and store exclusive sees of its core. Expected values: DDI 0487, B2.17, "Synchronization and semaphores".
public sealed class A64ExclusiveTests : IDisposable
{
    private const ulong Data = CoreMachine.Data;
    private readonly CoreMachine _m = new(Architecture.Arm64, [], cores: 2);

    public void Dispose() => _m.Dispose();

    // ABA: the other core writes the value that is there already.
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_store_exclusive_fails_behind_a_write_of_another_core(bool written, bool passes)
    {
        As(0, core => core.SetExclusive(Data, 8));
        if (written)
            As(1, core => core.Store(Data + 4, 4, Access.Plain, 0));

        As(0, core => Assert.Equal(passes, core.PassExclusive(Data, 8)));
        Assert.Contains(new Touch(Data, 8, TouchKind.Read, false), _m.Machine.Footprint.Touches.ToArray());
    }

    [Fact]
    public void A_poke_of_the_kernel_counts_as_a_write_of_another()
    {
        As(0, core => core.SetExclusive(Data, 8));
        _m.Machine.Memory.Poke(Data, [0]);
        As(0, core => Assert.False(core.PassExclusive(Data, 8)));
    }

    [Fact]
    public void A_switch_of_context_opens_the_monitor()
    {
        As(0, core => core.SetExclusive(Data, 8));
        _m.Machine.Cores[0].Switch(_m.Machine.Contexts[0]);
        As(0, core => Assert.False(core.PassExclusive(Data, 8)));
    }

    [Fact]
    public void The_store_opens_the_monitor_and_a_store_that_faults_does_not()
    {
        As(0, core => core.SetExclusive(Data, 8));
        _m.Machine.Memory.SetRights(Data, 8, Rights.Read);
        As(0, core => Assert.True(core.PassExclusive(Data, 8) && !core.Store(Data, 8, Access.Exclusive, 1)));
        _m.Machine.Memory.SetRights(Data, 8, Rights.Read | Rights.Write);
        As(0, core => Assert.True(core.PassExclusive(Data, 8) && core.Store(Data, 8, Access.Exclusive, 1)));
        As(0, core => Assert.False(core.PassExclusive(Data, 8)));
    }

    private void As(int core, Action<A64SearchCore> action)
    {
        Machine machine = _m.Machine;
        machine.Memory.Monitors.Writer = core;
        action(new A64SearchCore(machine, machine.Cores[core], machine.Contexts[core].FirstCell));
        machine.Memory.Monitors.Writer = -1;
    }
}
