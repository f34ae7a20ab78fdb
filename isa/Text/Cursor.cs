namespace RcuEmu.Isa.Text;

/// <summary>A place in a text, moved forward token by token; never over the end of a statement.</summary>
internal sealed class Cursor(SourceText source)
{
    /// <summary>The text.</summary>
    public SourceText Source => source;

    /// <summary>The offset in the text.</summary>
    public int Position { get; set; }

    /// <summary>The next character that is no blank; a line feed at the end of the statement.</summary>
    public char Peek()
    {
        while (source[Position] == ' ')
            Position++;
        return source[Position];
    }

    /// <summary>The character directly at the cursor plus <paramref name="ahead"/>.</summary>
    public char At(int ahead) => source[Position + ahead];

    /// <summary>True at the end of the statement.</summary>
    public bool AtEnd => Peek() == '\n';

    /// <summary>Reads <paramref name="c"/> if it is next.</summary>
    public bool Try(char c)
    {
        if (Peek() != c)
            return false;
        Position++;
        return true;
    }

    /// <summary>Reads two characters if they are next.</summary>
    public bool Try(char first, char second)
    {
        if (Peek() != first || At(1) != second)
            return false;
        Position += 2;
        return true;
    }

    /// <summary>Reads <paramref name="c"/>; anything else is an error.</summary>
    public void Expect(char c)
    {
        if (!Try(c))
            throw Unexpected($"'{c}'");
    }

    /// <summary>Asserts the end of the statement.</summary>
    public void ExpectEnd(string orElse = "")
    {
        if (!AtEnd)
            throw Unexpected(orElse.Length == 0 ? "the end of the statement" : $"{orElse} or the end of the statement");
    }

    /// <summary>True if <paramref name="c"/> can be inside a name.</summary>
    public static bool InName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '$' || c > '\x7f';

    /// <summary>True if <paramref name="c"/> can begin a name.</summary>
    public static bool StartsName(char c) => InName(c) && !char.IsAsciiDigit(c) && c != '$';

    /// <summary>The name that is next, without reading it; empty if there is none.</summary>
    public string PeekName()
    {
        if (!StartsName(Peek()))
            return "";
        int end = Position;
        while (InName(source[end]))
            end++;
        return source.Slice(Position, end);
    }

    /// <summary>Reads the name that is next; empty if there is none.</summary>
    public string Name()
    {
        string name = PeekName();
        Position += name.Length;
        return name;
    }

    /// <summary>The error that what is next is not <paramref name="expected"/>.</summary>
    public AssemblyException Unexpected(string expected)
    {
        Peek();
        return source.Error(Position, Found(Position), expected);
    }

    /// <summary>How an error names what is at an offset: the word or the character, quoted.</summary>
    public string Found(int offset)
    {
        if (source[offset] == '\n')
            return "the end of the statement";
        int end = offset + 1;
        if (InName(source[offset]))
        {
            while (end - offset < 40 && InName(source[end]))
                end++;
        }

        return $"'{source.Slice(offset, end)}'";
    }
}
