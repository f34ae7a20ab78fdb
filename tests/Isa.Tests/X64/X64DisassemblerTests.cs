using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

public class X64DisassemblerTests
{
    private const ulong Text = 0xffff_ffff_8100_0000;

    // Spellings of GNU objdump 2.40, objdump -d -M intel and -M att; addresses with 0x.
    [Theory]
    [InlineData("e8fb0f0000", "call 0xffffffff81001000", "call 0xffffffff81001000")]
    [InlineData("488b1559000000", "mov rdx,qword ptr [rip+0x59]", "mov 0x59(%rip),%rdx")]
    [InlineData("0f1f440000", "nop dword ptr [rax+rax*1]", "nopl (%rax,%rax)")]
    [InlineData("f30f1efa", "endbr64", "endbr64")]
    [InlineData("f0480fb13a", "lock cmpxchg qword ptr [rdx],rdi", "lock cmpxchg %rdi,(%rdx)")]
    public void An_instruction_is_spelled_in_both_syntaxes(string bytes, string intel, string att)
    {
        byte[] code = Convert.FromHexString(bytes);

        Assert.Equal(intel, X64Disassembler.Format(code, Text, out int length));
        Assert.Equal(att, X64Disassembler.Format(code, Text, out _, syntax: X64Syntax.Att));
        Assert.Equal(code.Length, length);
    }

    [Fact]
    public void A_branch_target_takes_its_symbol() =>
        Assert.Equal(
            "jmp 0xffffffff81000007 <retbleed>",
            X64Disassembler.Format([0xeb, 5], Text, out _, address => address == Text + 7 ? "retbleed" : null));

    [Fact]
    public void A_rip_relative_operand_takes_its_address_and_symbol() =>
        Assert.Equal(
            "mov rdx,qword ptr [rip+0x59] # 0xffffffff81000060 <ops>",
            X64Disassembler.Format([0x48, 0x8b, 0x15, 0x59, 0, 0, 0], Text, out _, _ => "ops"));

    [Fact]
    public void Bytes_that_are_no_instruction_are_bad() => Assert.Equal("(bad)", X64Disassembler.Format([0x06], Text, out _));
}
