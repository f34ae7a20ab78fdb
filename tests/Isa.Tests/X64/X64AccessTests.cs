using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>What the memory model is told of an access.</summary>
public class X64AccessTests
{
    private const ulong Memory = 0x1000;

    [Theory]
    [InlineData("f0480108", Access.Atomic)] // LOCK ADD [RAX], RCX
    [InlineData("480108", Access.Modify)] // ADD [RAX], RCX
    [InlineData("f048ff00", Access.Atomic)] // LOCK INC
    [InlineData("48ff00", Access.Modify)] // INC
    [InlineData("f0480fba2803", Access.Atomic)] // LOCK BTS [RAX], 3
    [InlineData("480fba2803", Access.Modify)] // BTS
    [InlineData("480fba2003", Access.Plain)] // BT only reads
    [InlineData("488708", Access.Atomic)] // XCHG is locked without a prefix
    [InlineData("f0480fb108", Access.Atomic)] // LOCK CMPXCHG
    [InlineData("480fb108", Access.Modify)] // CMPXCHG
    [InlineData("f0480fc108", Access.Atomic)] // LOCK XADD
    [InlineData("f00fc708", Access.Atomic)] // LOCK CMPXCHG8B
    [InlineData("f0480fc708", Access.Atomic)] // LOCK CMPXCHG16B
    [InlineData("48c1e003", Access.Plain)] // SHL RAX, 3: a register
    [InlineData("48c12003", Access.Modify)] // SHL [RAX], 3
    [InlineData("483908", Access.Plain)] // CMP [RAX], RCX
    [InlineData("488908", Access.Plain)] // MOV [RAX], RCX
    [InlineData("480fc308", Access.NonTemporal)] // MOVNTI
    public void The_kind_of_an_access_follows_from_the_instruction(string bytes, Access expected)
    {
        var core = new X64TestCore(Memory, 0x100) { Rip = 0x9000 };
        core.SetGpr(0, Memory + 0x40);

        Assert.NotEqual(Flow.Event, core.Step(Convert.FromHexString(bytes)));

        Assert.Equal(expected, core.Accesses);
    }

    // A write that cannot succeed is found out before anything is read, so nothing has changed.
    [Theory]
    [InlineData("480108")]
    [InlineData("48ff00")]
    [InlineData("480fc108")]
    [InlineData("48d118")] // RCR QWORD PTR [RAX], 1
    [InlineData("480fab08")] // BTS [RAX], RCX
    public void A_read_modify_write_that_cannot_write_changes_nothing(string bytes)
    {
        var core = new X64TestCore(Memory, 0x100) { Rip = 0x9000, Eflags = 0x8d5 };
        core.SetGpr(0, Memory + 0xff); // the last seven bytes are missing
        core.SetGpr(1, 5);

        Assert.Equal(Flow.Event, core.Step(Convert.FromHexString(bytes)));

        Assert.Equal((GuestEventKind.WriteFault, 0, 0, 0x8d5u), (core.Event, core.Loads, core.Stores, core.Eflags));
        Assert.Equal((Memory + 0xff, 5ul, 0x9000ul), (core.Gpr(0), core.Gpr(1), core.Rip));
    }

    // SDM Vol. 2B, "REP": the counter and the indices are those of the iterations done when a fault strikes.
    [Fact]
    public void A_repeated_store_stops_at_the_iteration_that_faults()
    {
        var core = new X64TestCore(Memory, 0x100) { Rip = 0x9000 };
        core.SetGpr(1, 3);
        core.SetGpr(7, Memory + 0xf0);

        Flow[] flows = [core.Step([0xf3, 0x48, 0xab]), core.Step([0xf3, 0x48, 0xab]), core.Step([0xf3, 0x48, 0xab])];

        Assert.Equal([Flow.Again, Flow.Again, Flow.Event], flows);
        Assert.Equal((1ul, Memory + 0x100, 0x9000ul), (core.Gpr(1), core.Gpr(7), core.Rip));
    }

    // SDM Vol. 2A, "IRET": RIP, CS, RFLAGS, RSP and SS are popped.
    [Fact]
    public void An_interrupt_return_loads_its_whole_frame()
    {
        var core = new X64TestCore(Memory, 0x100) { Rip = 0x9000 };
        core.SetGpr(4, Memory);
        ulong[] frame = [0xffff_ffff_8100_0000, 0x10, 0x246, Memory + 0x80, 0x18];
        for (int i = 0; i < frame.Length; i++)
            core.Store(Memory + ((ulong)i * 8), 8, Access.Plain, frame[i]);

        Assert.Equal(Flow.Branch, core.Step([0x48, 0xcf]));

        Assert.Equal((frame[0], BranchKind.ExceptionReturn, frame[3]), (core.Rip, core.LastBranch, core.Gpr(4)));
        Assert.Equal((0x44u, 0x202ul, 1), (core.Eflags, core.SystemFlags, core.Barriers));
        Assert.Equal((0x10ul, 0x18ul), (Selector(1), Selector(2)));

        ulong Selector(uint index) => core.SystemRegisters[X64TestCore.SystemSlot(X64System.Selector, index)];
    }

    // SDM Vol. 2A, "DIV" and "IDIV": #DE where the divisor is 0 or the quotient does not fit; nothing has changed then.
    [Theory]
    [InlineData("48f7f1", 0, 5, 0)] // DIV RCX by 0
    [InlineData("48f7f1", 5, 5, 0)] // DIV RCX: 5 * 2^64 / 5 does not fit
    [InlineData("48f7f9", -1, 0, long.MinValue)] // IDIV RCX: -2^63 / -1
    [InlineData("f6f1", 1, 0, 0x100)] // DIV CL: 0x100 / 1
    public void A_division_whose_quotient_does_not_fit_is_a_divide_error(string bytes, long divisor, long high, long low)
    {
        var core = new X64TestCore(Memory, 0x100) { Rip = 0x9000 };
        core.SetGpr(0, (ulong)low);
        core.SetGpr(1, (ulong)divisor);
        core.SetGpr(2, (ulong)(low == long.MinValue ? -1 : high));

        Assert.Equal(Flow.Event, core.Step(Convert.FromHexString(bytes)));

        Assert.Equal((GuestEventKind.DivideError, (ulong)low, 0x9000ul), (core.Event, core.Gpr(0), core.Rip));
    }
}
