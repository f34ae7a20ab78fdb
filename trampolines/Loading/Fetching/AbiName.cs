namespace RcuEmu.Trampolines.Loading;

/// <summary>The name that a distribution gives a kernel build: <c>6.12.107+deb13-cloud-amd64</c>.</summary>
/// <param name="Text">The whole name.</param>
/// <param name="Version">What stands before the flavour: <c>6.12.107+deb13</c>.</param>
/// <param name="Flavour"><c>cloud</c>, <c>rt</c>, or <c>generic</c> for a name without one.</param>
/// <param name="Arch"><c>amd64</c> or <c>arm64</c>.</param>
internal sealed record AbiName(string Text, string Version, string Flavour, string Arch) : IComparable<AbiName>
{
    /// <summary>The flavours that can be asked for.</summary>
    public static IReadOnlyList<string> Flavours { get; } = ["cloud", "rt", "generic"];

    /// <summary>Splits a name; null for one of another form (a meta package, a page-size flavour, another architecture).</summary>
    public static AbiName? Parse(string text)
    {
        int arch = text.LastIndexOf('-');
        if (arch <= 0 || text[(arch + 1)..] is not ("amd64" or "arm64") || !char.IsAsciiDigit(text[0]))
            return null;

        string version = text[..arch], flavour = "generic";
        foreach (string known in (string[])["cloud", "rt"])
        {
            if (version.EndsWith("-" + known, StringComparison.Ordinal))
                (version, flavour) = (version[..^(known.Length + 1)], known);
        }

        // a meta package ends in a series (6.12-cloud-amd64), a flavour with large pages in -16k or -64k
        int lastWord = version.LastIndexOf('-');
        bool isMeta = version.All(c => char.IsAsciiDigit(c) || c == '.') && version.Count(c => c == '.') < 2;
        bool isOther = lastWord >= 0 && !version[(lastWord + 1)..].All(char.IsAsciiDigit);
        return isMeta || isOther || version.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '+' or '~'))
            ? null
            : new AbiName(text, version, flavour, text[(arch + 1)..]);
    }

    /// <summary>Whether the build belongs to a series (<c>6.12</c>) or is the one that a longer beginning of its name says. 6.1 is not 6.12.</summary>
    public bool IsOf(string series) =>
        Text.StartsWith(series, StringComparison.Ordinal) && (Text.Length == series.Length || !char.IsAsciiDigit(Text[series.Length]));

    /// <summary>Older builds first: runs of digits compare as numbers.</summary>
    public int CompareTo(AbiName? other)
    {
        if (other is null)
            return 1;

        ReadOnlySpan<char> a = Version, b = other.Version;
        while (!a.IsEmpty && !b.IsEmpty)
        {
            ReadOnlySpan<char> pieceA = Piece(ref a), pieceB = Piece(ref b);
            int order = char.IsAsciiDigit(pieceA[0]) && char.IsAsciiDigit(pieceB[0])
                ? CompareNumbers(pieceA.TrimStart('0'), pieceB.TrimStart('0'))
                : pieceA.CompareTo(pieceB, StringComparison.Ordinal);
            if (order != 0)
                return order;
        }

        int rest = a.Length.CompareTo(b.Length);
        return rest != 0 ? rest : string.CompareOrdinal(Text, other.Text);
    }

    private static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.CompareTo(b, StringComparison.Ordinal);

    private static ReadOnlySpan<char> Piece(ref ReadOnlySpan<char> text)
    {
        bool digits = char.IsAsciiDigit(text[0]);
        int end = 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]) == digits)
            end++;

        ReadOnlySpan<char> piece = text[..end];
        text = text[end..];
        return piece;
    }
}
