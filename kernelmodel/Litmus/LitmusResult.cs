using RcuEmu.Emulator.Ordering;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>What the exploration of a litmus test found.</summary>
/// <param name="Test">The test.</param>
/// <param name="Memory">The memory model.</param>
/// <param name="States">The final states as text, in a fixed order: <c>0:rax=0; [x]=1;</c>.</param>
/// <param name="Positive">How many of them have the condition's proposition.</param>
/// <param name="Refusal">Why there is no result, in a phrase; null where there is one.</param>
/// <param name="Bound">Which bound was hit; null where every execution was covered.</param>
public sealed record LitmusResult(
    LitmusTest Test, MemoryModel Memory, IReadOnlyList<string> States, int Positive, string? Refusal, string? Bound)
{
    /// <summary>True where every execution was covered.</summary>
    public bool IsComplete => Refusal is null && Bound is null;

    /// <summary><c>Never</c>, <c>Sometimes</c> or <c>Always</c>: none, some or all final states have the proposition.</summary>
    public string Observation => Positive == 0 ? "Never" : Positive == States.Count ? "Always" : "Sometimes";

    /// <summary>herd7's word for the quantifier.</summary>
    public string Kind => Test.Quantifier switch
    {
        LitmusQuantifier.Exists => "Allowed",
        LitmusQuantifier.NotExists => "Forbidden",
        _ => "Required",
    };

    /// <summary>True where the quantified condition holds.</summary>
    public bool Holds => Test.Quantifier switch
    {
        LitmusQuantifier.Exists => Positive != 0,
        LitmusQuantifier.NotExists => Positive == 0,
        _ => Positive == States.Count,
    };

    /// <summary>The states as numbers, for a comparison with another text; the same order as <see cref="States"/>.</summary>
    internal IReadOnlyList<ulong[]> Values { get; init; } = [];

    internal LitmusLayout? Layout { get; init; }
}
