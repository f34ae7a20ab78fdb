namespace RcuEmu.Trampolines.Loading;

/// <summary>The symbol table of an object file, with the addresses its sections got.</summary>
internal sealed class ObjectSymbols
{
    private const ulong EntrySize = 24;
    private const int MostSymbols = 100_000;
    private const ushort Undefined = 0;
    private const ushort Absolute = 0xfff1;
    private const ushort Common = 0xfff2;
    private const byte TypeObject = 1, TypeFunction = 2, TypeSection = 3, TypeFile = 4, BindingLocal = 0, BindingWeak = 2;

    private readonly Entry[] _entries;

    private ObjectSymbols(int table, Entry[] entries, CodeSymbol[] visible)
    {
        Table = table;
        _entries = entries;
        Visible = visible;
    }

    /// <summary>The number of the symbol table's section; 0 where there is none.</summary>
    public int Table { get; }

    /// <summary>How many entries the table has.</summary>
    public int Count => _entries.Length;

    /// <summary>Named places and numbers, in the file's order; no file, section or mapping symbols (<c>$x</c>, <c>$d</c>).</summary>
    public IReadOnlyList<CodeSymbol> Visible { get; }

    /// <summary>One entry. <paramref name="Address"/> is null where the object does not define it; a weak one is then 0.</summary>
    internal readonly record struct Entry(string Name, ulong? Address, bool IsWeak);

    public Entry this[int index] => _entries[index];

    public static ObjectSymbols Read(ElfFile elf, PlacedSection[] placed)
    {
        int table = elf.Sections.ToList().FindIndex(section => section.Type == ElfSection.SymbolTable);
        if (table < 0)
            return new ObjectSymbols(0, [], []);

        ElfSection section = elf.Sections[table];
        ulong count = section.Size / EntrySize;
        if (count > MostSymbols)
            throw elf.File.Error($"{count} symbols, more than the {MostSymbols} that an object may have");
        if (section.Link >= elf.Sections.Count)
            throw elf.File.Error($"section {section.Name}: its names are in section {section.Link}, there are {elf.Sections.Count}");

        _ = elf.BytesOf(section);
        ElfSection strings = elf.Sections[(int)section.Link];
        ReadOnlySpan<byte> names = elf.BytesOf(strings).Span;
        var entries = new Entry[count];
        var visible = new List<CodeSymbol>();
        for (int i = 0; i < entries.Length; i++)
        {
            ulong at = section.Offset + (ulong)i * EntrySize;
            string name = i == 0 ? "" : ElfFile.StringAt(elf.File, names, strings.Offset, elf.File.U32(at, "st_name"));
            entries[i] = ReadEntry(elf, placed, at, name, visible);
        }

        return new ObjectSymbols(table, entries, [.. visible]);
    }

    private static Entry ReadEntry(ElfFile elf, PlacedSection[] placed, ulong at, string name, List<CodeSymbol> visible)
    {
        byte info = elf.File.Slice(at + 4, 1, "st_info")[0];
        ushort section = elf.File.U16(at + 6, "st_shndx");
        ulong value = elf.File.U64(at + 8, "st_value");
        byte type = (byte)(info & 15), binding = (byte)(info >> 4);
        if (section == Common)
            throw elf.File.Error(at, $"common symbol {name}: define it in .bss (gcc: -fno-common)");
        if (section == Undefined)
            return new Entry(name, null, binding == BindingWeak);
        if (section != Absolute && section >= placed.Length)
            throw elf.File.Error(at + 6, $"symbol {name} in section {section}, there are {placed.Length}");

        PlacedSection? home = section == Absolute ? null : placed[section];
        if (home is { IsPlaced: false })
            return new Entry(name, null, true); // a debug section's: nothing that is loaded refers to it
        if (home is not null && value > home.Length)
            throw elf.File.Error(at + 8, $"symbol {name} at 0x{value:x} of {home.Name}, which has 0x{home.Length:x} bytes");

        ulong address = (home?.Address ?? 0) + value;
        if (type is not (TypeSection or TypeFile) && name.Length > 0 && name[0] != '$')
            visible.Add(new CodeSymbol(name, address, elf.File.U64(at + 16, "st_size"), KindOf(type, home), binding != BindingLocal));
        return new Entry(name.Length > 0 ? name : home?.Name ?? "", address, false);
    }

    private static CodeSymbolKind KindOf(byte type, PlacedSection? home) => type switch
    {
        _ when home is null => CodeSymbolKind.Absolute,
        TypeFunction => CodeSymbolKind.Function,
        TypeObject => CodeSymbolKind.Object,
        _ => CodeSymbolKind.Label,
    };
}
