using Iced.Intel;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

public class X64RolesTests
{
    // By hand from the SDM's instruction pages; registers as a list of names.
    [Theory]
    [InlineData("488904f7", "rsi rdi", "rax", "")] // MOV [RDI + RSI * 8], RAX
    [InlineData("55", "rsp", "rbp", "rsp")] // PUSH RBP
    [InlineData("488d040b", "", "rcx rbx", "rax")] // LEA RAX, [RBX + RCX]: no memory is touched
    [InlineData("488700", "rax", "rax", "rax")] // XCHG [RAX], RAX
    [InlineData("f3a4", "rsi rdi", "rcx", "rcx rsi rdi")] // REP MOVSB
    [InlineData("4cff20", "rax", "", "")] // JMP [RAX]
    [InlineData("f0480fb13a", "rdx", "rax rdi", "rax")] // LOCK CMPXCHG [RDX], RDI
    [InlineData("06", "", "", "")] // none
    public void An_instruction_reads_registers_for_addresses_and_for_data(string bytes, string address, string data, string writes)
    {
        X64Roles roles = X64Roles.Of(Convert.FromHexString(bytes), 0x1000);

        Assert.Equal((address, data, writes), (Names(roles.Address), Names(roles.Data), Names(roles.Writes)));
    }

    // SDM Vol. 2A, "ADC": reads CF, sets OF, SF, ZF, AF, CF and PF according to the result.
    [Fact]
    public void An_addition_with_carry_reads_one_flag_and_writes_six()
    {
        X64Roles roles = X64Roles.Of([0x11, 0xca], 0x1000);

        Assert.Equal(RflagsBits.CF, roles.ReadsFlags);
        Assert.Equal(RflagsBits.OF | RflagsBits.SF | RflagsBits.ZF | RflagsBits.AF | RflagsBits.CF | RflagsBits.PF, roles.WritesFlags);
    }

    private static string Names(ushort registers) => string.Join(
        ' ', Enumerable.Range(0, 16).Where(r => (registers >> r & 1) != 0).Select(r => (Register.RAX + r).ToString().ToLowerInvariant()));
}
