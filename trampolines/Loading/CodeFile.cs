using System.Text;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>What a file of code is written in.</summary>
public enum CodeFormat
{
    /// <summary>Bytes without headers.</summary>
    Raw,

    /// <summary>Hexadecimal text, see <see cref="BlobLoader"/>.</summary>
    Hex,

    /// <summary>An ELF64 relocatable object.</summary>
    Elf,

    /// <summary>A kernel's boot image.</summary>
    Image,
}

/// <summary>Loads code from a file whatever it is written in.</summary>
public static class CodeFile
{
    private const ulong ExternalsOffset = 0x40000;
    private const ulong ExternalBytes = 16;

    /// <summary>
    /// What the bytes look like: a kernel image and an ELF file by their headers; text of hexadecimal digits, blanks and comments
    /// with at least one pair of digits is hexadecimal; all else is raw.
    /// </summary>
    public static CodeFormat FormatOf(ReadOnlySpan<byte> bytes)
    {
        if (ElfFile.LooksLikeElf(bytes))
            return CodeFormat.Elf;
        if (BzImage.LooksLikeBzImage(bytes) || Arm64ImageLayout.LooksLikeImage(bytes))
            return CodeFormat.Image;

        return LooksLikeHex(bytes) ? CodeFormat.Hex : CodeFormat.Raw;
    }

    /// <summary>Loads raw bytes, hexadecimal text or an ELF object at <paramref name="baseAddress"/>.</summary>
    /// <param name="fileName">For messages.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="architecture">Needed where the file does not say it; null otherwise.</param>
    /// <param name="baseAddress">Where the first byte goes. A multiple of 4096 for an ELF object.</param>
    /// <param name="format">What the file is written in.</param>
    /// <remarks>
    /// Symbols that an object does not define get addresses of their own behind it, 16 bytes each from 256 KiB on, so that its code
    /// can be shown; there is nothing there to execute.
    /// </remarks>
    /// <exception cref="UserErrorException">The file cannot be loaded, or is of another architecture.</exception>
    public static LoadedCode Load(
        string fileName, ReadOnlyMemory<byte> bytes, Architecture? architecture, ulong baseAddress, CodeFormat format)
    {
        if (format is CodeFormat.Image)
            throw new UserErrorException($"{fileName}: a kernel image has many functions; name one");

        if (format is CodeFormat.Elf)
        {
            LoadedCode code = LoadObject(fileName, bytes, baseAddress);
            return architecture is null || architecture == code.Architecture
                ? code
                : throw new UserErrorException($"{fileName}: is an object for {code.Architecture}, not for {architecture}");
        }

        Architecture wanted = architecture
            ?? throw new UserErrorException($"{fileName}: {(format == CodeFormat.Raw ? "raw bytes do" : "hexadecimal text does")} not say the architecture; give it");
        return format is CodeFormat.Raw
            ? BlobLoader.LoadRaw(fileName, bytes, wanted, baseAddress)
            : BlobLoader.LoadHex(fileName, Encoding.UTF8.GetString(bytes.Span), wanted, baseAddress);
    }

    private static LoadedCode LoadObject(string fileName, ReadOnlyMemory<byte> bytes, ulong baseAddress)
    {
        var externals = new Dictionary<string, ulong>(StringComparer.Ordinal);
        LoadedCode code = ElfObjectLoader.Load(fileName, bytes, baseAddress, name =>
        {
            if (!externals.TryGetValue(name, out ulong address))
                externals[name] = address = baseAddress + ExternalsOffset + ((ulong)externals.Count * ExternalBytes);

            return address;
        });
        return code with
        {
            Symbols = [.. code.Symbols, .. externals.Select(pair => new CodeSymbol(pair.Key, pair.Value, ExternalBytes, CodeSymbolKind.Function, true))],
        };
    }

    private static bool LooksLikeHex(ReadOnlySpan<byte> bytes)
    {
        bool inComment = false, any = false;
        foreach (byte letter in bytes)
        {
            if (letter is < 0x20 or > 0x7e && letter is not ((byte)'\n' or (byte)'\r' or (byte)'\t'))
                return false;

            inComment = letter != '\n' && (inComment || letter is (byte)'#' or (byte)';' or (byte)'/');
            if (inComment || letter is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'x' or (byte)'X')
                continue;
            if (!char.IsAsciiHexDigit((char)letter))
                return false;

            any = true;
        }

        return any;
    }
}
