using System.Globalization;
using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>Where register fields lie, and how general registers are called.</summary>
internal static class A64RegisterFields
{
    public static int Low(char field) => field switch
    {
        'd' or 't' => 0,
        'n' => 5,
        'm' or 's' => 16,
        _ => 10,
    };

    /// <summary>Puts a slot where the field's letter belongs: Rd serves d t, Rm serves m s, Ra serves a u.</summary>
    public static void Set(ref A64Insn insn, char field, byte slot)
    {
        switch (field)
        {
            case 'd' or 't':
                insn.Rd = slot;
                break;
            case 'n':
                insn.Rn = slot;
                break;
            case 'm' or 's':
                insn.Rm = slot;
                break;
            default:
                insn.Ra = slot;
                break;
        }
    }

    /// <summary>x0, w30, sp, xzr.</summary>
    public static string Name(uint number, bool is64, bool isSp)
    {
        if (number < 31)
            return (is64 ? "x" : "w") + number.ToString(CultureInfo.InvariantCulture);
        return (is64, isSp) switch
        {
            (true, true) => "sp",
            (true, false) => "xzr",
            (false, true) => "wsp",
            (false, false) => "wzr",
        };
    }

    /// <summary>Reads a general register's name. False: it is none of this width and meaning of 31.</summary>
    public static bool TryParse(string word, bool is64, bool isSp, out uint number)
    {
        number = 31;
        if (word == Name(31, is64, isSp))
            return true;
        if (word is "lr" or "fp" && is64)
        {
            number = word == "lr" ? 30u : 29u;
            return true;
        }

        return TryNumber(word, is64 ? 'x' : 'w', out number) && number < 31;
    }

    /// <summary>Reads a prefix letter and a number from 0 to 31 without leading zeros.</summary>
    public static bool TryNumber(string word, char prefix, out uint number)
    {
        number = 0;
        return word.Length is 2 or 3 && word[0] == prefix && !(word.Length == 3 && word[1] == '0')
            && uint.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 32;
    }
}

/// <summary>A general register.</summary>
internal sealed class A64RegisterOperand(char width, char field, bool isSp, bool reads, bool writes, bool inAddress, bool alsoRm)
    : A64Operand
{
    private readonly int _low = A64RegisterFields.Low(field);

    public override void Decode(uint word, ref A64Insn insn)
    {
        uint number = Get(word, _low, 5);
        A64RegisterFields.Set(ref insn, field, writes ? Slot(number, A64Slot.Sink) : Slot(number, A64Slot.Zero));
        if (reads && writes)
            insn.Ra = Slot(number, A64Slot.Zero);
    }

    private byte Slot(uint number, int zero) => (byte)(number == 31 && !isSp ? (uint)zero : number);

    public override A64Roles Roles(uint word)
    {
        uint number = Get(word, _low, 5);
        uint bit = number == 31 && !isSp ? 0 : 1u << (int)number;
        return new A64Roles(
            reads && inAddress ? bit : 0, reads && !inAddress ? bit : 0, writes ? bit : 0, 0, 0, false, false);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append(A64RegisterFields.Name(Get(word, _low, 5), width == 'X', isSp));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        if (!A64RegisterFields.TryParse(name, width == 'X', isSp, out uint number))
            return scanner.Fail(Expected(name));
        scanner.Word();
        Put(ref word, _low, 5, number);
        if (alsoRm)
            Put(ref word, 16, 5, number);
        return true;
    }

    private string Expected(string found)
    {
        string what = width == 'X' ? "a 64-bit register (x0-x30" : "a 32-bit register (w0-w30";
        return $"expected {what}, {A64RegisterFields.Name(31, width == 'X', isSp)}), found '{found}'";
    }
}

/// <summary>The register after an even one: the second of a CASP pair. 31 is XZR.</summary>
internal sealed class A64NextRegisterOperand(char width, char field) : A64Operand
{
    private readonly int _low = A64RegisterFields.Low(field);

    public override A64Roles Roles(uint word)
    {
        uint number = Get(word, _low, 5) + 1, bit = number == 31 ? 0 : 1u << (int)number;
        return new A64Roles(0, bit, field == 's' ? bit : 0, 0, 0, false, false);
    }

    private string Name(uint word) => A64RegisterFields.Name(Get(word, _low, 5) + 1, width == 'X', isSp: false);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) => text.Append(Name(word));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        bool isWide = width == 'X';
        if ((Get(word, _low, 5) & 1) == 1)
            return scanner.Fail("a pair begins with an even register");
        if (!A64RegisterFields.TryParse(name, isWide, isSp: false, out uint number) || number != Get(word, _low, 5) + 1)
            return scanner.Fail($"expected {Name(word)}, found '{name}'");
        scanner.Word();
        return true;
    }
}

/// <summary>A vector register by its scalar name: b0, h0, s0, d0, q0; or z0.</summary>
internal sealed class A64ScalarOperand(char width, char field, bool reads, bool writes) : A64Operand
{
    private readonly int _low = A64RegisterFields.Low(field);
    private readonly char _prefix = char.ToLowerInvariant(width);

    public override void Decode(uint word, ref A64Insn insn) =>
        A64RegisterFields.Set(ref insn, field, (byte)Get(word, _low, 5));

    public override A64Roles Roles(uint word)
    {
        uint bit = 1u << (int)Get(word, _low, 5);
        return new A64Roles(0, 0, 0, reads ? bit : 0, writes ? bit : 0, false, false);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append(_prefix).Append(Get(word, _low, 5));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        if (!A64RegisterFields.TryNumber(name, _prefix, out uint number))
            return scanner.Fail($"expected a register ({_prefix}0-{_prefix}31), found '{name}'");
        scanner.Word();
        Put(ref word, _low, 5, number);
        return true;
    }
}
