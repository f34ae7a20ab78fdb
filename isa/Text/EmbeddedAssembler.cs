namespace RcuEmu.Isa.Text;

/// <summary>
/// The assembler that is always there: GNU as conventions for labels, expressions and directives, our own table for arm64 and
/// Iced's encoder for x86-64 (Intel syntax without prefixes, or AT&amp;T syntax behind <c>.att_syntax</c>).
/// </summary>
public sealed class EmbeddedAssembler : IAssembler
{
    /// <inheritdoc/>
    public string Name => "embedded";

    /// <inheritdoc/>
    public AssembledCode Assemble(
        Architecture architecture,
        string text,
        ulong address,
        IReadOnlyDictionary<string, ulong>? symbols = null,
        string fileName = "<text>")
    {
        ArgumentNullException.ThrowIfNull(text);
        return new AssemblyUnit(architecture, new SourceText(architecture, text, fileName), address, symbols).Assemble();
    }
}
