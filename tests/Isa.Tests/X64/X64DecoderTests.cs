using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

public class X64DecoderTests
{
    private const ulong Text = 0xffff_ffff_8100_0000;

    // SDM Vol. 2A, "CALL": E8 cd, relative to the next instruction.
    [Fact]
    public void A_call_pushes_the_next_address_and_branches()
    {
        var core = new X64TestCore(0x1000, 0x100) { Rip = Text };
        core.SetGpr(4, 0x1080);

        Assert.Equal(Flow.Branch, core.Step([0xe8, 0xfb, 0x0f, 0, 0]));

        Assert.Equal((Text + 0x1000, BranchKind.DirectCall, 0x1078ul), (core.Rip, core.LastBranch, core.Gpr(4)));
        Assert.True(core.Load(0x1078, 8, Access.Plain, out ulong pushed));
        Assert.Equal(Text + 5, pushed);
    }

    [Fact]
    public void A_call_whose_push_faults_changes_nothing()
    {
        var core = new X64TestCore(0x1000, 0x100) { Rip = Text };
        core.SetGpr(4, 0x1000);

        Assert.Equal(Flow.Event, core.Step([0xe8, 0, 0, 0, 0]));

        Assert.Equal((GuestEventKind.WriteFault, 0xff8ul, Text, 0x1000ul), (core.Event, core.Detail, core.Rip, core.Gpr(4)));
    }

    [Theory]
    [InlineData("e8", 1)] // CALL rel32 with nothing behind the opcode
    [InlineData("e80102", 3)]
    [InlineData("f30f1e", 3)] // ENDBR64 without its last byte
    [InlineData("", 0)]
    public void A_fetch_that_ends_inside_an_instruction_faults_at_the_first_missing_byte(string bytes, int length)
    {
        var core = new X64TestCore(0x1000, 0x100) { Rip = Text };

        Assert.Same(X64Decoder.Incomplete, X64Decoder.Decode(Convert.FromHexString(bytes), Text, out X64Insn insn));
        core.Step(Convert.FromHexString(bytes));

        Assert.Equal((GuestEventKind.FetchFault, Text + (ulong)length, length), (core.Event, core.Detail, insn.Length));
    }

    [Theory]
    [InlineData("cc", GuestEventKind.Breakpoint, 0)]
    [InlineData("f1", GuestEventKind.DebugTrap, 0)]
    [InlineData("cd80", GuestEventKind.SoftwareInterrupt, 0x80)]
    [InlineData("0f0b", GuestEventKind.Undefined, 0)]
    [InlineData("0fb9cc", GuestEventKind.Undefined, 0)] // UD1, as a static call trampoline ends
    [InlineData("f4", GuestEventKind.WaitForInterrupt, 0)]
    [InlineData("0f01c1", GuestEventKind.HypervisorCall, 0)]
    [InlineData("0f05", GuestEventKind.SupervisorCall, 0)]
    [InlineData("0600", GuestEventKind.Undefined, 0)] // PUSH ES is invalid in 64-bit mode
    public void An_instruction_that_only_raises_raises(string bytes, GuestEventKind kind, ulong detail)
    {
        var core = new X64TestCore(0x1000, 0x100) { Rip = Text };

        Assert.Equal(Flow.Event, core.Step(Convert.FromHexString(bytes)));

        Assert.Equal((kind, detail), (core.Event, core.Detail));
    }

    [Theory]
    [InlineData("74fe", "JumpIf<IfE>")]         // JE
    [InlineData("ff2425", "IncompleteInstruction")]
    [InlineData("c3", "Return")]
    public void An_operation_says_what_it_is_made_of(string bytes, string name) =>
        Assert.Equal(name, X64Decoder.Decode(Convert.FromHexString(bytes), Text, out _).Name);

    [Fact]
    public void A_valid_instruction_without_a_row_is_not_modelled()
    {
        var core = new X64TestCore(0x1000, 0x100) { Rip = Text };

        core.Step([0xd9, 0xe8]); // FLD1

        Assert.Equal((GuestEventKind.NotModelled, (ulong)Iced.Intel.Code.Fld1), (core.Event, core.Detail));
    }

    // Kernel alternatives leave such bytes: 2e 2e 2e 31 c0 is XOR EAX, EAX with three CS prefixes.
    [Fact]
    public void Segment_prefixes_without_effect_are_skipped()
    {
        var core = new X64TestCore(0x1000, 0x100) { Rip = Text };
        core.SetGpr(0, ulong.MaxValue);

        Assert.Equal(Flow.Next, core.Step([0x2e, 0x2e, 0x2e, 0x31, 0xc0]));

        Assert.Equal((0ul, Text + 5), (core.Gpr(0), core.Rip));
    }

    // 65 48 c1 3d <disp32> 05: SAR QWORD PTR gs:[rip+disp32], 5 (call depth accounting in the ftrace trampolines).
    [Fact]
    public void A_gs_relative_operand_adds_the_segment_base_to_the_rip_relative_address()
    {
        var core = new X64TestCore(0x1000, 0x100) { Rip = Text, GsBase = unchecked(0x1040 - (Text + 0x29)) };
        core.Store(0x1040, 8, Access.Plain, 0x8000_0000_0000_0010);

        Assert.Equal(Flow.Next, core.Step([0x65, 0x48, 0xc1, 0x3d, 0x20, 0, 0, 0, 5]));

        core.Load(0x1040, 8, Access.Plain, out ulong value);
        Assert.Equal(0xfc00_0000_0000_0000, value);
    }
}
