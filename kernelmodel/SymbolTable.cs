namespace RcuEmu.KernelModel;

/// <summary>Names for addresses: functions, trampolines, ops objects, task mains.</summary>
public sealed class SymbolTable
{
    private readonly Dictionary<string, ulong> _byName = new(StringComparer.Ordinal);
    private readonly List<(ulong Address, ulong Length, string Name)> _byAddress = [];

    /// <summary>An outer table that is asked where this one has no answer: the image's own symbols.</summary>
    public Func<ulong, (string Name, ulong Offset)?>? Outer { get; set; }

    /// <summary>Looks a name up outside where this table has none.</summary>
    public Func<string, ulong?>? OuterAddress { get; set; }

    /// <summary>The bytes of an outer name.</summary>
    public Func<string, (ulong Start, ulong Length)?>? OuterRange { get; set; }

    /// <summary>All names with their addresses.</summary>
    public IReadOnlyDictionary<string, ulong> Names => _byName;

    /// <summary>Adds a name for <paramref name="length"/> bytes.</summary>
    public void Add(string name, ulong address, ulong length)
    {
        _byName.Add(name, address);
        int at = _byAddress.FindIndex(entry => entry.Address > address);
        _byAddress.Insert(at < 0 ? _byAddress.Count : at, (address, length, name));
    }

    /// <summary>The address of a name, or null.</summary>
    public ulong? Find(string name) => _byName.TryGetValue(name, out ulong address) ? address : OuterAddress?.Invoke(name);

    /// <summary>The bytes that a name stands for, or null.</summary>
    public (ulong Start, ulong Length)? Range(string name)
    {
        foreach ((ulong start, ulong length, string known) in _byAddress)
        {
            if (known == name)
                return (start, length);
        }

        return OuterRange?.Invoke(name);
    }

    /// <summary><c>traced+0x4</c> for an address inside a named run of bytes, or null.</summary>
    public string? Format(ulong address)
    {
        for (int i = _byAddress.Count - 1; i >= 0; i--)
        {
            (ulong start, ulong length, string name) = _byAddress[i];
            if (address - start < length)
                return address == start ? name : $"{name}+0x{address - start:x}";
        }

        return Outer?.Invoke(address) is { } outer
            ? outer.Offset == 0 ? outer.Name : $"{outer.Name}+0x{outer.Offset:x}"
            : null;
    }

    /// <summary>The name with offset, or the bare address.</summary>
    public string Show(ulong address) => Format(address) ?? $"0x{address:x}";
}
