using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;

namespace RcuEmu.Emulator.Tests.Memory;

// Expected values: DDI 0487, B2.17, "Synchronization and semaphores".
public sealed class ExclusiveMonitorsTests : IDisposable
{
    private readonly State _state = new();
    private readonly ExclusiveMonitors _monitors;

    public ExclusiveMonitorsTests()
    {
        _monitors = new ExclusiveMonitors(_state);
        _monitors.AddCore();
        _monitors.AddCore();
        _state.Seal();
    }

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(0x1000, 8, false)] // the bytes themselves
    [InlineData(0x1007, 1, false)] // the last of them
    [InlineData(0x0ffc, 8, false)] // a write that runs into them
    [InlineData(0x1008, 8, true)]
    [InlineData(0x0ff8, 8, true)]
    public void A_write_of_another_core_opens_the_monitor_where_it_meets_the_bytes(ulong address, int bytes, bool stays)
    {
        _monitors.Arm(0, 0x1000, 8);
        _monitors.Writer = 1;
        _monitors.Break(address, bytes);
        Assert.Equal(stays, _monitors.Covers(0, 0x1000, 8));
    }

    [Fact]
    public void A_core_s_own_write_leaves_its_monitor()
    {
        _monitors.Arm(0, 0x1000, 8);
        _monitors.Writer = 0;
        _monitors.Break(0x1000, 8);
        Assert.True(_monitors.Covers(0, 0x1000, 8));
    }

    [Theory]
    [InlineData(0x1000, 4)]
    [InlineData(0x1004, 8)]
    public void A_store_of_other_bytes_does_not_pass(ulong address, int bytes)
    {
        _monitors.Arm(0, 0x1000, 8);
        Assert.False(_monitors.Covers(0, address, bytes));
    }

    [Fact]
    public void An_opened_monitor_leaves_the_state_as_if_it_had_never_been_set()
    {
        StateHash before = _state.Hash;
        _monitors.Arm(0, 0x1000, 8);
        _monitors.Arm(1, 0x1000, 8);
        _monitors.Break(0x1000, 1);
        Assert.Equal(before, _state.Hash);
    }
}
