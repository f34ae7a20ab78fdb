namespace RcuEmu.Isa.Text;

/// <summary>The constants of <c>ldr Xt, =value</c>, kept until <c>.ltorg</c> or the end of the text.</summary>
internal sealed class A64LiteralPool(AssemblyUnit unit)
{
    private readonly List<(Expression Value, int Bytes, Symbol Label)> _waiting = [];
    private readonly Dictionary<(int Bytes, ulong Number, Symbol? Symbol), Symbol> _shared = [];

    /// <summary>The label at which <paramref name="value"/> is going to lie, sized for a register.</summary>
    public Symbol Add(Expression value, string register)
    {
        int bytes = register switch
        {
            ['w' or 's', ..] and not "sp" => 4,
            ['x' or 'd', ..] or "lr" => 8,
            _ => throw unit.Cursor.Source.Error(value.Offset, $"'{unit.Cursor.Source.Slice(value.Offset, unit.Cursor.Position).Trim()}' for '{register}'", "a register of 4 or 8 bytes: Wt, Xt, St or Dt"),
        };
        (int, ulong, Symbol?)? key = value.IsConstant ? (bytes, value.Constant, null)
            : value.OnlySymbol is { } symbol ? (bytes, 0, symbol)
            : null;
        if (key is { } shared && _shared.TryGetValue(shared, out Symbol? known))
            return known;
        var label = new Symbol("=");
        _waiting.Add((value, bytes, label));
        if (key is { } mine)
            _shared.Add(mine, label);
        return label;
    }

    /// <summary>Puts the waiting constants here: those of 4 bytes first, each size aligned, as GNU as does.</summary>
    public void Place()
    {
        foreach (int bytes in (ReadOnlySpan<int>)[4, 8])
        {
            if (!_waiting.Exists(literal => literal.Bytes == bytes))
                continue;
            int offset = _waiting[0].Value.Offset;
            unit.Layout.Add(new AlignItem(offset, (ulong)bytes, 0, ulong.MaxValue, unit.Instructions.Pad));
            foreach ((Expression value, _, Symbol label) in _waiting.Where(literal => literal.Bytes == bytes))
            {
                unit.Layout.Place(label);
                unit.Layout.Add(new NumberItem(value, bytes));
            }
        }

        _waiting.Clear();
        _shared.Clear();
    }
}
