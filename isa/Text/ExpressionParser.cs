using System.Globalization;

namespace RcuEmu.Isa.Text;

/// <summary>
/// Reads expressions. GNU as, "Infix Operators": the strongest are * / % &lt;&lt; &gt;&gt;, then | &amp; ^, then + -.
/// </summary>
internal sealed class ExpressionParser(Cursor cursor, SymbolTable symbols)
{
    /// <summary>The rank of + and -: what a term of a sum must bind more strongly than.</summary>
    public const int SumRank = 1;

    private const int MaxDepth = 100;
    private const int MaxNodes = 10_000;

    private readonly List<ExpressionNode> _nodes = [];
    private int _depth;

    /// <summary>Names that are no symbols in the present operand: registers without a percent sign.</summary>
    public Predicate<string>? IsReserved { get; set; }

    /// <summary>Reads an expression whose operators all bind at least as strongly as <paramref name="rank"/>.</summary>
    public Expression Parse(int rank = SumRank)
    {
        cursor.Peek();
        int offset = cursor.Position;
        _nodes.Clear();
        _depth = 0;
        Binary(rank);
        return new Expression(offset, [.. _nodes]);
    }

    /// <summary>Reads an expression that must be known here and now.</summary>
    public ulong ParseConstant(string what)
    {
        Expression expression = Parse();
        return expression.IsConstant
            ? expression.Constant
            : throw cursor.Source.Error(expression.Offset, cursor.Found(expression.Offset), $"{what} known at this point");
    }

    private void Binary(int rank)
    {
        Unary();
        while (Operator() is var (op, itsRank, length) && itsRank >= rank)
        {
            cursor.Position += length;
            Binary(itsRank + 1);
            Add(new(op));
        }
    }

    private (ExpressionOperator Operator, int Rank, int Length)? Operator() => cursor.Peek() switch
    {
        '+' => (ExpressionOperator.Add, SumRank, 1),
        '-' => (ExpressionOperator.Subtract, SumRank, 1),
        '|' => (ExpressionOperator.Or, 2, 1),
        '&' => (ExpressionOperator.And, 2, 1),
        '^' => (ExpressionOperator.Xor, 2, 1),
        '*' => (ExpressionOperator.Multiply, 3, 1),
        '/' => (ExpressionOperator.Divide, 3, 1),
        '%' => (ExpressionOperator.Remainder, 3, 1),
        '<' when cursor.At(1) == '<' => (ExpressionOperator.ShiftLeft, 3, 2),
        '>' when cursor.At(1) == '>' => (ExpressionOperator.ShiftRight, 3, 2),
        _ => null,
    };

    private void Unary()
    {
        if (++_depth > MaxDepth)
            throw cursor.Unexpected($"an expression nested at most {MaxDepth} deep");
        if (cursor.Try('-'))
        {
            Unary();
            Add(new(ExpressionOperator.Negate));
        }
        else if (cursor.Try('~'))
        {
            Unary();
            Add(new(ExpressionOperator.Not));
        }
        else if (cursor.Try('+'))
        {
            Unary();
        }
        else if (cursor.Try('('))
        {
            Binary(SumRank);
            cursor.Expect(')');
        }
        else
        {
            Primary();
        }

        _depth--;
    }

    private void Primary()
    {
        char c = cursor.Peek();
        if (char.IsAsciiDigit(c))
            NumberOrLocal();
        else if (c == '\'')
            Add(new(ExpressionOperator.Number, Character()));
        else if (cursor.PeekName() is { Length: > 0 })
            Name();
        else
            throw cursor.Unexpected("a number, a symbol or '('");
    }

    private void Name()
    {
        int offset = cursor.Position;
        string name = cursor.Name();
        if (IsReserved?.Invoke(name) == true)
            throw cursor.Source.Error(offset, $"the register '{name}'", "a number or a symbol");
        Symbol symbol = name == "." ? symbols.Here() : symbols.Refer(name, offset);
        symbol.IsUsed = true;
        Add(symbol.Value is { IsConstant: true } known
            ? new(ExpressionOperator.Number, known.Constant)
            : new(ExpressionOperator.Symbol, Symbol: symbol));
    }

    private ulong Character()
    {
        int start = cursor.Position++;
        char c = cursor.At(0);
        if (c == '\n' || c > '\x7f')
            throw cursor.Source.Error(start, "'''", "an ASCII character behind it");
        cursor.Position++;
        if (c == '\\')
            c = (char)StringLiteral.Escape(cursor);
        if (cursor.At(0) == '\'')
            cursor.Position++;
        return c;
    }

    private void NumberOrLocal()
    {
        int start = cursor.Position;
        int end = start;
        while (Cursor.InName(cursor.Source[end]))
            end++;
        string word = cursor.Source.Slice(start, end);
        cursor.Position = end;
        if (word[^1] is 'b' or 'f' && uint.TryParse(word.AsSpan(0, word.Length - 1), NumberStyles.None, null, out uint number))
            Add(new(ExpressionOperator.Symbol, Symbol: symbols.Local(number, word[^1] == 'f', start)));
        else if (TryNumber(word, out ulong value))
            Add(new(ExpressionOperator.Number, value));
        else
            throw cursor.Source.Error(start, cursor.Found(start), "a number of at most 64 bits (12, 0x1f, 0b101, 017) or a local label (1b, 1f)");
    }

    /// <summary>Reads a number as GNU as does: 12, 0x1f, 0b101, 017.</summary>
    public static bool TryNumber(string word, out ulong value)
    {
        if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out value);
        if (word.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(word.AsSpan(2), NumberStyles.AllowBinarySpecifier, null, out value);
        if (word is not ['0', _, ..])
            return ulong.TryParse(word, NumberStyles.None, null, out value);

        value = 0;
        foreach (char digit in word)
        {
            if (digit is < '0' or > '7' || value >> 61 != 0)
                return false;
            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private void Add(ExpressionNode node)
    {
        if (_nodes.Count == MaxNodes)
            throw cursor.Unexpected($"an expression of at most {MaxNodes} terms and operators");
        _nodes.Add(node);
    }
}
