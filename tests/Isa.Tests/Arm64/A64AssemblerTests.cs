using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>What the case files cannot say: symbols, reach, and errors with their place.</summary>
public sealed class A64AssemblerTests
{
    private static readonly Dictionary<string, ulong> Symbols = new()
    {
        ["target"] = 0xffff800080001238,
        ["near"] = 0xffff800080000010,
    };

    private const ulong Pc = 0xffff800080000000;

    // Words from kernel text as the ftrace reference has them, or by hand from the manual's diagrams.
    [Theory]
    [InlineData("bl near", 0x94000004)]
    [InlineData("b .", 0x14000000)]
    [InlineData("b .+8", 0x14000002)]
    [InlineData("b #-4", 0x17ffffff)]
    [InlineData("bl near + 4", 0x94000005)]
    [InlineData("adrp x16, target", 0xb0000010)]
    [InlineData("add x16, x16, #:lo12:target", 0x9108e210)]
    [InlineData("add x16, x16, :lo12:target", 0x9108e210)]
    [InlineData("ldr x16, [x16, #:lo12:target]", 0xf9411e10)]
    [InlineData("BR X16", 0xd61f0200)]
    [InlineData("  mov   x9 , x30 ", 0xaa1e03e9)]
    [InlineData("bti c", 0xd503245f)]
    [InlineData("ldr x0, [sp, 8]", 0xf94007e0)]
    [InlineData("ldr x0, [x1, #-8]", 0xf85f8020)]
    [InlineData("add x0, x1, 4096", 0x91400420)]
    [InlineData("mov x0, 0xffffffffffffffff", 0x92800000)]
    [InlineData("mov w0, #-1", 0x12800000)]
    [InlineData("mov sp, x0", 0x9100001f)]
    [InlineData("ret", 0xd65f03c0)]
    [InlineData("b.lo #8", 0x54000043)]
    [InlineData("tbz x3, #3, #8", 0x36180043)]
    [InlineData("add sp, sp, #-16", 0xd10043ff)] // these from GNU as 2.40
    [InlineData("sub w0, w1, #-1", 0x11000420)]
    [InlineData("cmp x0, #-5", 0xb100141f)]
    [InlineData("cmn w3, #-4095", 0x713ffc7f)]
    [InlineData("adds x0, x1, #-4096", 0xf1400420)]
    [InlineData("subs x1, x2, #-0x1000", 0xb1400441)]
    [InlineData("add x0, x1, #-1, lsl #12", 0xd1400420)]
    public void A_statement_becomes_its_word(string statement, uint expected)
    {
        bool read = A64Assembler.TryAssemble(statement, Pc, Find, out uint word, out string? error, out _);

        Assert.True(read, error);
        Assert.Equal(expected, word);
    }

    [Theory]
    [InlineData("frob x0", 0, "unknown instruction 'frob'")]
    [InlineData("", 0, "expected an instruction")]
    [InlineData("ldr x0, [x1, #32768]", 13, "32768 is out of range: 0 to 32760")]
    [InlineData("ldr x0, [x1, #257]", 13, "257 is not a multiple of 8")]
    [InlineData("add x0, x1, #-0x1001", 12, "4097 does not fit 12 bits, shifted left by 12 or not")]
    [InlineData("bl nowhere", 3, "unknown symbol 'nowhere'")]
    [InlineData("bl #0x8000000", 3, "the target is 134217728 bytes away; the reach is -134217728 to 134217724")]
    [InlineData("mov x0, #0x12345", 8, "0x12345 takes more than one instruction: use movz and movk")]
    [InlineData("and x0, x1, #0", 12, "0x0 is no 64-bit bitmask immediate")]
    [InlineData("stp x0, x1", 10, "expected ',' before the end")]
    [InlineData("ret x1, x2", 6, "expected the end of the statement")]
    [InlineData("br w1", 3, "expected a 64-bit register (x0-x30, xzr), found 'w1'")]
    public void An_error_says_what_is_wrong_and_where(string statement, int column, string expected)
    {
        bool read = A64Assembler.TryAssemble(statement, Pc, Find, out _, out string? error, out int errorColumn);

        Assert.False(read);
        Assert.Equal(expected, error);
        Assert.Equal(column, errorColumn);
    }

    private static ulong? Find(string symbol) => Symbols.TryGetValue(symbol, out ulong address) ? address : null;
}
