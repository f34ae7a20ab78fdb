using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>AT&amp;T syntax, as GNU as reads it by default.</summary>
internal sealed class X64AttOperandReader(AssemblyUnit unit) : X64OperandReader(unit)
{
    /// <inheritdoc/>
    protected override X64AssemblerOperand ReadOperand()
    {
        int offset = Cursor.Position;
        bool isIndirect = Cursor.Try('*');
        if (Cursor.Try('$'))
            return new X64AssemblerOperand { Kind = X64AssemblerOperandKind.Immediate, Offset = offset, Value = Expressions.Parse() };

        Register register = Register.None;
        if (Cursor.Peek() == '%')
        {
            register = Percent();
            if (!(register.IsSegmentRegister() && Cursor.Try(':')))
                return new X64AssemblerOperand { Kind = X64AssemblerOperandKind.Register, Offset = offset, Register = register };
        }

        Expression? value = AtParenthesis() ? null : Expressions.Parse();
        var operand = new X64AssemblerOperand
        {
            Kind = X64AssemblerOperandKind.Memory,
            Offset = offset,
            Segment = register,
            Value = value,
            IsBare = !isIndirect && register == Register.None && !AtParenthesis(),
        };
        if (AtParenthesis())
            ReadParenthesis(operand);
        if (operand is { Base: Register.DX, Index: Register.None, Value: null }) // inb (%dx), %al: the port
            return new X64AssemblerOperand { Kind = X64AssemblerOperandKind.Register, Offset = offset, Register = Register.DX };
        return operand;
    }

    private Register Percent()
    {
        int offset = Cursor.Position;
        Cursor.Expect('%');
        Register register = TryRegister();
        return register != Register.None
            ? register
            : throw Cursor.Source.Error(offset, $"'%{Cursor.PeekName()}'", "a register of 64-bit mode behind '%'");
    }

    private bool AtParenthesis()
    {
        if (Cursor.Peek() != '(')
            return false;
        int i = 1;
        while (Cursor.At(i) == ' ')
            i++;
        return Cursor.At(i) is '%' or ',';
    }

    // (base, index, scale), each of which may be left out.
    private void ReadParenthesis(X64AssemblerOperand operand)
    {
        Cursor.Expect('(');
        if (Cursor.Peek() == '%')
            operand.Base = Percent();
        if (Cursor.Try(','))
        {
            if (Cursor.Peek() == '%')
                operand.Index = Percent();
            if (Cursor.Try(',') && Cursor.Peek() != ')')
            {
                int offset = Cursor.Position;
                operand.Scale = Scale(Expressions.ParseConstant("a scale"), offset);
            }
        }

        Cursor.Expect(')');
    }
}
