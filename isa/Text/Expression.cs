namespace RcuEmu.Isa.Text;

/// <summary>What a node of an expression does.</summary>
internal enum ExpressionOperator : byte
{
    Number, Symbol,
    Negate, Not,
    Add, Subtract, Multiply, Divide, Remainder, ShiftLeft, ShiftRight, And, Or, Xor,
}

/// <summary>A number, a symbol or an operator.</summary>
internal readonly record struct ExpressionNode(ExpressionOperator Operator, ulong Number = 0, Symbol? Symbol = null);

/// <summary>An expression in postfix order. Values are 64 bits and wrap, as in GNU as.</summary>
internal sealed class Expression
{
    private readonly ExpressionNode[] _nodes;

    /// <summary>Makes an expression that stands at <paramref name="offset"/> of the text.</summary>
    public Expression(int offset, ExpressionNode[] nodes)
    {
        Offset = offset;
        _nodes = Fold(nodes) is { } known ? [new(ExpressionOperator.Number, known)] : nodes;
    }

    /// <summary>Where the text has it.</summary>
    public int Offset { get; }

    /// <summary>True if the value was known when the text was read, whatever the addresses become.</summary>
    public bool IsConstant => _nodes is [{ Operator: ExpressionOperator.Number }];

    /// <summary>The value of a constant.</summary>
    public ulong Constant => _nodes[0].Number;

    /// <summary>The nodes in postfix order.</summary>
    public IReadOnlyList<ExpressionNode> Nodes => _nodes;

    /// <summary>True if the value does not move with the code: numbers, and distances of symbols.</summary>
    public bool IsDistance
    {
        get
        {
            var addresses = new Stack<int>();
            foreach (ExpressionNode node in _nodes)
            {
                if (node.Operator is ExpressionOperator.Number or ExpressionOperator.Symbol)
                {
                    addresses.Push(node.Symbol is null ? 0 : 1);
                }
                else if (node.Operator is not (ExpressionOperator.Negate or ExpressionOperator.Not))
                {
                    int right = addresses.Pop();
                    int left = addresses.Pop();
                    addresses.Push(node.Operator == ExpressionOperator.Subtract ? left - right : left + right);
                }
            }

            return addresses.Pop() == 0;
        }
    }

    /// <summary>The symbol, if the expression is one symbol and nothing else.</summary>
    public Symbol? OnlySymbol => _nodes is [{ Operator: ExpressionOperator.Symbol }] ? _nodes[0].Symbol : null;

    /// <summary>The value in the pass <paramref name="stamp"/>. Returns what stands in the way, or null.</summary>
    public string? Evaluate(int stamp, int depth, out ulong value)
    {
        value = 0;
        var stack = new Stack<ulong>();
        foreach (ExpressionNode node in _nodes)
        {
            ulong result = node.Number;
            if (node.Operator == ExpressionOperator.Symbol)
            {
                if (node.Symbol!.Evaluate(stamp, depth, out result) is { } problem)
                    return problem;
            }
            else if (node.Operator is ExpressionOperator.Negate or ExpressionOperator.Not)
            {
                result = node.Operator == ExpressionOperator.Not ? ~stack.Pop() : unchecked(0 - stack.Pop());
            }
            else if (node.Operator != ExpressionOperator.Number)
            {
                ulong right = stack.Pop();
                if (Apply(node.Operator, stack.Pop(), right) is not { } applied)
                    return "a division by zero";
                result = applied;
            }

            stack.Push(result);
        }

        value = stack.Pop();
        return null;
    }

    private static ulong? Apply(ExpressionOperator op, ulong left, ulong right) => unchecked(op switch
    {
        ExpressionOperator.Add => left + right,
        ExpressionOperator.Subtract => left - right,
        ExpressionOperator.Multiply => left * right,
        ExpressionOperator.Divide or ExpressionOperator.Remainder => Divide(op, (long)left, (long)right),
        ExpressionOperator.ShiftLeft => right < 64 ? left << (int)right : 0,
        ExpressionOperator.ShiftRight => right < 64 ? left >> (int)right : 0,
        ExpressionOperator.And => left & right,
        ExpressionOperator.Or => left | right,
        _ => left ^ right,
    });

    // The most negative value divided by -1 wraps; C# would throw.
    private static ulong? Divide(ExpressionOperator op, long left, long right) => unchecked(right switch
    {
        0 => null,
        -1 => op == ExpressionOperator.Divide ? (ulong)(0 - left) : 0,
        _ => (ulong)(op == ExpressionOperator.Divide ? left / right : left % right),
    });

    // As GNU as when it reads an operand: numbers, equates whose value is known, and the distance of two labels with only
    // code of fixed length between them. Everything else gets the widest field.
    private static ulong? Fold(ExpressionNode[] nodes)
    {
        var stack = new Stack<(int Fragment, ulong Value)>();
        foreach (ExpressionNode node in nodes)
        {
            if (node.Operator == ExpressionOperator.Number)
            {
                stack.Push((0, node.Number));
            }
            else if (node.Operator == ExpressionOperator.Symbol)
            {
                if (node.Symbol is not { IsLabel: true } label)
                    return null;
                stack.Push((label.Fragment, (ulong)label.FragmentOffset));
            }
            else if (node.Operator is ExpressionOperator.Negate or ExpressionOperator.Not)
            {
                (int fragment, ulong operand) = stack.Pop();
                if (fragment != 0)
                    return null;
                stack.Push((0, node.Operator == ExpressionOperator.Not ? ~operand : unchecked(0 - operand)));
            }
            else
            {
                (int rightFragment, ulong right) = stack.Pop();
                (int leftFragment, ulong left) = stack.Pop();
                int fragment = leftFragment + rightFragment;
                if (node.Operator == ExpressionOperator.Subtract && leftFragment == rightFragment)
                {
                    fragment = 0;
                }
                else if (fragment != 0 && (rightFragment != 0 || node.Operator is not (ExpressionOperator.Add or ExpressionOperator.Subtract)))
                {
                    if (node.Operator != ExpressionOperator.Add || leftFragment != 0)
                        return null;
                }

                if (Apply(node.Operator, left, right) is not { } value)
                    return null;
                stack.Push((fragment, value));
            }
        }

        return stack.Pop() is (0, var known) ? known : null;
    }
}
