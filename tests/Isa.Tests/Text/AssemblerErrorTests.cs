using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.Tests.Text;

/// <summary>What users read when a text is wrong: the whole line, word for word.</summary>
public class AssemblerErrorTests
{
    [Theory]
    [InlineData("movv eax, 1", "t.s:1:1: found 'movv'; expected an x86-64 instruction (nearest: 'mov')")]
    [InlineData("pauze", "t.s:1:1: found 'pauze'; expected an x86-64 instruction (nearest: 'pause'), or ':' behind a label")]
    [InlineData("start", "t.s:1:1: found 'start'; expected an x86-64 instruction, or ':' behind a label")]
    [InlineData("nop\n  mov eax", "t.s:2:3: found 1 operand of 'mov'; expected 2")]
    [InlineData("nop; mov eax, rbx", "t.s:1:15: found 'rbx'; expected r32, r/m32, Sreg, moffs, imm32")]
    [InlineData("mov al, 300", "t.s:1:9: found '300'; expected r8, r/m8, moffs, imm8")]
    [InlineData("add rax, 0x80000000", "t.s:1:10: found '0x80000000'; expected r64, r/m64, imm32, imm8")]
    [InlineData("mov [rax], 5", "t.s:1:5: found memory of unknown size; expected one of byte ptr, word ptr, dword ptr, qword ptr in front of it")]
    [InlineData("mov rax, [rip+rax]", "t.s:1:10: found '[rip+rax]'; expected [base + index*scale + signed disp32] with registers of one size, or [rip + disp32]")]
    [InlineData("mov eax, [rax*3]", "t.s:1:11: found the scale 3; expected 1, 2, 4 or 8")]
    [InlineData("mov eax, [rax+rbx+rcx]", "t.s:1:19: found a third register 'rcx'; expected at most a base and an index")]
    [InlineData("mov eax, [rax-rbx]", "t.s:1:15: found '-' in front of 'rbx'; expected '+'")]
    [InlineData("mov %rax, %rbx", "t.s:1:5: found '%rax'; expected Intel syntax; this is AT&T syntax: add .att_syntax")]
    [InlineData("mov eax, dword [rax]", "t.s:1:16: found '['; expected 'ptr' behind the size")]
    [InlineData("mov gs:eax, 1", "t.s:1:8: found the register 'eax'; expected a number or a symbol")]
    [InlineData("mov ah, r8b", "t.s:1:1: found AH, CH, DH or BH beside an operand that needs REX; expected AL, CL, DL or BL, or registers below R8")]
    [InlineData("lock mov eax, ebx", "t.s:1:6: found 'lock' in front of 'mov'; expected an instruction that can be locked")]
    [InlineData("jmp nowhere", "t.s:1:5: found the undefined symbol 'nowhere'; expected a symbol of this text or one given from outside")]
    [InlineData("jmp tracr\ntracer: ret", "t.s:1:5: found the undefined symbol 'tracr'; expected a symbol of this text or one given from outside (nearest: 'tracer')")]
    [InlineData("jmp 1f; 2:", "t.s:1:5: found '1f'; expected a label '1:' behind it")]
    [InlineData("1: jmp 2b", "t.s:1:8: found '2b'; expected a label '2:' before it")]
    [InlineData("foo: nop\nfoo: nop", "t.s:2:1: found a second 'foo'; expected each label once")]
    [InlineData("jmp short 1f; .skip 200; 1:", "t.s:1:5: found a target 200 bytes behind the instruction; expected -128 to 127")]
    [InlineData(".byte 256", "t.s:1:7: found the value 256; expected a value of 8 bits")]
    [InlineData(".balign 3", "t.s:1:9: found 3; expected a power of two up to 16777216")]
    [InlineData(".bite 1", "t.s:1:1: found '.bite'; expected a directive for bytes, symbols, alignment or sections (nearest: '.byte')")]
    [InlineData(".skip 0x7fffffff", "t.s:1:7: found the count 2147483647; expected 0 to 16777216")]
    [InlineData(".ascii \"abc", "t.s:1:8: found a string without an end; expected '\"' on the same line")]
    [InlineData("nop /* abc\nnop", "t.s:1:5: found a comment without an end; expected '*/'")]
    [InlineData("mov eax, (1+2", "t.s:1:14: found the end of the statement; expected ')'")]
    [InlineData("mov eax, 08", "t.s:1:10: found '08'; expected a number of at most 64 bits (12, 0x1f, 0b101, 017) or a local label (1b, 1f)")]
    [InlineData("mov eax, 1/0", "t.s:1:10: found a division by zero; expected an expression that has a value")]
    [InlineData(".set a, b; .set b, a; .long a", "t.s:1:29: found the symbol 'a', which is defined by itself; expected an expression that has a value")]
    [InlineData(".org 4; nop; .org 2", "t.s:1:19: found the place 2; expected 5 (here) to 16777216")]
    [InlineData("mov eax, ebx ecx", "t.s:1:14: found 'ecx'; expected ',' or the end of the statement")]
    [InlineData(".att_syntax; mov $1, (%rax)", "t.s:1:22: found memory of unknown size; expected a mnemonic with a suffix: b, w, l or q")]
    [InlineData(".att_syntax; mov %rqx, %rax", "t.s:1:18: found '%rqx'; expected a register of 64-bit mode behind '%'")]
    [InlineData(".att_syntax; movl $1, %rax", "t.s:1:14: found 'movl'; expected operands of the size that the mnemonic says")]
    public void X64_says_where_what_was_found_and_what_would_be_right(string text, string message) =>
        Check(Architecture.X64, text, message);

    [Theory]
    [InlineData("nopp", "t.s:1:1: unknown instruction 'nopp' (nearest: 'nop')")]
    [InlineData("nop\n\tb nowhere", "t.s:2:4: unknown symbol 'nowhere'")]
    [InlineData(".byte 1; nop", "t.s:1:10: found an instruction at 0x1001; expected a multiple of 4: .balign 4")]
    [InlineData("add x0, x1, #(1+", "t.s:1:17: found the end of the statement; expected a number, a symbol or '('")]
    [InlineData("ldr x0, 1f", "t.s:1:9: found '1f'; expected a label '1:' behind it")]
    [InlineData("ldr b0, =5", "t.s:1:10: found '5' for 'b0'; expected a register of 4 or 8 bytes: Wt, Xt, St or Dt")]
    [InlineData("cbz x0, .+0x200000", "t.s:1:9: the target is 2097152 bytes away; the reach is -1048576 to 1048572")]
    [InlineData(".intel_syntax noprefix", "t.s:1:1: found '.intel_syntax'; expected a directive of arm64")]
    public void Arm64_says_where_what_was_found_and_what_would_be_right(string text, string message) =>
        Check(Architecture.Arm64, text, message);

    [Fact]
    public void An_error_carries_its_place()
    {
        var error = Assert.Throws<AssemblyException>(() =>
            new EmbeddedAssembler().Assemble(Architecture.X64, "nop\n nop\n  frob eax", 0, fileName: "a.s"));

        Assert.Equal(("a.s", 3, 3), (error.File, error.Line, error.Column));
    }

    private static void Check(Architecture architecture, string text, string message)
    {
        var error = Assert.Throws<AssemblyException>(() =>
            new EmbeddedAssembler().Assemble(architecture, text, 0x1000, fileName: "t.s"));

        Assert.Equal(message, error.Message);
    }
}
