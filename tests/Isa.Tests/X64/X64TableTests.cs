using System.Globalization;
using System.Text.RegularExpressions;
using Iced.Intel;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

public partial class X64TableTests
{
    private static readonly string[] Files =
        ["alu", "move", "branch", "shift", "system", "arithmetic", "bit", "string", "vector", "by-hand"];

    [Fact]
    public void No_two_rows_share_an_encoding()
    {
        Code[] codes = [.. Rows().Select(row => row.Code)];

        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.All(codes, code => Assert.True(code.ToOpCode().Mode64, $"{code} is no instruction of 64-bit mode"));
    }

    [Fact]
    public void Every_row_names_an_operation_for_every_shape() => Assert.All(Rows(), row =>
    {
        foreach (X64Shape shape in Enum.GetValues<X64Shape>())
            Assert.NotNull(X64Table.Find(row.Code, shape));
    });

    [Fact]
    public void Every_row_has_a_case_that_decodes_to_it()
    {
        HashSet<Code> cased = [.. Cases().Select(c => Decode(c.Bytes).Code)];

        Assert.Empty(Rows().Select(row => row.Code).Except(cased));
    }

    [Fact]
    public void Every_case_is_spelled_as_objdump_spells_it()
    {
        List<string> differences = [];
        foreach ((byte[] bytes, string text, string place) in Cases())
        {
            string mine = X64Disassembler.Format(bytes, Address(place), out int length);
            if (length != bytes.Length || !Agree(Canonical(mine), Sdm(Canonical(text))))
                differences.Add($"{place}: {Canonical(mine)}, objdump {Sdm(Canonical(text))}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count}:\n{string.Join('\n', differences.Take(60))}");
    }

    private static IEnumerable<X64Row> Rows() => X64Table.Groups.SelectMany(group => group());

    private static ulong Address(string place) => 0x2100_0000 + (ulong.Parse(place.Split('#')[1], CultureInfo.InvariantCulture) * 16);

    private static Instruction Decode(byte[] bytes)
    {
        X64Decoder.DecodeIced(bytes, 0x2100_0800, out Instruction iced, out _);
        return iced;
    }

    private static IEnumerable<(byte[] Bytes, string Text, string Place)> Cases()
    {
        foreach (string file in Files)
        {
            int number = 0;
            foreach (string line in File.ReadLines(TestData.Path($"x64/{file}.txt")))
            {
                if (line.Length == 0 || line[0] == '#')
                    continue;

                string[] fields = line.Split('|', 2, StringSplitOptions.TrimEntries);
                yield return (Convert.FromHexString(fields[0]), fields[1], $"{file} #{number++}");
            }
        }
    }

    /// <summary>The one form of both spellings: what differs is choice, not meaning (case, sizes, a default segment, the scale 1, aliases).</summary>
    private static string Canonical(string text)
    {
        text = Comment().Replace(text.ToLowerInvariant(), "");
        text = Absolute().Replace(text, "[$1]");
        text = Noise().Replace(text, "");
        text = Negative().Replace(text, m => $"-0x{-long.Parse(m.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture):x}");
        text = text.Replace("*1", "", StringComparison.Ordinal).Replace("+0x0]", "]", StringComparison.Ordinal).Trim();
        return text.EndsWith(",1", StringComparison.Ordinal) ? text[..^1] + "0x1" : text;
    }

    /// <summary>objdump's mnemonic to the SDM's, where they differ.</summary>
    private static string Sdm(string text)
    {
        foreach ((string theirs, string sdm) in Aliases)
        {
            if (text == theirs || text.StartsWith(theirs + " ", StringComparison.Ordinal))
                return sdm + text[theirs.Length..];
        }

        return text;
    }

    /// <summary>True for the same text; for the same beginning where objdump leaves operands out or writes implicit ones.</summary>
    private static bool Agree(string mine, string theirs)
    {
        string name = theirs.Split(' ').First(word => !word.StartsWith("rep", StringComparison.Ordinal) && word != "addr32");
        return mine == theirs || (ByName.Contains(name) && mine.Contains(name, StringComparison.Ordinal));
    }

    /// <summary>
    /// String instructions (the element is in objdump's operand size), hints (reserved operands), implicit operands, and words or doublewords that
    /// objdump writes as full registers.
    /// </summary>
    private static readonly string[] ByName =
    [
        "movs", "cmps", "stos", "lods", "scas", "ins", "outs", "nop", "prefetch", "sysret", "ret", "invlpgb", "tpause", "umwait", "movdir64b",
        "pvalidate", "pblendvb", "blendvps", "blendvpd", "pmovmskb", "vpmovmskb", "movsxd",
    ];

    private static readonly (string Theirs, string Sdm)[] Aliases =
    [
        ("movabs", "mov"), ("pushw", "push"), ("pushfw", "pushf"), ("pushf", "pushfq"), ("popfw", "popf"), ("popf", "popfq"),
        ("leavew", "leave"), ("enterw", "enter"), ("sysretd", "sysret"), ("retfq", "ret"),
        ("bndmov", "nop"), ("bndldx", "nop"), ("bndstx", "nop"), // without MPX these are reserved NOPs
        ("mov gs,ecx", "mov gs,cx"), ("mov ss,r10", "mov ss,r10w"), // Sreg takes a word: SDM Vol. 2B, "MOV—Move"
    ];

    [GeneratedRegex(" #.*| <.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bds:(0x[0-9a-f]+)")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"\b(rex(\.\w+)?|data16) |\b(byte|word|dword|qword|fword|tbyte|xmmword|ymmword|oword) ptr |\b[de]s:|\beiz(\*1)?\+")]
    private static partial Regex Noise();

    [GeneratedRegex(@"\+0x(ffffffff[0-9a-f]{8})")]
    private static partial Regex Negative();
}
