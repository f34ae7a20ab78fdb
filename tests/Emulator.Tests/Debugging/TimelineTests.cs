using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Tests.Cores;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Debugging;

public sealed class TimelineTests : IDisposable
{
    // Each core counts in RCX for ever, and stores the low 12 bits' worth of it into its own row of bytes.
    private const string Loop = """
        again: inc rcx
        mov rax, rcx
        and rax, 0xff
        mov [rdi + rax], cl
        call twice
        jmp again
        twice: add rdx, 2
        ret
        """;

    private readonly CoreMachine _machine;
    private readonly Timeline _timeline;

    public TimelineTests()
    {
        byte[] code = new EmbeddedAssembler().Assemble(Architecture.X64, Loop, CoreMachine.Text).Bytes;
        _machine = new CoreMachine(Architecture.X64, code, cores: 2);
        _machine["rdi", 0] = CoreMachine.Data;
        _machine["rdi", 1] = CoreMachine.Data + 0x1000;
        _machine["rsp", 1] = CoreMachine.StackTop - 0x100;
        foreach (Core core in _machine.Machine.Cores)
            _machine.Machine.AddAgent(new CoreAgent(_machine.Machine, core));

        _timeline = new Timeline(_machine.Machine);
    }

    private StateHash Hash => _machine.Machine.State.Hash;

    public void Dispose() => _machine.Dispose();

    private void Perform(int agent) => _timeline.Perform(new MachineAction(agent, 0, 0));

    // 20,000 steps are five segments; every place is left and reached in both directions and by long and short ways.
    [Fact]
    public void Any_step_can_be_reached_from_any_other()
    {
        var hashes = new List<StateHash> { Hash };
        var cells = new Dictionary<long, ulong[]>();
        var random = new Random(7);
        while (hashes.Count <= 20_000)
        {
            Perform(random.Next(2));
            hashes.Add(Hash);
            if (hashes.Count % 1000 == 1)
                cells[_timeline.Position] = _machine.Cells();
        }

        for (int i = 0; i < 300; i++)
        {
            long wanted = i % 3 == 0 ? random.Next(21) * 1000 : random.Next(20_001);
            _timeline.Seek(wanted);
            Assert.Equal(wanted, _timeline.Position);
            Assert.Equal(hashes[(int)wanted], Hash);
            if (cells.TryGetValue(wanted, out ulong[]? expected))
                Assert.Equal(expected, _machine.Cells());
        }
    }

    [Fact]
    public void The_last_step_that_wrote_is_found_across_segments_and_the_machine_stays_where_it_is()
    {
        var last = new Dictionary<ulong, long>();
        for (int i = 0; i < 15_000; i++)
        {
            Perform(i < 14_000 ? 0 : 1);
            foreach (Touch touch in _machine.Machine.Footprint.Touches)
            {
                if (!touch.IsCell && touch.Kind == TouchKind.Write)
                    last[touch.Address] = _timeline.Position;
            }
        }

        StateHash here = Hash;
        foreach (ulong address in (ulong[])[CoreMachine.Data + 1, CoreMachine.Data + 0x40, CoreMachine.Data + 0x1001])
            Assert.Equal(last[address], _timeline.FindLast(new WriteProbe(address, 1)));

        Assert.Equal(0, _timeline.FindLast(new WriteProbe(CoreMachine.Data + 0x800, 1)));
        Assert.Equal(here, Hash);
    }

    [Fact]
    public void Another_step_in_the_past_begins_a_timeline_and_the_old_one_can_be_gone_back_to()
    {
        for (int i = 0; i < 10_000; i++)
            Perform(0);

        StateHash first = Hash;
        _timeline.Seek(5_000);
        Perform(0);
        Assert.Equal((1, 10_000L), (_timeline.Number, _timeline.Length));
        Perform(1);
        Assert.Equal((2, 5_002L), (_timeline.Number, _timeline.Length));
        StateHash second = Hash;
        _timeline.Seek(100);
        Perform(1);
        Assert.Equal((3, 101L), (_timeline.Number, _timeline.Length));
        Assert.Equal([(1, 100L, 10_000L), (2, 100L, 5_002L)], _timeline.Others.Order());

        Assert.True(_timeline.SwitchTo(1));
        Assert.Equal((10_000L, first), (_timeline.Position, Hash));
        Assert.True(_timeline.SwitchTo(2));
        Assert.Equal((5_002L, second), (_timeline.Position, Hash));
        Assert.False(_timeline.SwitchTo(9));
    }

    [Fact]
    public void A_write_in_the_past_is_a_step_of_its_own_timeline_and_can_be_taken_back()
    {
        for (int i = 0; i < 100; i++)
            Perform(0);

        _timeline.Seek(50);
        StateHash before = Hash;
        _timeline.Edit("rcx = 7", default, () => _machine["rcx"] = 7);
        Assert.Equal((2, 51L, 7UL), (_timeline.Number, _timeline.Length, _machine["rcx"]));
        StateHash behind = Hash;
        _timeline.Back();
        Assert.Equal(before, Hash);
        _timeline.Forward();
        Assert.Equal(behind, Hash);
        Assert.Equal("rcx = 7", _timeline.LastEdit?.Text);
    }

    // By hand: the call at +0x10 has not returned behind the step into it, and has behind the return.
    [Fact]
    public void Calls_follow_the_position_in_both_directions()
    {
        for (int i = 0; i < 5; i++)
            Perform(0);

        CallFrame? inside = _timeline.Calls.Top(_machine.Machine.Contexts[0]);
        Assert.NotNull(inside);
        Assert.Equal(_machine["rip"], inside.Target);
        Assert.Equal(_machine.Machine.Memory.Peek64(_machine["rsp"]), inside.Return);
        Perform(0);
        Perform(0);
        Assert.Null(_timeline.Calls.Top(_machine.Machine.Contexts[0]));
        _timeline.Seek(5);
        Assert.Equal(inside, _timeline.Calls.Top(_machine.Machine.Contexts[0]));
    }

    private sealed class WriteProbe(ulong address, int bytes) : StepProbe
    {
        public override bool Behind(Machine machine, DebugEdit? edit)
        {
            foreach (Touch touch in machine.Footprint.Touches)
            {
                if (!touch.IsCell && touch.Kind == TouchKind.Write && touch.Address < address + (ulong)bytes && address < touch.Address + (ulong)touch.Length)
                    return true;
            }

            return false;
        }
    }
}

/// <summary>Ten million steps: what history costs.</summary>
public sealed class LongTimelineTests
{
    [Fact]
    [Trait("Category", "Long")]
    public void Ten_million_steps_stay_under_500_megabytes_and_a_million_is_searched_backwards_in_a_second()
    {
        byte[] code = new EmbeddedAssembler().Assemble(Architecture.X64, """
            again: inc rcx
            mov rax, rcx
            and rax, 0xff8
            mov [rdi + rax], rcx
            jmp again
            """, CoreMachine.Text).Bytes;
        using var machine = new CoreMachine(Architecture.X64, code);
        machine["rdi"] = CoreMachine.Data;
        machine.Machine.AddAgent(new CoreAgent(machine.Machine, machine.Machine.Cores[0]));
        long before = Environment.WorkingSet;
        var timeline = new Timeline(machine.Machine) { ReadsReasons = false };
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (int i = 0; i < 10_000_000; i++)
            timeline.Perform(new MachineAction(0, 0, 0));

        double forward = clock.Elapsed.TotalSeconds;
        long megabytes = (Environment.WorkingSet - before) >> 20;
        clock.Restart();
        Assert.Equal(0, timeline.FindLast(new Never()));
        double backward = clock.Elapsed.TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine($"forward {forward:0.00} s, searched backwards {backward:0.00} s, {megabytes} MB");
        Assert.InRange(megabytes, 0, 500);
        Assert.InRange(backward, 0, 10);
    }

    private sealed class Never : StepProbe
    {
        public override bool Behind(Machine machine, DebugEdit? edit) => false;
    }
}
