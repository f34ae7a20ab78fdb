using System.Collections.Frozen;
using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>Intel syntax without register prefixes, as GNU as reads it (<c>.intel_syntax noprefix</c>).</summary>
internal sealed class X64IntelOperandReader(AssemblyUnit unit) : X64OperandReader(unit)
{
    private static readonly FrozenDictionary<string, int> Sizes = new Dictionary<string, int>
    {
        ["byte"] = 1,
        ["word"] = 2,
        ["dword"] = 4,
        ["fword"] = 6,
        ["qword"] = 8,
        ["mmword"] = 8,
        ["tbyte"] = 10,
        ["oword"] = 16,
        ["xmmword"] = 16,
        ["ymmword"] = 32,
        ["zmmword"] = 64,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    protected override X64AssemblerOperand ReadOperand()
    {
        Expressions.IsReserved = IsRegister;
        try
        {
            return ReadIntelOperand();
        }
        finally
        {
            Expressions.IsReserved = null;
        }
    }

    private static bool IsRegister(string name) => X64AssemblerRegisters.Find(name) != Register.None;

    private X64AssemblerOperand ReadIntelOperand()
    {
        int offset = Cursor.Position;
        if (Cursor.Peek() is '%' or '$')
        {
            Cursor.Position++;
            string found = Cursor.Source.Slice(offset, offset + 1) + Cursor.PeekName();
            throw Cursor.Source.Error(offset, $"'{found}'", "Intel syntax; this is AT&T syntax: add .att_syntax");
        }

        bool isShort = TryWord("short");
        bool isFar = TryWord("far");
        int bytes = ReadSize();
        if (isFar && bytes == 0)
            throw Cursor.Unexpected("dword ptr, fword ptr or tbyte ptr behind 'far'");
        if (TryWord("offset"))
        {
            TryWord("flat");
            Cursor.Try(':');
            return new X64AssemblerOperand { Kind = X64AssemblerOperandKind.Immediate, Offset = offset, Value = Expressions.Parse() };
        }

        Register register = TryRegister();
        if (register != Register.None && !(register.IsSegmentRegister() && Cursor.Try(':')))
        {
            return Cursor.Peek() == '['
                ? throw Cursor.Unexpected("',' behind a register")
                : new X64AssemblerOperand { Kind = X64AssemblerOperandKind.Register, Offset = offset, Register = register };
        }

        X64AssemblerOperand operand = ReadMemory(offset, register);
        operand.Bytes = bytes;
        operand.IsShort = isShort;
        operand.IsBare &= bytes == 0;
        return operand;
    }

    private int ReadSize()
    {
        if (TryWord("near"))
        {
            TryWord("ptr");
            return 0;
        }

        if (!Sizes.TryGetValue(Cursor.PeekName(), out int bytes))
            return 0;
        Cursor.Name();
        if (!TryWord("ptr"))
            throw Cursor.Unexpected("'ptr' behind the size");
        return bytes;
    }

    private bool TryWord(string word)
    {
        bool found = Cursor.PeekName().Equals(word, StringComparison.OrdinalIgnoreCase);
        if (found)
            Cursor.Name();
        return found;
    }

    // A sum of numbers, symbols and brackets. Without brackets and segment, a number is an immediate; a symbol is
    // the memory at its address, or the target of a branch.
    private X64AssemblerOperand ReadMemory(int offset, Register segment)
    {
        var sum = new X64AddressSum(Cursor.Source, offset);
        bool hasBrackets = false;
        if (Cursor.Peek() != '[')
            sum.Add(Expressions.Parse(), isNegative: false);
        while (Cursor.Peek() == '[')
        {
            hasBrackets = true;
            ReadBrackets(sum, ref segment);
        }

        if (hasBrackets && Cursor.Peek() is '+' or '-')
            sum.Add(Expressions.Parse(), isNegative: false);
        Expression? value = sum.Value;
        bool isBare = !hasBrackets && segment == Register.None;
        return new X64AssemblerOperand
        {
            Kind = isBare && value!.IsDistance ? X64AssemblerOperandKind.Immediate : X64AssemblerOperandKind.Memory,
            Offset = offset,
            Segment = segment,
            Base = sum.Base,
            Index = sum.Index,
            Scale = sum.Scale,
            Value = value,
            IsBare = isBare,
        };
    }

    private void ReadBrackets(X64AddressSum sum, ref Register segment)
    {
        Cursor.Expect('[');
        bool isNegative = false;
        do
        {
            while (Cursor.Peek() is '+' or '-')
                isNegative ^= Cursor.At(0) == '-' & Cursor.Position++ >= 0;
            ReadTerm(sum, isNegative, ref segment);
            isNegative = false;
        }
        while (Cursor.Peek() is '+' or '-');
        Cursor.Expect(']');
    }

    private void ReadTerm(X64AddressSum sum, bool isNegative, ref Register segment)
    {
        int offset = Cursor.Position;
        if (TryScaledRegister(out ulong scale, out Register register) || (register = TryRegister()) != Register.None)
        {
            if (register.IsSegmentRegister() && Cursor.Try(':'))
            {
                segment = register;
                return;
            }

            bool isScaled = scale != 0;
            if (!isScaled && Cursor.Try('*'))
            {
                isScaled = true;
                scale = Expressions.Parse(ExpressionParser.SumRank + 1) is { IsConstant: true } constant
                    ? constant.Constant
                    : throw Cursor.Source.Error(offset, "a scale that is not known here", "1, 2, 4 or 8");
            }

            if (isNegative)
                throw Cursor.Source.Error(offset, $"'-' in front of '{register.ToString().ToLowerInvariant()}'", "'+'");
            sum.Add(register, isScaled ? Scale(scale, offset) : 0, offset);
            return;
        }

        sum.Add(Expressions.Parse(ExpressionParser.SumRank + 1), isNegative);
    }

    // 4*rax
    private bool TryScaledRegister(out ulong scale, out Register register)
    {
        int start = Cursor.Position;
        register = Register.None;
        scale = 0;
        if (!char.IsAsciiDigit(Cursor.Peek()))
            return false;
        int end = Cursor.Position;
        while (Cursor.InName(Cursor.Source[end]))
            end++;
        string word = Cursor.Source.Slice(Cursor.Position, end);
        Cursor.Position = end;
        if (ExpressionParser.TryNumber(word, out scale) && Cursor.Try('*') && Cursor.StartsName(Cursor.Peek()))
            register = TryRegister();
        if (register != Register.None)
            return true;
        Cursor.Position = start;
        scale = 0;
        return false;
    }
}
