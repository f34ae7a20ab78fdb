using System.Globalization;

namespace RcuEmu.Isa.Arm64;

/// <summary>Reads one assembly statement from left to right and remembers the first thing that is wrong with it.</summary>
internal ref struct A64Scanner(string text, int position, ulong pc, Func<string, ulong?> symbol)
{
    private int _position = position;

    /// <summary>Where the next token starts, counted from 0.</summary>
    public readonly int Position => _position;

    /// <summary>The address of the instruction.</summary>
    public readonly ulong Pc => pc;

    /// <summary>What was wrong, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>True when only blanks are left.</summary>
    public bool AtEnd
    {
        get
        {
            Skip();
            return _position == text.Length;
        }
    }

    /// <summary>Notes an error at the present place. Returns false.</summary>
    public bool Fail(string error)
    {
        Error ??= error;
        return false;
    }

    /// <summary>True where the text was understood and its value was wrong.</summary>
    public bool IsValueError { get; private set; }

    /// <summary>Notes a value that is wrong, at the place where it begins. Returns false.</summary>
    public bool FailAt(int place, string error)
    {
        IsValueError = true;
        _position = place;
        return Fail(error);
    }

    /// <summary>Reads fixed text; blanks match any number of blanks.</summary>
    public bool Literal(string literal)
    {
        foreach (char c in literal)
        {
            if (c != ' ' && !Try(c))
                return Fail(AtEnd ? $"expected '{c}' before the end" : $"expected '{c}', found '{text[_position]}'");
        }

        return true;
    }

    /// <summary>Reads <paramref name="c"/> if it is next.</summary>
    public bool Try(char c)
    {
        Skip();
        if (_position >= text.Length || text[_position] != c)
            return false;
        _position++;
        return true;
    }

    /// <summary>The next character that is not blank, or NUL.</summary>
    public char Peek()
    {
        Skip();
        return _position < text.Length ? text[_position] : '\0';
    }

    /// <summary>The word ([A-Za-z_.$] and digits) that is next, in lower case, without reading it.</summary>
    public string PeekWord() => PeekRaw().ToLowerInvariant();

    /// <summary>Reads the word that is next.</summary>
    public string Word()
    {
        string word = PeekRaw();
        _position += word.Length;
        return word.ToLowerInvariant();
    }

    /// <summary>Goes back to <paramref name="place"/>.</summary>
    public void Back(int place) => _position = place;

    /// <summary>Reads an immediate with or without #: a number, a symbol, or a symbol and a number.</summary>
    public bool Immediate(out long value)
    {
        Try('#');
        return Expression(out value);
    }

    /// <summary>Reads an immediate from <paramref name="low"/> to <paramref name="high"/> that is a multiple of a unit.</summary>
    public bool Immediate(long low, long high, long unit, out long value)
    {
        int place = Here();
        if (!Immediate(out value))
            return false;
        if (value < low || value > high)
            return FailAt(place, $"{value} is out of range: {low} to {high}");
        return value % unit == 0 || FailAt(place, $"{value} is not a multiple of {unit}");
    }

    /// <summary>Reads a branch target: an address, or with # a distance from the instruction. Gives the distance.</summary>
    public bool Target(int bits, int unit, out long distance)
    {
        int place = Here();
        bool relative = Try('#');
        if (!Expression(out distance))
            return false;
        SkipName();
        if (!relative)
            distance = unchecked(distance - (long)pc);
        long reach = 1L << (bits - 1);
        if (distance % unit != 0)
            return FailAt(place, $"the target is {distance} bytes away, not a multiple of {unit}");
        distance /= unit;
        return (distance >= -reach && distance < reach)
            || FailAt(place, $"the target is {distance * unit} bytes away; the reach is {-reach * unit} to {(reach - 1) * unit}");
    }

    /// <summary>Passes over the name in angle brackets that the disassembler adds to an address.</summary>
    public void SkipName()
    {
        if (!Try('<'))
            return;
        while (_position < text.Length && text[_position] != '>')
            _position++;
        Try('>');
    }

    /// <summary>Reads number | symbol, then any number of + or - and a number.</summary>
    public bool Expression(out long value)
    {
        if (!Term(out value))
            return false;
        while (Peek() is '+' or '-')
        {
            bool minus = text[_position++] == '-';
            if (!Term(out long term))
                return false;
            value = unchecked(minus ? value - term : value + term);
        }

        return true;
    }

    /// <summary>The place of the next token.</summary>
    public int Here()
    {
        Skip();
        return _position;
    }

    private bool Term(out long value)
    {
        value = 0;
        int place = Here();
        if (Try('-'))
        {
            bool read = Term(out long term);
            value = unchecked(-term);
            return read;
        }

        string word = PeekRaw();
        if (word.Length == 0)
            return Fail(AtEnd ? "expected a number or a symbol before the end" : $"expected a number or a symbol, found '{text[_position]}'");
        _position += word.Length;
        return char.IsAsciiDigit(word[0]) ? Number(word, place, out value) : Symbol(word, place, out value);
    }

    private bool Number(string word, int place, out long value)
    {
        bool hex = word.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        bool read = ulong.TryParse(hex ? word.AsSpan(2) : word, style, CultureInfo.InvariantCulture, out ulong number);
        value = unchecked((long)number);
        return read || FailAt(place, $"'{word}' is no number");
    }

    private bool Symbol(string word, int place, out long value)
    {
        ulong? address = word == "." ? pc : symbol(word);
        value = unchecked((long)(address ?? 0));
        return address is not null || FailAt(place, $"unknown symbol '{word}'");
    }

    private string PeekRaw()
    {
        Skip();
        int end = _position;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.' or '$'))
            end++;
        return text[_position..end];
    }

    private void Skip()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t')
            _position++;
    }
}
