using System.Buffers.Binary;
using ZstdSharp;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Small made-up kernels in the real file formats, byte for byte by their specifications.</summary>
internal static class SyntheticKernel
{
    public const ulong Arm64Start = 0xffff800080000000;
    public const ulong X64Text = 0xffffffff81000000;
    public const int Functions = 20_100; // a symbol table of fewer symbols is not looked for
    private const int TextOffset = 0x10000, TextSize = 0x20000, DataOffset = 0x10_0000, DataSize = 0x10000;
    private const int RelaOffset = DataOffset + 0x8000, CallsitesOffset = DataOffset + 0x1000;

    /// <summary>The offset of the symbol table in the arm64 Image and in the read-only data of the ELF file.</summary>
    public const int KallsymsOffset = TextOffset + TextSize + 0x400;

    /// <summary>An arm64 Image (Documentation/arch/arm64/booting.rst (6.12)) with ten callsites, a banner and BTF.</summary>
    public static byte[] Arm64Image(KallsymsLayout layout)
    {
        byte[] image = new byte[DataOffset + DataSize];
        Put32(image, 0, 0xfa405a4d);
        Put64(image, 16, (ulong)image.Length + 0x10000); // image_size: .bss behind the file
        Put64(image, 24, 0xa);
        Put32(image, 56, 0x644d5241);
        for (int word = TextOffset; word < TextOffset + TextSize; word += 4)
            Put32(image, word, 0xd503201f);

        ReadOnlyData(image.AsSpan(TextOffset + TextSize), layout, Arm64Start + TextOffset, Arm64Start + TextOffset + TextSize, Arm64Start + DataOffset, perCpuAbsolute: false);
        for (int entry = 0; entry < 10; entry++)
        {
            // one of the pointers is a relocation; the others are in the file
            ulong function = Arm64Start + TextOffset + (ulong)(entry * 16);
            Put64(image, CallsitesOffset + 8 * entry, entry == 3 ? 0 : function);
            Put64(image, RelaOffset + 24 * entry, Arm64Start + CallsitesOffset + (ulong)(8 * entry));
            Put64(image, RelaOffset + 24 * entry + 8, 0x403);
            Put64(image, RelaOffset + 24 * entry + 16, function);
        }

        return image;
    }

    /// <summary>An amd64 kernel's ELF file: .text, .rodata, .data and the per-CPU template linked at 0.</summary>
    public static byte[] X64Elf(KallsymsLayout layout)
    {
        byte[] elf = new byte[DataOffset + DataSize];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(elf);
        Put32(elf, 16, 2 | (62 << 16));
        Put64(elf, 32, 64);               // e_phoff
        Put64(elf, 40, 0x400);            // e_shoff
        Put32(elf, 54, 56 | (3 << 16));   // program headers
        Put32(elf, 58, 64 | (6 << 16));   // section headers
        Put32(elf, 62, 5);                // e_shstrndx
        ulong data = X64Text + DataOffset - TextOffset;
        Segment(elf, 0, 5, TextOffset, X64Text, 0x1000000, DataOffset - TextOffset);
        Segment(elf, 1, 6, DataOffset, data, 0x1100000, 0x8000);
        Segment(elf, 2, 6, DataOffset + 0x8000, 0, 0x1200000, 0x1000);
        "\0.text\0.rodata\0.data\0.data..percpu\0.shstrtab\0"u8.CopyTo(elf.AsSpan(0x300));
        Section(elf, 1, 1, 6, X64Text, TextOffset, TextSize);
        Section(elf, 2, 7, 3, X64Text + TextSize, TextOffset + TextSize, DataOffset - TextOffset - TextSize);
        Section(elf, 3, 15, 7, data, DataOffset, 0x8000);
        Section(elf, 4, 21, 3, 0, DataOffset + 0x8000, 0x1000);
        Section(elf, 5, 35, 0, 0, 0x300, 0x40);
        elf.AsSpan(TextOffset, TextSize).Fill(0xcc);
        ReadOnlyData(elf.AsSpan(TextOffset + TextSize), layout, X64Text, X64Text + TextSize, data, perCpuAbsolute: layout != KallsymsLayout.OwnPlace);
        for (int entry = 0; entry < 10; entry++)
            Put64(elf, CallsitesOffset + 8 * entry, entry == 0 ? 0 : X64Text + (ulong)(entry * 16));
        return elf;
    }

    /// <summary>A boot image (Documentation/arch/x86/boot.rst (6.12)) around an ELF file: Zstandard, or LZ4 with literals only.</summary>
    public static byte[] BzImage(byte[] elf, bool zstd)
    {
        byte[] packed = zstd ? [.. new Compressor(1).Wrap(elf)] : Lz4Stored(elf);
        byte[] file = new byte[512 + 512 + 0x100 + packed.Length + 4];
        file[0x1f1] = 1;
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        Put32(file, 0x248, 0x100);
        Put32(file, 0x24c, (uint)packed.Length + 4);
        packed.CopyTo(file, 1024 + 0x100);
        Put32(file, file.Length - 4, (uint)elf.Length);
        return file;
    }

    /// <summary>LZ4 legacy frame, one block, one sequence without a match.</summary>
    private static byte[] Lz4Stored(byte[] bytes)
    {
        var block = new List<byte> { 0xf0 };
        int rest = bytes.Length - 15;
        for (; rest >= 255; rest -= 255)
            block.Add(255);
        block.Add((byte)rest);
        block.AddRange(bytes);
        byte[] frame = new byte[8];
        Put32(frame, 0, 0x184c2102);
        Put32(frame, 4, (uint)block.Count);
        return [.. frame, .. block];
    }

    /// <summary>Banner, BTF and symbol table; the callsite table's symbols point into the data.</summary>
    private static void ReadOnlyData(Span<byte> at, KallsymsLayout layout, ulong text, ulong address, ulong data, bool perCpuAbsolute)
    {
        "Linux version 6.12.3-made-up (x) #1\n\0"u8.CopyTo(at[0x40..]);
        BtfTypesTests.SmallBlob().CopyTo(at[0x200..]);
        var symbols = new List<(ulong Address, string Name)>();
        if (perCpuAbsolute)
            symbols.AddRange([(0, "__per_cpu_start"), (0x10, "pcpu_hot"), (0x1000, "__per_cpu_end")]);
        symbols.Add((text, "_stext"));
        for (int i = 0; i < Functions; i++)
            symbols.Add((text + (ulong)(i * 4), i == 5 ? new string('n', 300) : i is 6 or 7 ? "same" : "_f" + i));
        symbols.AddRange([(text + TextSize, "_etext"), (data - 0x1000, "_sinittext"), (data, "_einittext")]);
        symbols.AddRange([(data, "_sdata"), (data + 0x1000, "__start_mcount_loc"), (data + 0x1050, "__stop_mcount_loc")]);
        ulong table = address + 0x400;
        SyntheticKallsyms.Write(symbols, layout, table, text, perCpuAbsolute).CopyTo(at[0x400..]);
    }

    private static void Segment(byte[] elf, int number, uint flags, ulong offset, ulong address, ulong physical, ulong size)
    {
        int at = 64 + 56 * number;
        Put32(elf, at, 1);
        Put32(elf, at + 4, flags);
        foreach (ulong value in (ReadOnlySpan<ulong>)[offset, address, physical, size, size])
            Put64(elf, at += 8, value);
    }

    private static void Section(byte[] elf, int number, uint name, ulong flags, ulong address, ulong offset, ulong size)
    {
        int at = 0x400 + 64 * number;
        Put32(elf, at, name);
        Put32(elf, at + 4, 1);
        foreach (ulong value in (ReadOnlySpan<ulong>)[flags, address, offset, size])
            Put64(elf, at += 8, value);
    }

    private static void Put32(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Put64(byte[] bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
}
