namespace RcuEmu.Isa.Text;

/// <summary>Something of a text that takes up room.</summary>
internal abstract class AssemblyItem(int offset)
{
    /// <summary>Where the text has it.</summary>
    public int Offset => offset;

    /// <summary>The address of its first byte in the present pass.</summary>
    public ulong Address { get; set; }

    /// <summary>Its length in bytes in the present pass.</summary>
    public long Length { get; protected set; }

    /// <summary>True if the length is known when the text is read.</summary>
    public virtual bool HasFixedLength => true;

    /// <summary>Finds the length at <see cref="Address"/>.</summary>
    public virtual void Measure(AssemblyLayout layout)
    {
    }

    /// <summary>Writes exactly <see cref="Length"/> bytes.</summary>
    public abstract void Emit(AssemblyLayout layout, Span<byte> bytes);
}

/// <summary>Bytes that depend on nothing.</summary>
internal sealed class BytesItem : AssemblyItem
{
    private readonly byte[] _bytes;

    public BytesItem(int offset, byte[] bytes)
        : base(offset)
    {
        _bytes = bytes;
        Length = bytes.Length;
    }

    public override void Emit(AssemblyLayout layout, Span<byte> bytes) => _bytes.CopyTo(bytes);
}

/// <summary>One number of 1, 2, 4 or 8 bytes, little-endian.</summary>
internal sealed class NumberItem : AssemblyItem
{
    private readonly Expression _value;

    public NumberItem(Expression value, int length)
        : base(value.Offset)
    {
        _value = value;
        Length = length;
    }

    public override void Emit(AssemblyLayout layout, Span<byte> bytes)
    {
        ulong value = layout.Evaluate(_value);
        int bits = (int)Length * 8;
        if (bits < 64 && value >> bits != 0 && (long)value >> (bits - 1) != -1)
            throw layout.Source.Error(Offset, $"the value {AssemblyLayout.Show(value)}", $"a value of {bits} bits");
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(value >> (8 * i));
    }
}

/// <summary>A number of equal groups of bytes: <c>.skip</c>, <c>.fill</c>.</summary>
internal sealed class FillItem(int offset, Expression count, ulong fill, int unit) : AssemblyItem(offset)
{
    public override bool HasFixedLength => count.IsConstant;

    public override void Measure(AssemblyLayout layout)
    {
        long units = (long)layout.Evaluate(count);
        if (units < 0 || units > AssemblyLayout.MaxBytes)
            throw layout.Source.Error(count.Offset, $"the count {units}", $"0 to {AssemblyLayout.MaxBytes}");
        Length = units * unit;
    }

    public override void Emit(AssemblyLayout layout, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(fill >> (8 * (i % unit)));
    }
}

/// <summary>Moves on to a place counted from the first byte of the text: <c>.org</c>.</summary>
internal sealed class OriginItem(int offset, Expression place, byte fill) : AssemblyItem(offset)
{
    public override bool HasFixedLength => false;

    public override void Measure(AssemblyLayout layout)
    {
        long target = (long)layout.Evaluate(place);
        if (place.Nodes.Any(node => node.Symbol is { IsLabel: true }))
            target -= (long)layout.Start;
        Length = target - (long)(Address - layout.Start);
        if (target < 0 || target > AssemblyLayout.MaxBytes || Length < 0)
            throw layout.Source.Error(place.Offset, $"the place {target}", $"{Address - layout.Start} (here) to {AssemblyLayout.MaxBytes}");
    }

    public override void Emit(AssemblyLayout layout, Span<byte> bytes) => bytes.Fill(fill);
}

/// <summary>Moves on to a multiple of a power of two: <c>.balign</c>, <c>.p2align</c>.</summary>
internal sealed class AlignItem(int offset, ulong boundary, byte? fill, ulong most, Action<Span<byte>, ulong> pad) : AssemblyItem(offset)
{
    public override bool HasFixedLength => false;

    public override void Measure(AssemblyLayout layout)
    {
        ulong missing = (0 - Address) & (boundary - 1);
        Length = missing > most ? 0 : (long)missing;
    }

    public override void Emit(AssemblyLayout layout, Span<byte> bytes)
    {
        if (fill is { } value)
            bytes.Fill(value);
        else
            pad(bytes, Address);
    }
}
