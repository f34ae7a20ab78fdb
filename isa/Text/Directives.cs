using System.Collections.Frozen;

namespace RcuEmu.Isa.Text;

/// <summary>The directives of GNU as that say something about bytes, and those that a text may have without effect here.</summary>
internal sealed class Directives(AssemblyUnit unit)
{
    private static readonly FrozenDictionary<string, Action<Directives, int>> Table = new Dictionary<string, Action<Directives, int>>
    {
        [".byte"] = (d, _) => d.Numbers(1),
        [".hword"] = (d, _) => d.Numbers(2),
        [".short"] = (d, _) => d.Numbers(2),
        [".2byte"] = (d, _) => d.Numbers(2),
        [".value"] = (d, _) => d.Numbers(2),
        [".word"] = (d, _) => d.Numbers(d.IsArm64 ? 4 : 2),
        [".long"] = (d, _) => d.Numbers(4),
        [".int"] = (d, _) => d.Numbers(4),
        [".4byte"] = (d, _) => d.Numbers(4),
        [".inst"] = (d, offset) => d.Words(offset),
        [".quad"] = (d, _) => d.Numbers(8),
        [".xword"] = (d, _) => d.Numbers(8),
        [".dword"] = (d, _) => d.Numbers(8),
        [".8byte"] = (d, _) => d.Numbers(8),
        [".ascii"] = (d, offset) => d.Strings(offset, ""),
        [".asciz"] = (d, offset) => d.Strings(offset, "\0"),
        [".string"] = (d, offset) => d.Strings(offset, "\0"),
        [".balign"] = (d, offset) => d.Align(offset, isPower: false),
        [".p2align"] = (d, offset) => d.Align(offset, isPower: true),
        [".align"] = (d, offset) => d.Align(offset, isPower: d.IsArm64),
        [".skip"] = (d, offset) => d.Skip(offset),
        [".space"] = (d, offset) => d.Skip(offset),
        [".zero"] = (d, offset) => d.Skip(offset),
        [".fill"] = (d, offset) => d.Fill(offset),
        [".org"] = (d, offset) => d.Origin(offset),
        [".set"] = (d, _) => d.Set(),
        [".equ"] = (d, _) => d.Set(),
        [".global"] = (d, _) => d.Global(isWeak: false),
        [".globl"] = (d, _) => d.Global(isWeak: false),
        [".weak"] = (d, _) => d.Global(isWeak: true),
        [".text"] = (d, _) => d.Section(isText: true),
        [".data"] = (d, _) => d.Section(isText: false),
        [".section"] = (d, _) => d.NamedSection(),
        [".intel_syntax"] = (d, offset) => d.Syntax(offset, att: false),
        [".att_syntax"] = (d, offset) => d.Syntax(offset, att: true),
        [".code64"] = (d, offset) => d.Only(offset, Architecture.X64),
        [".ltorg"] = (d, offset) => d.Pool(offset),
        [".pool"] = (d, offset) => d.Pool(offset),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // They are about symbol tables, debug information and unwinding: nothing that bytes depend on.
    private static readonly FrozenSet<string> Ignored = new[]
    {
        ".local", ".hidden", ".type", ".size", ".file", ".loc", ".ident", ".arch", ".cpu",
        ".arch_extension", ".previous", ".pushsection", ".popsection", ".subsection", ".p2alignl", ".protected", ".internal",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private Cursor Cursor => unit.Cursor;

    private bool IsArm64 => unit.Architecture == Architecture.Arm64;

    /// <summary>Does the directive <paramref name="name"/>, which the text has at <paramref name="offset"/>.</summary>
    public void Do(string name, int offset)
    {
        if (Table.TryGetValue(name, out Action<Directives, int>? action))
        {
            action(this, offset);
            Cursor.ExpectEnd();
        }
        else if (Ignored.Contains(name) || name.StartsWith(".cfi_", StringComparison.OrdinalIgnoreCase))
        {
            while (!Cursor.AtEnd)
                Cursor.Position++;
        }
        else
        {
            string near = NearestName.Of(name, Table.Keys.Concat(Ignored)) is { } found ? $" (nearest: '{found}')" : "";
            throw Cursor.Source.Error(offset, $"'{Short(name)}'", $"a directive for bytes, symbols, alignment or sections{near}");
        }
    }

    private static string Short(string name) => name.Length > 40 ? name[..40] : name;

    private void Numbers(int length)
    {
        if (Cursor.AtEnd)
            return;
        do
            unit.Layout.Add(new NumberItem(unit.Expressions.Parse(), length));
        while (Cursor.Try(','));
    }

    private void Words(int offset)
    {
        Only(offset, Architecture.Arm64);
        Numbers(4);
    }

    private void Only(int offset, Architecture architecture)
    {
        if (unit.Architecture != architecture)
            throw Cursor.Source.Error(offset, Cursor.Found(offset), $"a directive of {(IsArm64 ? "arm64" : "x86-64")}");
    }

    private void Strings(int offset, string end)
    {
        var bytes = new List<byte>();
        do
        {
            StringLiteral.Read(Cursor, bytes);
            bytes.AddRange(end.Select(c => (byte)c));
        }
        while (Cursor.Try(',') || Cursor.Peek() == '"');
        unit.Layout.Add(new BytesItem(offset, [.. bytes]));
    }

    private void Align(int offset, bool isPower)
    {
        int place = PlaceOfNext();
        ulong boundary = unit.Expressions.ParseConstant("an alignment");
        if (isPower ? boundary > 24 : boundary > AssemblyLayout.MaxBytes || (boundary & (boundary - 1)) != 0)
            throw Cursor.Source.Error(place, AssemblyLayout.Show(boundary), isPower ? "a power of two from 0 to 24" : $"a power of two up to {AssemblyLayout.MaxBytes}");
        boundary = isPower ? 1UL << (int)boundary : Math.Max(boundary, 1);

        byte? fill = null;
        ulong most = ulong.MaxValue;
        if (Cursor.Try(','))
        {
            if (Cursor.Peek() is not (',' or '\n'))
                fill = (byte)unit.Expressions.ParseConstant("a fill byte");
            if (Cursor.Try(','))
                most = unit.Expressions.ParseConstant("a number of bytes");
        }

        unit.Layout.Add(new AlignItem(offset, boundary, fill ?? (unit.InText ? null : (byte)0), most, unit.Instructions.Pad));
    }

    private void Skip(int offset)
    {
        Expression count = unit.Expressions.Parse();
        unit.Layout.Add(new FillItem(offset, count, (byte)OptionalFill(), 1));
    }

    private void Fill(int offset)
    {
        Expression count = unit.Expressions.Parse();
        ulong unitBytes = 1;
        ulong value = 0;
        if (Cursor.Try(','))
        {
            int place = PlaceOfNext();
            unitBytes = unit.Expressions.ParseConstant("a size");
            if (unitBytes is 0 or > 8)
                throw Cursor.Source.Error(place, AssemblyLayout.Show(unitBytes), "a size from 1 to 8");
            value = OptionalFill();
        }

        unit.Layout.Add(new FillItem(offset, count, value, (int)unitBytes));
    }

    private void Origin(int offset)
    {
        Expression place = unit.Expressions.Parse();
        unit.Layout.Add(new OriginItem(offset, place, (byte)OptionalFill()));
    }

    private ulong OptionalFill() => Cursor.Try(',') ? unit.Expressions.ParseConstant("a fill value") : 0;

    private int PlaceOfNext()
    {
        Cursor.Peek();
        return Cursor.Position;
    }

    private void Set()
    {
        int offset = PlaceOfNext();
        string name = Cursor.Name();
        if (name.Length == 0)
            throw Cursor.Unexpected("the name of a symbol");
        Cursor.Expect(',');
        unit.Assign(name, offset);
    }

    // Other files may define a weak name as well: a branch to it keeps 32 bits (see X64Item).
    private void Global(bool isWeak)
    {
        do
        {
            int offset = PlaceOfNext();
            string name = Cursor.Name();
            if (name.Length == 0)
                throw Cursor.Unexpected("the name of a symbol");
            Symbol symbol = unit.Symbols.Refer(name, offset);
            symbol.IsGlobal = true;
            symbol.IsWeak |= isWeak;
        }
        while (Cursor.Try(','));
    }

    private void Section(bool isText)
    {
        unit.InText = isText;
        while (!Cursor.AtEnd)
            Cursor.Position++;
    }

    // Left out: sections do not become separate pieces of memory; their bytes follow in the order of the text.
    private void NamedSection()
    {
        string name = Cursor.Peek() == '"' ? ".text" : Cursor.Name();
        Section(!name.StartsWith(".data", StringComparison.Ordinal) && !name.StartsWith(".rodata", StringComparison.Ordinal)
            && !name.StartsWith(".bss", StringComparison.Ordinal));
    }

    private void Syntax(int offset, bool att)
    {
        Only(offset, Architecture.X64);
        string words = Cursor.PeekName();
        if (words.Length > 0)
        {
            string right = att ? "prefix" : "noprefix";
            if (words != right)
                throw Cursor.Unexpected($"'{right}'");
            Cursor.Name();
        }

        unit.UsesAttSyntax = att;
    }

    private void Pool(int offset)
    {
        Only(offset, Architecture.Arm64);
        unit.PlaceLiterals();
    }
}
