using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.Tests.Text;

/// <summary>Text and bytes from GNU as and ld; each file says in its first line how they were made.</summary>
public class AssemblerDataTests
{
    private static readonly Dictionary<string, ulong> Outer = new() { ["ext"] = 0x2000 };

    public static IEnumerable<TheoryDataRow<int, string, string>> Intel() => AssemblerCases.Read("x64/assembler-intel.txt");

    public static IEnumerable<TheoryDataRow<int, string, string>> Att() => AssemblerCases.Read("x64/assembler-att.txt");

    public static IEnumerable<TheoryDataRow<int, string, string>> Arm64() => AssemblerCases.Read("arm64/assembler-frontend.txt");

    [Theory]
    [MemberData(nameof(Intel))]
    public void Intel_syntax_gives_the_bytes_of_gnu_as(int line, string text, string bytes) =>
        Check(Architecture.X64, line, text, bytes);

    [Theory]
    [MemberData(nameof(Att))]
    public void Att_syntax_gives_the_bytes_of_gnu_as(int line, string text, string bytes) =>
        Check(Architecture.X64, line, ".att_syntax; " + text, bytes);

    [Theory]
    [MemberData(nameof(Arm64))]
    public void Arm64_gives_the_bytes_of_gnu_as(int line, string text, string bytes) =>
        Check(Architecture.Arm64, line, text, bytes);

    private static void Check(Architecture architecture, int line, string text, string bytes)
    {
        AssembledCode code = new EmbeddedAssembler().Assemble(architecture, text, 0x1000, Outer);

        Assert.Equal($"{line}: {bytes}", $"{line}: {AssemblerCases.Hex(code.Bytes)}");
        Assert.Equal(code.Bytes.Length, code.Lines.Sum(made => made.Length));
    }
}
