using System.Text;

namespace RcuEmu.Isa.Text;

/// <summary>One A64 statement: text, and between it expressions whose values are put in when they are known.</summary>
internal sealed class A64Statement(int offset)
{
    private readonly List<(int Offset, string Text, Expression? Expression)> _pieces = [];

    /// <summary>Where the statement begins.</summary>
    public int Offset => offset;

    /// <summary>Adds text as it stands.</summary>
    public void AddText(SourceText source, int start, int end)
    {
        if (end > start)
            _pieces.Add((start, source.Slice(start, end), null));
    }

    /// <summary>Adds an expression that the text has at <paramref name="start"/>.</summary>
    public void AddExpression(int start, Expression expression) => _pieces.Add((start, "", expression));

    /// <summary>The first operand, in lower case: a register's name if the statement is well formed.</summary>
    public string FirstRegister() => _pieces.Count > 1
        ? string.Concat(_pieces.Skip(1).Select(piece => piece.Text)).TrimStart().Split(',')[0].Trim().ToLowerInvariant()
        : "";

    /// <summary>The statement with all values put in, and the offset in the text of each of its characters.</summary>
    public (string Text, int[] Offsets) Render(AssemblyLayout layout)
    {
        var text = new StringBuilder();
        var offsets = new List<int>();
        foreach ((int start, string piece, Expression? expression) in _pieces)
        {
            string part = expression is null ? piece : Number(layout.Evaluate(expression), expression);
            for (int i = 0; i < part.Length; i++)
                offsets.Add(expression is null ? start + i : start);
            text.Append(part);
        }

        offsets.Add(layout.Source.Length - 1);
        return (text.ToString(), [.. offsets]);
    }

    // An address stays unsigned; a negative number of the text (-8, ~3) keeps its sign.
    private static string Number(ulong value, Expression expression) =>
        (long)value < 0 && expression.IsDistance ? ((long)value).ToString() : $"0x{value:x}";
}
