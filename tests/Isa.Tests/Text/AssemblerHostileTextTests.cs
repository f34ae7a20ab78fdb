using CsCheck;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.Tests.Text;

/// <summary>Text that nobody sane writes ends in an <see cref="AssemblyException"/> or in at most 16 MiB, soon.</summary>
public class AssemblerHostileTextTests
{
    private static readonly string[] Tokens =
    [
        "mov", "add", "jmp", "je", "call", "nop", "lock", "rep", "gs", "movzbl", "vaddps", "lea", "push", "ldr", "adr", "b.eq", "cbz", "tbnz",
        "stp", "msr", "eax", "rax", "al", "rip", "rsp", "xmm0", "st", "x0", "w1", "sp", "%rax", "%gs", "$", "#", "%", "@", "=", "==", "*", "[",
        "]", "(", ")", "{", "}", "<<", ">>", "+", "-", "~", "&", "|", "^", "/", ",", ",", ":", ";", "\n", " ", " ", "\t", "\"", "'", "\\", "!",
        "dword", "ptr", "offset", "short", "1", "0", "0x7fffffffffffffff", "-1", "99999999999999999999", "1b", "1f", "1:", "a", "a:", "b", ".",
        ".byte", ".long", ".quad", ".ascii", ".asciz", ".balign", ".p2align", ".skip", ".fill", ".org", ".set", ".equ", ".globl", ".section",
        ".att_syntax", ".intel_syntax", "noprefix", ".ltorg", ".inst", "/*", "*/", "//", "\0", "é", "\ud800", "lsl", ":lo12:", "disp32",
    ];

    private static readonly Gen<string> Token = Gen.Int[0, Tokens.Length - 1].Select(i => Tokens[i]);

    private static readonly Gen<string> Soup = Token.Array[0, 40].Select(words => string.Join(' ', words));

    private static readonly Gen<string> Glued = Token.Array[0, 40].Select(string.Concat);

    private static readonly Gen<string> Characters = Gen.Char[' ', '~'].Array[0, 60].Select(chars => new string(chars));

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Generated_garbage_is_refused_politely(Architecture architecture) =>
        Gen.OneOf(Soup, Glued, Characters).Sample(text => Survives(architecture, text), seed: "0N0XIzNsQ0O2", iter: 3_000, threads: 1);

    public static TheoryData<string, string> Monsters() => new()
    {
        { "deep parentheses", "mov eax, " + new string('(', 100_000) + "1" },
        { "deep minus", ".long " + new string('-', 1_000_000) + "1" },
        { "long sum", ".long 1" + string.Concat(Enumerable.Repeat("+1", 1_000_000)) },
        { "long sum in brackets", "mov eax, [rax" + string.Concat(Enumerable.Repeat("+a", 100_000)) + "]" },
        { "long name", new string('a', 1_000_000) },
        { "long mnemonic with operand", new string('a', 1_000_000) + " eax" },
        { "long line of statements", string.Concat(Enumerable.Repeat("nop;", 50_000)) },
        { "many labels", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"l{i}:jmp l{i}\n")) },
        { "many jumps to the end", string.Concat(Enumerable.Repeat("jmp e\n", 20_000)) + "e:" },
        { "many prefixes", string.Concat(Enumerable.Repeat("gs ", 1000)) + "nop" },
        { "skips that add up", string.Concat(Enumerable.Repeat(".skip 0x100000\n", 100)) },
        { "skips of symbols", ".skip a\n.set a, 0x7fffffffffffffff" },
        { "a skip that never settles", "a: .skip 100 - (b - a)\nb:" },
        { "fill of eights", ".fill 0x1000000, 8" },
        { "origin far away", ".org 0x7fffffffffffffff" },
        { "chain of equates", string.Concat(Enumerable.Range(0, 5_000).Select(i => $".set s{i}, s{i + 1}+s{i + 1}\n")) + ".long s0\n.set s5000, 1" },
        { "many literals", string.Concat(Enumerable.Range(0, 5_000).Select(i => $"ldr x0, ={i}\n")) },
        { "nested alignment", string.Concat(Enumerable.Repeat(".balign 0x1000000\nnop\n", 100)) },
        { "jumps over jumps", string.Concat(Enumerable.Range(0, 5_000).Select(i => $"l{i}: jmp l{(i + 40) % 5_000}\n")) },
        { "a text too long", new string(' ', 9_000_000) },
        { "long string", ".ascii \"" + new string('a', 1_000_000) + "\"" },
        { "open string", ".ascii \"" + new string('\\', 1_000_000) },
        { "open character", "mov eax, '" },
        { "comment lines", string.Concat(Enumerable.Repeat("/* */", 50_000)) },
    };

    [Theory]
    [MemberData(nameof(Monsters))]
    public void Monsters_end_soon(string name, string text)
    {
        Assert.NotEmpty(name);
        Survives(Architecture.X64, text);
        Survives(Architecture.Arm64, text);
    }

    private static void Survives(Architecture architecture, string text)
    {
        try
        {
            Assert.True(new EmbeddedAssembler().Assemble(architecture, text, 0xffffffff81000000).Bytes.Length <= 16 << 20);
        }
        catch (AssemblyException error)
        {
            Assert.True(error.Line >= 1 && error.Column >= 1 && error.Message.Length < 1000, error.Message);
        }
    }
}
