namespace RcuEmu.Isa.Text;

/// <summary>A name that stands for a value: a label, an equate, or an address from outside.</summary>
internal sealed class Symbol(string name)
{
    private const int MaxDepth = 64;

    private ulong _value;
    private int _stamp = -1;
    private bool _evaluating;

    /// <summary>The name as written; numeric labels have theirs.</summary>
    public string Name => name;

    /// <summary>Where the text first names it.</summary>
    public int Offset { get; init; }

    /// <summary>True once the text has said what it is.</summary>
    public bool IsDefined => IsLabel || Value is not null;

    /// <summary>True for a label.</summary>
    public bool IsLabel { get; private set; }

    /// <summary>The address of a label in the present pass, or the value from outside.</summary>
    public ulong Address { get; set; }

    /// <summary>True if the value comes from outside.</summary>
    public bool IsOuter { get; set; }

    /// <summary>True if the text makes it global or weak.</summary>
    public bool IsGlobal { get; set; }

    /// <summary>True if the text makes it weak: another file's definition may win.</summary>
    public bool IsWeak { get; set; }

    /// <summary>True if an expression needs its value.</summary>
    public bool IsUsed { get; set; }

    /// <summary>What an equate stands for.</summary>
    public Expression? Value { get; set; }

    /// <summary>The run of code without anything of unknown length in which a label lies, from 1.</summary>
    public int Fragment { get; private set; }

    /// <summary>Where in it, in bytes.</summary>
    public long FragmentOffset { get; private set; }

    /// <summary>Makes it a label at a place in a fragment.</summary>
    public void DefineLabel(int fragment, long offset)
    {
        IsLabel = true;
        Fragment = fragment;
        FragmentOffset = offset;
    }

    /// <summary>The value in the pass <paramref name="stamp"/>, or what stands in the way.</summary>
    public string? Evaluate(int stamp, int depth, out ulong value)
    {
        value = Address;
        if (IsLabel || IsOuter)
            return null;
        if (Value is null)
            return $"the undefined symbol '{name}'";
        if (_stamp != stamp)
        {
            if (_evaluating)
                return $"the symbol '{name}', which is defined by itself";
            if (depth == MaxDepth)
                return $"the symbol '{name}', defined by a chain of more than {MaxDepth} others";
            _evaluating = true;
            string? problem = Value.Evaluate(stamp, depth + 1, out _value);
            _evaluating = false;
            if (problem is not null)
                return problem;
            _stamp = stamp;
        }

        value = _value;
        return null;
    }
}
