using System.Runtime.InteropServices;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Tests.Cores;

// Pointer authentication and branch targets switched on. Words from the GNU assembler, effects from DDI 0487, C6.2 and D8.
public sealed class A64FeatureTests
{
    private const ulong Text = CoreMachine.Text;
    private const uint Nop = 0xd503201f, BtiC = 0xd503245f, BtiJ = 0xd503249f, Paciasp = 0xd503233f, Autiasp = 0xd50323bf;
    private const uint BrX0 = 0xd61f0000, BrX16 = 0xd61f0200, BlrX0 = 0xd63f0000, Ret = 0xd65f03c0, Svc = 0xd4000001;
    private static readonly CoreFeatures Bti = new() { BranchTargets = true };
    private static readonly CoreFeatures Fpac = new() { PointerAuthentication = A64PointerAuthentication.Fpac };

    [Theory]
    [InlineData(BrX0, Nop, false)]
    [InlineData(BrX0, BtiJ, true)]
    [InlineData(BrX0, BtiC, false)]
    [InlineData(BrX0, Paciasp, false)]
    [InlineData(BrX16, BtiC, true)]
    [InlineData(BrX16, Paciasp, true)]
    [InlineData(BlrX0, BtiC, true)]
    [InlineData(BlrX0, BtiJ, false)]
    [InlineData(BlrX0, Nop, false)]
    [InlineData(Ret, Nop, true)]
    [InlineData(0x14000003, Nop, true)] // b .+12
    public void A_branch_lands_on_a_pad_or_raises_branch_target_at_its_target(uint branch, uint pad, bool lands)
    {
        foreach (bool runs in (bool[])[false, true])
        {
            using CoreMachine m = Make(Bti, branch, Nop, Nop, pad, Nop);
            (m["x0"], m["x16"], m["x30"]) = (Text + 12, Text + 12, Text + 12);
            ExecutedInstruction last = default;
            if (runs)
                m.Machine.Engine.Run(m.Machine.Cores[0], 3, null, ref last);
            else
                m.Step(3);
            last = runs ? last : m.Executed;

            Assert.Equal(lands ? GuestEventKind.None : GuestEventKind.BranchTarget, last.Event);
            Assert.Equal(lands ? Text + 20 : Text + 12, m["pc"]);
            Assert.True(lands || last.EventDetail == Text + 12);
            Assert.Equal(lands, m["btype"] == 0);
        }
    }

    [Fact]
    public void Without_the_feature_every_landing_is_right_and_no_branch_leaves_a_type()
    {
        using CoreMachine m = Make(CoreFeatures.None, BrX0, Nop);
        m["x0"] = Text + 4;
        m.Step();
        Assert.Equal(0UL, m["btype"]);
        m.Step();
        Assert.Equal((GuestEventKind.None, Text + 8), (m.Executed.Event, m["pc"]));
    }

    [Fact]
    public void Whoever_moves_the_pc_takes_no_branch()
    {
        using CoreMachine m = Make(Bti, BrX0, Nop, Nop);
        m["x0"] = Text + 4;
        m.Step();
        Assert.Equal(3UL, m["btype"]);
        m.Machine.Engine.SetPc(m.Machine.Contexts[0], Text + 8);
        m.Step();
        Assert.Equal(GuestEventKind.None, m.Executed.Event);
    }

    [Fact]
    public void A_svc_clears_the_type_and_a_fault_keeps_it()
    {
        using CoreMachine m = Make(Bti, BrX0, BtiJ, Svc, Nop);
        m["x0"] = Text + 4;
        m.Step(3);
        Assert.Equal((GuestEventKind.SupervisorCall, 0UL), (m.Executed.Event, m["btype"]));

        using CoreMachine other = Make(Bti, BrX0);
        other["x0"] = 0xdead_0000;
        other.Step(2);
        Assert.Equal((GuestEventKind.FetchFault, 3UL), (other.Executed.Event, other["btype"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_return_address_signed_with_sp_comes_back(bool runs)
    {
        using CoreMachine m = Make(Fpac, Paciasp, Nop, Autiasp, Ret);
        ulong link = 0xffff_8000_0012_3450;
        m["x30"] = link;
        SetKey(m, "apiakeylo_el1", 0x1234_5678_9abc_def0);
        ExecutedInstruction last = default;
        if (runs)
            Assert.Equal(1, m.Machine.Engine.Run(m.Machine.Cores[0], 1, null, ref last));
        else
            m.Step();
        Assert.NotEqual(link, m["x30"]);
        Assert.Equal(link & 0xffff_ffff_ffff, m["x30"] & 0xffff_ffff_ffff);

        if (runs)
            Assert.Equal(2, m.Machine.Engine.Run(m.Machine.Cores[0], 2, null, ref last));
        else
            m.Step(2);
        Assert.Equal(link, m["x30"]);
    }

    [Fact]
    public void Keys_are_a_core_s_own_and_another_key_does_not_authenticate()
    {
        using CoreMachine m = Make(Fpac, Paciasp, Autiasp);
        m["x30"] = 0xffff_8000_0012_3450;
        m.Step();
        SetKey(m, "apiakeyhi_el1", 1);
        m.Step();
        Assert.Equal((GuestEventKind.PointerAuthentication, Text + 4), (m.Executed.Event, m["pc"]));
        Assert.Equal(m["x30"], m.Executed.EventDetail);
    }

    // API (11:8) 0b0100: FEAT_FPAC; GPI 0b0001. DDI 0487, D24.2, "ID_AA64ISAR1_EL1".
    [Fact]
    public void The_identification_registers_say_what_the_core_has()
    {
        using CoreMachine m = Make(Fpac with { VirtualAddressBits = 52 }, Nop);
        Assert.Equal(0x1000_0400UL, Read(m, "id_aa64isar1_el1") & 0xf000_0ff0);
        Assert.Equal(1UL, Read(m, "id_aa64mmfr2_el1") >> 16 & 0xf);
        Assert.Equal(0x000c_000cUL, Read(m, "tcr_el1"));
        using CoreMachine plain = Make(CoreFeatures.None, Nop);
        Assert.Equal(0UL, Read(plain, "id_aa64isar1_el1") & 0xf000_0ff0);
    }

    [Theory]
    [InlineData(0xd5182100)] // msr apiakeylo_el1, x0
    [InlineData(0xd5382320)] // mrs x0, apgakeylo_el1
    [InlineData(0xdac10020)] // pacia x0, x1
    [InlineData(0xd65f0bff)] // retaa
    public void Without_the_feature_keys_and_instructions_are_undefined(uint word)
    {
        foreach (bool runs in (bool[])[false, true])
        {
            using CoreMachine m = Make(CoreFeatures.None, word);
            ExecutedInstruction last = default;
            if (runs)
                m.Machine.Engine.Run(m.Machine.Cores[0], 1, null, ref last);
            else
                m.Step();
            Assert.Equal(GuestEventKind.Undefined, runs ? last.Event : m.Executed.Event);
        }
    }

    [Fact]
    public void Features_that_cannot_be_are_refused()
    {
        using var machine = new Machine(Isa.Architecture.Arm64);
        Assert.Throws<UserErrorException>(() => machine.UseFeatures(Fpac with { VirtualAddressBits = 47 }));
        using var x64 = new Machine(Isa.Architecture.X64);
        Assert.Throws<UserErrorException>(() => x64.UseFeatures(Fpac));
    }

    // DCZID_EL0: BS 4 (16 words), DZP 0. DDI 0487, C6.2, "DC"; D24.2, "DCZID_EL0".
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dc_zva_zeroes_the_block_around_its_address(bool runs)
    {
        using CoreMachine m = Make(CoreFeatures.None, 0xd53b00e1, 0xd50b7420); // mrs x1, dczid_el0; dc zva, x0
        byte[] ones = [.. Enumerable.Repeat((byte)0xff, 256)];
        m.Machine.Memory.Poke(CoreMachine.Data, ones);
        m["x0"] = CoreMachine.Data + 64 + 37;
        ExecutedInstruction last = default;
        if (runs)
            m.Machine.Engine.Run(m.Machine.Cores[0], 2, null, ref last);
        else
            m.Step(2);

        ones.AsSpan(64, 64).Clear();
        byte[] now = new byte[256];
        m.Machine.Memory.Peek(CoreMachine.Data, now);
        Assert.Equal(ones, now);
        Assert.Equal(4UL, m["x1"]);
    }

    [Fact]
    public void Dc_zva_of_text_is_a_write_fault()
    {
        using CoreMachine m = Make(CoreFeatures.None, 0xd50b7420);
        m["x0"] = Text + 5;
        m.Step();
        Assert.Equal((GuestEventKind.WriteFault, Text), (m.Executed.Event, m.Executed.EventDetail));
    }

    private static void SetKey(CoreMachine m, string name, ulong value) =>
        Assert.True(m.Machine.Engine.WriteSystem(m.Machine.Cores[0], name, value));

    private static ulong Read(CoreMachine m, string name)
    {
        Assert.True(m.Machine.Engine.TryReadSystem(m.Machine.Cores[0], name, out ulong value));
        return value;
    }

    private static CoreMachine Make(CoreFeatures features, params uint[] words) =>
        new(Isa.Architecture.Arm64, MemoryMarshal.AsBytes(words.AsSpan()), features: features);
}
