using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>Says why no form fits.</summary>
internal static class X64FormErrors
{
    /// <summary>The name of an operand size in Intel syntax.</summary>
    public static string SizeName(int bytes) => bytes switch
    {
        1 => "byte ptr",
        2 => "word ptr",
        4 => "dword ptr",
        6 => "fword ptr",
        8 => "qword ptr",
        10 => "tbyte ptr",
        16 => "xmmword ptr",
        32 => "ymmword ptr",
        _ => $"{bytes} bytes",
    };

    /// <summary>The error for a statement that no form fits: the nearest forms tell what was expected where.</summary>
    public static AssemblyException NoForm(SourceText source, X64Statement statement)
    {
        var forms = statement.Readings.SelectMany(reading => X64Form.Of(reading.Mnemonic).Select(form => (form, reading))).ToList();
        if (forms.Count == 0)
            return source.Error(statement.Offset, $"'{statement.Word}'", "an instruction of 64-bit mode");
        if (statement.Prefixes.Contains((byte)0xf0) && !forms.Exists(f => f.form.Info.CanUseLockPrefix))
            return source.Error(statement.Offset, $"'lock' in front of '{statement.Word}'", "an instruction that can be locked");

        forms.RemoveAll(f => X64FormMatch.Places(f.form, statement.Operands.Count) is null);
        if (forms.Count == 0)
            return WrongCount(source, statement);
        return WrongOperand(source, statement, forms);
    }

    private static AssemblyException WrongCount(SourceText source, X64Statement statement)
    {
        IEnumerable<int> counts = statement.Readings.SelectMany(reading => X64Form.Of(reading.Mnemonic))
            .Select(form => form.Slots.Length).Distinct().Order();
        int found = statement.Operands.Count;
        return source.Error(statement.Offset, $"{found} operand{(found == 1 ? "" : "s")} of '{statement.Word}'", string.Join(" or ", counts));
    }

    private static AssemblyException WrongOperand(SourceText source, X64Statement statement, List<(X64Form Form, X64Reading Reading)> forms)
    {
        var failures = forms.Select(f => (f.Form, Failing: Failing(f.Form, f.Reading, statement))).ToList();
        int fewest = failures.Min(f => f.Failing.Count);
        var nearest = failures.Where(f => f.Failing.Count == fewest).ToList();
        if (fewest == 0)
            return source.Error(statement.Offset, $"'{statement.Word}'", $"operands of the size that the mnemonic says");

        int place = nearest.Max(f => f.Failing[0]); // what is left of it fits somewhere
        X64AssemblerOperand operand = statement.Operands[place];
        string text = source.Slice(operand.Offset, operand.End).Trim();
        text = text.Length > 40 ? text[..40] : text;
        if (operand.Kind == X64AssemblerOperandKind.Memory && !X64FormMatch.IsAddress(operand))
            return source.Error(operand.Offset, $"'{text}'", "[base + index*scale + signed disp32] with registers of one size, or [rip + disp32]");
        IEnumerable<string> expected = nearest.Where(f => f.Failing[0] == place).Select(f => SlotName(f.Form, statement, place)).Distinct();
        return source.Error(operand.Offset, $"'{text}'", string.Join(", ", expected));
    }

    /// <summary>The error for operands that fit one by one but have no encoding together.</summary>
    public static AssemblyException Impossible(SourceText source, X64Statement statement, string complaint) =>
        complaint.Contains("REX", StringComparison.Ordinal)
            ? source.Error(statement.Offset, "AH, CH, DH or BH beside an operand that needs REX", "AL, CL, DL or BL, or registers below R8")
            : source.Error(statement.Offset, $"operands that cannot go together ({complaint})", "another register or form");

    private static string SlotName(X64Form form, X64Statement statement, int operand) =>
        form.Slots[Array.IndexOf(X64FormMatch.Places(form, statement.Operands.Count)!, operand)].Name;

    private static List<int> Failing(X64Form form, X64Reading reading, X64Statement statement)
    {
        var failing = new List<int>();
        int[] places = X64FormMatch.Places(form, statement.Operands.Count)!;
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] >= 0 && !X64FormMatch.TrySet(new X64Encoding(form), i, statement.Operands[places[i]], reading, statement))
                failing.Add(places[i]);
        }

        return failing;
    }
}
