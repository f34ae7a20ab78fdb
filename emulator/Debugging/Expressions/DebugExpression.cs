using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging.Expressions;

/// <summary>An expression as gdb takes it: C's operators over registers, symbols, memory and numbers.</summary>
public sealed class DebugExpression
{
    private readonly Func<DebugValue> _evaluate;
    private readonly Action<DebugValue>? _assign;

    internal DebugExpression(Func<DebugValue> evaluate, Action<DebugValue>? assign = null, Func<ulong>? address = null, DebugType? type = null)
    {
        (_evaluate, _assign, Address, AddressType) = (evaluate, assign, address, type);
    }

    /// <summary>Where the value lies in memory: known for what <c>*</c> and <c>{type}</c> denote, else null.</summary>
    public Func<ulong>? Address { get; }

    /// <summary>The type of what lies there.</summary>
    public DebugType? AddressType { get; }

    /// <summary>The value now.</summary>
    public DebugValue Value => _evaluate();

    /// <summary>Parses all of a text.</summary>
    /// <exception cref="UserErrorException">It is no expression, or names what there is not.</exception>
    public static DebugExpression Parse(string text, IExpressionScope scope) => new DebugExpressionParser(text, scope).Parse();

    /// <summary>Parses the beginning of a text, up to <paramref name="rest"/>: a word that can belong to no expression.</summary>
    public static DebugExpression ParseBeginning(string text, IExpressionScope scope, out string rest) =>
        new DebugExpressionParser(text, scope).ParseBeginning(out rest);

    /// <summary>Changes what the expression denotes.</summary>
    /// <exception cref="UserErrorException">It denotes nothing that can be changed.</exception>
    public void Assign(DebugValue value)
    {
        if (_assign is null)
            throw new UserErrorException("the left side is nothing that can be written: a $register, {type}address or *(type *)address can");

        _assign(value);
    }
}
