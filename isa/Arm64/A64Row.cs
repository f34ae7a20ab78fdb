namespace RcuEmu.Isa.Arm64;

/// <summary>One encoding of the A64 instruction set: its bits, what it does, and how it is written.</summary>
public sealed class A64Row
{
    private readonly A64Diagram _diagram;
    private readonly A64Spelling _spelling;
    private readonly A64Alias[] _aliases;
    private readonly A64Choice _choice;
    private readonly A64Operand[] _operands;
    private readonly A64Insn _preset;

    /// <param name="bits">The manual's diagram: 0 and 1 are fixed, letters are fields, blanks are for the eye.</param>
    /// <param name="choice">The operation, or the operations that a field of the diagram chooses from.</param>
    /// <param name="spelling">How it is written; see <see cref="A64Operands"/> for the names in braces.</param>
    /// <param name="aliases">Other spellings, the preferred ones first.</param>
    internal A64Row(string bits, A64Choice choice, string spelling, params A64Alias[] aliases)
        : this(bits, choice, spelling, default(A64Insn), aliases)
    {
    }

    /// <summary>A row that gives its operation some fields itself: <paramref name="preset"/>.</summary>
    internal A64Row(string bits, A64Choice choice, string spelling, A64Insn preset, params A64Alias[] aliases)
    {
        _diagram = new A64Diagram(bits);
        _choice = choice;
        _spelling = new A64Spelling(spelling);
        _operands = [.. _spelling.Operands];
        _preset = preset;
        _aliases = aliases;
    }

    /// <summary>The diagram: 32 characters, 0 and 1 for fixed bits, letters for fields, + for bits that should be one.</summary>
    public string Bits => _diagram.Text;

    /// <summary>The bits that are fixed.</summary>
    public uint Mask => _diagram.Mask;

    /// <summary>The values of the fixed bits.</summary>
    public uint Value => _diagram.Value;

    /// <summary>The name of the instruction, without operands and without aliases.</summary>
    public string Mnemonic => _spelling.Mnemonic;

    /// <summary>The spelling as the table has it.</summary>
    public string Spelling => _spelling.Template;

    /// <summary>The aliases' spellings as the table has them, the preferred ones first.</summary>
    public IEnumerable<string> AliasSpellings => _aliases.Select(alias => alias.Spelling.Template);

    /// <summary>The operations that words of this row can have.</summary>
    public IEnumerable<A64Operation> Operations => _choice.All;

    /// <summary>What else must hold of a word, where the diagram cannot say it.</summary>
    internal Func<uint, bool>? Allocated { get; init; }

    internal A64Diagram Diagram => _diagram;

    internal IReadOnlyList<A64Alias> Aliases => _aliases;

    internal A64Spelling PlainSpelling => _spelling;

    internal IReadOnlyList<A64Operand> Operands => _operands;

    /// <summary>True if <paramref name="word"/> is an allocated encoding of this row.</summary>
    public bool Matches(uint word)
    {
        if (!_diagram.Matches(word) || (Allocated is not null && !Allocated(word)) || _choice.Of(word) is null)
            return false;
        foreach (A64Operand operand in _operands)
        {
            if (!operand.IsAllocated(word))
                return false;
        }

        return true;
    }

    /// <summary>The operation of <paramref name="word"/>, which this row matches.</summary>
    public A64Operation Operation(uint word) => _choice.Of(word)!;

    /// <summary>Takes the fields of <paramref name="word"/> apart.</summary>
    internal void Decode(uint word, out A64Insn insn)
    {
        insn = _preset;
        insn.Word = word;
        foreach (A64Operand operand in _operands)
            operand.Decode(word, ref insn);
    }

    /// <summary>The spelling that the manual prefers for <paramref name="word"/>.</summary>
    internal A64Spelling Preferred(uint word)
    {
        foreach (A64Alias alias in _aliases)
        {
            if (alias.IsPreferred(word))
                return alias.Spelling;
        }

        return _spelling;
    }

    /// <summary>Which registers <paramref name="word"/> reads and writes, and what for.</summary>
    public A64Roles Roles(uint word) => A64Roles.Of(this, word);
}

/// <summary>An alias: fewer free bits than its row, another spelling.</summary>
/// <remarks>Conditions that no bit pattern expresses stand in <c>when</c>. They hold for disassembly only.</remarks>
internal sealed class A64Alias(string bits, string spelling, Func<uint, bool>? when = null, bool assemblyOnly = false)
{
    public A64Diagram Diagram { get; } = new(bits);

    public A64Spelling Spelling { get; } = new(spelling);

    public bool IsPreferred(uint word) => !assemblyOnly && Diagram.Matches(word) && (when is null || when(word));
}

/// <summary>The operation of a row, or the operations that one of its fields chooses from (null: unallocated).</summary>
internal sealed class A64Choice(int shift, uint mask, params A64Operation?[] operations)
{
    public IEnumerable<A64Operation> All => operations.OfType<A64Operation>();

    public A64Operation? Of(uint word) => operations[(word >> shift) & mask];

    public static implicit operator A64Choice(A64Operation operation) => new(0, 0, operation);
}
