using System.Text;

namespace RcuEmu.Trampolines.Loading;

/// <summary>Reads the name of a kernel out of its banner. init/version-timestamp.c (6.12): linux_banner.</summary>
internal static class KernelRelease
{
    private const int LongestBanner = 512;

    /// <summary>The first text <c>Linux version N…</c> that ends in a line end, without it; null when there is none.</summary>
    public static string? FindBanner(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> start = "Linux version "u8;
        for (int found = bytes.IndexOf(start); found >= 0; found = bytes.IndexOf(start))
        {
            bytes = bytes[found..];
            ReadOnlySpan<byte> text = bytes[..Math.Min(bytes.Length, LongestBanner)];
            int end = text.IndexOfAny((byte)'\n', (byte)0);
            if (end > start.Length && char.IsAsciiDigit((char)text[start.Length]))
                return Encoding.Latin1.GetString(text[..end]);

            bytes = bytes[start.Length..];
        }

        return null;
    }

    /// <summary><c>6.12</c> of <c>6.12.107+deb13-cloud-amd64</c>; null where there are no two numbers.</summary>
    public static string? SeriesOf(string release)
    {
        int dot = release.IndexOf('.', StringComparison.Ordinal);
        int end = dot + 1;
        while (end < release.Length && char.IsAsciiDigit(release[end]))
            end++;

        return dot > 0 && end > dot + 1 ? release[..end] : null;
    }
}
