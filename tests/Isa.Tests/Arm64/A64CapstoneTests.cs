using System.Globalization;
using System.Text.RegularExpressions;
using Gee.External.Capstone;
using Gee.External.Capstone.Arm64;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Agreement with Capstone on the words that both know: mnemonic and operands.</summary>
public sealed partial class A64CapstoneTests
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
                if (theirs.Length != 1)
                    continue;
                string ours = Normal(A64Disassembler.Format(word, 0x1000));
                if (CapstoneExceptions.Excuses(ours.Split(' ')[0], theirs[0].Mnemonic))
                    continue;
                both++;
                string other = Normal($"{theirs[0].Mnemonic} {theirs[0].Operand}");
                if (ours != other)
                    wrong.TryAdd(row.Spelling, $"{word:x8} {row.Spelling}: '{ours}', Capstone '{other}'");
            }
        }

        Assert.True(both > 10_000, $"only {both} words in common");
        Assert.True(wrong.Count == 0, $"{wrong.Count} rows differ\n" + string.Join('\n', wrong.Values.Take(100)));
    }

    /// <summary>Numbers become decimal, register lists are written out, cs is hs: the two tools print them differently.</summary>
    private static string Normal(string text)
    {
        text = text.Trim().ToLowerInvariant().Replace("{ ", "{", StringComparison.Ordinal).Replace(" }", "}", StringComparison.Ordinal);
        text = Hex().Replace(text, match => match.Groups[1].Value
            + long.Parse(match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
        text = Range().Replace(text, match =>
        {
            int first = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), last = int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
            return string.Join(", ", Enumerable.Range(first, last - first + 1).Select(number => $"v{number}.{match.Groups[2].Value}"));
        });
        text = CarrySet().Replace(CarryClear().Replace(text, "lo"), "hs");
        return text.Replace("#", "", StringComparison.Ordinal);
    }

    [GeneratedRegex("(-?)0x([0-9a-f]+)")]
    private static partial Regex Hex();

    [GeneratedRegex(@"v(\d+)\.(\w+)-v(\d+)\.\w+")]
    private static partial Regex Range();

    [GeneratedRegex(@"\bcs\b")]
    private static partial Regex CarrySet();

    [GeneratedRegex(@"\bcc\b")]
    private static partial Regex CarryClear();
}

/// <summary>Classes of words on which Capstone (engine 4.0) and this table differ: tests/data/arm64/capstone-exceptions.txt.</summary>
internal static class CapstoneExceptions
{
    private static readonly HashSet<string> Pairs = [.. File.ReadLines(Path.Combine(CaseFiles.Folder, "capstone-exceptions.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .SelectMany(line => line.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    public static bool Excuses(string ours, string theirs) =>
        Pairs.Contains($"{ours}>{theirs}") || Pairs.Contains($"*>{theirs}") || Pairs.Contains($"{ours}>*");
}
