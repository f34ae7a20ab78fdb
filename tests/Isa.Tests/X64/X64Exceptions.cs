using Iced.Intel;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>tests/data/x64/exceptions.txt: which flags the SDM leaves undefined, so that no comparison looks at them.</summary>
internal sealed class X64Exceptions
{
    /// <summary>The result itself is undefined.</summary>
    public const uint Result = 1u << 31;

    private static readonly (char Name, uint Flag)[] Flags = [('c', 1), ('p', 4), ('a', 0x10), ('z', 0x40), ('s', 0x80), ('o', 0x800), ('r', Result)];

    private readonly Dictionary<string, List<(string When, uint Flags)>> _rows = [];

    /// <summary>Reads the file: <c>mnemonics : when : flags : reference</c>, <c>#</c> starts a comment.</summary>
    public static X64Exceptions Load()
    {
        var exceptions = new X64Exceptions();
        foreach (string line in File.ReadLines(TestData.Path("x64/exceptions.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;

            string[] fields = line.Split(':', 4, StringSplitOptions.TrimEntries);
            uint flags = Flags.Where(f => fields[2].Contains(f.Name, StringComparison.Ordinal)).Aggregate(0u, (all, f) => all | f.Flag);
            foreach (string mnemonic in fields[0].Split(' '))
                (exceptions._rows.TryGetValue(mnemonic, out List<(string, uint)>? rows) ? rows : exceptions._rows[mnemonic] = []).Add((fields[1], flags));
        }

        return exceptions;
    }

    /// <summary>The flags that are undefined after this execution; <paramref name="count"/> is the masked shift count.</summary>
    public uint Undefined(in Instruction insn, int count)
    {
        if (!_rows.TryGetValue(insn.Mnemonic.ToString().ToLowerInvariant(), out List<(string When, uint Flags)>? rows))
            return 0;

        int bits = (insn.Op0Kind == OpKind.Register ? insn.Op0Register.GetSize() : insn.MemorySize.GetSize()) * 8;
        uint flags = 0;
        foreach ((string when, uint undefined) in rows)
        {
            bool applies = when switch
            {
                "always" => true,
                "count" => count != 0,
                "count>1" => count > 1,
                "count>=size" => count >= bits,
                "count>size" => count > bits,
                _ => throw new InvalidDataException($"tests/data/x64/exceptions.txt: '{when}'"),
            };
            flags |= applies ? undefined : 0;
        }

        return flags;
    }

    public static string Names(uint flags) => string.Concat(Flags.Where(f => (flags & f.Flag) != 0).Select(f => f.Name)) + ((flags & 0x400) != 0 ? "d" : "");
}
