using System.Buffers.Binary;

namespace RcuEmu.Isa.Text;

/// <summary>Reads A64 statements: four bytes each, made when all addresses are known.</summary>
internal sealed class A64InstructionReader(AssemblyUnit unit) : IInstructionReader
{
    private const uint Nop = 0xd503201f;

    private readonly A64LiteralPool _pool = new(unit);

    private Cursor Cursor => unit.Cursor;

    /// <inheritdoc/>
    public void Read()
    {
        int start = Cursor.Position;
        string mnemonic = Cursor.Name();
        if (mnemonic.Length == 0)
            throw Cursor.Unexpected("a label, a directive or an instruction");
        var statement = new A64Statement(start);
        statement.AddText(Cursor.Source, start, Cursor.Position);
        for (int before = Cursor.Position; !Cursor.AtEnd; before = Cursor.Position)
            ReadPiece(statement, mnemonic, before);
        unit.Layout.Add(new A64Item(unit.Symbols, statement));
    }

    /// <inheritdoc/>
    // gas/config/tc-aarch64.c (2.40): aarch64_handle_align(): zeros up to a multiple of four, then NOP.
    public void Pad(Span<byte> bytes, ulong address)
    {
        int zeros = bytes.Length % 4;
        bytes[..zeros].Clear();
        for (int i = zeros; i < bytes.Length; i += 4)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[i..], Nop);
    }

    /// <inheritdoc/>
    public void PlaceLiterals() => _pool.Place();

    // The table's assembler knows numbers and symbols. What GNU as allows beyond that (operators, parentheses, numeric
    // labels, characters, literals) is read here and given to it as one number.
    private void ReadPiece(A64Statement statement, string mnemonic, int start)
    {
        char c = Cursor.Peek();
        if (c == '=' && mnemonic.Equals("ldr", StringComparison.OrdinalIgnoreCase))
        {
            statement.AddText(Cursor.Source, start, Cursor.Position++);
            Symbol literal = _pool.Add(unit.Expressions.Parse(), statement.FirstRegister());
            statement.AddExpression(start, new Expression(start, [new(ExpressionOperator.Symbol, Symbol: literal)]));
            return;
        }

        if (c == '{') // a list of vector registers: its '-' is no operator
        {
            while (!Cursor.AtEnd && !Cursor.Try('}'))
                Cursor.Position++;
            statement.AddText(Cursor.Source, start, Cursor.Position);
            return;
        }

        if (StartsExpression(c))
        {
            statement.AddText(Cursor.Source, start, Cursor.Position);
            start = Cursor.Position;
            statement.AddExpression(start, unit.Expressions.Parse());
            return;
        }

        if (Cursor.InName(c))
        {
            while (Cursor.InName(Cursor.At(0)))
                Cursor.Position++;
            MarkUsed(start, Cursor.Position);
        }
        else
        {
            Cursor.Position++;
        }

        statement.AddText(Cursor.Source, start, Cursor.Position);
    }

    // A name alone may be a label: unless the text or the caller has it, the table's assembler says what is wrong.
    private void MarkUsed(int start, int end)
    {
        string word = Cursor.Source.Slice(start, end).TrimStart();
        if (unit.Symbols.Find(word) is { } symbol)
            symbol.IsUsed = true;
    }

    private bool StartsExpression(char c)
    {
        if (c is '(' or '~' or '\'' or '-' or '+')
            return true;
        if (!Cursor.InName(c))
            return false;
        int end = 0;
        while (Cursor.InName(Cursor.At(end)))
            end++;
        char last = Cursor.At(end - 1);
        bool isLocal = char.IsAsciiDigit(c) && last is 'b' or 'f' && Digits(end - 1);
        bool isEquate = unit.Symbols.Find(Cursor.PeekName()) is { Value: not null };
        bool isDot = c == '.' && end == 1;
        while (Cursor.At(end) == ' ')
            end++;
        return isLocal || isDot || isEquate || (Cursor.At(end) is '+' or '-' or '*' or '/' or '%' or '&' or '|' or '^' or '<' or '>');
    }

    private bool Digits(int count)
    {
        int i = 0;
        while (i < count && char.IsAsciiDigit(Cursor.At(i)))
            i++;
        return count > 0 && i == count;
    }
}
