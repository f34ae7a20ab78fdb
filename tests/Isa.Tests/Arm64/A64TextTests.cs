using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Words and text, compared with the GNU tools' output in tests/data/arm64.</summary>
public sealed class A64TextTests
{
    public static TheoryData<string> Files() => CaseFiles.Named("cases-*.txt");

    public static TheoryData<string> SpelledFiles() => [.. CaseFiles.Named("cases-*.txt"), .. CaseFiles.Named("spelled-*.txt")];

    [Theory]
    [MemberData(nameof(SpelledFiles))]
    public void Every_word_is_spelled_as_objdump_spells_it(string file)
    {
        var wrong = new List<string>();
        foreach ((uint word, string text, string place) in CaseFiles.Read(Path.Combine(CaseFiles.Folder, file)))
        {
            string ours = A64Disassembler.Format(word, 0x1000);
            if (ours != text)
                wrong.Add($"{place}: {word:x8} is '{ours}', expected '{text}'");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong\n" + string.Join('\n', wrong.Take(40)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_spelling_assembles_to_its_word(string file)
    {
        var wrong = new List<string>();
        foreach ((uint word, string text, string place) in CaseFiles.Read(Path.Combine(CaseFiles.Folder, file)))
        {
            if (!A64Assembler.TryAssemble(text, 0x1000, _ => null, out uint ours, out string? error, out int column))
                wrong.Add($"{place}: '{text}' at {column}: {error}");
            else if (ours != word)
                wrong.Add($"{place}: '{text}' is {ours:x8}, expected {word:x8}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong\n" + string.Join('\n', wrong.Take(40)));
    }
}
