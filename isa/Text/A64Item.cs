using System.Buffers.Binary;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Text;

/// <summary>One A64 instruction.</summary>
internal sealed class A64Item : AssemblyItem
{
    private readonly SymbolTable _symbols;
    private readonly A64Statement _statement;

    public A64Item(SymbolTable symbols, A64Statement statement)
        : base(statement.Offset)
    {
        (_symbols, _statement) = (symbols, statement);
        Length = 4;
    }

    /// <inheritdoc/>
    public override void Emit(AssemblyLayout layout, Span<byte> bytes)
    {
        if (Address % 4 != 0)
            throw layout.Source.Error(Offset, $"an instruction at 0x{Address:x}", "a multiple of 4: .balign 4");
        (string text, int[] offsets) = _statement.Render(layout);
        if (!A64Assembler.TryAssemble(text, Address, _symbols.AddressOf, out uint word, out string? error, out int column))
            throw layout.Source.Error(offsets[Math.Clamp(column, 0, offsets.Length - 1)], error + Hint(text));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
    }

    private static string Hint(string text)
    {
        string mnemonic = text.Split(' ', 2)[0].ToLowerInvariant();
        bool isKnown = A64Assembler.Mnemonics.Any(m => m == mnemonic || (m[^1] == '.' && mnemonic.StartsWith(m, StringComparison.Ordinal)));
        return !isKnown && NearestName.Of(mnemonic, A64Assembler.Mnemonics) is { } near ? $" (nearest: '{near}')" : "";
    }
}
