using System.Buffers.Binary;
using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>Reads x86-64 statements: prefixes, a mnemonic, operands.</summary>
internal sealed class X64InstructionReader(AssemblyUnit unit) : IInstructionReader
{
    // What GNU as fills an alignment with on x86-64 (gas/config/tc-i386.c (2.40): alt_11 and its shorter forms).
    private static readonly byte[][] Nops =
    [
        [0x90],
        [0x66, 0x90],
        [0x0f, 0x1f, 0x00],
        [0x0f, 0x1f, 0x40, 0x00],
        [0x0f, 0x1f, 0x44, 0x00, 0x00],
        [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
        [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
        [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        [0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
    ];

    // More NOPs in a row than this are jumped over: gas/config/tc-i386.c (2.40): i386_generate_nops().
    private const int MostNops = 7;

    private readonly X64Bytes _bytes = new();
    private readonly X64OperandReader _intel = new X64IntelOperandReader(unit);
    private readonly X64OperandReader _att = new X64AttOperandReader(unit);

    private Cursor Cursor => unit.Cursor;

    /// <inheritdoc/>
    public void Read()
    {
        int start = Cursor.Position;
        bool isWide = ReadWideMark();
        var prefixes = new List<byte>();
        int offset;
        string word;
        while (true)
        {
            Cursor.Peek();
            offset = Cursor.Position;
            word = Cursor.Name();
            if (X64AssemblerNames.Prefix(word) is not { } prefix)
                break;
            prefixes.Add(prefix);
            if (prefixes.Count > 14)
                throw Cursor.Source.Error(offset, "a fifteenth prefix", "an instruction of at most 15 bytes");
            if (Cursor.AtEnd)
            {
                unit.Layout.Add(new BytesItem(start, [.. prefixes]));
                return;
            }
        }

        if (word.Equals("ret", StringComparison.OrdinalIgnoreCase) && Cursor.PeekName().Equals("far", StringComparison.OrdinalIgnoreCase))
        {
            Cursor.Name();
            word = "retf";
        }

        List<X64Reading> readings = ReadingsOf(word, offset);
        List<X64AssemblerOperand> operands = ReadOperands(word);
        if (Shorter(word, operands) is { } shorter)
            (readings, operands) = (ReadingsOf(shorter, offset), shorter is "mov" or ['f', ..] ? operands : []);
        Add(start, new X64Statement
        {
            Offset = offset,
            Word = word,
            Readings = readings,
            Operands = operands,
            Prefixes = [.. prefixes],
            IsAtt = unit.UsesAttSyntax,
            WantsWide = isWide,
        });
    }

    /// <inheritdoc/>
    public void Pad(Span<byte> bytes, ulong address)
    {
        if (bytes.Length / Nops.Length > MostNops)
            bytes = JumpOver(bytes);
        while (bytes.Length > 0)
        {
            byte[] nop = Nops[Math.Min(bytes.Length, Nops.Length) - 1];
            nop.CopyTo(bytes);
            bytes = bytes[nop.Length..];
        }
    }

    /// <inheritdoc/>
    public void PlaceLiterals()
    {
    }

    private static Span<byte> JumpOver(Span<byte> bytes)
    {
        if (bytes.Length - 2 <= sbyte.MaxValue)
        {
            bytes[0] = 0xeb;
            bytes[1] = (byte)(bytes.Length - 2);
            return bytes[2..];
        }

        bytes[0] = 0xe9;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], bytes.Length - 5);
        return bytes[5..];
    }

    // {disp32}: GNU as, "i386-Mnemonics", pseudo prefixes. The others have no use for code that is to be patched.
    private bool ReadWideMark()
    {
        if (!Cursor.Try('{'))
            return false;
        if (Cursor.Name() is not "disp32")
            throw Cursor.Unexpected("'{disp32}', the only pseudo prefix here");
        Cursor.Expect('}');
        return true;
    }

    private List<X64Reading> ReadingsOf(string word, int offset)
    {
        if (word.Length == 0)
            throw Cursor.Unexpected("a label, a directive or an instruction");
        List<X64Reading> readings = X64AssemblerNames.Readings(word);
        if (readings.Count > 0)
            return readings;
        string near = X64AssemblerNames.Nearest(word) is { } name ? $" (nearest: '{name}')" : "";
        string label = Cursor.AtEnd ? ", or ':' behind a label" : "";
        throw Cursor.Source.Error(offset, Cursor.Found(offset), $"an x86-64 instruction{near}{label}");
    }

    private List<X64AssemblerOperand> ReadOperands(string word)
    {
        if (!unit.UsesAttSyntax)
            return Adjust(word, _intel.Read());
        List<X64AssemblerOperand> operands = _att.Read();
        if (!word.StartsWith("enter", StringComparison.OrdinalIgnoreCase))
            operands.Reverse();
        return Adjust(word, operands);
    }

    // Spellings for which GNU as writes other, shorter forms. A selector is 16 bits, whatever the register's size.
    private static List<X64AssemblerOperand> Adjust(string word, List<X64AssemblerOperand> operands)
    {
        string name = word.ToLowerInvariant();
        if (name.StartsWith("mov", StringComparison.Ordinal) && operands is [var to, var from])
        {
            if (to.Register.IsSegmentRegister() && from.Register.IsGPR())
                from.Register = Register.EAX + from.Register.GetNumber();
            else if (from.Register.IsSegmentRegister() && to.Register.IsGPR64())
                to.Register = Register.EAX + to.Register.GetNumber();
        }
        else if (name is "lar" or "lsl" && operands is [var into, var source] && source.Register.IsGPR16() && !into.Register.IsGPR16())
        {
            source.Register = Register.EAX + source.Register.GetNumber();
        }
        else if (name[0] == 'f' && operands is [_, _] && operands.Exists(o => o.Kind == X64AssemblerOperandKind.Memory))
        {
            operands.RemoveAll(o => o.Register == Register.ST0); // fadd st, dword ptr [rax]
        }
        else if (name is "str" && operands is [var task] && task.Register.IsGPR64())
        {
            task.Register = Register.EAX + task.Register.GetNumber();
        }
        else if (name is "ltr" or "lldt" or "lmsw" or "verr" or "verw" && operands is [var selector] && selector.Register.IsGPR16())
        {
            selector.Register = Register.EAX + selector.Register.GetNumber();
        }

        return operands;
    }

    private string? Shorter(string word, List<X64AssemblerOperand> operands) => (word.ToLowerInvariant(), operands) switch
    {
        ("int", [{ Kind: X64AssemblerOperandKind.Immediate, Value: { IsConstant: true, Constant: 3 } }]) => "int3",
        ("monitor", [{ Register: Register.RAX }, { Register: Register.ECX or Register.RCX }, { Register: Register.EDX or Register.RDX }])
            or ("monitor", [{ Register: Register.EDX or Register.RDX }, { Register: Register.ECX or Register.RCX }, { Register: Register.RAX }])
            or ("mwait", [{ Register: Register.EAX or Register.RAX }, { Register: Register.ECX or Register.RCX }])
            or ("mwait", [{ Register: Register.ECX or Register.RCX }, { Register: Register.EAX or Register.RAX }]) => word.ToLowerInvariant(),
        ("movw" or "movl" or "movq", [{ Register: var to }, { Register: var from }])
            when to.IsSegmentRegister() || from.IsSegmentRegister() => "mov",
        ("xchg" or "xchgq", [{ Register: Register.RAX }, { Register: Register.RAX }]) => "nop",
        _ => unit.UsesAttSyntax ? Reversed(word.ToLowerInvariant(), operands) : null,
    };

    // AT&T's assembler had the two exchanged where the result does not go to the top of the stack, and everyone kept it:
    // GNU as, "i386-Bugs".
    private static string? Reversed(string name, List<X64AssemblerOperand> operands)
    {
        bool pops = name is "fsubp" or "fsubrp" or "fdivp" or "fdivrp";
        bool keeps = name is "fsub" or "fsubr" or "fdiv" or "fdivr";
        if (!pops && !(keeps && operands is [{ Kind: X64AssemblerOperandKind.Register, Register: not Register.ST0 }, _]))
            return null;
        return name.Contains('r', StringComparison.Ordinal) ? name.Replace("r", "", StringComparison.Ordinal) : name.Insert(4, "r");
    }

    private void Add(int start, X64Statement statement)
    {
        var choice = new X64FormChoice(Cursor.Source, _bytes);
        (X64Encoding encoding, X64Encoding? near) = choice.Choose(statement);
        if (near is not null || encoding.IsMovable)
        {
            unit.Layout.Add(new X64Item(start, _bytes, encoding, near));
            return;
        }

        byte[] bytes = new byte[encoding.Length];
        encoding.Emit(unit.Layout, _bytes, start, 0, bytes);
        unit.Layout.Add(new BytesItem(start, bytes));
    }
}
