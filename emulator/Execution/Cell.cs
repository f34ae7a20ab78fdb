namespace RcuEmu.Emulator.Execution;

/// <summary>One 64-bit cell of a model: a named place in the state whose reads and writes are part of the step's footprint.</summary>
public sealed class Cell
{
    private readonly Machine _machine;

    /// <summary>Names the cell with this number.</summary>
    public Cell(Machine machine, int number)
    {
        _machine = machine;
        Number = number;
    }

    /// <summary>The cell's number in <see cref="State"/>.</summary>
    public int Number { get; }

    /// <summary>The cell's value.</summary>
    public ulong Value
    {
        get
        {
            _machine.Footprint.Cells(Number, 1, TouchKind.Read);
            return _machine.State[Number];
        }

        set
        {
            _machine.Footprint.Cells(Number, 1, TouchKind.Write);
            _machine.State.Set(Number, value);
        }
    }

    /// <summary>
    /// Adds to the value, modulo 2^64, where that is all: nothing that the step does depends on the sum (<see cref="TouchKind.Add"/>).
    /// </summary>
    public void Add(long number)
    {
        _machine.Footprint.Cells(Number, 1, TouchKind.Add);
        _machine.State.Set(Number, _machine.State[Number] + (ulong)number);
    }

    /// <summary>The value without a footprint: for properties and for people.</summary>
    public ulong Peek => _machine.State[Number];

    /// <summary>Takes a new cell of <paramref name="machine"/>.</summary>
    public static Cell Of(Machine machine) => new(machine, machine.State.Allocate(1));
}
