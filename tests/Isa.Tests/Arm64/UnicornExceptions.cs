using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>What is not compared with Unicorn, and why: tests/data/arm64/unicorn-exceptions.txt.</summary>
internal static class UnicornExceptions
{
    private static readonly HashSet<string> Mnemonics = [.. File.ReadLines(Path.Combine(CaseFiles.Folder, "unicorn-exceptions.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .SelectMany(line => line.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>LDAR, STLR, LDAPR, LDAPUR and so on: QEMU 5.0 does not check their alignment.</summary>
    public static bool IsAlignmentUnchecked(A64Row row) =>
        row.Operations.Any(operation => operation.Name is "LoadOrdered" or "StoreOrdered" || operation.Name.StartsWith("LoadOrderedSigned<", StringComparison.Ordinal));

    public static bool IsCompared(A64Row row) => !Mnemonics.Contains(row.Mnemonic)
        && !(row.Bits.StartsWith("10", StringComparison.Ordinal) && row.Mnemonic.Length > 5 && row.Mnemonic[3..6] is "max" or "min")
        && !row.Spelling.Contains("{Zt", StringComparison.Ordinal) && !row.Spelling.Contains("{Pt", StringComparison.Ordinal)
        && !row.Operations.Any(operation => operation.Name is "FeatureAbsent" or "NotModelled");

    /// <summary>Register choices that the manual leaves CONSTRAINED UNPREDICTABLE, and branches into other test words.</summary>
    public static bool Excuses(A64Row row, uint word)
    {
        A64Roles roles = row.Roles(word);
        uint t = word & 31, n = (word >> 5) & 31, u = (word >> 10) & 31, s = (word >> 16) & 31;
        bool writesBack = row.Spelling.Contains("]!", StringComparison.Ordinal) || row.Spelling.Contains("], ", StringComparison.Ordinal);
        if (row.Spelling.Contains("{label", StringComparison.Ordinal) && LandsInCode(word))
            return true;
        bool isPair = row.Bits.Contains("uuuuu", StringComparison.Ordinal);
        if (writesBack && n != 31 && (t == n || (isPair && u == n)))
            return true;
        if (isPair && t == u && roles.Writes != 0)
            return true; // LDP, LDXP of one register twice
        return row.Mnemonic.StartsWith("st", StringComparison.Ordinal) && row.Spelling.Contains("{Ws:w}", StringComparison.Ordinal)
            && (s == t || s == n || (isPair && s == u));
    }

    /// <summary>A target other than the next word that Unicorn could execute.</summary>
    private static bool LandsInCode(uint word)
    {
        A64Decoder.Decode(word, out A64Insn insn);
        return insn.Imm is > -0x40000 and < 0x40000 and not 4;
    }
}
