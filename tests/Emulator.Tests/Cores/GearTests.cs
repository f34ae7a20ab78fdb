using CsCheck;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Cores;

/// <summary>The run gear against the search gear: the same state, event and count on any program.</summary>
public sealed class GearTests
{
    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void Both_gears_do_the_same_on_random_programs(Architecture architecture) =>
        Gen.Select(Gen.Byte.Array[400], Gen.ULong.Array[16], Gen.Int[1, 60]).Sample((text, values, budget) =>
        {
            using CoreMachine search = RandomProgram.Make(architecture, text, values), run = RandomProgram.Make(architecture, text, values);
            string pc = architecture == Architecture.X64 ? "rip" : "pc";
            ExecutedInstruction last = default;
            for (int round = 0; round < 30; round++)
            {
                long done = run.Machine.Engine.Run(run.Machine.Cores[0], budget, null, ref last);
                long stepped = 0;
                bool isEvent = false;
                while (stepped < budget && !isEvent)
                {
                    search.Step();
                    isEvent = search.Executed.Flow == Flow.Event;
                    stepped += isEvent ? 0 : 1;
                }

                Assert.Equal(stepped, done);
                Assert.Equal(isEvent ? search.Executed.Event : GuestEventKind.None, last.Event);
                run.Machine.Engine.Run(run.Machine.Cores[0], 0, null, ref last); // settles the flags behind a run of one
                AssertSame(search, run);
                if (isEvent)
                    run[pc] = search[pc] = search.Executed.Address + 4;
            }
        }, iter: 300);

    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void A_run_sees_what_was_poked_undone_and_forbidden_between_runs(Architecture architecture)
    {
        // add x0, x0, #1; b .-4 and: inc %rax; jmp .-3
        byte[] text = architecture == Architecture.Arm64 ? [0x00, 0x04, 0x00, 0x91, 0xff, 0xff, 0xff, 0x17] : [0x48, 0xff, 0xc0, 0xeb, 0xfb];
        byte[] nop = architecture == Architecture.Arm64 ? [0x1f, 0x20, 0x03, 0xd5] : [0x0f, 0x1f, 0x00];
        string counter = architecture == Architecture.Arm64 ? "x0" : "rax";
        using var m = new CoreMachine(architecture, text);
        Assert.Equal(5UL, Run(m, 10, counter));
        Mark mark = m.Machine.State.Mark();
        m.Machine.Memory.Poke(CoreMachine.Text, nop);
        m.Step(2);
        Assert.Equal(5UL, m[counter]);
        m.Machine.State.UndoTo(mark);
        Assert.Equal(10UL, Run(m, 10, counter));
        m.Machine.Memory.Poke(CoreMachine.Text, nop);
        Assert.Equal(10UL, Run(m, 10, counter));
        m.Machine.Memory.SetRights(CoreMachine.Text, 1, Rights.Read);
        ExecutedInstruction last = default;
        Assert.Equal(0, m.Machine.Engine.Run(m.Machine.Cores[0], 10, null, ref last));
        Assert.Equal((GuestEventKind.FetchFault, CoreMachine.Text), (last.Event, last.EventDetail));
    }

    // nop; ret to itself, then to a page that was not executed yet: one instruction at a time, each executed once. Counted by hand.
    [Theory]
    [InlineData(CoreMachine.Text + 0x1000, GuestEventKind.None)]
    [InlineData(ulong.MaxValue, GuestEventKind.FetchFault)]
    public void A_return_to_a_page_not_seen_yet_is_executed_once(ulong target, GuestEventKind then)
    {
        using var m = new CoreMachine(Architecture.X64, [0x90, 0xc3]);
        m.Machine.Memory.Poke(CoreMachine.Text + 0x1000, [0x90]);
        m.Machine.Memory.Poke(m["rsp"] -= 32, BitConverter.GetBytes(CoreMachine.Text));
        m.Machine.Memory.Poke(m["rsp"] + 8, BitConverter.GetBytes(target));
        ulong rsp = m["rsp"];
        ExecutedInstruction last = default;
        for (int i = 0; i < 4; i++)
            Assert.Equal(1, m.Machine.Engine.Run(m.Machine.Cores[0], 1, null, ref last));

        Assert.Equal((rsp + 16, target), (m["rsp"], m["rip"]));
        Assert.Equal(then == GuestEventKind.None ? 1 : 0, m.Machine.Engine.Run(m.Machine.Cores[0], 1, null, ref last));
        Assert.Equal(then, last.Event);
    }

    // Core 0 runs a function that returns 1; core 1 stores the instruction that returns 2 (text is mapped writable here); core 0 sees it.
    [Fact]
    public void A_core_executes_what_another_core_wrote_while_running()
    {
        // mov $1,%eax; ret ... at +16: movb $2,(%rdi); hlt
        byte[] text = [0xb8, 1, 0, 0, 0, 0xf4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc6, 0x07, 0x02, 0xf4];
        using var m = new CoreMachine(Architecture.X64, text, cores: 2, Rights.Read | Rights.Write | Rights.Execute);
        (m["rip", 1], m["rdi", 1]) = (CoreMachine.Text + 16, CoreMachine.Text + 1);
        ExecutedInstruction last = default;
        m.Machine.Engine.Run(m.Machine.Cores[0], 10, null, ref last);
        Assert.Equal(1UL, m["rax"]);
        m.Machine.Engine.Run(m.Machine.Cores[1], 10, null, ref last);
        m["rip"] = CoreMachine.Text;
        m.Machine.Engine.Run(m.Machine.Cores[0], 10, null, ref last);
        Assert.Equal(2UL, m["rax"]);
        Assert.Equal(GuestEventKind.WaitForInterrupt, last.Event);
    }

    [Fact]
    public void An_instruction_across_two_pages_is_executed_as_both_now_hold_it()
    {
        using var m = new CoreMachine(Architecture.X64, []);
        m.Machine.Memory.Poke(CoreMachine.Text + 0xffe, [0xb8, 1, 0, 0, 0, 0xf4]); // mov $1,%eax; hlt
        ExecutedInstruction last = default;
        for (ulong i = 1; i < 4; i++)
        {
            m.Machine.Memory.Poke(CoreMachine.Text + 0xfff, [(byte)i]);
            m.Machine.Memory.Poke(CoreMachine.Text + 0x1000, [(byte)i]);
            m["rip"] = CoreMachine.Text + 0xffe;
            Assert.Equal(1, m.Machine.Engine.Run(m.Machine.Cores[0], 10, null, ref last));
            Assert.Equal(i * 0x101, m["rax"]);
        }
    }

    // str x1, [x0] on core 1, while core 0 holds the same bytes under its exclusive monitor, and while it does not.
    [Fact]
    public void A_store_of_a_running_core_opens_another_core_s_monitor()
    {
        using var m = new CoreMachine(Architecture.Arm64, [0x01, 0x00, 0x00, 0xf9, 0xff, 0xff, 0xff, 0x17], cores: 2);
        ExclusiveMonitors monitors = m.Machine.Memory.Monitors;
        m["x0", 1] = CoreMachine.Data;
        ExecutedInstruction last = default;
        m.Machine.Engine.Run(m.Machine.Cores[1], 10, null, ref last);
        monitors.Arm(0, CoreMachine.Data, 8);
        m.Machine.Engine.Run(m.Machine.Cores[1], 10, null, ref last);
        Assert.False(monitors.Covers(0, CoreMachine.Data, 8));
        Assert.True(m.Machine.Engine.RunOne(m.Machine.Cores[1], ref last) && m.Machine.Engine.RunOne(m.Machine.Cores[1], ref last));
        monitors.Arm(0, CoreMachine.Data, 8);
        Assert.True(m.Machine.Engine.RunOne(m.Machine.Cores[1], ref last) && m.Machine.Engine.RunOne(m.Machine.Cores[1], ref last));
        Assert.False(monitors.Covers(0, CoreMachine.Data, 8));
    }

    private static ulong Run(CoreMachine m, long count, string register)
    {
        ExecutedInstruction last = default;
        Assert.Equal(count, m.Machine.Engine.Run(m.Machine.Cores[0], count, null, ref last));
        return m[register];
    }

    private static void AssertSame(CoreMachine search, CoreMachine run)
    {
        State one = search.Machine.State, other = run.Machine.State;
        for (int cell = 0; cell < one.Count; cell++)
        {
            if (one[cell] != other[cell])
                Assert.Fail($"cell {cell}: search gear {one[cell]:x}, run gear {other[cell]:x}");
        }
    }
}
