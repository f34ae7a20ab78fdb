using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Disassembling and assembling give the word back, for operands of every row.</summary>
public sealed class A64RoundTripTests
{
    private const ulong Pc = 0xffff800080001000;
    private const int WordsPerRow = 60;

    [Fact]
    public void Every_row_gives_its_words_back()
    {
        var generator = new A64Generator(3);
        var wrong = new List<string>();
        foreach (A64Row row in A64Table.Rows)
        {
            for (int i = 0; i < WordsPerRow; i++)
            {
                uint word = generator.Word(row) | Ones(row);
                if (!row.Matches(word) || HasRedundantBits(row, word))
                    continue;
                string text = A64Disassembler.Format(word, Pc);
                bool read = A64Assembler.TryAssemble(text, Pc, _ => null, out uint back, out string? error, out _);
                if (!read || back != word)
                    wrong.Add($"{word:x8} '{text}' gives {(read ? back.ToString("x8", null) : error)} ({row.Spelling})");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong\n" + string.Join('\n', wrong.Take(40)));
    }

    [Fact]
    public void Every_row_has_a_case_in_the_data()
    {
        var met = new HashSet<A64Row>();
        foreach (string file in Directory.GetFiles(CaseFiles.Folder, "*-*.txt"))
        {
            if (Path.GetFileName(file) is string name && (name.StartsWith("cases-", StringComparison.Ordinal) || name.StartsWith("spelled-", StringComparison.Ordinal)))
                met.UnionWith(CaseFiles.Read(file).Select(line => A64Decoder.Find(line.Word)).OfType<A64Row>());
        }

        Assert.Empty(A64Table.Rows.Where(row => !met.Contains(row)).Select(row => row.Spelling));
    }

    /// <summary>The bits that should be one, which the assembler always sets.</summary>
    private static uint Ones(A64Row row)
    {
        uint ones = 0;
        foreach (char bit in row.Bits)
            ones = (ones << 1) | (bit == '+' ? 1u : 0);
        return ones;
    }

    /// <summary>Encodings that are one instruction with another: a bitmask's rotation beyond its element, DUP's lane bits.</summary>
    private static bool HasRedundantBits(A64Row row, uint word)
    {
        if (row.Spelling.StartsWith("dup {V", StringComparison.Ordinal) && !row.Spelling.Contains("imm5", StringComparison.Ordinal))
            return true;
        if (!row.Spelling.Contains("bitmask", StringComparison.Ordinal))
            return false;
        int width = row.Spelling.Contains("bitmask64", StringComparison.Ordinal) ? 64 : 32;
        uint fields = (word >> 10) & 0x1fff;
        return !A64Bitmask.TryDecode(fields, width, out ulong value) || !A64Bitmask.TryEncode(value, width, out uint canonical) || canonical != fields;
    }
}
