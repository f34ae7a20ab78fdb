using System.Globalization;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Text;

/// <summary>What the front end asks of an instruction set.</summary>
internal interface IInstructionReader
{
    /// <summary>Reads the statement that the cursor is at, up to its end, into items.</summary>
    void Read();

    /// <summary>Fills bytes at an address so that code runs through them, as GNU as does for an alignment.</summary>
    void Pad(Span<byte> bytes, ulong address);

    /// <summary>Puts the constants that <c>ldr Xt, =value</c> asked for here.</summary>
    void PlaceLiterals();
}

/// <summary>One text on its way to bytes: read once from the start to the end, then laid out.</summary>
internal sealed class AssemblyUnit
{
    private readonly Directives _directives;

    /// <summary>Makes a unit for a text.</summary>
    public AssemblyUnit(Architecture architecture, SourceText source, ulong address, IReadOnlyDictionary<string, ulong>? outer)
    {
        Architecture = architecture;
        Cursor = new Cursor(source);
        Layout = new AssemblyLayout(source, address);
        Symbols = new SymbolTable(source, Layout, outer);
        Expressions = new ExpressionParser(Cursor, Symbols);
        _directives = new Directives(this);
        Instructions = architecture == Architecture.Arm64 ? new A64InstructionReader(this) : new X64InstructionReader(this);
    }

    /// <summary>The instruction set.</summary>
    public Architecture Architecture { get; }

    /// <summary>Where the text is read.</summary>
    public Cursor Cursor { get; }

    /// <summary>The bytes.</summary>
    public AssemblyLayout Layout { get; }

    /// <summary>The names.</summary>
    public SymbolTable Symbols { get; }

    /// <summary>Reads expressions.</summary>
    public ExpressionParser Expressions { get; }

    /// <summary>Reads instructions.</summary>
    public IInstructionReader Instructions { get; }

    /// <summary>True between <c>.att_syntax</c> and <c>.intel_syntax</c>.</summary>
    public bool UsesAttSyntax { get; set; }

    /// <summary>True where alignment is filled with instructions.</summary>
    public bool InText { get; set; } = true;

    /// <summary>Reads and lays out the whole text.</summary>
    public AssembledCode Assemble()
    {
        SourceText source = Cursor.Source;
        while (Cursor.Position < source.Length)
        {
            Statement();
            Cursor.Position++;
        }

        PlaceLiterals();
        Symbols.Close();
        (byte[] bytes, List<AssembledLine> lines) = Layout.Finish();
        return new AssembledCode(Layout.Start, bytes, Symbols.Labels(), lines);
    }

    /// <summary>Reads the value of a symbol and gives it to the symbol.</summary>
    public void Assign(string name, int offset)
    {
        Expression value = Expressions.Parse();
        if (name == ".")
            Layout.Add(new OriginItem(offset, value, 0));
        else
            Symbols.Assign(name, offset, value);
    }

    /// <summary>Puts waiting literals here.</summary>
    public void PlaceLiterals() => Instructions.PlaceLiterals();

    private void Statement()
    {
        while (ReadLabel())
        {
        }

        if (Cursor.AtEnd)
            return;
        int offset = Cursor.Position;
        string name = Cursor.PeekName();
        Cursor.Position += name.Length;
        if (name.Length > 0 && Cursor.Peek() == '=' && Cursor.At(1) != '=')
        {
            Cursor.Position++;
            Assign(name, offset);
            Cursor.ExpectEnd();
        }
        else if (name.StartsWith('.') && name.Length > 1)
        {
            _directives.Do(name, offset);
        }
        else
        {
            Cursor.Position = offset;
            Instructions.Read();
        }
    }

    private bool ReadLabel()
    {
        Cursor.Peek();
        int start = Cursor.Position;
        int end = start;
        while (Cursor.InName(Cursor.Source[end]))
            end++;
        if (end == start || Cursor.Source[end] != ':')
            return false;

        string name = Cursor.Source.Slice(start, end);
        if (Cursor.StartsName(name[0]))
            Symbols.DefineLabel(name, start);
        else if (uint.TryParse(name, NumberStyles.None, null, out uint number))
            Symbols.DefineLocal(number, start);
        else
            throw Cursor.Source.Error(start, Cursor.Found(start), "a label: a name or a number, then ':'");
        Cursor.Position = end + 1;
        return true;
    }
}
