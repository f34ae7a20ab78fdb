namespace RcuEmu.Isa.Arm64;

/// <summary>One A64 statement to one word. GNU syntax, from the same rows as the disassembler.</summary>
public static class A64Assembler
{
    private static readonly Dictionary<string, List<(uint Value, A64Row Row, A64Spelling Spelling)>> Forms = MakeForms();

    private static Dictionary<string, List<(uint Value, A64Row Row, A64Spelling Spelling)>> MakeForms()
    {
        var forms = new Dictionary<string, List<(uint Value, A64Row Row, A64Spelling Spelling)>>(StringComparer.Ordinal);
        foreach (A64Row row in A64Table.Rows)
        {
            Add(row.Value | row.Diagram.ShouldBeOne, row, row.PlainSpelling);
            foreach (A64Alias alias in row.Aliases)
                Add(row.Value | row.Diagram.ShouldBeOne | alias.Diagram.Value, row, alias.Spelling);
        }

        foreach (List<(uint Value, A64Row Row, A64Spelling Spelling)> list in forms.Values)
        {
            (uint, A64Row, A64Spelling)[] ordered = [.. list.OrderBy(form => Rank(form.Row, form.Spelling))];
            list.Clear();
            list.AddRange(ordered);
        }

        return forms;

        void Add(uint value, A64Row row, A64Spelling spelling)
        {
            if (!forms.TryGetValue(spelling.Mnemonic, out var list))
                forms.Add(spelling.Mnemonic, list = []);
            list.Add((value, row, spelling));
        }
    }

    /// <summary>
    /// Where two encodings have the same text: MOV is MOVZ, then MOVN, then ORR, then ADD; a scaled offset goes before LDUR.
    /// </summary>
    private static int Rank(A64Row row, A64Spelling spelling) => row.Mnemonic switch
    {
        "movz" => 0,
        "movn" => 1,
        "add" when spelling.Mnemonic == "mov" => 3,
        _ => spelling.Mnemonic == "mov" ? 2 : spelling == row.PlainSpelling && !spelling.WritesBack ? 0 : 1,
    };

    /// <summary>Every mnemonic that is understood, aliases included, in alphabetical order.</summary>
    public static IEnumerable<string> Mnemonics => Forms.Keys.Order(StringComparer.Ordinal);

    /// <summary>Assembles one instruction, without label, directive or comment.</summary>
    /// <param name="statement">The text, such as <c>ldr x0, [sp, #16]</c>. Case does not matter, symbols excepted.</param>
    /// <param name="pc">The address it will stand at: branch targets are addresses, or with # distances from here.</param>
    /// <param name="symbol">Gives a symbol's address, or null.</param>
    /// <param name="word">The instruction.</param>
    /// <param name="error">What is wrong and what would be right, or null.</param>
    /// <param name="errorColumn">Where in <paramref name="statement"/>, counted from 0.</param>
    public static bool TryAssemble(
        string statement, ulong pc, Func<string, ulong?> symbol, out uint word, out string? error, out int errorColumn)
    {
        word = 0;
        error = null;
        errorColumn = 0;
        var head = new A64Scanner(statement, 0, pc, symbol);
        int start = head.Here();
        string mnemonic = head.Word();
        int after = head.Position;
        if (!Forms.TryGetValue(mnemonic, out var forms))
        {
            int dot = mnemonic.IndexOf('.');
            if (dot < 0 || !Forms.TryGetValue(mnemonic[..(dot + 1)], out forms))
            {
                errorColumn = start;
                error = mnemonic.Length == 0 ? "expected an instruction" : $"unknown instruction '{mnemonic}'";
                return false;
            }

            after = start + dot + 1;
        }

        return TryForms(forms, new A64Scanner(statement, after, pc, symbol), out word, ref error, ref errorColumn);
    }

    /// <summary>Tries each form; the error reported is the one furthest to the right, a wrong value first.</summary>
    private static bool TryForms(
        List<(uint Value, A64Row Row, A64Spelling Spelling)> forms, A64Scanner start, out uint word, ref string? error,
        ref int errorColumn)
    {
        errorColumn = -1;
        bool isValueError = false;
        foreach ((uint value, A64Row row, A64Spelling spelling) in forms)
        {
            A64Scanner scanner = start;
            word = value;
            if (spelling.TryParse(ref scanner, ref word))
            {
                // An operand that changed a fixed bit made it an instruction of another row: ADD of a negative number.
                bool isOther = ((word ^ row.Value) & row.Mask) != 0;
                if (isOther ? A64Decoder.Find(word) is not null : row.Matches(word))
                {
                    error = null;
                    errorColumn = 0;
                    return true;
                }

                scanner.FailAt(start.Position, $"no such form of {spelling.Template}");
            }

            if (scanner.Position > errorColumn || (scanner.Position == errorColumn && scanner.IsValueError && !isValueError))
                (error, errorColumn, isValueError) = (scanner.Error, scanner.Position, scanner.IsValueError);
        }

        word = 0;
        return false;
    }
}
