namespace RcuEmu.Isa.Arm64;

/// <summary>
/// An encoding diagram in the manual's bit order, bit 31 first: 0, 1, letters for fields, and (1) for a bit that should
/// be one but is not looked at.
/// </summary>
internal sealed class A64Diagram
{
    public A64Diagram(string bits)
    {
        Text = bits.Replace(" ", "", StringComparison.Ordinal).Replace("(1)", "+", StringComparison.Ordinal);
        if (Text.Length != 32)
            throw new ArgumentException($"{bits}: {Text.Length} bits where an A64 instruction has 32");
        foreach (char bit in Text)
        {
            Mask = (Mask << 1) | (bit is '0' or '1' ? 1u : 0u);
            Value = (Value << 1) | (bit is '1' ? 1u : 0u);
            ShouldBeOne = (ShouldBeOne << 1) | (bit is '+' ? 1u : 0u);
        }
    }

    public string Text { get; }

    public uint Mask { get; }

    public uint Value { get; }

    /// <summary>The bits that the assembler sets and the decoder ignores.</summary>
    public uint ShouldBeOne { get; }

    public bool Matches(uint word) => (word & Mask) == Value;
}
