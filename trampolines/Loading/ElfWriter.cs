using System.Buffers.Binary;
using System.Text;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>A section of an ELF file to write.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">First byte; 0 for what is not loaded.</param>
/// <param name="Bytes">Its content, or empty for <paramref name="Length"/> bytes that the file does not hold.</param>
/// <param name="Length">Bytes in memory.</param>
/// <param name="IsCode">Executable.</param>
/// <param name="IsWritable">Writable.</param>
public sealed record OutputSection(string Name, ulong Address, ReadOnlyMemory<byte> Bytes, ulong Length, bool IsCode, bool IsWritable);

/// <summary>A symbol of an ELF file to write.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its value.</param>
/// <param name="Length">Bytes, or 0.</param>
public readonly record struct OutputSymbol(string Name, ulong Address, ulong Length);

/// <summary>
/// Writes a 64-bit ELF executable of sections and symbols: what a gdb loads to know names. System V ABI, "ELF Header", "Sections", "Symbol
/// Table".
/// </summary>
public static class ElfWriter
{
    private const int HeaderBytes = 64, SectionBytes = 64, SymbolBytes = 24, ProgramBytes = 56;
    private const ushort Executable = 2, MachineX64 = 62, MachineA64 = 183, Absolute = 0xfff1;
    private const uint ProgramBits = 1, SymbolTable = 2, StringTable = 3, NoBits = 8;
    private const ulong Writable = 1, Allocated = 2, Code = 4;
    private const byte GlobalFunction = 0x12, GlobalObject = 0x11;

    /// <summary>The bytes of the file.</summary>
    /// <param name="architecture">What the code is for.</param>
    /// <param name="sections">In order of address.</param>
    /// <param name="symbols">Any order.</param>
    public static byte[] Write(Architecture architecture, IReadOnlyList<OutputSection> sections, IReadOnlyList<OutputSymbol> symbols)
    {
        var file = new MemoryStream();
        OutputSection[] loaded = [.. sections.Where(section => section.Address != 0)];
        file.Write(new byte[HeaderBytes + (loaded.Length * ProgramBytes)]);
        var names = new StringPool();
        var headers = new List<byte[]> { new byte[SectionBytes] };
        var offsets = new Dictionary<OutputSection, long>();
        foreach (OutputSection section in sections)
        {
            offsets[section] = Align(file, 16);
            file.Write(section.Bytes.Span);
            headers.Add(Header(names.Add(section.Name), Type(section), Flags(section), section.Address, offsets[section], (long)section.Length, 0, 0, 16, 0));
        }

        AddSymbols(file, headers, names, sections, symbols);
        int nameOfNames = names.Add(".shstrtab");
        long namesAt = Align(file, 1);
        byte[] nameBytes = names.ToArray();
        file.Write(nameBytes);
        headers.Add(Header(nameOfNames, StringTable, 0, 0, namesAt, nameBytes.Length, 0, 0, 1, 0));
        long headersAt = Align(file, 16);
        foreach (byte[] header in headers)
            file.Write(header);

        byte[] bytes = file.ToArray();
        FileHeader(bytes, architecture, loaded.Length, headersAt, headers.Count);
        for (int i = 0; i < loaded.Length; i++)
            Program(bytes.AsSpan(HeaderBytes + (i * ProgramBytes)), loaded[i], offsets[loaded[i]]);

        return bytes;
    }

    private static void AddSymbols(
        MemoryStream file, List<byte[]> headers, StringPool names, IReadOnlyList<OutputSection> sections, IReadOnlyList<OutputSymbol> symbols)
    {
        var strings = new StringPool();
        long symbolsAt = Align(file, 8);
        file.Write(new byte[SymbolBytes]);
        byte[] entry = new byte[SymbolBytes];
        foreach (OutputSymbol symbol in symbols)
        {
            int index = Find(sections, symbol.Address);
            BinaryPrimitives.WriteInt32LittleEndian(entry, strings.Add(symbol.Name));
            entry[4] = index >= 0 && sections[index].IsCode ? GlobalFunction : GlobalObject;
            BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(6), index < 0 ? Absolute : (ushort)(index + 1));
            BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), symbol.Address);
            BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(16), symbol.Length);
            file.Write(entry);
        }

        long length = (symbols.Count + 1L) * SymbolBytes;
        headers.Add(Header(names.Add(".symtab"), SymbolTable, 0, 0, symbolsAt, length, headers.Count + 1, 1, 8, SymbolBytes));
        long stringsAt = Align(file, 1);
        byte[] stringBytes = strings.ToArray();
        file.Write(stringBytes);
        headers.Add(Header(names.Add(".strtab"), StringTable, 0, 0, stringsAt, stringBytes.Length, 0, 0, 1, 0));
    }

    private static int Find(IReadOnlyList<OutputSection> sections, ulong address)
    {
        for (int i = 0; i < sections.Count; i++)
        {
            if (sections[i].Address != 0 && address - sections[i].Address < sections[i].Length)
                return i;
        }

        return -1;
    }

    private static uint Type(OutputSection section) => section.Bytes.IsEmpty ? NoBits : ProgramBits;

    private static ulong Flags(OutputSection section) =>
        (section.Address != 0 ? Allocated : 0) | (section.IsCode ? Code : 0) | (section.IsWritable ? Writable : 0);

    private static byte[] Header(
        int name, uint type, ulong flags, ulong address, long offset, long size, int link, int info, ulong align, ulong entry)
    {
        byte[] header = new byte[SectionBytes];
        Span<byte> at = header;
        BinaryPrimitives.WriteInt32LittleEndian(at, name);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], type);
        BinaryPrimitives.WriteUInt64LittleEndian(at[8..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], address);
        BinaryPrimitives.WriteInt64LittleEndian(at[24..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(at[32..], size);
        BinaryPrimitives.WriteInt32LittleEndian(at[40..], link);
        BinaryPrimitives.WriteInt32LittleEndian(at[44..], info);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], align);
        BinaryPrimitives.WriteUInt64LittleEndian(at[56..], entry);
        return header;
    }

    private static void FileHeader(Span<byte> bytes, Architecture architecture, int programs, long headersAt, int headers)
    {
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[16..], Executable);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[18..], architecture == Architecture.X64 ? MachineX64 : MachineA64);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], HeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], headersAt);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[52..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[54..], ProgramBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[56..], (ushort)programs);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[58..], SectionBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[60..], (ushort)headers);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[62..], (ushort)(headers - 1));
    }

    private static void Program(Span<byte> at, OutputSection section, long offset)
    {
        uint rights = 4u | (section.IsCode ? 1u : 0) | (section.IsWritable ? 2u : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(at, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], rights);
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], section.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], section.Address);
        BinaryPrimitives.WriteInt64LittleEndian(at[32..], section.Bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], section.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], 1);
    }

    private static long Align(MemoryStream file, int to)
    {
        while (file.Length % to != 0)
            file.WriteByte(0);

        return file.Length;
    }

    private sealed class StringPool
    {
        private readonly List<byte> _bytes = [0];

        public int Add(string text)
        {
            int at = _bytes.Count;
            _bytes.AddRange(Encoding.UTF8.GetBytes(text));
            _bytes.Add(0);
            return at;
        }

        public byte[] ToArray() => _bytes.ToArray();
    }
}
