using System.Text;

namespace RcuEmu.Trampolines.Loading;

/// <summary>One symbol of a kernel image.</summary>
/// <param name="Name">Its name. Names are not unique: static functions of two files may share one.</param>
/// <param name="Address">Its address. Per-CPU symbols of amd64 6.1 and 6.12 count from 0.</param>
/// <param name="Size">Bytes up to the next address that has a symbol, padding included. A label inside a function ends it.</param>
/// <param name="Type">nm's letter. Not a sure sign of code or data: use the section's rights.</param>
public readonly record struct KernelSymbol(string Name, ulong Address, ulong Size, char Type);

/// <summary>The symbols of a kernel image, by address and by name.</summary>
/// <remarks>Names stay as bytes until asked for, so that a lookup costs one string and a load none.</remarks>
public sealed class KernelSymbols : INamed
{
    private readonly ulong[] _addresses; // ascending; equal ones keep the table's order
    private readonly int[] _nameStarts;  // of the letter; the name follows it. One more than there are symbols
    private readonly byte[] _names;
    private readonly NameIndex _byName;
    private readonly ulong _end;

    internal KernelSymbols(ulong[] addresses, int[] nameStarts, byte[] names, ulong end)
    {
        _addresses = addresses;
        _nameStarts = nameStarts;
        _names = names;
        _end = end;
        _byName = new NameIndex(this);
    }

    /// <summary>How many there are.</summary>
    public int Count => _addresses.Length;

    /// <summary>The symbol number <paramref name="index"/> in address order, counted from 0.</summary>
    public KernelSymbol this[int index] => new(
        Encoding.Latin1.GetString(NameBytes(index)), _addresses[index], SizeOf(index), (char)_names[_nameStarts[index]]);

    /// <summary>The symbol of this name with the lowest address.</summary>
    public bool TryFind(string name, out KernelSymbol symbol)
    {
        int index = FirstNamed(name);
        symbol = index < 0 ? default : this[index];
        return index >= 0;
    }

    /// <summary>The lowest address of this name, or null.</summary>
    public ulong? AddressOf(string name) => FirstNamed(name) is >= 0 and int index ? _addresses[index] : null;

    /// <summary>Every symbol of this name, lowest address first.</summary>
    public IReadOnlyList<KernelSymbol> FindAll(string name)
    {
        var found = new List<KernelSymbol>();
        byte[] wanted = Encoding.Latin1.GetBytes(name);
        for (int index = _byName.First(wanted); index >= 0; index = _byName.Next(index, wanted))
            found.Add(this[index]);

        return found;
    }

    /// <summary>The number of the symbol that <paramref name="address"/> belongs to, the first of several at one address; -1 below all.</summary>
    public int IndexAt(ulong address)
    {
        int index = FirstAbove(address) - 1;
        if (index <= 0)
            return index;

        ulong own = _addresses[index];
        return own == 0 ? 0 : FirstAbove(own - 1);
    }

    /// <summary>The symbol that <paramref name="address"/> belongs to. False outside of all.</summary>
    public bool TryFindAt(ulong address, out KernelSymbol symbol)
    {
        int index = IndexAt(address);
        bool inside = index >= 0 && address - _addresses[index] < SizeOf(index);
        symbol = inside ? this[index] : default;
        return inside;
    }

    /// <summary>The address as people read it: <c>name+0x12</c>, or the bare number outside of all symbols.</summary>
    public string Describe(ulong address)
    {
        if (!TryFindAt(address, out KernelSymbol symbol))
            return $"0x{address:x}";

        return address == symbol.Address ? symbol.Name : $"{symbol.Name}+0x{address - symbol.Address:x}";
    }

    private ulong SizeOf(int index)
    {
        int next = FirstAbove(_addresses[index]);
        ulong end = next < _addresses.Length ? _addresses[next] : Math.Max(_end, _addresses[index]);
        return end - _addresses[index];
    }

    /// <summary>The number of the first symbol above <paramref name="address"/>, or <see cref="Count"/>.</summary>
    private int FirstAbove(ulong address)
    {
        int low = 0, high = _addresses.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_addresses[middle] <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private ReadOnlySpan<byte> NameBytes(int index) =>
        _names.AsSpan(_nameStarts[index] + 1, _nameStarts[index + 1] - _nameStarts[index] - 1);

    private int FirstNamed(string name) => _byName.First(Encoding.Latin1.GetBytes(name));

    ReadOnlySpan<byte> INamed.NameAt(int index) => NameBytes(index);
}
