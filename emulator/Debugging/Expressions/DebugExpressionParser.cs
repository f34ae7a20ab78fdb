using System.Globalization;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging.Expressions;

/// <summary>Parses by precedence, as C does: each level takes the one below it as its operands.</summary>
internal sealed class DebugExpressionParser(string text, IExpressionScope scope)
{
    private const int DeepestNesting = 200;

    // Lowest first. Longer spellings stand before their beginnings.
    private static readonly string[][] Levels =
    [
        ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"],
    ];

    private int _at;
    private int _depth;

    public DebugExpression Parse()
    {
        DebugExpression parsed = ParseBeginning(out string rest);
        return rest.Length == 0 ? parsed : throw Wrong($"'{Short(rest)}' does not belong to an expression");
    }

    public DebugExpression ParseBeginning(out string rest)
    {
        Blanks();
        if (_at == text.Length)
            throw new UserErrorException("an expression is missing: a number, a $register, a symbol, *address");

        DebugExpression parsed = Binary(0);
        Blanks();
        rest = text[_at..];
        return parsed;
    }

    private DebugExpression Binary(int level)
    {
        if (level == Levels.Length)
            return Unary();

        DebugExpression left = Binary(level + 1);
        while (Operator(level) is { } symbol)
        {
            DebugExpression a = left, b = Binary(level + 1);
            left = new DebugExpression(() => DebugOperators.Apply(symbol, a, b));
        }

        return left;
    }

    private string? Operator(int level)
    {
        Blanks();
        foreach (string symbol in Levels[level])
        {
            if (!text.AsSpan(_at).StartsWith(symbol))
                continue;

            // "|" is not the beginning of "||", and "=" behind an operator is none of ours.
            char next = _at + symbol.Length < text.Length ? text[_at + symbol.Length] : '\0';
            if (symbol.Length == 1 && symbol[0] is '|' or '&' or '<' or '>' && next == symbol[0])
                continue;

            _at += symbol.Length;
            return symbol;
        }

        return null;
    }

    private DebugExpression Unary()
    {
        if (++_depth > DeepestNesting)
            throw Wrong("it is nested too deeply");

        Blanks();
        char letter = Peek();
        DebugExpression result = letter switch
        {
            '-' => Prefix(value => value with { Bits = value.Type.Fit(0 - value.Bits) }),
            '~' => Prefix(value => value with { Bits = value.Type.Fit(~value.Bits) }),
            '!' => Prefix(value => DebugValue.Of(value.IsTrue ? 0 : 1)),
            '+' => Prefix(value => value),
            '*' => Star(),
            '&' => AddressOf(),
            '{' => Braces(),
            '(' => Parentheses(),
            '$' => Dollar(),
            '\'' => Quoted(),
            >= '0' and <= '9' => Number(),
            _ when char.IsAsciiLetter(letter) || letter is '_' or '.' => Name(),
            _ => throw Wrong(_at < text.Length ? $"'{Short(text[_at..])}' begins no value" : "a value is missing at its end"),
        };
        _depth--;
        return result;
    }

    private DebugExpression Prefix(Func<DebugValue, DebugValue> apply)
    {
        _at++;
        DebugExpression operand = Unary();
        return new DebugExpression(() => apply(operand.Value));
    }

    private DebugExpression Star()
    {
        _at++;
        DebugExpression operand = Unary();
        return Memory(() => operand.Value.Bits, () => Pointed(operand.Value.Type));
    }

    // What has no pointer type points to 8 bytes.
    private static DebugType Pointed(DebugType type) => type.Pointers > 0 ? type with { Pointers = type.Pointers - 1 } : DebugType.Long;

    private DebugExpression AddressOf()
    {
        _at++;
        DebugExpression operand = Unary();
        Func<ulong> address = operand.Address ?? (() => operand.Value.Bits);
        return new DebugExpression(() => new DebugValue(address(), DebugType.Address));
    }

    private DebugExpression Braces()
    {
        _at++;
        DebugType type = TypeUpTo('}');
        DebugExpression operand = Unary();
        return Memory(() => operand.Value.Bits, () => type);
    }

    private DebugExpression Parentheses()
    {
        int start = ++_at;
        if (TryType(')') is { } type)
        {
            DebugExpression operand = Unary();
            return new DebugExpression(() => new DebugValue(type.Fit(operand.Value.Bits), type));
        }

        _at = start;
        DebugExpression inner = Binary(0);
        Expect(')');
        return inner;
    }

    private DebugExpression Memory(Func<ulong> address, Func<DebugType> type)
    {
        DebugValue Read()
        {
            DebugType of = type();
            return new DebugValue(of.Fit(scope.Read(address(), of.Size)), of);
        }

        return new DebugExpression(Read, value => scope.Write(address(), type().Size, value.Bits), address, TryTypeNow(type));
    }

    // The type of *E where E cannot be evaluated yet is that of 8 bytes.
    private static DebugType? TryTypeNow(Func<DebugType> type)
    {
        try
        {
            return type();
        }
        catch (UserErrorException)
        {
            return DebugType.Long;
        }
    }

    private DebugExpression Dollar()
    {
        int start = ++_at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '$' or '.'))
            _at++;

        string name = text[start.._at];
        if (name.Length == 0 || name[0] == '$' || name.All(char.IsAsciiDigit))
            return HistoryValue(name);

        Func<DebugValue> read = scope.Variable(name)
            ?? (() => throw new UserErrorException($"${name} has no value: it is no register of this architecture and was not set"));
        return new DebugExpression(read, value => scope.SetVariable(name, value));
    }

    private DebugExpression HistoryValue(string name)
    {
        bool fromEnd = name.Length == 0 || name[0] == '$';
        string digits = name.TrimStart('$');
        int number = digits.Length == 0 ? (name.Length == 0 ? 0 : 1) : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1;
        return scope.History(number, fromEnd) is { } value
            ? new DebugExpression(() => value)
            : throw new UserErrorException($"the history has no value ${name}");
    }

    private DebugExpression Number()
    {
        int start = _at;
        bool isHex = text.AsSpan(_at).StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        _at += isHex ? 2 : 0;
        int digits = _at;
        while (_at < text.Length && (isHex ? char.IsAsciiHexDigit(text[_at]) : char.IsAsciiDigit(text[_at])))
            _at++;

        NumberStyles style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (!ulong.TryParse(text.AsSpan(digits, _at - digits), style, CultureInfo.InvariantCulture, out ulong value)
            || (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')))
        {
            throw Wrong($"'{Short(text[start..])}' begins with no 64-bit number; write 4096 or 0x1000");
        }

        DebugType type = value <= long.MaxValue ? DebugType.Long : DebugType.Word;
        return new DebugExpression(() => new DebugValue(value, type));
    }

    private DebugExpression Quoted()
    {
        int end = text.IndexOf('\'', _at + 1);
        if (end < 0)
            throw Wrong("a quote is not closed");

        string name = text[(_at + 1)..end];
        _at = end + 1;
        return SymbolValue(name);
    }

    private DebugExpression Name()
    {
        int start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.'))
            _at++;

        return SymbolValue(text[start.._at]);
    }

    private DebugExpression SymbolValue(string name)
    {
        ulong address = scope.Symbol(name) ?? throw new UserErrorException($"no symbol \"{name}\" here");
        return new DebugExpression(() => new DebugValue(address, DebugType.Address, true));
    }

    private DebugType TypeUpTo(char end) =>
        TryType(end) ?? throw Wrong("a type is missing: char, short, int, long, u8 to u64, with unsigned and * as in C");

    private DebugType? TryType(char end)
    {
        var words = new List<string>();
        int pointers = 0;
        for (Blanks(); _at < text.Length && text[_at] != end; Blanks())
        {
            if (text[_at] == '*')
            {
                pointers++;
                _at++;
                continue;
            }

            int start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
                _at++;

            if (start == _at || pointers > 0)
                return null;

            words.Add(text[start.._at]);
        }

        if (_at == text.Length || DebugType.Of(words) is not { } type)
            return null;

        _at++;
        return type with { Pointers = pointers };
    }

    private char Peek() => _at < text.Length ? text[_at] : '\0';

    private void Expect(char letter)
    {
        Blanks();
        if (Peek() != letter)
            throw Wrong($"'{letter}' is missing");

        _at++;
    }

    private void Blanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    private UserErrorException Wrong(string what) => new($"in expression '{Short(text)}': {what}");

    private static string Short(string long_) => long_.Length <= 40 ? long_ : $"{long_[..40]}...";
}
