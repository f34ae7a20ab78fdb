using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Cores;

// Bytes from the GNU assembler, effects from the SDM's pages of the instructions.
public sealed class X64StepTests
{
    private const ulong Text = CoreMachine.Text;

    [Fact]
    public void A_call_pushes_the_return_address_and_says_how_it_branched()
    {
        using var m = new CoreMachine(Architecture.X64, [0xe8, 0x0b, 0x00, 0x00, 0x00]); // call .+16
        m.Step();
        Assert.Equal(Text + 16, m["rip"]);
        Assert.Equal(CoreMachine.StackTop - 8, m["rsp"]);
        Assert.Equal(Text + 5, m.Machine.Memory.Peek64(m["rsp"]));
        Assert.Equal((Flow.Branch, BranchKind.DirectCall), (m.Executed.Flow, m.Executed.Branch));
        Assert.Equal((Text, 5, Text + 16), (m.Executed.Address, m.Executed.Length, m.Executed.Next));
        Assert.Equal([0xe8, 0x0b, 0, 0, 0, 0], ((ReadOnlySpan<byte>)m.Executed.Bytes)[..6].ToArray());
        Assert.Contains(new Touch(Text, 5, TouchKind.Fetch, false), m.Machine.Footprint.Touches.ToArray());
        Assert.Contains(new Touch(CoreMachine.StackTop - 8, 8, TouchKind.Write, false), m.Machine.Footprint.Touches.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0xcc }, GuestEventKind.Breakpoint, 0, 1)]               // int3
    [InlineData(new byte[] { 0xf1 }, GuestEventKind.DebugTrap, 0, 1)]                // int1
    [InlineData(new byte[] { 0xcd, 0x80 }, GuestEventKind.SoftwareInterrupt, 0x80, 2)]
    [InlineData(new byte[] { 0xf4 }, GuestEventKind.WaitForInterrupt, 0, 1)]         // hlt
    [InlineData(new byte[] { 0x0f, 0x05 }, GuestEventKind.SupervisorCall, 0, 2)]     // syscall
    [InlineData(new byte[] { 0x0f, 0x0b }, GuestEventKind.Undefined, 0, 0)]          // ud2
    [InlineData(new byte[] { 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0 }, GuestEventKind.ReadFault, 0, 0)]  // mov 0x0,%rax
    [InlineData(new byte[] { 0x48, 0x89, 0x04, 0x25, 8, 0, 0x10, 0 }, GuestEventKind.WriteFault, 0x100008, 0)] // mov %rax,0x100008: text
    public void An_event_leaves_the_pointer_behind_a_trap_and_on_a_fault(byte[] text, GuestEventKind kind, ulong detail, int behind)
    {
        using var m = new CoreMachine(Architecture.X64, text);
        m.Step();
        Assert.Equal((Flow.Event, kind, detail), (m.Executed.Flow, m.Executed.Event, m.Executed.EventDetail));
        Assert.Equal(Text + (ulong)behind, m["rip"]);
        Assert.Equal(m["rip"], m.Executed.Next);
    }

    [Fact]
    public void A_push_that_faults_moves_nothing()
    {
        using var m = new CoreMachine(Architecture.X64, [0x50]); // push %rax
        m["rsp"] = CoreMachine.Stack;
        ulong[] before = m.Cells();
        m.Step();
        Assert.Equal((GuestEventKind.WriteFault, CoreMachine.Stack - 8), (m.Executed.Event, m.Executed.EventDetail));
        Assert.Equal(before, m.Cells());
    }

    [Theory]
    [InlineData(0xffe, GuestEventKind.None)]       // mov $1,%eax is 5 bytes: the last is in the next page
    [InlineData(0x1ffb, GuestEventKind.None)]      // ends with the last page
    [InlineData(0x1ffc, GuestEventKind.FetchFault)]
    [InlineData(0x1fff, GuestEventKind.FetchFault)]
    public void A_fetch_faults_only_where_the_instruction_needs_the_missing_byte(ulong offset, GuestEventKind expected)
    {
        using var m = new CoreMachine(Architecture.X64, []);
        byte[] mov = [0xb8, 1, 0, 0, 0];
        m.Machine.Memory.Poke(Text + offset, mov.AsSpan(0, (int)Math.Min(5, 0x2000 - offset)));
        m["rip"] = Text + offset;
        for (int i = 0; i < 2; i++)
        {
            m["rip"] = Text + offset;
            m.Step();
            Assert.Equal(expected, m.Executed.Event);
            Assert.Equal(expected == GuestEventKind.None ? 1UL : 0, m["rax"]);
        }

        if (expected != GuestEventKind.None)
            Assert.Equal(Text + 0x2000, m.Executed.EventDetail);
    }

    [Fact]
    public void A_page_without_the_execute_right_is_a_fetch_fault_at_the_instruction()
    {
        using var m = new CoreMachine(Architecture.X64, [0x90]);
        m["rip"] = CoreMachine.Data;
        m.Step();
        Assert.Equal((GuestEventKind.FetchFault, CoreMachine.Data, 0), (m.Executed.Event, m.Executed.EventDetail, m.Executed.Length));
    }

    [Fact]
    public void A_core_executes_the_bytes_that_are_there_now()
    {
        using var m = new CoreMachine(Architecture.X64, [0xb8, 1, 0, 0, 0]); // mov $1,%eax
        Mark mark = m.Machine.State.Mark();
        m.Step();
        Assert.Equal(1UL, m["rax"]);
        m.Machine.Memory.Poke(Text + 1, [2]);
        m["rip"] = Text;
        m.Step();
        Assert.Equal(2UL, m["rax"]);
        m.Machine.State.UndoTo(mark);
        m.Step();
        Assert.Equal(1UL, m["rax"]);
    }

    // add, sub, xor and inc of the same registers in two orders: the flags are those of the last instruction, whatever came before.
    [Fact]
    public void Equal_flags_are_equal_cells()
    {
        using var one = new CoreMachine(Architecture.X64, [0x48, 0x31, 0xc0, 0x48, 0x39, 0xc0]); // xor %rax,%rax; cmp %rax,%rax
        using var other = new CoreMachine(Architecture.X64, [0x0f, 0x1f, 0x00, 0x48, 0x85, 0xc0]); // nopl (%rax); test %rax,%rax
        one.Step(2);
        other.Step(2);
        Assert.Equal(one["rflags"], other["rflags"]);
        Assert.Equal(one.Machine.State.Hash, other.Machine.State.Hash);
    }

    [Fact]
    public void The_flag_words_stand_for_all_sixty_four_combinations()
    {
        using var m = new CoreMachine(Architecture.X64, []);
        for (uint i = 0; i < 64; i++)
        {
            ulong flags = 0x202 | (i & 1) | ((i >> 1 & 1) << 2) | ((i >> 2 & 1) << 4) | ((i >> 3 & 1) << 6) | ((i >> 4 & 1) << 7) | ((i >> 5) << 11);
            m["rflags"] = flags;
            Assert.Equal(flags, m["rflags"]);
        }
    }

    [Fact]
    public void Rflags_if_is_the_core_s_interrupt_mask()
    {
        using var m = new CoreMachine(Architecture.X64, []);
        Assert.Equal(0x202UL, m["rflags"]);
        m.Machine.Cores[0].Mask(true);
        Assert.Equal(0x002UL, m["rflags"]);
        m["rflags"] = 0x202;
        Assert.False(m.Machine.Cores[0].IsMasked);
    }

    [Theory]
    [InlineData("rax", "eax", 0x11223344UL, 0x11223344UL)]
    [InlineData("rax", "ax", 0x3344UL, 0xffff_ffff_ffff_3344UL)]
    [InlineData("rbx", "bh", 0x44UL, 0xffff_ffff_ffff_44ffUL)]
    [InlineData("rsi", "sil", 0x44UL, 0xffff_ffff_ffff_ff44UL)]
    [InlineData("r9", "r9d", 0x11223344UL, 0x11223344UL)]
    public void A_part_of_a_register_is_written_as_an_instruction_writes_it(string whole, string part, ulong value, ulong expected)
    {
        using var m = new CoreMachine(Architecture.X64, []);
        m[whole] = ulong.MaxValue;
        m[part] = value;
        Assert.Equal(expected, m[whole]);
        Assert.Equal(value, m[part]);
    }
}
