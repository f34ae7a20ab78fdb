namespace RcuEmu.Isa.Text;

/// <summary>The names of one text: what each means at the place that is being read.</summary>
internal sealed class SymbolTable(SourceText source, AssemblyLayout layout, IReadOnlyDictionary<string, ulong>? outer)
{
    private readonly Dictionary<string, Symbol> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, Symbol> _lastLocal = [];
    private readonly Dictionary<uint, Symbol> _nextLocal = [];
    private readonly List<Symbol> _inOrder = [];
    private Symbol? _here;

    /// <summary>The symbol that a name means now; made if the text has not had it yet.</summary>
    public Symbol Refer(string name, int offset)
    {
        if (!_symbols.TryGetValue(name, out Symbol? symbol))
            _symbols[name] = symbol = Make(name, offset);
        return symbol;
    }

    /// <summary>A symbol if the text has had it so far.</summary>
    public Symbol? Find(string name) => _symbols.GetValueOrDefault(name);

    /// <summary>The label that a name stands for at the end; what it is from outside where the text has no such name.</summary>
    public ulong? AddressOf(string name) =>
        _symbols.TryGetValue(name, out Symbol? symbol) && symbol.Evaluate(layout.Stamp, 0, out ulong value) is null ? value
        : outer is not null && outer.TryGetValue(name, out ulong address) ? address
        : null;

    /// <summary>The place that is being assembled: the dot.</summary>
    public Symbol Here()
    {
        if (_here is null || !layout.IsHere(_here))
        {
            _here = new Symbol(".");
            layout.Place(_here);
        }

        return _here;
    }

    /// <summary><c>1b</c> or <c>1f</c>.</summary>
    public Symbol Local(uint number, bool forward, int offset)
    {
        if (!forward)
        {
            return _lastLocal.GetValueOrDefault(number)
                ?? throw source.Error(offset, $"'{number}b'", $"a label '{number}:' before it");
        }

        if (!_nextLocal.TryGetValue(number, out Symbol? symbol))
            _nextLocal[number] = symbol = Make($"{number}f", offset);
        return symbol;
    }

    /// <summary>Puts the label <c>1:</c> here.</summary>
    public void DefineLocal(uint number, int offset)
    {
        if (!_nextLocal.Remove(number, out Symbol? symbol))
            symbol = new Symbol($"{number}f") { Offset = offset };
        _lastLocal[number] = symbol;
        layout.Place(symbol);
    }

    /// <summary>Puts a label here.</summary>
    public void DefineLabel(string name, int offset)
    {
        Symbol symbol = Refer(name, offset);
        if (symbol.IsDefined)
            throw source.Error(offset, $"a second '{name}'", "each label once");
        layout.Place(symbol);
    }

    /// <summary>Gives a name a value; a name that has one gets another from here on (<c>.set</c>).</summary>
    public void Assign(string name, int offset, Expression value)
    {
        Symbol symbol = Refer(name, offset);
        if (symbol.IsLabel)
            throw source.Error(offset, $"a second '{name}'", "a name that is no label");
        if (symbol.IsDefined)
            _symbols[name] = symbol = Make(name, offset);
        symbol.Value = value;
    }

    /// <summary>Takes what the text has not defined from outside; what is not there either is an error.</summary>
    public void Close()
    {
        foreach (Symbol symbol in _inOrder)
        {
            if (symbol.IsDefined || (symbol.IsGlobal && !symbol.IsUsed))
                continue;
            if (outer is null || !outer.TryGetValue(symbol.Name, out ulong address))
                throw Undefined(symbol);
            symbol.IsOuter = true;
            symbol.Address = address;
        }
    }

    /// <summary>The labels with names, and their addresses.</summary>
    public Dictionary<string, ulong> Labels() =>
        _symbols.Values.Where(symbol => symbol.IsLabel).ToDictionary(symbol => symbol.Name, symbol => symbol.Address);

    private AssemblyException Undefined(Symbol symbol)
    {
        if (_nextLocal.ContainsValue(symbol))
            return source.Error(symbol.Offset, $"'{symbol.Name}'", $"a label '{symbol.Name[..^1]}:' behind it");
        string? near = NearestName.Of(symbol.Name, _symbols.Values.Where(s => s.IsDefined).Select(s => s.Name).Concat(outer?.Keys ?? []));
        string hint = near is null ? "" : $" (nearest: '{near}')";
        return source.Error(symbol.Offset, $"the undefined symbol '{symbol.Name}'", $"a symbol of this text or one given from outside{hint}");
    }

    private Symbol Make(string name, int offset)
    {
        var symbol = new Symbol(name) { Offset = offset };
        _inOrder.Add(symbol);
        return symbol;
    }
}
