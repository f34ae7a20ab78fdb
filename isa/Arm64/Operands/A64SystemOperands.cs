using System.Globalization;
using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>Operands of the system instructions.</summary>
internal static class A64SystemOperands
{
    private static readonly string[] DmbNames =
        ["", "oshld", "oshst", "osh", "", "nshld", "nshst", "nsh", "", "ishld", "ishst", "ish", "", "ld", "st", "sy"];

    private static readonly string[] PrefetchNames =
        ["pldl1keep", "pldl1strm", "pldl2keep", "pldl2strm", "pldl3keep", "pldl3strm", "", "",
        "plil1keep", "plil1strm", "plil2keep", "plil2strm", "plil3keep", "plil3strm", "", "",
        "pstl1keep", "pstl1strm", "pstl2keep", "pstl2strm", "pstl3keep", "pstl3strm", "", "", "", "", "", "", "", "", "", ""];

    public static IEnumerable<(string Name, A64Operand Operand)> All =>
    [
        ("barrier", new A64NamedNumberOperand(8, 4, DmbNames)),
        ("prfop", new A64NamedNumberOperand(0, 5, PrefetchNames)),
        (" crm15", new A64DefaultFifteenOperand()),
        ("sysreg", new A64SystemRegisterOperand()),
        ("pstate", new A64PstateOperand()),
        ("dc", new A64SysAliasOperand("dc")),
        ("ic", new A64SysAliasOperand("ic")),
        ("at", new A64SysAliasOperand("at")),
        ("tlbi", new A64SysAliasOperand("tlbi")),
        ("sys", new A64SysOperand()),
        (",Xt", new A64OptionalRegisterOperand(0)),
        (",Xm", new A64OptionalRegisterOperand(16)),
    ];
}

/// <summary>A number of which some values have names. Fills Option.</summary>
internal sealed class A64NamedNumberOperand(int low, int count, string[] names) : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn) => insn.Option = (byte)Get(word, low, count);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        uint value = Get(word, low, count);
        if (names[value].Length > 0)
            text.Append(names[value]);
        else
            text.Append("#0x").Append(value.ToString("x2", CultureInfo.InvariantCulture));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        long value = name.Length == 0 ? -1 : Array.IndexOf(names, name);
        if (value >= 0)
            scanner.Word();
        else if (!scanner.Immediate(0, (1L << count) - 1, 1, out value))
            return false;
        Put(ref word, low, count, (uint)value);
        return true;
    }
}

/// <summary>CRm of ISB and CLREX: 15 where nothing is written.</summary>
internal sealed class A64DefaultFifteenOperand : A64Operand
{
    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        if (Get(word, 8, 4) == 15)
            return;
        text.Append(' ');
        AppendHex(text, Get(word, 8, 4));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        long value = 15;
        if (scanner.PeekWord() == "sy")
            scanner.Word();
        else if (!scanner.AtEnd && !scanner.Immediate(0, 15, 1, out value))
            return false;
        Put(ref word, 8, 4, (uint)value);
        return true;
    }
}

/// <summary>A system register, op0:op1:CRn:CRm:op2 at 20:5. Fills Imm.</summary>
internal sealed class A64SystemRegisterOperand : A64Operand
{
    private const int DbgDtr = 0x9828;

    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = Get(word, 5, 16);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        int register = (int)Get(word, 5, 16);
        bool isRead = Get(word, 21, 1) == 1;
        text.Append(register == DbgDtr && !isRead ? "dbgdtrtx_el0" : A64SystemRegisters.Name(register));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        if (!A64SystemRegisters.TryFind(name, out int register) || register < 0x8000)
            return scanner.Fail($"unknown system register '{name}'");
        scanner.Word();
        Put(ref word, 5, 16, (uint)register);
        return true;
    }
}

/// <summary>MSR (immediate): the field op1:op2 and its value in CRm. Fills Option (op1:op2) and Imm.</summary>
internal sealed class A64PstateOperand : A64Operand
{
    /// <summary>op1:op2, the name, the largest value that CRm may hold, and where CRm begins.</summary>
    private static readonly (uint Field, string Name, uint Max, uint Fixed)[] Fields =
    [
        (0b000_011, "uao", 1, 0), (0b000_100, "pan", 1, 0), (0b000_101, "spsel", 1, 0),
        (0b001_000, "allint", 1, 0), (0b001_000, "pm", 1, 2),
        (0b011_001, "ssbs", 1, 0), (0b011_010, "dit", 1, 0), (0b011_100, "tco", 1, 0),
        (0b011_110, "daifset", 15, 0), (0b011_111, "daifclr", 15, 0),
    ];

    private static int Find(uint word)
    {
        uint field = (Get(word, 16, 3) << 3) | Get(word, 5, 3), value = Get(word, 8, 4);
        return Array.FindIndex(Fields, f => f.Field == field && value >= f.Fixed && value - f.Fixed <= f.Max);
    }

    public override bool IsAllocated(uint word) => Find(word) >= 0;

    public override void Decode(uint word, ref A64Insn insn)
    {
        insn.Option = (byte)Fields[Find(word)].Field;
        insn.Imm = Get(word, 8, 4);
    }

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        (_, string name, _, uint first) = Fields[Find(word)];
        text.Append(name).Append(", ");
        AppendHex(text, Get(word, 8, 4) - first);
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        int index = Array.FindIndex(Fields, f => f.Name == name);
        if (index < 0)
            return scanner.Fail($"unknown PSTATE field '{name}'");
        scanner.Word();
        (uint field, _, uint max, uint first) = Fields[index];
        if (!scanner.Literal(",") || !scanner.Immediate(0, max, 1, out long value))
            return false;
        Put(ref word, 16, 3, field >> 3);
        Put(ref word, 5, 3, field);
        Put(ref word, 8, 4, (uint)value + first);
        return true;
    }
}

/// <summary>The operation and, where it has one, the register of DC, IC, AT and TLBI.</summary>
internal sealed class A64SysAliasOperand(string instruction) : A64Operand
{
    public static bool Is(uint word, string instruction)
    {
        int at = Find(word, instruction);
        return at >= 0 && (A64SystemTable.Operations[at].TakesRegister || Get(word, 0, 5) == 31);
    }

    private static int Find(uint word, string instruction) => Array.FindIndex(
        A64SystemTable.Operations, o => o.Encoding == Get(word, 5, 14) && o.Instruction == instruction);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        var operation = A64SystemTable.Operations[Find(word, instruction)];
        text.Append(operation.Name);
        if (operation.TakesRegister)
            text.Append(", ").Append(A64RegisterFields.Name(Get(word, 0, 5), is64: true, isSp: false));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        string name = scanner.PeekWord();
        int at = Array.FindIndex(A64SystemTable.Operations, o => o.Instruction == instruction && o.Name == name);
        if (at < 0)
            return scanner.Fail($"unknown {instruction} operation '{name}'");
        scanner.Word();
        uint register = 31;
        if (A64SystemTable.Operations[at].TakesRegister)
        {
            if (!scanner.Literal(","))
                return false;
            string found = scanner.PeekWord();
            if (!A64RegisterFields.TryParse(found, is64: true, isSp: false, out register))
                return scanner.Fail($"expected a 64-bit register, found '{found}'");
            scanner.Word();
        }

        Put(ref word, 5, 14, A64SystemTable.Operations[at].Encoding);
        Put(ref word, 0, 5, register);
        return true;
    }
}

/// <summary>SYS #op1, Cn, Cm, #op2 at 18:5. Fills Imm (op1:CRn:CRm:op2).</summary>
internal sealed class A64SysOperand : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn) => insn.Imm = Get(word, 5, 14);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text) =>
        text.Append('#').Append(Get(word, 16, 3)).Append(", C").Append(Get(word, 12, 4))
            .Append(", C").Append(Get(word, 8, 4)).Append(", #").Append(Get(word, 5, 3));

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        if (!scanner.Immediate(0, 7, 1, out long op1) || !scanner.Literal(",") || !TryC(ref scanner, out uint crn)
            || !scanner.Literal(",") || !TryC(ref scanner, out uint crm) || !scanner.Literal(",")
            || !scanner.Immediate(0, 7, 1, out long op2))
        {
            return false;
        }

        Put(ref word, 5, 14, ((uint)op1 << 11) | (crn << 7) | (crm << 3) | (uint)op2);
        return true;
    }

    private static bool TryC(ref A64Scanner scanner, out uint number)
    {
        string name = scanner.PeekWord();
        if (!A64RegisterFields.TryNumber(name, 'c', out number) || number > 15)
            return scanner.Fail($"expected c0 to c15, found '{name}'");
        scanner.Word();
        return true;
    }
}

/// <summary>A 64-bit register after a comma, XZR where nothing is written.</summary>
internal sealed class A64OptionalRegisterOperand(int low) : A64Operand
{
    public override void Decode(uint word, ref A64Insn insn)
    {
        byte slot = (byte)(Get(word, low, 5) == 31 ? A64Slot.Zero : (int)Get(word, low, 5));
        A64RegisterFields.Set(ref insn, low == 0 ? 't' : 'm', slot);
    }

    public override A64Roles Roles(uint word) =>
        new(Get(word, low, 5) == 31 ? 0 : 1u << (int)Get(word, low, 5), 0, 0, 0, 0, false, false);

    public override void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        if (Get(word, low, 5) != 31)
            text.Append(", ").Append(A64RegisterFields.Name(Get(word, low, 5), is64: true, isSp: false));
    }

    public override bool Parse(ref A64Scanner scanner, ref uint word)
    {
        uint register = 31;
        if (scanner.Try(','))
        {
            string found = scanner.PeekWord();
            if (!A64RegisterFields.TryParse(found, is64: true, isSp: false, out register))
                return scanner.Fail($"expected a 64-bit register, found '{found}'");
            scanner.Word();
        }

        Put(ref word, low, 5, register);
        return true;
    }
}
