using System.Globalization;

namespace RcuEmu.Isa.Arm64;

/// <summary>The names that stand in braces in a spelling.</summary>
/// <remarks>
/// A register is its width (X W, B H S D Q, or Z and P of SVE) and its field: d t at 4:0, n at 9:5, m s at 20:16, a u (Rt2) at 14:10.
/// <c>|sp</c>: 31 is SP, else XZR. d, t and u are written and the others read, unless <c>:r</c>, <c>:w</c> or <c>:rw</c>
/// says otherwise. <c>=16</c> is a number that cannot be another. A name that begins with a comma prints nothing, not even the comma, where its value is the default.
/// </remarks>
internal static class A64Operands
{
    private static readonly Dictionary<string, A64Operand> Named = MakeNamed();

    private static Dictionary<string, A64Operand> MakeNamed()
    {
        var named = new Dictionary<string, A64Operand>(StringComparer.Ordinal);
        foreach (IEnumerable<(string, A64Operand)> group in new[]
            { A64ImmediateOperands.All, A64OffsetOperands.All, A64ShiftOperands.All, A64BitfieldOperands.All, A64SystemOperands.All, A64SimdOperands.All, A64ScalableOperands.All })
        {
            foreach ((string name, A64Operand operand) in group)
                named.Add(name, operand);
        }

        return named;
    }

    /// <summary>The operand called <paramref name="name"/>, inside square brackets or not.</summary>
    public static A64Operand Parse(string name, bool inAddress)
    {
        if (Named.TryGetValue(name, out A64Operand? operand))
            return operand;
        if (name[0] == '=')
            return new A64FixedOperand(int.Parse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture));
        return A64ScalableOperands.Predicate(name) ?? Vector(name) ?? Register(name, inAddress) ?? throw new ArgumentException($"no operand is called {{{name}}}");
    }

    /// <summary>Vd.16b, Vd.b[imm5], Vn.b[imm4], list2.16b, list2.b[i]; with :r :w :rw like registers.</summary>
    private static A64Operand? Vector(string name)
    {
        string[] parts = name.Split(':'), shape = parts[0].Split('.', '[');
        string role = parts.Length > 1 ? parts[1] : "";
        if (shape.Length < 2)
            return null;
        if (shape[0].StartsWith("list", StringComparison.Ordinal))
        {
            char at = role.Contains('n') ? 'n' : 't';
            return new A64VectorListOperand(shape[0][4] - '0', shape[1], shape.Length > 2, !role.Contains('r'), at);
        }

        char field = shape[0][1];
        bool writes = role.Length > 0 ? role.Contains('w') : field == 'd';
        bool reads = role.Length > 0 ? role.Contains('r') : !writes;
        if (shape.Length == 2)
            return new A64VectorOperand(field, shape[1], reads, writes, alsoRm: shape[0] == "Vnm");
        A64LaneField lane = shape[2] switch { "imm4]" => A64LaneField.Imm4, "top]" => A64LaneField.Top, _ => A64LaneField.Imm5 };
        return new A64ElementOperand(field, shape[1][0], lane, reads, writes);
    }

    private static A64Operand? Register(string name, bool inAddress)
    {
        string[] parts = name.Split(':');
        string role = parts.Length > 1 ? parts[1] : "";
        bool isSp = parts[0].EndsWith("|sp", StringComparison.Ordinal);
        string register = isSp ? parts[0][..^3] : parts[0];
        if (register.Length < 2 || !"dtnmsau".Contains(register[1]))
            return null;

        char field = register[1];
        bool writes = role.Length > 0 ? role.Contains('w') : field is 'd' or 't' or 'u';
        bool reads = role.Length > 0 ? role.Contains('r') : !writes;
        string rest = register[2..];
        return register[0] switch
        {
            'X' or 'W' when rest == "+1" => new A64NextRegisterOperand(register[0], field),
            'X' or 'W' when rest.Length == 0 || rest == "m" => new A64RegisterOperand(register[0], field, isSp, reads, writes, inAddress, alsoRm: rest == "m"),
            'B' or 'H' or 'S' or 'D' or 'Q' or 'Z' when rest.Length == 0 => new A64ScalarOperand(register[0], field, reads, writes),
            _ => null,
        };
    }

    /// <summary>A number as the GNU tools print small ones: #42.</summary>
    internal static string Decimal(long value) => "#" + value.ToString(CultureInfo.InvariantCulture);
}
