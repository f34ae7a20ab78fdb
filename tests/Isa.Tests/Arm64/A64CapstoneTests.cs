using Gee.External.Capstone;
using Gee.External.Capstone.Arm64;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Agreement with Capstone on the words that both know: mnemonic and operands.</summary>
public sealed class A64CapstoneTests
{
    [Fact]
    public void Capstone_spells_the_words_it_knows_the_same_way()
    {
        using CapstoneArm64Disassembler capstone = CapstoneDisassembler.CreateArm64Disassembler(Arm64DisassembleMode.LittleEndian);
        var generator = new A64Generator(6);
        var wrong = new SortedDictionary<string, string>(StringComparer.Ordinal);
        int both = 0;
        foreach (A64Row row in A64Table.Rows)
        {
            for (int i = 0; i < 24; i++)
            {
                uint word = generator.Word(row);
                if (!row.Matches(word))
                    continue;
                Arm64Instruction[] theirs = capstone.Disassemble(BitConverter.GetBytes(word), 0x1000);
                if (theirs.Length != 1 || CapstoneExceptions.Excuses(row, word, theirs[0].Mnemonic))
                    continue;
                both++;
                string ours = Normal(A64Disassembler.Format(word, 0x1000)), other = Normal($"{theirs[0].Mnemonic} {theirs[0].Operand}");
                if (ours != other)
                    wrong.TryAdd(row.Spelling, $"{word:x8} {row.Spelling}: '{ours}', Capstone '{other}'");
            }
        }

        Assert.True(both > 10_000, $"only {both} words in common");
        Assert.True(wrong.Count == 0, $"{wrong.Count} rows differ\n" + string.Join('\n', wrong.Values.Take(100)));
    }

    /// <summary>Numbers become decimal, conditions and blanks one way: the two tools print them differently.</summary>
    private static string Normal(string text)
    {
        text = text.Trim().Replace("{ ", "{", StringComparison.Ordinal).Replace(" }", "}", StringComparison.Ordinal);
        text = System.Text.RegularExpressions.Regex.Replace(text, "(-?)0x([0-9a-f]+)", match =>
            match.Groups[1].Value + ulong.Parse(match.Groups[2].Value, System.Globalization.NumberStyles.HexNumber, null).ToString(null, null));
        return text.Replace("#", "", StringComparison.Ordinal);
    }
}

/// <summary>Classes of words on which Capstone (engine 4.0) and this table differ: tests/data/arm64/capstone-exceptions.txt.</summary>
internal static class CapstoneExceptions
{
    private static readonly HashSet<string> Mnemonics = [.. File.ReadLines(Path.Combine(CaseFiles.Folder, "capstone-exceptions.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .SelectMany(line => line.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    public static bool Excuses(A64Row row, uint word, string theirs) => Mnemonics.Contains(row.Mnemonic) || Mnemonics.Contains(theirs);
}
