using System.Globalization;
using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>A whole vector register with its arrangement: v0.16b.</summary>
internal sealed class A64VectorOperand(char field, string arrangement, bool reads, bool writes, bool alsoRm) : A64Operand
{
    private readonly int _low = A64RegisterFields.Low(field);

    public override void Decode(uint word, ref A64Insn insn) =>
        A64RegisterFields.Set(ref insn, field, (byte)Get(word, _low, 5));

    public override A64Roles Roles(uint word)
    {
        uint bit = 1u << (int)Get(word, _low, 5);
        return new A64Roles(0, 0, 0, reads ? bit : 0, writes ? bit : 0, false, false);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('v').Append(Get(word, _low, 5)).Append('.').Append(arrangement);

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!TryRegister(ref scanner, arrangement, out uint number))
            return false;
        Put(ref word, _low, 5, number);
        if (alsoRm)
            Put(ref word, 16, 5, number);
        return true;
    }

    internal static bool TryRegister(ref A64Scanner scanner, string arrangement, out uint number)
    {
        string name = scanner.PeekWord();
        string[] parts = name.Split('.');
        number = 0;
        if (parts.Length != 2 || parts[1] != arrangement || !A64RegisterFields.TryNumber(parts[0], 'v', out number))
            return scanner.Fail($"expected v0.{arrangement} to v31.{arrangement}, found '{name}'");
        scanner.Word();
        return true;
    }
}

/// <summary>Where the lane number of an element lies.</summary>
internal enum A64LaneField
{
    /// <summary>Above the size marker in imm5, 20:16. Fills Imm2.</summary>
    Imm5,

    /// <summary>In imm4, 14:11, above the size's bits. Fills Imm.</summary>
    Imm4,

    /// <summary>Nowhere: it is 1, and the row says so.</summary>
    Top,
}

/// <summary>One lane: v0.b[3].</summary>
internal sealed class A64ElementOperand(char field, char size, A64LaneField lane, bool reads, bool writes) : A64Operand
{
    private readonly int _low = A64RegisterFields.Low(field);
    private readonly int _log = "bhsd".IndexOf(size, StringComparison.Ordinal);

    public override void Decode(uint word, ref A64Insn insn)
    {
        A64RegisterFields.Set(ref insn, field, (byte)Get(word, _low, 5));
        if (lane == A64LaneField.Imm4)
            insn.Imm = Lane(word);
        else if (lane == A64LaneField.Imm5)
            insn.Imm2 = (int)Lane(word);
    }

    private uint Lane(uint word) => lane switch
    {
        A64LaneField.Imm5 => Get(word, 17 + _log, 4 - _log),
        A64LaneField.Imm4 => Get(word, 11 + _log, 4 - _log),
        _ => 1,
    };

    public override A64Roles Roles(uint word)
    {
        uint bit = 1u << (int)Get(word, _low, 5);
        return new A64Roles(0, 0, 0, reads || writes ? bit : 0, writes ? bit : 0, false, false);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('v').Append(Get(word, _low, 5)).Append('.').Append(size).Append('[').Append(Lane(word)).Append(']');

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!A64VectorOperand.TryRegister(ref scanner, size.ToString(), out uint number)
            || !scanner.Literal("[") || !scanner.Immediate(lane == A64LaneField.Top ? 1 : 0, (16 >> _log) - 1, 1, out long at) || !scanner.Literal("]"))
        {
            return false;
        }

        Put(ref word, _low, 5, number);
        if (lane != A64LaneField.Top)
            Put(ref word, (lane == A64LaneField.Imm5 ? 17 : 11) + _log, 4 - _log, (uint)at);
        return true;
    }
}

/// <summary>One to four registers in braces, with a lane behind them where they are single structures.</summary>
internal sealed class A64VectorListOperand(int count, string arrangement, bool isLane, bool writes, char field = 't') : A64Operand
{
    private readonly int _low = A64RegisterFields.Low(field);
    private readonly int _log = "bhsd".IndexOf(arrangement[^1], StringComparison.Ordinal);

    public override void Decode(uint word, ref A64Insn insn)
    {
        A64RegisterFields.Set(ref insn, field, (byte)Get(word, _low, 5));
        if (isLane)
            insn.Imm = Lane(word);
    }

    /// <summary>Q:S:size without the bits that the element's size takes.</summary>
    private uint Lane(uint word) => ((Get(word, 30, 1) << 3) | Get(word, 10, 3)) >> _log;

    public override A64Roles Roles(uint word)
    {
        uint bits = 0;
        for (uint i = 0; i < count; i++)
            bits |= 1u << (int)((Get(word, _low, 5) + i) & 31);
        return new A64Roles(0, 0, 0, writes && !isLane ? 0 : bits, writes ? bits : 0, false, false);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        uint first = Get(word, _low, 5), last = (first + (uint)count - 1) & 31;
        text.Append('{');
        if (count > 2 && last > first)
        {
            Append(text, first).Append('-');
        }
        else
        {
            for (uint i = 0; i + 1 < count; i++)
                Append(text, (first + i) & 31).Append(", ");
        }

        Append(text, last).Append('}');
        if (isLane)
            text.Append('[').Append(Lane(word)).Append(']');
    }

    private StringBuilder Append(StringBuilder text, uint number) =>
        text.Append('v').Append(number.ToString(CultureInfo.InvariantCulture)).Append('.').Append(arrangement);

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Literal("{") || !A64VectorOperand.TryRegister(ref scanner, arrangement, out uint first))
            return false;
        if (!TryRest(ref scanner, first) || !scanner.Literal("}"))
            return false;
        Put(ref word, _low, 5, first);
        if (!isLane)
            return true;
        if (!scanner.Literal("[") || !scanner.Immediate(0, (16 >> _log) - 1, 1, out long lane) || !scanner.Literal("]"))
            return false;
        uint bits = (uint)lane << _log;
        Put(ref word, 30, 1, bits >> 3);
        uint kept = Get(word, 10, 3) & ((1u << _log) - 1);
        Put(ref word, 10, 3, (bits & 7) | kept);
        return true;
    }

    private bool TryRest(ref A64Scanner scanner, uint first)
    {
        if (count > 1 && scanner.Try('-'))
        {
            return A64VectorOperand.TryRegister(ref scanner, arrangement, out uint last)
                && (last == ((first + (uint)count - 1) & 31) || scanner.Fail($"expected {count} registers"));
        }

        for (uint i = 1; i < count; i++)
        {
            if (!scanner.Literal(",") || !A64VectorOperand.TryRegister(ref scanner, arrangement, out uint next))
                return false;
            if (next != ((first + i) & 31))
                return scanner.Fail("the registers of a list follow each other");
        }

        return true;
    }
}
