using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.Tests.Text;

/// <summary>What an assembled text tells beside its bytes.</summary>
public class AssemblerTests
{
    private static readonly EmbeddedAssembler Assembler = new();

    // By hand: the first jump reaches 125 bytes with two, so everything stays short.
    [Fact]
    public void Labels_and_lines_carry_addresses()
    {
        AssembledCode code = Assembler.Assemble(
            Architecture.X64,
            "start:\n\tnop\n1:\tjmp end  # comment\n\n/* two\nlines */ end: ret; int3\n",
            0xffffffff81000000);

        Assert.Equal("90 eb 00 c3 cc", AssemblerCases.Hex(code.Bytes));
        Assert.Equal(
            [("end", 0xffffffff81000003), ("start", 0xffffffff81000000)],
            code.Labels.Select(label => (label.Key, label.Value)).Order());
        Assert.Equal(
            [new(2, 0xffffffff81000000, 1), new(3, 0xffffffff81000001, 2), new(6, 0xffffffff81000003, 1), new(6, 0xffffffff81000004, 1)],
            code.Lines);
    }

    // SDM Vol. 2A, "CALL—Call Procedure": E8 rel32. The kernel's own distance between two of its addresses.
    [Fact]
    public void Symbols_come_from_outside()
    {
        var symbols = new Dictionary<string, ulong> { ["__fentry__"] = 0xffffffff81234560, ["count"] = 0xffffffff82000000 };

        AssembledCode code = Assembler.Assemble(
            Architecture.X64, "call __fentry__; jmp __fentry__; inc dword ptr [rip+count]; mov rax, offset count", 0xffffffff81000000, symbols);

        Assert.Equal("e8 5b 45 23 00 e9 56 45 23 00 ff 05 f0 ff ff 00 48 c7 c0 00 00 00 82", AssemblerCases.Hex(code.Bytes));
    }

    [Fact]
    public void A_label_of_the_text_hides_one_from_outside()
    {
        AssembledCode code = Assembler.Assemble(Architecture.X64, "f: jmp f", 0, new Dictionary<string, ulong> { ["f"] = 0x5000 });

        Assert.Equal("eb fe", AssemblerCases.Hex(code.Bytes));
    }

    [Fact]
    public void An_empty_text_has_no_bytes()
    {
        AssembledCode code = Assembler.Assemble(Architecture.Arm64, " // nothing\n# at all\n", 0x1000);

        Assert.Empty(code.Bytes);
        Assert.Empty(code.Lines);
    }

    // Arm ARM: BL is 26 bits of words; the address of the literal follows the code, aligned to 8.
    [Fact]
    public void Arm64_symbols_come_from_outside()
    {
        var symbols = new Dictionary<string, ulong> { ["ftrace_caller"] = 0xffff800080001000, ["ops"] = 0xffff800081000000 };

        AssembledCode code = Assembler.Assemble(Architecture.Arm64, "bl ftrace_caller\nldr x17, =ops\nret", 0xffff800080000000, symbols);

        Assert.Equal(
            "00 04 00 94 71 00 00 58 c0 03 5f d6 00 00 00 00 00 00 00 81 00 80 ff ff", AssemblerCases.Hex(code.Bytes));
    }

    [Fact]
    public void Keystone_says_how_to_get_it_when_it_is_missing()
    {
        if (KeystoneAssembler.IsAvailable)
            Assert.Skip("libkeystone is on this machine; the test is about its absence");

        string message = Assert.Throws<UserErrorException>(() => new KeystoneAssembler()).Message;

        Assert.StartsWith("found no libkeystone.so on this machine; expected", message, StringComparison.Ordinal);
    }

    // Two independent assemblers: no address or choice of form in it that GNU as and LLVM see differently.
    [Theory]
    [InlineData(Architecture.X64, "push rbp; mov rbp, rsp; call target; lea rax, [rax+rdi*8+0x10]; pop rbp; ret")]
    [InlineData(Architecture.Arm64, "stp x29, x30, [sp, #-16]!; mov x29, sp; bl target; ldp x29, x30, [sp], #16; ret")]
    public void Keystone_agrees(Architecture architecture, string text)
    {
        if (!KeystoneAssembler.IsAvailable)
            Assert.Skip("libkeystone is not on this machine; install Keystone");
        var symbols = new Dictionary<string, ulong> { ["target"] = 0x2000 };

        Assert.Equal(
            AssemblerCases.Hex(Assembler.Assemble(architecture, text, 0x1000, symbols).Bytes),
            AssemblerCases.Hex(new KeystoneAssembler().Assemble(architecture, text, 0x1000, symbols).Bytes));
    }
}
