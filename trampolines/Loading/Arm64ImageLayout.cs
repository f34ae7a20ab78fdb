using System.Buffers.Binary;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>An arm64 kernel: the plain Image, whose file offsets are distances from <c>_text</c>.</summary>
/// <remarks>
/// Documentation/arch/arm64/booting.rst (6.12), "Call the kernel image": the header. The RELA entries are applied for the link
/// address; the RELR words of 6.12 and later only move a kernel and are left alone.
/// </remarks>
internal static class Arm64ImageLayout
{
    private const uint Magic = 0x644d5241; // "ARMd"
    private const ulong LargestImage = 256ul << 20;
    private const ulong LinkAlignment = 128ul << 20;
    private const ulong Relative = 0x403; // R_AARCH64_RELATIVE. ELF for the Arm 64-bit Architecture (AAELF64)
    private const int EntrySize = 24;

    public static bool LooksLikeImage(ReadOnlySpan<byte> file) =>
        file.Length >= 64 && BinaryPrimitives.ReadUInt32LittleEndian(file[56..]) == Magic;

    public static ImageLayout Read(InputBytes file)
    {
        ulong size = file.U64(16, "image_size");
        if (size > LargestImage || size < 0x1000)
            throw file.Error(16, $"image_size 0x{size:x} cannot be: known kernels have 27 to 80 MB");
        if (file.U64(8, "text_offset") != 0)
            throw file.Error(8, $"text_offset 0x{file.U64(8, "text_offset"):x}: only kernels from 5.8 on are read (0)");
        if ((file.U64(24, "flags") & 1) != 0)
            throw file.Error(24, "a big-endian kernel: only little-endian ones are read");

        byte[] image = file.Span[..(int)Math.Min(ContentLength(file), size)].ToArray();
        ulong start = Relocate(file, image, size);
        var relocated = new InputBytes(file.Name, image);
        KernelSymbols symbols = KallsymsReader.Read(relocated, 0, image.Length, start, (start, start + size), Architecture.Arm64);
        return new ImageLayout(Architecture.Arm64, Arm64Sections.Divide(relocated, start, size, symbols), symbols, null);
    }

    /// <summary>The bytes before the signature of a signed file. PE format, "Optional Header Data Directories": Certificate Table.</summary>
    private static ulong ContentLength(InputBytes file)
    {
        ulong header = file.U32(60, "the PE header's offset");
        if (header + 24 + 152 > (ulong)file.Length || file.U32(header, "the PE magic") != 0x4550)
            return (ulong)file.Length;

        ulong certificate = file.U32(header + 24 + 144, "the certificate table's offset");
        return certificate is 0 || certificate > (ulong)file.Length ? (ulong)file.Length : certificate;
    }

    /// <summary>Finds the RELA entries, applies them for the link address and gives that address.</summary>
    private static ulong Relocate(InputBytes file, Span<byte> image, ulong size)
    {
        (int first, int count) = FindRela(image);
        if (count == 0)
            throw file.Error("no relocation entries inside, so its link address is unknown: not a kernel with CONFIG_RELOCATABLE?");

        ulong start = U64(image, first) & ~(LinkAlignment - 1);
        if (start + size < start)
            throw file.Error((ulong)first, $"a relocation at 0x{U64(image, first):x}, which leaves no room for the kernel");

        for (int entry = 0; entry < count; entry++)
        {
            int at = first + entry * EntrySize;
            ulong place = U64(image, at) - start;
            if (place >= size - 8)
                throw file.Error((ulong)at, $"a relocation at 0x{U64(image, at):x}, outside of the kernel at 0x{start:x}");
            if (place < (ulong)image.Length - 8)
                BinaryPrimitives.WriteUInt64LittleEndian(image[(int)place..], U64(image, at + 16));
        }

        return start;
    }

    /// <summary>The longest run of entries (offset, R_AARCH64_RELATIVE, addend) with kernel addresses for both.</summary>
    private static (int First, int Count) FindRela(ReadOnlySpan<byte> image)
    {
        int bestFirst = 0, bestCount = 0, skipBefore = 0;
        for (int at = 0; at + EntrySize <= image.Length; at += 8)
        {
            if (at < skipBefore || !IsRelative(image, at))
                continue;

            int count = 1;
            while (IsRelative(image, at + count * EntrySize))
                count++;

            if (count > bestCount)
                (bestFirst, bestCount) = (at, count);
            skipBefore = at + count * EntrySize;
        }

        return (bestFirst, bestCount);
    }

    private static bool IsRelative(ReadOnlySpan<byte> image, int at) =>
        at + EntrySize <= image.Length && U64(image, at + 8) == Relative && U64(image, at) >> 48 == 0xffff && U64(image, at + 16) >> 48 == 0xffff;

    private static ulong U64(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt64LittleEndian(image[at..]);
}
