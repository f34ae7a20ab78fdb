namespace RcuEmu.Isa.Text;

/// <summary>Strings in double quotes with the escapes of GNU as ("Strings").</summary>
internal static class StringLiteral
{
    /// <summary>Reads a string; its characters become UTF-8.</summary>
    public static void Read(Cursor cursor, List<byte> bytes)
    {
        cursor.Expect('"');
        while (cursor.At(0) is var c && c != '"')
        {
            if (c == '\n')
                throw cursor.Unexpected("'\"'");
            cursor.Position++;
            if (c == '\\')
                bytes.Add(Escape(cursor));
            else
                AddUtf8(cursor, c, bytes);
        }

        cursor.Position++;
    }

    /// <summary>Reads what follows a backslash.</summary>
    public static byte Escape(Cursor cursor)
    {
        char c = cursor.At(0);
        if (c is >= '0' and <= '7')
            return Digits(cursor, 3, 8);
        if (c != '\n')
            cursor.Position++;
        return c switch
        {
            'n' => (byte)'\n',
            't' => (byte)'\t',
            'r' => (byte)'\r',
            'b' => (byte)'\b',
            'f' => (byte)'\f',
            'x' or 'X' when char.IsAsciiHexDigit(cursor.At(0)) => Digits(cursor, int.MaxValue, 16),
            '\\' or '"' or '\'' => (byte)c,
            _ => throw cursor.Source.Error(cursor.Position - 1, $"the escape '\\{(c == '\n' ? ' ' : c)}'", "\\n \\t \\r \\b \\f \\\\ \\\" \\NNN or \\xNN"),
        };
    }

    private static byte Digits(Cursor cursor, int most, int radix)
    {
        int value = 0;
        for (int i = 0; i < most && char.IsAsciiHexDigit(cursor.At(0)); i++)
        {
            int digit = Convert.ToInt32(cursor.At(0).ToString(), 16);
            if (digit >= radix)
                break;
            value = ((value * radix) + digit) & 0xff; // GNU as keeps the low byte
            cursor.Position++;
        }

        return (byte)value;
    }

    private static void AddUtf8(Cursor cursor, char c, List<byte> bytes)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var rune = System.Text.Rune.ReplacementChar;
        if (char.IsHighSurrogate(c) && char.IsLowSurrogate(cursor.At(0)))
            rune = new System.Text.Rune(c, cursor.Source[cursor.Position++]);
        else if (!char.IsSurrogate(c))
            rune = new System.Text.Rune(c);
        bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
    }
}
