using System.Globalization;
using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>Operands of the SVE instructions.</summary>
internal static class A64ScalableOperands
{
    public static IEnumerable<(string Name, A64Operand Operand)> All =>
    [
        ("vectors", new A64MultipleOperand(A64VectorLength.Bytes)),
        ("predicates", new A64MultipleOperand(A64VectorLength.PredicateBytes)),
        (",vectoroffset", new A64ScalableOffsetOperand(A64VectorLength.Bytes)),
        (",predicateoffset", new A64ScalableOffsetOperand(A64VectorLength.PredicateBytes)),
    ];

    /// <summary>Pt, Pd.b, Pn.b; with :r as registers have. Null where it is no such name.</summary>
    public static A64Operand? Predicate(string name) => name is ['P', 'd' or 't' or 'n', ..] && name.Split(':')[0].Split('.') is var parts
        ? new A64PredicateOperand(name[1], parts.Length > 1 ? "." + parts[1] : "")
        : null;
}

/// <summary>A predicate register, in four bits: p0, p15.b. Left out: it is in no one's <see cref="A64Roles"/>.</summary>
internal sealed class A64PredicateOperand(char field, string arrangement) : A64Operand
{
    private readonly int _low = A64RegisterFields.Low(field);

    public override void Decode(uint word, ref A64Insn insn) => A64RegisterFields.Set(ref insn, field, (byte)Get(word, _low, 4));

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('p').Append(Get(word, _low, 4)).Append(arrangement);

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        if (!name.EndsWith(arrangement, StringComparison.Ordinal)
            || !A64RegisterFields.TryNumber(name[..^arrangement.Length], 'p', out uint number) || number > 15)
        {
            return scanner.Fail($"expected p0{arrangement} to p15{arrangement}, found '{name}'");
        }

        scanner.Word();
        Put(ref word, _low, 4, number);
        return true;
    }
}

/// <summary>How many vector or predicate lengths, at 10:5: #-32 to #31. Fills Imm, in bytes.</summary>
internal sealed class A64MultipleOperand(int bytes) : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = GetSigned(word, 5, 6) * bytes;

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append(A64Operands.Decimal(GetSigned(word, 5, 6)));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(-32, 31, 1, out long value))
            return false;
        Put(ref word, 5, 6, (uint)value);
        return true;
    }
}

/// <summary>imm9 at 21:16 and 12:10, in vector or predicate lengths: nothing, or #-256, mul vl to #255, mul vl. Fills Imm, in bytes.</summary>
internal sealed class A64ScalableOffsetOperand(int bytes) : A64Operand
{
    private static int Offset(uint word) => (GetSigned(word, 16, 6) << 3) | (int)Get(word, 10, 3);

    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = Offset(word) * bytes;

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        if (Offset(word) != 0)
            text.Append(CultureInfo.InvariantCulture, $", #{Offset(word)}, mul vl");
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        long value = 0;
        if (scanner.Try(',') && !(scanner.Immediate(-256, 255, 1, out value) && scanner.Literal(", mul vl")))
            return false;
        Put(ref word, 16, 6, (uint)(value >> 3));
        Put(ref word, 10, 3, (uint)value);
        return true;
    }
}
