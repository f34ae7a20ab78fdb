using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>Shifted and extended registers, and conditions.</summary>
internal static class A64ShiftOperands
{
    /// <summary>Extensions by their number at 15:13.</summary>
    public static readonly string[] Extends = ["uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"];

    /// <summary>Shifts by their number at 23:22.</summary>
    public static readonly string[] Shifts = ["lsl", "lsr", "asr", "ror"];

    public static IEnumerable<(string Name, A64Operand Operand)> All =>
    [
        (",shift", new A64ShiftOperand()),
        ("Rm,ext32", new A64ExtendOperand(is64: false, destinationIsSp: true)),
        ("Rm,ext64", new A64ExtendOperand(is64: true, destinationIsSp: true)),
        ("Rm,ext32s", new A64ExtendOperand(is64: false, destinationIsSp: false)),
        ("Rm,ext64s", new A64ExtendOperand(is64: true, destinationIsSp: false)),
        ("cond", new A64ConditionOperand(12, isInverted: false)),
        ("cond!", new A64ConditionOperand(12, isInverted: true)),
        ("cond0", new A64ConditionOperand(0, isInverted: false)),
    ];
}

/// <summary>A shift of Rm: kind at 23:22 (the row's choice), amount at 15:10. Fills Imm2.</summary>
internal sealed class A64ShiftOperand : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn) => insn.Imm2 = (int)Get(word, 10, 6);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        uint kind = Get(word, 22, 2), amount = Get(word, 10, 6);
        if (kind != 0 || amount != 0)
            text.Append(", ").Append(A64ShiftOperands.Shifts[kind]).Append(" #").Append(amount);
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Try(','))
            return true;
        string name = scanner.PeekWord();
        int kind = Array.IndexOf(A64ShiftOperands.Shifts, name);
        if (kind < 0)
            return scanner.Fail($"expected lsl, lsr, asr or ror, found '{name}'");
        scanner.Word();
        bool is64 = Get(word, 31, 1) == 1;
        if (!scanner.Immediate(0, is64 ? 63 : 31, 1, out long amount))
            return false;
        Put(ref word, 22, 2, (uint)kind);
        Put(ref word, 10, 6, (uint)amount);
        return true;
    }
}

/// <summary>Rm extended and shifted left: kind at 15:13 (the row's choice), amount 0 to 4 at 12:10. Fills Imm2.</summary>
internal sealed class A64ExtendOperand(bool is64, bool destinationIsSp) : A64Operand
{
    private readonly uint _plain = is64 ? 3u : 2u;

    public override bool IsAllocated(uint word) => Get(word, 10, 3) <= 4;

    public override void Decode(uint word, ref A64Insn insn)
    {
        uint number = Get(word, 16, 5);
        insn.Rm = (byte)(number == 31 ? A64Slot.Zero : number);
        insn.Imm2 = (int)Get(word, 10, 3);
    }

    public override A64Roles Roles(uint word)
    {
        uint number = Get(word, 16, 5);
        return new A64Roles(0, number == 31 ? 0 : 1u << (int)number, 0, 0, 0, false, false);
    }

    private bool NeedsWide(uint option) => is64 && (option & 3) == 3;

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        uint option = Get(word, 13, 3), amount = Get(word, 10, 3);
        text.Append(A64RegisterFields.Name(Get(word, 16, 5), NeedsWide(option), isSp: false));
        bool usesSp = Get(word, 5, 5) == 31 || (destinationIsSp && Get(word, 0, 5) == 31);
        if (option == _plain && usesSp)
        {
            if (amount != 0)
                text.Append(", lsl #").Append(amount);
            return;
        }

        text.Append(", ").Append(A64ShiftOperands.Extends[option]);
        if (amount != 0)
            text.Append(" #").Append(amount);
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        bool isWide = A64RegisterFields.TryParse(name, is64: true, isSp: false, out uint number) && is64;
        if (!isWide && !A64RegisterFields.TryParse(name, is64: false, isSp: false, out number))
            return scanner.Fail($"expected a register, found '{name}'");
        scanner.Word();
        uint option = _plain;
        long amount = 0;
        if (scanner.Try(','))
        {
            string kind = scanner.PeekWord();
            int index = kind == "lsl" ? (int)_plain : Array.IndexOf(A64ShiftOperands.Extends, kind);
            if (index < 0)
                return scanner.Fail($"expected an extension, found '{kind}'");
            scanner.Word();
            option = (uint)index;
            if ((kind == "lsl" || scanner.Peek() is '#' or (>= '0' and <= '9')) && !scanner.Immediate(0, 4, 1, out amount))
                return false;
        }

        if (is64 && NeedsWide(option) != isWide)
            return scanner.Fail($"'{name}' has the wrong width for this extension");
        Put(ref word, 16, 5, number);
        Put(ref word, 13, 3, option);
        Put(ref word, 10, 3, (uint)amount);
        return true;
    }
}

/// <summary>A condition. Fills Cond (as encoded).</summary>
internal sealed class A64ConditionOperand(int low, bool isInverted) : A64Operand
{
    private static readonly string[] Names =
        ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"];

    private uint Invert => isInverted ? 1u : 0;

    public override void Decode(uint word, ref A64Insn insn) => insn.Cond = (byte)Get(word, low, 4);

    public override A64Roles Roles(uint word) => default(A64Roles) with { ReadsFlags = true };

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append(Names[Get(word, low, 4) ^ Invert]);

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        int condition = Array.IndexOf(Names, name switch { "hs" => "cs", "lo" => "cc", _ => name });
        if (condition < 0 || (isInverted && condition >= 14))
            return scanner.Fail($"expected a condition, found '{name}'");
        scanner.Word();
        Put(ref word, low, 4, (uint)condition ^ Invert);
        return true;
    }
}
