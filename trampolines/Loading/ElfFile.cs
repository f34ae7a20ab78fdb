using System.Text;

namespace RcuEmu.Trampolines.Loading;

/// <summary>One section header of an ELF64 file, field by field. System V ABI, "Sections".</summary>
internal readonly record struct ElfSection(
    string Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link, uint Info, ulong Alignment, ulong EntrySize)
{
    public const uint Null = 0;
    public const uint SymbolTable = 2;
    public const uint Rela = 4;
    public const uint NoBits = 8;
    public const uint Rel = 9;
    public const uint Group = 17;
    public const ulong FlagWrite = 1;
    public const ulong FlagAlloc = 2;
    public const ulong FlagExec = 4;
    public const ulong FlagCompressed = 0x800;

    public bool IsAllocated => (Flags & FlagAlloc) != 0;

    public bool HasBytes => Type != NoBits && Type != Null;
}

/// <summary>One program header of an ELF64 file. System V ABI, "Program Header".</summary>
internal readonly record struct ElfSegment(uint Type, uint Flags, ulong Offset, ulong Address, ulong PhysicalAddress, ulong FileSize, ulong MemorySize)
{
    public const uint Load = 1;
    public const uint FlagWrite = 2;

    public bool Contains(in ElfSection section) =>
        section.Address >= Address && section.Address - Address < MemorySize && section.Size <= MemorySize - (section.Address - Address);
}

/// <summary>The headers of a little-endian ELF64 file. Left out: more than 0xfeff sections (SHN_XINDEX), which is refused.</summary>
internal sealed class ElfFile
{
    public const ushort Relocatable = 1;
    public const ushort Executable = 2;
    public const ushort MachineX64 = 62;
    public const ushort MachineArm64 = 183;

    private const int LongestName = 512;
    private const uint SectionHeaderSize = 64;
    private const uint ProgramHeaderSize = 56;

    private ElfFile(InputBytes file, ushort type, ushort machine, ulong entry, ElfSection[] sections, ElfSegment[] segments)
    {
        File = file;
        Type = type;
        Machine = machine;
        Entry = entry;
        Sections = sections;
        Segments = segments;
    }

    public InputBytes File { get; }

    public ushort Type { get; }

    public ushort Machine { get; }

    public ulong Entry { get; }

    public IReadOnlyList<ElfSection> Sections { get; }

    public IReadOnlyList<ElfSegment> Segments { get; }

    public static bool LooksLikeElf(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\x7f"u8) && bytes[1..].StartsWith("ELF"u8);

    /// <summary>Reads the headers. System V ABI, "ELF Header".</summary>
    public static ElfFile Read(InputBytes file)
    {
        if (!LooksLikeElf(file.Span))
            throw file.Error(0, "not an ELF file: it does not begin with 7f 45 4c 46");

        ReadOnlySpan<byte> ident = file.Slice(0, 64, "the ELF header");
        if (ident[4] != 2 || ident[5] != 1)
            throw file.Error(4, $"ELF class {ident[4]}, data {ident[5]}: only 64-bit little-endian (2, 1) is read");

        ElfSection[] sections = ReadSections(file);
        return new ElfFile(
            file, file.U16(16, "e_type"), file.U16(18, "e_machine"), file.U64(24, "e_entry"), sections, ReadSegments(file));
    }

    /// <summary>The bytes of a section; none for one that occupies no space in the file.</summary>
    public ReadOnlyMemory<byte> BytesOf(in ElfSection section) =>
        section.HasBytes ? File.SliceMemory(section.Offset, section.Size, $"section {section.Name}") : default;

    /// <summary>The NUL-terminated string at <paramref name="offset"/> of a string table.</summary>
    public static string StringAt(InputBytes file, ReadOnlySpan<byte> table, ulong tableOffset, uint offset)
    {
        if (offset >= table.Length)
            throw file.Error(tableOffset, $"string table of {table.Length} bytes has no string at 0x{offset:x}");

        ReadOnlySpan<byte> rest = table[(int)offset..];
        int end = rest.IndexOf((byte)0);
        if (end is < 0 or > LongestName)
            throw file.Error(tableOffset + offset, "string without an end");

        return Encoding.Latin1.GetString(rest[..end]);
    }

    private static ElfSegment[] ReadSegments(InputBytes file)
    {
        ulong table = file.U64(32, "e_phoff");
        int count = file.U16(56, "e_phnum");
        if (count == 0)
            return [];

        if (file.U16(54, "e_phentsize") != ProgramHeaderSize)
            throw file.Error(54, $"program headers of {file.U16(54, "e_phentsize")} bytes instead of {ProgramHeaderSize}");

        _ = file.Slice(table, (ulong)count * ProgramHeaderSize, "the program header table");
        var segments = new ElfSegment[count];
        for (int i = 0; i < count; i++)
        {
            ulong at = table + (ulong)i * ProgramHeaderSize;
            segments[i] = new ElfSegment(
                file.U32(at, "p_type"), file.U32(at + 4, "p_flags"), file.U64(at + 8, "p_offset"), file.U64(at + 16, "p_vaddr"),
                file.U64(at + 24, "p_paddr"), file.U64(at + 32, "p_filesz"), file.U64(at + 40, "p_memsz"));
        }

        return segments;
    }

    private static ElfSection[] ReadSections(InputBytes file)
    {
        ulong table = file.U64(40, "e_shoff");
        int count = file.U16(60, "e_shnum");
        if (count == 0)
            throw file.Error(60, "an ELF file without section headers cannot be read");

        if (file.U16(58, "e_shentsize") != SectionHeaderSize)
            throw file.Error(58, $"section headers of {file.U16(58, "e_shentsize")} bytes instead of {SectionHeaderSize}");

        _ = file.Slice(table, (ulong)count * SectionHeaderSize, "the section header table");
        int names = file.U16(62, "e_shstrndx");
        if (names >= count)
            throw file.Error(62, $"section names in section {names}, but there are {count}");

        ulong namesHeader = table + (ulong)names * SectionHeaderSize;
        ulong namesOffset = file.U64(namesHeader + 24, "sh_offset");
        ReadOnlySpan<byte> nameTable = file.Slice(namesOffset, file.U64(namesHeader + 32, "sh_size"), "the section name table");
        var sections = new ElfSection[count];
        for (int i = 0; i < count; i++)
        {
            ulong at = table + (ulong)i * SectionHeaderSize;
            string name = i == 0 ? "" : StringAt(file, nameTable, namesOffset, file.U32(at, "sh_name"));
            sections[i] = ReadSection(file, at, name);
        }

        return sections;
    }

    private static ElfSection ReadSection(InputBytes file, ulong at, string name) => new(
        name, file.U32(at + 4, "sh_type"), file.U64(at + 8, "sh_flags"), file.U64(at + 16, "sh_addr"), file.U64(at + 24, "sh_offset"),
        file.U64(at + 32, "sh_size"), file.U32(at + 40, "sh_link"), file.U32(at + 44, "sh_info"), file.U64(at + 48, "sh_addralign"),
        file.U64(at + 56, "sh_entsize"));
}
