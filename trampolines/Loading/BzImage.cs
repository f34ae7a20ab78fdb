using RcuEmu.Isa;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace RcuEmu.Trampolines.Loading;

/// <summary>The amd64 boot image: real-mode setup sectors, then a compressed ELF file.</summary>
/// <remarks>Documentation/arch/x86/boot.rst (6.12): setup_sects, header, payload_offset, payload_length.</remarks>
internal static class BzImage
{
    /// <summary>No unpacked kernel is larger; known ones have 53 to 63 MB.</summary>
    public const int LargestPayload = 256 << 20;

    /// <summary>No kernel packs better than this many times; known ones reach 4 to 5.</summary>
    private const uint BestRatio = 64;

    private const uint ZstdMagic = 0xfd2fb528;
    private const uint HeaderMagic = 0x53726448; // "HdrS"

    public static bool LooksLikeBzImage(ReadOnlySpan<byte> file) => file.Length > 0x250 && file.Slice(0x202, 4).SequenceEqual("HdrS"u8);

    /// <summary>Unpacks the ELF file (and the relocation list behind it) of a boot image.</summary>
    public static InputBytes Unpack(InputBytes file)
    {
        if (file.U32(0x202, "the boot header's magic") != HeaderMagic)
            throw file.Error(0x202, "no boot header here (HdrS)");

        uint setupSectors = file.Slice(0x1f1, 1, "setup_sects")[0];
        ulong setupSize = ((setupSectors == 0 ? 4 : setupSectors) + 1) * 512ul;
        ulong offset = setupSize + file.U32(0x248, "payload_offset");
        uint length = file.U32(0x24c, "payload_length");
        ReadOnlySpan<byte> payload = file.Slice(offset, length, "the compressed kernel (payload_length)");
        if (length < 12)
            throw file.Error(0x24c, $"a compressed kernel of {length} bytes");

        uint size = file.U32(offset + length - 4, "the unpacked size");
        if (size > LargestPayload || size > length * (ulong)BestRatio)
            throw file.Error(offset + length - 4, $"an unpacked size of {size} bytes for {length} compressed ones cannot be");

        byte[] unpacked = GC.AllocateUninitializedArray<byte>((int)size);
        int got = Unpack(file, offset, payload[..^4], unpacked);
        if (got != size)
            throw file.Error(offset, $"the compressed kernel is damaged: {Math.Max(got, 0)} of {size} bytes unpack");

        return new InputBytes(file.Name + " (unpacked)", unpacked);
    }

    private static int Unpack(InputBytes file, ulong offset, ReadOnlySpan<byte> packed, byte[] output)
    {
        switch (file.U32(offset, "the compressor's magic"))
        {
            case Lz4Legacy.Magic:
                return Lz4Legacy.Unpack(packed, output);
            case ZstdMagic:
                return UnpackZstd(file, offset, packed, output);
            default:
                string first = Convert.ToHexStringLower(packed[..4]);
                throw file.Error(offset, $"a kernel compressed in a way that begins with {first}: only LZ4 and Zstandard are read");
        }
    }

    private static int UnpackZstd(InputBytes file, ulong offset, ReadOnlySpan<byte> packed, byte[] output)
    {
        try
        {
            using var decompressor = new Decompressor();
            decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, 27);
            return decompressor.Unwrap(packed, output);
        }
        catch (Exception cause) when (cause is ZstdException or ArgumentException or IndexOutOfRangeException)
        {
            throw new UserErrorException(file.Error(offset, $"the compressed kernel is damaged: {cause.Message}").Message, cause);
        }
    }
}
