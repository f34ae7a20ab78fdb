using System.Runtime.InteropServices;
using RcuEmu.Emulator.Cores.Arm64;
using RcuEmu.Emulator.Cores.X64;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Tests.Cores;

// Words from the GNU assembler (aarch64-linux-gnu-as, objdump -d), effects from DDI 0487, C6.2.
public sealed class A64StepTests
{
    private const ulong Text = CoreMachine.Text;
    private const uint Nop = 0xd503201f;

    [Fact]
    public void A_bl_links_and_says_how_it_branched()
    {
        using CoreMachine m = Make(0x94000004); // bl .+16
        m.Step();
        Assert.Equal(Text + 16, m["pc"]);
        Assert.Equal(Text + 4, m["x30"]);
        Assert.Equal((Flow.Branch, BranchKind.DirectCall, 4), (m.Executed.Flow, m.Executed.Branch, m.Executed.Length));
        Assert.Equal([0x04, 0, 0, 0x94], ((ReadOnlySpan<byte>)m.Executed.Bytes)[..4].ToArray());
        Assert.Contains(new Touch(Text, 4, TouchKind.Fetch, false), m.Machine.Footprint.Touches.ToArray());
    }

    [Theory]
    [InlineData(0xd4200000u, GuestEventKind.Breakpoint, 0, 0)]         // brk #0
    [InlineData(0xd4202000u, GuestEventKind.Breakpoint, 0x100, 0)]     // brk #0x100
    [InlineData(0xd4000021u, GuestEventKind.SupervisorCall, 1, 4)]     // svc #1
    [InlineData(0xd4000022u, GuestEventKind.HypervisorCall, 1, 4)]     // hvc #1
    [InlineData(0xd4000023u, GuestEventKind.SecureMonitorCall, 1, 4)]  // smc #1
    [InlineData(0xd4400020u, GuestEventKind.HaltDebug, 1, 0)]          // hlt #1
    [InlineData(0xd503207fu, GuestEventKind.WaitForInterrupt, 3, 4)]   // wfi, hint #3
    [InlineData(0x00000000u, GuestEventKind.Undefined, 0, 0)]          // udf #0
    [InlineData(0xf94003e0u, GuestEventKind.ReadFault, CoreMachine.StackTop, 0)]   // ldr x0, [sp]
    [InlineData(0xf90003e0u, GuestEventKind.WriteFault, CoreMachine.StackTop, 0)]  // str x0, [sp]
    public void An_event_leaves_the_pc_behind_a_call_and_on_a_fault(uint word, GuestEventKind kind, ulong detail, int behind)
    {
        using CoreMachine m = Make(word);
        m.Step();
        Assert.Equal((Flow.Event, kind, detail), (m.Executed.Flow, m.Executed.Event, m.Executed.EventDetail));
        Assert.Equal(Text + (ulong)behind, m["pc"]);
    }

    [Fact]
    public void A_store_to_text_through_its_own_mapping_is_a_fault()
    {
        using CoreMachine m = Make(0xf9000001); // str x1, [x0]
        m["x0"] = Text;
        m.Step();
        Assert.Equal((GuestEventKind.WriteFault, Text), (m.Executed.Event, m.Executed.EventDetail));
    }

    [Theory]
    [InlineData(Text + 2, GuestEventKind.AlignmentFault)]
    [InlineData(Text + 0x2000, GuestEventKind.FetchFault)]
    [InlineData(CoreMachine.Data, GuestEventKind.FetchFault)]
    public void A_pc_that_cannot_be_fetched_from_is_an_event(ulong pc, GuestEventKind expected)
    {
        using CoreMachine m = Make(Nop);
        m["pc"] = pc;
        m.Step();
        Assert.Equal((expected, pc, pc, 0), (m.Executed.Event, m.Executed.EventDetail, m["pc"], m.Executed.Length));
    }

    [Fact]
    public void Writing_xzr_leaves_no_trace()
    {
        using CoreMachine m = Make(0x8b01001f); // add xzr, x0, x1
        (m["x0"], m["x1"]) = (1, 2);
        ulong[] before = m.Cells();
        m.Step();
        m["pc"] = Text;
        Assert.Equal(before, m.Cells());
    }

    // Two ways to N=0 Z=1 C=1 V=0: a compare of equals, and of other equals.
    [Fact]
    public void Equal_flags_are_equal_cells()
    {
        using CoreMachine one = Make(0xeb01001f), other = Make(0xeb02005f); // cmp x0, x1; cmp x2, x2
        one.Step();
        other.Step();
        Assert.Equal(0x6000_0000UL, one["nzcv"]);
        Assert.Equal(one.Machine.State.Hash, other.Machine.State.Hash);
    }

    [Fact]
    public void System_registers_read_what_was_written_or_what_the_model_is()
    {
        // msr tpidr_el1, x0; mrs x1, tpidr_el1; mrs x2, ctr_el0; mrs x3, currentel
        using CoreMachine m = Make(0xd518d080, 0xd538d081, 0xd53b0022, 0xd5384243);
        m["x0"] = 0x1234;
        m.Step(4);
        Assert.Equal((0x1234UL, 0x8444c004UL, 4UL), (m["x1"], m["x2"], m["x3"]));
        Assert.True(m.Machine.Engine.TryReadSystem(m.Machine.Cores[0], "tpidr_el1", out ulong value));
        Assert.Equal(0x1234UL, value);
    }

    [Fact]
    public void Daif_i_is_the_core_s_interrupt_mask()
    {
        using CoreMachine m = Make(0xd50342df, 0xd53b4220, 0xd50342ff); // msr daifset, #2; mrs x0, daif; msr daifclr, #2
        m.Step(2);
        Assert.True(m.Machine.Cores[0].IsMasked);
        Assert.Equal(0x80UL, m["x0"]);
        m.Step();
        Assert.False(m.Machine.Cores[0].IsMasked);
    }

    [Fact]
    public void A_constant_register_cannot_be_written_and_an_unknown_one_is_not_modelled()
    {
        using CoreMachine m = Make(0xd5180000, 0xd53800c0); // msr midr_el1, x0; mrs x0, revidr_el1 (known)
        m.Step();
        Assert.Equal(GuestEventKind.Undefined, m.Executed.Event);
        using CoreMachine other = Make(0xd5389d00); // mrs x0, pmcr-like of a PMU that the model has not
        other.Step();
        Assert.Equal(GuestEventKind.NotModelled, other.Executed.Event);
    }

    [Fact]
    public void The_counter_never_stands_still()
    {
        using CoreMachine m = Make(0xd53be040, 0xd53be041); // mrs x0, cntvct_el0; mrs x1, cntvct_el0
        m.Step(2);
        Assert.True(m["x1"] > m["x0"]);
    }

    [Fact]
    public void The_cells_of_both_register_files_are_where_the_structs_have_them()
    {
        Assert.Equal(A64Cells.RunCpu * 8, Marshal.SizeOf<A64Registers>());
        Assert.Equal(A64Cells.Pc * 8, (int)Marshal.OffsetOf<A64Registers>(nameof(A64Registers.Pc)));
        Assert.Equal(A64Cells.N * 8, (int)Marshal.OffsetOf<A64Registers>(nameof(A64Registers.NResult)));
        Assert.Equal(A64Cells.Z * 8, (int)Marshal.OffsetOf<A64Registers>(nameof(A64Registers.ZResult)));
        Assert.Equal(A64Cells.Overflow * 8, (int)Marshal.OffsetOf<A64Registers>(nameof(A64Registers.Overflow)));
        Assert.Equal(A64Cells.Fpsr * 8, (int)Marshal.OffsetOf<A64Registers>(nameof(A64Registers.Fpsr)));
        Assert.Equal(A64Cells.V * 8, (int)Marshal.OffsetOf<A64Registers>(nameof(A64Registers.V)));
        Assert.Equal(A64Cells.P * 8, (int)Marshal.OffsetOf<A64Registers>(nameof(A64Registers.P)));
        Assert.Equal(X64Cells.RunCpu * 8, Marshal.SizeOf<X64Registers>());
        Assert.Equal(X64Cells.Rip * 8, (int)Marshal.OffsetOf<X64Registers>(nameof(X64Registers.Rip)));
        Assert.Equal(X64Cells.FlagCarries * 8, (int)Marshal.OffsetOf<X64Registers>(nameof(X64Registers.FlagCarries)));
        Assert.Equal(X64Cells.SystemFlags * 8, (int)Marshal.OffsetOf<X64Registers>(nameof(X64Registers.SystemFlags)));
        Assert.Equal(X64Cells.GsBase * 8, (int)Marshal.OffsetOf<X64Registers>(nameof(X64Registers.GsBase)));
        Assert.Equal(X64Cells.Ymm * 8, (int)Marshal.OffsetOf<X64Registers>(nameof(X64Registers.Ymm)));
    }

    private static CoreMachine Make(params uint[] words) => Make(1, words);

    private static CoreMachine Make(int cores, params uint[] words) =>
        new(Isa.Architecture.Arm64, MemoryMarshal.AsBytes(words.AsSpan()), cores);
}
