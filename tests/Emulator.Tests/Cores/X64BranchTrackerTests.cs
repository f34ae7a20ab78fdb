using RcuEmu.Emulator.Cores;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Cores;

// Expected values: SDM Vol. 1, "Control-flow Enforcement Technology (CET)", "Indirect Branch Tracking"; bytes from the GNU assembler.
public sealed class X64BranchTrackerTests
{
    private const ulong Text = CoreMachine.Text, Target = Text + 0x100;
    private static readonly byte[] Endbr64 = [0xf3, 0x0f, 0x1e, 0xfa], Endbr32 = [0xf3, 0x0f, 0x1e, 0xfb], Nop = [0x90];

    public static TheoryData<byte[]> IndirectBranches => new(
        new byte[] { 0xff, 0xe0 },                  // jmp *%rax
        new byte[] { 0xff, 0xd0 },                  // call *%rax
        new byte[] { 0xff, 0x23 },                  // jmp *(%rbx)
        new byte[] { 0xff, 0x13 },                  // call *(%rbx)
        new byte[] { 0x3e, 0xff, 0xe0 });           // notrack jmp *%rax: NO_TRACK_EN is 0

    [Theory]
    [MemberData(nameof(IndirectBranches))]
    public void An_indirect_branch_arrives_at_ENDBR64_or_faults_there(byte[] branch)
    {
        using CoreMachine pad = Machine(branch, Endbr64), none = Machine(branch, Nop), wrong = Machine(branch, Endbr32);
        Assert.Equal((GuestEventKind.None, Target + 4), (pad.Step(2).Executed.Event, pad["rip"]));
        foreach (CoreMachine m in new[] { none, wrong })
        {
            m.Step(2);
            Assert.Equal((GuestEventKind.BranchTarget, Target, Target), (m.Executed.Event, m.Executed.EventDetail, m["rip"]));
        }
    }

    [Theory]
    [MemberData(nameof(IndirectBranches))]
    public void A_machine_without_the_feature_arrives_anywhere(byte[] branch)
    {
        using var m = Machine(branch, Nop, new CoreFeatures());
        Assert.Equal((GuestEventKind.None, Target + 1), (m.Step(2).Executed.Event, m["rip"]));
    }

    [Theory]
    [InlineData(new byte[] { 0xe9, 0xfb, 0, 0, 0 })] // jmp .+0x100
    [InlineData(new byte[] { 0xe8, 0xfb, 0, 0, 0 })] // call .+0x100
    [InlineData(new byte[] { 0xc3 })]                // ret
    public void Direct_branches_and_returns_need_no_landing_pad(byte[] branch)
    {
        using CoreMachine m = Machine(branch, Nop);
        Assert.Equal((GuestEventKind.None, Target + 1), (m.Step(2).Executed.Event, m["rip"]));
    }

    [Theory]
    [InlineData(new byte[] { 0x3e, 0xff, 0xe0 }, GuestEventKind.None)]               // notrack jmp *%rax
    [InlineData(new byte[] { 0x3e, 0x41, 0xff, 0xd0 }, GuestEventKind.None)]         // notrack call *%r8
    [InlineData(new byte[] { 0x3e, 0x65, 0xff, 0x23 }, GuestEventKind.BranchTarget)] // jmp *%gs:(%rbx): the last prefix counts
    [InlineData(new byte[] { 0xff, 0xe0 }, GuestEventKind.BranchTarget)]             // jmp *%rax
    public void NOTRACK_counts_where_NO_TRACK_EN_is_set(byte[] branch, GuestEventKind expected)
    {
        using CoreMachine m = Machine(branch, Nop);
        Assert.True(m.Machine.Engine.WriteSystem(m.Machine.Cores[0], "s_cet", (1 << 4) | (1 << 2)));
        Assert.Equal(expected, m.Step(2).Executed.Event);
    }

    [Theory]
    [InlineData("s_cet", 0ul)]      // ENDBR_EN is 0
    [InlineData("cr4", 0x3506f0ul)] // CET is 0
    public void Guest_code_that_clears_the_enable_is_not_tracked(string register, ulong value)
    {
        using CoreMachine m = Machine([0xff, 0xe0], Nop);
        Assert.True(m.Machine.Engine.WriteSystem(m.Machine.Cores[0], register, value));
        Assert.Equal(GuestEventKind.None, m.Step(2).Executed.Event);
    }

    [Fact]
    public void INT3_at_the_target_is_a_breakpoint_and_what_its_handler_emulates_is_not_tracked()
    {
        using CoreMachine m = Machine([0xff, 0xd0], [0xcc, 0x90]);
        m.Step(2);
        Assert.Equal((GuestEventKind.Breakpoint, Target + 1), (m.Executed.Event, m["rip"]));
        m.Machine.Engine.SetPc(m.Machine.Contexts[0], Target + 1);
        Assert.Equal(GuestEventKind.None, m.Step().Executed.Event);
    }

    [Fact]
    public void IRET_is_not_tracked()
    {
        using CoreMachine m = Machine([0x48, 0xcf], Nop); // iretq
        ulong rsp = CoreMachine.StackTop - 0x40;
        m["rsp"] = rsp;
        ulong[] frame = [Target, 0x10, 2, CoreMachine.StackTop, 0x18];
        for (int i = 0; i < frame.Length; i++)
            m.Machine.Memory.Poke(rsp + ((ulong)i * 8), BitConverter.GetBytes(frame[i]));

        Assert.Equal((GuestEventKind.None, Target + 1), (m.Step(2).Executed.Event, m["rip"]));
    }

    [Fact]
    public void The_run_gear_faults_at_the_same_place()
    {
        using CoreMachine m = Machine([0x90, 0xff, 0xe0], Nop);
        ExecutedInstruction last = default;
        Assert.Equal(2, m.Machine.Engine.Run(m.Machine.Cores[0], 100, null, ref last));
        Assert.Equal((GuestEventKind.BranchTarget, Target), (last.Event, last.EventDetail));
    }

    [Fact]
    public void Undoing_the_branch_undoes_the_wait()
    {
        using CoreMachine m = Machine([0xff, 0xe0], Nop);
        ulong[] before = m.Cells();
        var mark = m.Machine.State.Mark();
        m.Step(2);
        m.Machine.State.UndoTo(mark);
        Assert.Equal(before, m.Cells());
    }

    // RAX, R8, what RBX points to, and what RET pops are the target.
    private static CoreMachine Machine(byte[] branch, byte[] atTarget, CoreFeatures? features = null)
    {
        byte[] text = new byte[0x200];
        branch.CopyTo(text, 0);
        atTarget.CopyTo(text, 0x100);
        var m = new CoreMachine(Architecture.X64, text, features: features ?? new CoreFeatures { BranchTargets = true });
        m["rax"] = m["r8"] = Target;
        m["rbx"] = CoreMachine.Data;
        m["rsp"] = CoreMachine.StackTop - 8;
        m.Machine.Memory.Poke(CoreMachine.Data, BitConverter.GetBytes(Target));
        m.Machine.Memory.Poke(CoreMachine.StackTop - 8, BitConverter.GetBytes(Target));
        return m;
    }
}
