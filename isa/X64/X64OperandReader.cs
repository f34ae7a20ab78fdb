using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>Reads the operands of one statement; the two syntaxes differ in everything but expressions.</summary>
internal abstract class X64OperandReader(AssemblyUnit unit)
{
    /// <summary>Where the text is read.</summary>
    protected Cursor Cursor => unit.Cursor;

    /// <summary>Reads expressions.</summary>
    protected ExpressionParser Expressions => unit.Expressions;

    /// <summary>Reads operands up to the end of the statement, in the order of the text.</summary>
    public List<X64AssemblerOperand> Read()
    {
        var operands = new List<X64AssemblerOperand>();
        if (Cursor.AtEnd)
            return operands;
        do
        {
            if (operands.Count == 5)
                throw Cursor.Unexpected("at most 5 operands");
            Cursor.Peek();
            X64AssemblerOperand operand = ReadOperand();
            operand.End = Cursor.Position;
            operands.Add(operand);
        }
        while (Cursor.Try(','));
        Cursor.ExpectEnd("','");
        return operands;
    }

    /// <summary>Reads one operand.</summary>
    protected abstract X64AssemblerOperand ReadOperand();

    /// <summary>The register at the cursor, which is moved behind it; none if there is no register.</summary>
    protected Register TryRegister()
    {
        int start = Cursor.Position;
        Register register = X64AssemblerRegisters.Find(Cursor.PeekName());
        if (register == Register.None)
            return Register.None;
        Cursor.Name();
        if (register != Register.ST0 || !Cursor.Try('('))
            return register;
        ulong number = Expressions.ParseConstant("a number from 0 to 7");
        if (number > 7)
            throw Cursor.Source.Error(start, $"'st({number})'", "st(0) to st(7)");
        Cursor.Expect(')');
        return Register.ST0 + (int)number;
    }

    /// <summary>Checks a scale that the text has at <paramref name="offset"/>.</summary>
    protected int Scale(ulong scale, int offset) => scale is 1 or 2 or 4 or 8
        ? (int)scale
        : throw Cursor.Source.Error(offset, $"the scale {AssemblyLayout.Show(scale)}", "1, 2, 4 or 8");
}
