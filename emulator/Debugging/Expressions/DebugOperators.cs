using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging.Expressions;

/// <summary>C's binary operators over 64-bit values: unsigned where one side is, signed otherwise.</summary>
internal static class DebugOperators
{
    public static DebugValue Apply(string symbol, DebugExpression left, DebugExpression right)
    {
        DebugValue a = left.Value;
        switch (symbol)
        {
            case "||":
                return Truth(a.IsTrue || right.Value.IsTrue);
            case "&&":
                return Truth(a.IsTrue && right.Value.IsTrue);
            default:
                return Arithmetic(symbol, a, right.Value);
        }
    }

    private static DebugValue Arithmetic(string symbol, DebugValue a, DebugValue b)
    {
        bool isSigned = a.Type.IsSigned && b.Type.IsSigned && a.Type.Pointers == 0 && b.Type.Pointers == 0;
        ulong x = a.Bits, y = b.Bits;
        return symbol switch
        {
            "+" => new(x + y, Common(a, b), a.IsFunction || b.IsFunction),
            "-" => new(x - y, a.Type.Pointers > 0 && b.Type.Pointers > 0 ? DebugType.Long : Common(a, b), a.IsFunction && b.Type.Pointers == 0),
            "*" => new(x * y, Common(a, b)),
            "/" => new(Divide(x, y, isSigned, remainder: false), Common(a, b)),
            "%" => new(Divide(x, y, isSigned, remainder: true), Common(a, b)),
            "&" => new(x & y, Common(a, b)),
            "|" => new(x | y, Common(a, b)),
            "^" => new(x ^ y, Common(a, b)),
            "<<" => new(y > 63 ? 0 : x << (int)y, Widened(a)),
            ">>" => new(y > 63 ? 0 : a.Type.IsSigned ? (ulong)((long)x >> (int)y) : x >> (int)y, Widened(a)),
            "==" => Truth(x == y),
            "!=" => Truth(x != y),
            "<" => Truth(isSigned ? (long)x < (long)y : x < y),
            "<=" => Truth(isSigned ? (long)x <= (long)y : x <= y),
            ">" => Truth(isSigned ? (long)x > (long)y : x > y),
            _ => Truth(isSigned ? (long)x >= (long)y : x >= y),
        };
    }

    private static ulong Divide(ulong x, ulong y, bool isSigned, bool remainder)
    {
        if (y == 0)
            throw new UserErrorException("division by zero");

        // The one quotient that does not fit its type: the smallest number by -1.
        if (isSigned && (long)y == -1)
            return remainder ? 0 : 0 - x;

        return (isSigned, remainder) switch
        {
            (true, true) => (ulong)((long)x % (long)y),
            (true, false) => (ulong)((long)x / (long)y),
            (false, true) => x % y,
            _ => x / y,
        };
    }

    private static DebugType Common(DebugValue a, DebugValue b) =>
        a.Type.Pointers > 0 ? a.Type
        : b.Type.Pointers > 0 ? b.Type
        : a.Type.IsSigned && b.Type.IsSigned ? DebugType.Long : DebugType.Word;

    private static DebugType Widened(DebugValue a) => a.Type.IsSigned ? DebugType.Long : DebugType.Word;

    private static DebugValue Truth(bool truth) => DebugValue.Of(truth ? 1 : 0);
}
