namespace RcuEmu.Isa.Arm64;

/// <summary>What is known of one word of text, for counting how much of it can be executed.</summary>
/// <param name="Status">Whether a row has it.</param>
/// <param name="Class">The instruction's name without aliases, b.cond as <c>b.</c>; empty where no row has it.</param>
/// <param name="CanExecute">False where it raises Undefined or NotModelled whatever the operands hold.</param>
/// <param name="Gap">Why it cannot be executed, or null.</param>
public readonly record struct A64Coverage(A64WordStatus Status, string Class, bool CanExecute, string? Gap)
{
    /// <summary>Looks at <paramref name="word"/>.</summary>
    public static A64Coverage Of(uint word)
    {
        A64Row? row = A64Decoder.Find(word);
        if (row is null)
        {
            A64WordStatus status = A64Decoder.Status(word);
            return new A64Coverage(status, "", false, status == A64WordStatus.NotModelled ? "not modelled" : "unallocated");
        }

        A64Operation operation = row.Operation(word);
        string? gap = operation == A64Operation.Of<NotModelled>() ? "not modelled"
            : operation == A64Operation.Of<FeatureAbsent>() ? "a feature that the core does not have"
            : operation == A64Operation.Of<Undefined>() ? "permanently undefined"
            : null;
        return new A64Coverage(gap == "not modelled" ? A64WordStatus.NotModelled : A64WordStatus.Modelled, row.Mnemonic, gap is null, gap);
    }
}
