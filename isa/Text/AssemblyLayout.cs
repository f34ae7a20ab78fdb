namespace RcuEmu.Isa.Text;

/// <summary>
/// The items of a text and their addresses. Branches start short and only grow, so passes over the items end; what
/// else depends on addresses must settle as well.
/// </summary>
internal sealed class AssemblyLayout(SourceText source, ulong start)
{
    /// <summary>The most bytes that one text may become.</summary>
    public const int MaxBytes = 16 << 20;

    private const int MaxPasses = 100;

    private readonly List<AssemblyItem> _items = [];
    private readonly List<(int Item, Symbol Label)> _labels = [];
    private int _fragment = 1;
    private long _fragmentOffset;
    private long _fixedBytes;

    /// <summary>The text.</summary>
    public SourceText Source => source;

    /// <summary>The address of the first byte.</summary>
    public ulong Start => start;

    /// <summary>The number of the present pass; from <see cref="GrowAll"/> on, every branch that may grow does.</summary>
    public int Stamp { get; private set; }

    /// <summary>True when so many passes were needed that branches no longer wait to be shown too short.</summary>
    public bool GrowAll => Stamp > MaxPasses / 2;

    /// <summary>True while the labels behind an item do not have addresses yet.</summary>
    public bool IsFirstPass => Stamp <= 1;

    /// <summary>How errors print a value.</summary>
    public static string Show(ulong value) =>
        (long)value is > -65536 and < 65536 ? ((long)value).ToString() : $"0x{value:x}";

    /// <summary>Puts a label behind the last item.</summary>
    public void Place(Symbol label)
    {
        label.DefineLabel(_fragment, _fragmentOffset);
        _labels.Add((_items.Count, label));
    }

    /// <summary>True if a label lies behind the last item.</summary>
    public bool IsHere(Symbol label) => label.Fragment == _fragment && label.FragmentOffset == _fragmentOffset;

    /// <summary>Appends an item.</summary>
    public void Add(AssemblyItem item)
    {
        _items.Add(item);
        if (!item.HasFixedLength)
        {
            _fragment++;
            _fragmentOffset = 0;
            return;
        }

        item.Measure(this);
        _fragmentOffset += item.Length;
        _fixedBytes += item.Length;
        if (_fixedBytes > MaxBytes)
            throw TooLong(item);
    }

    /// <summary>The value of an expression in the present pass.</summary>
    public ulong Evaluate(Expression expression) =>
        expression.Evaluate(Stamp, 0, out ulong value) is { } problem
            ? throw source.Error(expression.Offset, problem, "an expression that has a value")
            : value;

    /// <summary>Finds all addresses, then writes all bytes.</summary>
    public (byte[] Bytes, List<AssembledLine> Lines) Finish()
    {
        while (Pass())
        {
            if (Stamp == MaxPasses)
                throw source.Error(_items[^1].Offset, "lengths that depend on each other without end", "lengths that settle");
        }

        byte[] bytes = new byte[_items.Count == 0 ? 0 : (long)(_items[^1].Address - start) + _items[^1].Length];
        var lines = new List<AssembledLine>();
        foreach (AssemblyItem item in _items)
        {
            if (item.Length == 0)
                continue;
            item.Emit(this, bytes.AsSpan((int)(item.Address - start), (int)item.Length));
            lines.Add(new AssembledLine(source.Place(item.Offset).Line, item.Address, (int)item.Length));
        }

        return (bytes, lines);
    }

    // One pass: true if an address or a length changed.
    private bool Pass()
    {
        Stamp++;
        bool changed = false;
        int label = 0;
        ulong address = start;
        for (int i = 0; i <= _items.Count; i++)
        {
            for (; label < _labels.Count && _labels[label].Item == i; label++)
            {
                changed |= _labels[label].Label.Address != address;
                _labels[label].Label.Address = address;
            }

            if (i == _items.Count)
                break;
            AssemblyItem item = _items[i];
            long before = item.Length;
            changed |= item.Address != address;
            item.Address = address;
            item.Measure(this);
            changed |= item.Length != before;
            address = unchecked(address + (ulong)item.Length);
            if (address - start > MaxBytes)
                throw TooLong(item);
        }

        return changed;
    }

    private AssemblyException TooLong(AssemblyItem item) =>
        source.Error(item.Offset, $"more than {MaxBytes} bytes of code", $"at most {MaxBytes}");
}
