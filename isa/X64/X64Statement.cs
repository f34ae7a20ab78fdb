namespace RcuEmu.Isa.X64;

/// <summary>One instruction of the text, read and not yet encoded. Operands are in Intel's order.</summary>
internal sealed class X64Statement
{
    /// <summary>Where the mnemonic stands.</summary>
    public required int Offset { get; init; }

    /// <summary>The mnemonic as written.</summary>
    public required string Word { get; init; }

    /// <summary>What the mnemonic can mean; at least one.</summary>
    public required List<X64Reading> Readings { get; init; }

    /// <summary>The operands.</summary>
    public required List<X64AssemblerOperand> Operands { get; init; }

    /// <summary>The prefix bytes in front of it.</summary>
    public required byte[] Prefixes { get; init; }

    /// <summary>True in AT&amp;T syntax.</summary>
    public required bool IsAtt { get; init; }

    /// <summary><c>{disp32}</c>: a branch or displacement of 32 bits.</summary>
    public bool WantsWide { get; init; }

    /// <summary>True if a suffix, a size or a register tells the operation's size.</summary>
    public bool SaysSize => Readings[^1].Bytes != 0
        || Operands.Exists(o => o.Bytes != 0 || o.Kind == X64AssemblerOperandKind.Register);
}
