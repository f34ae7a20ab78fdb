using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>
/// How an instruction is written: a mnemonic, then text with operands in braces, such as
/// <c>ldr {Xt}, [{Xn|sp}{,pimm8}]</c>.
/// </summary>
internal sealed class A64Spelling
{
    private readonly List<object> _pieces = [];

    public A64Spelling(string template)
    {
        Template = template;
        int blank = template.IndexOf(' ');
        string head = blank < 0 ? template : template[..blank];
        int brace = head.IndexOf('{');
        Mnemonic = brace < 0 ? head : head[..brace];
        Split(template[Mnemonic.Length..]);
        WritesBack = template.Contains("]!", StringComparison.Ordinal)
            || template.Contains("], ", StringComparison.Ordinal);
        BranchesToRegister = Mnemonic is "br" or "blr" or "ret" || Mnemonic.StartsWith("bra", StringComparison.Ordinal)
            || Mnemonic.StartsWith("blra", StringComparison.Ordinal);
    }

    public string Template { get; }

    /// <summary>The mnemonic, or its part before an operand (<c>b.</c>).</summary>
    public string Mnemonic { get; }

    public bool WritesBack { get; }

    public bool BranchesToRegister { get; }

    public IEnumerable<A64Operand> Operands => _pieces.OfType<A64Operand>();

    private void Split(string rest)
    {
        bool inAddress = false;
        while (rest.Length > 0)
        {
            int open = rest.IndexOf('{');
            string literal = open < 0 ? rest : rest[..open];
            if (literal.Length > 0)
                _pieces.Add(literal);
            inAddress = literal.LastIndexOf('[') > literal.LastIndexOf(']') || (inAddress && !literal.Contains(']'));
            if (open < 0)
                return;

            int close = rest.IndexOf('}', open);
            _pieces.Add(A64Operands.Parse(rest[(open + 1)..close], inAddress));
            rest = rest[(close + 1)..];
        }
    }

    public void Format(uint word, in A64FormatContext context, StringBuilder text)
    {
        text.Append(Mnemonic);
        foreach (object piece in _pieces)
        {
            if (piece is A64Operand operand)
                operand.Format(word, context, text);
            else
                text.Append((string)piece);
        }
    }

    /// <summary>Reads the operands after the mnemonic. False: <paramref name="scanner"/> has the error and its place.</summary>
    public bool TryParse(ref A64Scanner scanner, ref uint word)
    {
        foreach (object piece in _pieces)
        {
            if (!(piece is A64Operand operand ? operand.Parse(ref scanner, ref word) : scanner.Literal((string)piece)))
                return false;
        }

        return scanner.AtEnd || scanner.Fail("expected the end of the statement");
    }
}

/// <summary>Where an instruction stands and what names its surroundings have.</summary>
internal readonly record struct A64FormatContext(ulong Pc, Func<ulong, string?>? Symbolize);
