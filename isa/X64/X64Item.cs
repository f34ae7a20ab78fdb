using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>An instruction whose bytes depend on addresses; a branch to a label of the text begins short and may grow.</summary>
internal sealed class X64Item : AssemblyItem
{
    private readonly X64Bytes _bytes;
    private readonly X64Encoding? _near;
    private X64Encoding _encoding;

    /// <summary>Makes an item of one encoding, or of a short and a near one.</summary>
    public X64Item(int offset, X64Bytes bytes, X64Encoding encoding, X64Encoding? near)
        : base(offset)
    {
        (_bytes, _encoding, _near) = (bytes, encoding, near);
        Length = encoding.Length;
    }

    /// <inheritdoc/>
    public override bool HasFixedLength => _near is null;

    /// <inheritdoc/>
    public override void Measure(AssemblyLayout layout)
    {
        if (_near is null || _encoding == _near || layout.Stamp == 0)
            return;
        if (!ReachesShort(layout))
            _encoding = _near;
        Length = _encoding.Length;
    }

    /// <inheritdoc/>
    public override void Emit(AssemblyLayout layout, Span<byte> bytes) =>
        _encoding.Emit(layout, _bytes, Offset, Address, bytes);

    // gas/config/tc-i386.c (2.40): md_estimate_size_before_relax(): symbols of other files and weak ones are left to the
    // linker, which needs 32 bits.
    private bool ReachesShort(AssemblyLayout layout)
    {
        foreach (ExpressionNode node in _near!.Target!.Nodes)
        {
            if (node.Symbol is { IsOuter: true } or { IsWeak: true })
                return false;
        }

        if (layout.GrowAll)
            return false;
        long distance = unchecked((long)(layout.Evaluate(_near.Target) - Address - (ulong)_encoding.Length));
        return layout.IsFirstPass || distance is >= sbyte.MinValue and <= sbyte.MaxValue;
    }
}
