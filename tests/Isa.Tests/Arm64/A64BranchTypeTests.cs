using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Landing pads by the tables of DDI 0487, D8.4 and C6.2, "BTI". Words from the GNU assembler (-march=armv8.5-a).</summary>
public sealed class A64BranchTypeTests
{
    private const uint Bti = 0xd503241f, BtiC = 0xd503245f, BtiJ = 0xd503249f, BtiJc = 0xd50324df;
    private const uint Paciasp = 0xd503233f, Pacibsp = 0xd503237f, Autiasp = 0xd50323bf, Nop = 0xd503201f;

    // BTYPE 01 (BR X16), 10 (BLR), 11 (BR).
    [Theory]
    [InlineData(Bti, "---")]
    [InlineData(BtiC, "++-")]
    [InlineData(BtiJ, "+-+")]
    [InlineData(BtiJc, "+++")]
    [InlineData(Paciasp, "++-")]
    [InlineData(Pacibsp, "++-")]
    [InlineData(Autiasp, "---")]
    [InlineData(Nop, "---")]
    [InlineData(0xd4200000, "+++")] // brk #0
    [InlineData(0xd4400000, "+++")] // hlt #0
    [InlineData(0xd4000001, "---")] // svc #0
    public void An_instruction_is_a_landing_pad_for_some_branches(uint word, string accepted)
    {
        Assert.True(A64BranchType.Accepts(word, A64BranchType.None, isStrict: true));
        for (int type = 1; type <= 3; type++)
            Assert.Equal(accepted[type - 1] == '+', A64BranchType.Accepts(word, type, isStrict: true));
    }

    // SCTLR_EL1.BT1 = 0.
    [Fact]
    public void Without_bt1_paciasp_is_a_landing_pad_for_every_br() =>
        Assert.True(A64BranchType.Accepts(Paciasp, A64BranchType.Jump, isStrict: false));

    [Theory]
    [InlineData(0xd61f0200, BranchKind.Indirect, 0b01)]     // br x16
    [InlineData(0xd61f0220, BranchKind.Indirect, 0b01)]     // br x17
    [InlineData(0xd61f0020, BranchKind.Indirect, 0b11)]     // br x1
    [InlineData(0xd71f0a01, BranchKind.Indirect, 0b01)]     // braa x16, x1
    [InlineData(0xd63f0200, BranchKind.IndirectCall, 0b10)] // blr x16
    [InlineData(0xd65f03c0, BranchKind.Return, 0b00)]       // ret
    [InlineData(0x94000001, BranchKind.DirectCall, 0b00)]   // bl
    public void A_branch_leaves_its_type(uint word, BranchKind kind, int expected) =>
        Assert.Equal(expected, A64BranchType.After(word, kind, isGuarded: true));

    [Fact]
    public void A_br_from_unguarded_memory_lands_on_calls_and_jumps() =>
        Assert.Equal(A64BranchType.JumpByVeneer, A64BranchType.After(0xd61f0020, BranchKind.Indirect, isGuarded: false));
}
