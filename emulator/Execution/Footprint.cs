namespace RcuEmu.Emulator.Execution;

/// <summary>What one effect touched.</summary>
public enum TouchKind : byte
{
    /// <summary>Bytes or a cell were read.</summary>
    Read,

    /// <summary>Bytes or a cell were written. The freeing of a range is a write of all of it.</summary>
    Write,

    /// <summary>Bytes were fetched as an instruction.</summary>
    Fetch,

    /// <summary>
    /// A number was added to a cell, and what was done does not depend on the sum: such steps can be exchanged with one another.
    /// </summary>
    Add,
}

/// <summary>One effect of a step: bytes of memory, or cells of the model.</summary>
/// <param name="Address">The first byte's address, or the first cell's number where <paramref name="IsCell"/>.</param>
/// <param name="Length">Bytes, or cells.</param>
/// <param name="Kind">Read, write or fetch.</param>
/// <param name="IsCell">True for cells of the model, false for bytes of memory.</param>
public readonly record struct Touch(ulong Address, int Length, TouchKind Kind, bool IsCell)
{
    /// <summary>True where the two touch a common place and at least one writes it, other than by both adding to it.</summary>
    public bool ConflictsWith(in Touch other) =>
        IsCell == other.IsCell
        && (Kind == TouchKind.Write || other.Kind == TouchKind.Write || (Kind == TouchKind.Add) != (other.Kind == TouchKind.Add))
        && Address < other.Address + (ulong)other.Length
        && other.Address < Address + (ulong)Length;
}

/// <summary>
/// What the step in hand has touched so far: what partial-order reduction, data-race hints, watchpoints and "who last wrote
/// this" all read. One list, reused for every step.
/// </summary>
public sealed class Footprint
{
    private Touch[] _touches = new Touch[64];

    /// <summary>How many effects the step had.</summary>
    public int Count { get; private set; }

    /// <summary>The effects, in the order in which they happened.</summary>
    public ReadOnlySpan<Touch> Touches => _touches.AsSpan(0, Count);

    /// <summary>Forgets all: a new step begins.</summary>
    public void Clear() => Count = 0;

    /// <summary>Forgets all but the first <paramref name="count"/>.</summary>
    internal void Truncate(int count) => Count = count;

    /// <summary>Adds bytes of memory.</summary>
    public void Memory(ulong address, int bytes, TouchKind kind) => Add(new Touch(address, bytes, kind, false));

    /// <summary>Adds cells of the model.</summary>
    public void Cells(int first, int count, TouchKind kind) => Add(new Touch((ulong)(uint)first, count, kind, true));

    private void Add(in Touch touch)
    {
        if (Count == _touches.Length)
            Array.Resize(ref _touches, Count * 2);

        _touches[Count++] = touch;
    }
}
