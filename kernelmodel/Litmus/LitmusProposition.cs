namespace RcuEmu.KernelModel.Litmus;

/// <summary>What a condition says of one final state.</summary>
public abstract record LitmusProposition
{
    /// <summary>All values that it compares with.</summary>
    public IEnumerable<LitmusValue> Values() => this switch
    {
        LitmusAtom atom => atom.Wanted,
        LitmusNot not => not.Operand.Values(),
        LitmusBinary both => both.Left.Values().Concat(both.Right.Values()),
        _ => [],
    };
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record LitmusConstant(bool Value) : LitmusProposition;

/// <summary>A place has these values: one, or those of a whole array.</summary>
public sealed record LitmusAtom(LitmusPlace Place, IReadOnlyList<LitmusValue> Wanted) : LitmusProposition;

/// <summary><c>not</c>.</summary>
public sealed record LitmusNot(LitmusProposition Operand) : LitmusProposition;

/// <summary><c>/\</c> or <c>\/</c>.</summary>
public sealed record LitmusBinary(bool IsAnd, LitmusProposition Left, LitmusProposition Right) : LitmusProposition;
