namespace RcuEmu.Isa.Text;

/// <summary>
/// A text without its comments. Each statement ends in a line feed, whether the text had a line feed or a semicolon there,
/// and every other character stays at its offset, so that an offset leads back to a line and a column.
/// </summary>
internal sealed class SourceText
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 8 << 20;

    private readonly Architecture _architecture;
    private readonly char[] _clean;
    private int[]? _lineStarts;

    /// <summary>Takes the comments out of <paramref name="text"/>.</summary>
    public SourceText(Architecture architecture, string text, string fileName)
    {
        _architecture = architecture;
        FileName = fileName;
        Original = text;
        if (text.Length > MaxLength)
            throw new AssemblyException(fileName, 1, 1, $"a text of {text.Length} characters", $"at most {MaxLength}");
        _clean = new char[text.Length + 1];
        text.CopyTo(_clean);
        _clean[^1] = '\n';
        Clean();
    }

    /// <summary>What errors call the text.</summary>
    public string FileName { get; }

    /// <summary>The text as it was given.</summary>
    public string Original { get; }

    /// <summary>One past the last offset.</summary>
    public int Length => _clean.Length;

    /// <summary>The character at an offset, comments being blanks.</summary>
    public char this[int offset] => offset < _clean.Length ? _clean[offset] : '\n';

    /// <summary>Characters of the text without its comments.</summary>
    public string Slice(int start, int end) => new(_clean, start, end - start);

    /// <summary>Line and column of an offset, counted from 1.</summary>
    public (int Line, int Column) Place(int offset)
    {
        _lineStarts ??= [0, .. Enumerable.Range(1, Original.Length).Where(i => Original[i - 1] == '\n')];
        int place = Math.Min(offset, Original.Length);
        int line = Array.BinarySearch(_lineStarts, place);
        if (line < 0)
            line = ~line - 1;
        return (line + 1, place - _lineStarts[line] + 1);
    }

    /// <summary>An error at an offset.</summary>
    public AssemblyException Error(int offset, string found, string expected)
    {
        (int line, int column) = Place(offset);
        return new AssemblyException(FileName, line, column, Clip(found), Clip(expected));
    }

    /// <summary>An error at an offset, in its own words.</summary>
    public AssemblyException Error(int offset, string message)
    {
        (int line, int column) = Place(offset);
        return new AssemblyException(FileName, line, column, Clip(message));
    }

    // A name of a megabyte is no help to the reader.
    private static string Clip(string text) => text.Length <= 300 ? text : text[..300] + "…";

    private void Clean()
    {
        bool lineStart = true;
        for (int i = 0; i < Original.Length; i++)
        {
            char c = _clean[i];
            if (c == '"')
                i = SkipString(i);
            else if (c == '\'')
                i = SkipCharacter(i);
            else if (c == '/' && this[i + 1] == '*')
                i = BlankBlock(i);
            else if (StartsComment(i, lineStart))
                i = BlankLine(i);
            else if (c is ';' or '\r' or '\t')
                _clean[i] = c == ';' ? '\n' : ' ';
            else if (c == '\0')
                throw Error(i, "a NUL character", "text");
            lineStart = i < Original.Length && (Original[i] == '\n' || (lineStart && c is ' ' or '\t' or '\r'));
        }
    }

    // GNU as, "Comments": x86-64 takes # anywhere, AArch64 only at the start of a line (elsewhere it marks an immediate).
    private bool StartsComment(int i, bool lineStart) => _clean[i] switch
    {
        '/' => this[i + 1] == '/',
        '#' => _architecture == Architecture.X64 || lineStart,
        '@' => _architecture == Architecture.Arm64 && (i == 0 || _clean[i - 1] is ' ' or '\n'),
        _ => false,
    };

    private int BlankLine(int i)
    {
        for (; i < Original.Length && Original[i] != '\n'; i++)
            _clean[i] = ' ';
        return i;
    }

    private int BlankBlock(int start)
    {
        int end = Original.IndexOf("*/", start + 2, StringComparison.Ordinal);
        if (end < 0)
            throw Error(start, "a comment without an end", "'*/'");
        _clean.AsSpan(start, end + 2 - start).Fill(' ');
        return end + 1;
    }

    private int SkipString(int start)
    {
        int i = start + 1;
        while (i < Original.Length && Original[i] is not ('"' or '\n'))
            i += Original[i] == '\\' && this[i + 1] != '\n' ? 2 : 1;
        return i < Original.Length && Original[i] == '"' ? i : throw Error(start, "a string without an end", "'\"' on the same line");
    }

    private int SkipCharacter(int i)
    {
        int last = i + (this[i + 1] == '\\' ? 2 : 1);
        if (last < Original.Length && this[last] != '\n' && this[last + 1] == '\'')
            last++;
        return last < Original.Length && this[last] != '\n' ? last : i;
    }
}
