using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>The sum inside brackets: registers find their place as base and index, the rest is the displacement.</summary>
internal sealed class X64AddressSum(SourceText source, int offset)
{
    private readonly List<ExpressionNode> _nodes = [];

    /// <summary>The base, or none.</summary>
    public Register Base { get; private set; }

    /// <summary>The index, or none.</summary>
    public Register Index { get; private set; }

    /// <summary>The scale of the index.</summary>
    public int Scale { get; private set; } = 1;

    /// <summary>The displacement, or null.</summary>
    public Expression? Value => _nodes.Count == 0 ? null : new Expression(offset, [.. _nodes]);

    /// <summary>Adds or subtracts a displacement.</summary>
    public void Add(Expression expression, bool isNegative)
    {
        bool isFirst = _nodes.Count == 0;
        _nodes.AddRange(expression.Nodes);
        if (_nodes.Count > 10_000)
            throw source.Error(offset, "a sum of more than 10000 terms", "a shorter one");
        if (!isFirst)
            _nodes.Add(new(isNegative ? ExpressionOperator.Subtract : ExpressionOperator.Add));
        else if (isNegative)
            _nodes.Add(new(ExpressionOperator.Negate));
    }

    /// <summary>Adds a register; <paramref name="scale"/> is 0 where the text has none.</summary>
    public void Add(Register register, int scale, int place)
    {
        if (scale == 0 && Base == Register.None && !register.IsVectorRegister())
        {
            Base = register;
        }
        else if (Index == Register.None)
        {
            (Index, Scale) = (register, Math.Max(scale, 1));
        }
        else
        {
            throw source.Error(place, $"a third register '{register.ToString().ToLowerInvariant()}'", "at most a base and an index");
        }

        // RSP cannot be an index: SDM Vol. 2A, "32-Bit Addressing Forms with the SIB Byte".
        if (Index is Register.RSP or Register.ESP && Scale == 1 && Base is not (Register.RSP or Register.ESP))
            (Base, Index) = (Index, Base);
    }
}
