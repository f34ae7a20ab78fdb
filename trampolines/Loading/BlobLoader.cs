using System.Buffers.Binary;
using System.Globalization;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>Loads code without headers: raw bytes, or hexadecimal text. It becomes one readable and executable section, <c>.text</c>.</summary>
/// <remarks>
/// Hexadecimal text is groups of digits between white space, after an optional <c>0x</c>. Two digits are one byte. On
/// arm64 eight digits are one instruction word as manuals and objdump print it; on x86-64 a longer group of even length is
/// that many bytes in the order of memory. <c>#</c>, <c>;</c> and <c>//</c> begin a comment up to the end of the line.
/// </remarks>
public static class BlobLoader
{
    /// <summary>The largest blob, in bytes.</summary>
    public const int LargestBlob = 16 << 20;

    /// <summary>Loads the bytes of a file at <paramref name="baseAddress"/>.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, is empty or too large, or the address does not suit it.</exception>
    public static LoadedCode LoadRaw(string path, Architecture architecture, ulong baseAddress) =>
        LoadRaw(path, InputBytes.FromFile(path, LargestBlob).Memory, architecture, baseAddress);

    /// <summary>Loads bytes at <paramref name="baseAddress"/>; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="UserErrorException">There are none or too many, or the address does not suit them.</exception>
    public static LoadedCode LoadRaw(string fileName, ReadOnlyMemory<byte> bytes, Architecture architecture, ulong baseAddress)
    {
        if (bytes.IsEmpty)
            throw new UserErrorException($"{fileName}: no bytes in it");
        if (bytes.Length > LargestBlob)
            throw new UserErrorException($"{fileName}: {bytes.Length} bytes, more than the {LargestBlob} that a blob may have");
        if (architecture == Architecture.Arm64 && (baseAddress & 3) != 0)
            throw new UserErrorException($"{fileName}: address 0x{baseAddress:x} is not a multiple of 4, as arm64 code needs");
        if (baseAddress + (ulong)bytes.Length - 1 < baseAddress)
            throw new UserErrorException($"{fileName}: {bytes.Length} bytes at 0x{baseAddress:x} go past the last address");

        var text = new LoadedSection(".text", baseAddress, bytes, (ulong)bytes.Length, SectionRights.Read | SectionRights.Execute);
        return new LoadedCode(fileName, architecture, [text], [], baseAddress);
    }

    /// <summary>Loads a file of hexadecimal text.</summary>
    /// <exception cref="UserErrorException">It cannot be read or is not such text.</exception>
    public static LoadedCode LoadHexFile(string path, Architecture architecture, ulong baseAddress) =>
        LoadHex(path, System.Text.Encoding.UTF8.GetString(InputBytes.FromFile(path, 8L * LargestBlob).Span), architecture, baseAddress);

    /// <summary>Loads hexadecimal text; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="UserErrorException">It is not such text; the message has line and column.</exception>
    public static LoadedCode LoadHex(string fileName, string text, Architecture architecture, ulong baseAddress)
    {
        var bytes = new List<byte>();
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            int end = CommentStart(line);
            for (int at = 0; at < end;)
            {
                int start = at;
                while (at < end && !char.IsWhiteSpace(line[at]))
                    at++;
                if (at > start && !AppendGroup(line[start..at], architecture, bytes))
                    throw InputBytes.ErrorAt($"{fileName}:{number}:{start + 1}", $"{Found(line[start..at])} is not {Wanted(architecture)}");

                at = at == start ? at + 1 : at;
            }
        }

        return LoadRaw(fileName, bytes.ToArray(), architecture, baseAddress);
    }

    private static bool AppendGroup(ReadOnlySpan<char> group, Architecture architecture, List<byte> bytes)
    {
        ReadOnlySpan<char> digits = group.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? group[2..] : group;
        if (architecture == Architecture.Arm64 && digits.Length == 8)
        {
            if (!uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint word))
                return false;

            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(four, word);
            bytes.AddRange(four);
            return true;
        }

        if (digits.Length == 0 || digits.Length % 2 != 0 || (architecture == Architecture.Arm64 && digits.Length != 2))
            return false;

        for (int i = 0; i < digits.Length; i += 2)
        {
            if (!byte.TryParse(digits.Slice(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                return false;

            bytes.Add(value);
        }

        return true;
    }

    private static int CommentStart(ReadOnlySpan<char> line)
    {
        int end = line.IndexOfAny('#', ';');
        int slashes = line.IndexOf("//");
        end = end < 0 ? line.Length : end;
        return slashes < 0 ? end : Math.Min(end, slashes);
    }

    private static string Found(ReadOnlySpan<char> group) => group.Length <= 24 ? $"'{group}'" : $"'{group[..24]}…'";

    private static string Wanted(Architecture architecture) => architecture == Architecture.Arm64
        ? "a byte of two hexadecimal digits or a word of eight"
        : "a byte of two hexadecimal digits or several bytes without space between";
}
