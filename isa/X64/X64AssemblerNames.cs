using System.Collections.Frozen;
using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>One way to read a mnemonic of the text.</summary>
/// <param name="Mnemonic">Iced's mnemonic, which is Intel's.</param>
/// <param name="Bytes">The operation's size that the name says, or 0.</param>
/// <param name="SourceBytes">The source's size that the name says (<c>movzbl</c>), or 0.</param>
/// <param name="OnlyWide">Only forms with 64-bit immediates or addresses (<c>movabs</c>).</param>
internal readonly record struct X64Reading(Mnemonic Mnemonic, int Bytes = 0, int SourceBytes = 0, bool OnlyWide = false);

/// <summary>Mnemonics of both syntaxes and the prefixes that can stand in front of them.</summary>
internal static class X64AssemblerNames
{
    private static readonly FrozenDictionary<string, Mnemonic> Mnemonics = Enum.GetValues<Mnemonic>()
        .Where(mnemonic => mnemonic != Mnemonic.INVALID)
        .ToFrozenDictionary(mnemonic => mnemonic.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The byte of a prefix, or null.</summary>
    public static byte? Prefix(string word) => X64NameTable.Prefixes.TryGetValue(word, out byte prefix) ? prefix : null;

    /// <summary>Every way to read a mnemonic, the best first; none if there is no such instruction.</summary>
    public static List<X64Reading> Readings(string word)
    {
        var readings = new List<X64Reading>();
        if (X64NameTable.Synonyms.TryGetValue(word, out X64Reading synonym))
            readings.Add(synonym);
        if (Exact(word) is { } exact && !readings.Exists(r => r.Mnemonic == exact && r.OnlyWide))
            readings.Add(new(exact));
        if (word.Equals("movsx", StringComparison.OrdinalIgnoreCase))
            readings.Add(new(Mnemonic.Movsxd, 8));
        if (X64NameTable.StringFamilies.TryGetValue(word, out Mnemonic[]? family))
        {
            for (int i = 0; i < family.Length; i++)
                readings.Add(new(family[i], SourceBytes: 1 << i));
        }

        AddSuffixed(readings, word);
        return readings;
    }

    /// <summary>The known name nearest to a wrong one, or null.</summary>
    public static string? Nearest(string word) =>
        NearestName.Of(word.ToLowerInvariant(), Mnemonics.Keys.Select(key => key.ToLowerInvariant()).Concat(X64NameTable.Synonyms.Keys).Concat(X64NameTable.Prefixes.Keys));

    private static Mnemonic? Exact(string word)
    {
        if (Mnemonics.TryGetValue(word, out Mnemonic mnemonic))
            return mnemonic;
        foreach (string stem in (ReadOnlySpan<string>)["j", "set", "cmov"])
        {
            if (word.StartsWith(stem, StringComparison.OrdinalIgnoreCase)
                && X64NameTable.Conditions.TryGetValue(word[stem.Length..], out string? condition)
                && Mnemonics.TryGetValue(stem + condition, out mnemonic))
            {
                return mnemonic;
            }
        }

        return null;
    }

    private static void AddSuffixed(List<X64Reading> readings, string word)
    {
        if (word.Length < 3)
            return;
        string stem = word[..^1];
        bool isFloat = stem[0] is 'f' or 'F';
        bool isInteger = isFloat && stem[1] is 'i' or 'I';
        int bytes = char.ToLowerInvariant(word[^1]) switch
        {
            'b' when !isFloat => 1,
            'w' when !isFloat => 2,
            's' when isFloat => isInteger ? 2 : 4,
            'l' => isFloat && !isInteger ? 8 : 4,
            'd' when !isFloat => 4,
            'q' => 8,
            't' when isFloat => 10,
            _ => 0,
        };
        if (bytes == 0)
            return;
        if (isInteger && bytes == 4 && stem[^1] is 'l')
            (stem, bytes) = (stem[..^1], 8);
        if (X64NameTable.Synonyms.TryGetValue(stem, out X64Reading synonym) && synonym.Bytes == 0)
            readings.Add(synonym with { Bytes = bytes });
        else if (Exact(stem) is { } mnemonic)
            readings.Add(new(mnemonic, bytes));
    }
}
