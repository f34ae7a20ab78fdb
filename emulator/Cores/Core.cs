using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Memory;
using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Cores;

/// <summary>
/// A register file that belongs to what runs: a task, or the code a core was given. A core points at the one that it
/// executes, so a context switch changes one cell and a task's registers stay the same wherever it runs.
/// </summary>
/// <param name="Number">Counted from 0 over the machine.</param>
/// <param name="Name">For people: the task's name.</param>
/// <param name="FirstCell">Where its <see cref="Isa.Arm64.A64Registers"/> or <see cref="Isa.X64.X64Registers"/> lie.</param>
public sealed record Context(int Number, string Name, int FirstCell);

/// <summary>
/// An emulated core: which context it executes, which interrupts are pending, and its own system registers.
/// </summary>
public sealed class Core
{
    private const int ContextOffset = 0;
    private const int PendingOffset = 1;
    private const int MaskedOffset = 2;
    private const int HeaderCells = 3;
    private readonly State _state;
    private readonly Footprint _footprint;
    private readonly ExclusiveMonitors _monitors;
    private readonly int _first;

    internal Core(Machine machine, int index, int systemCells)
    {
        (Machine, _state, _footprint, _monitors) = (machine, machine.State, machine.Footprint, machine.Memory.Monitors);
        _monitors.AddCore();
        Index = index;
        Architecture = machine.Architecture;
        _first = _state.Allocate(HeaderCells + systemCells);
        SystemCell = _first + HeaderCells;
    }

    /// <summary>Counted from 0.</summary>
    public int Index { get; }

    /// <summary>Which instruction set it executes.</summary>
    public Architecture Architecture { get; }

    /// <summary>The first of its system register cells; the core's engine knows their layout.</summary>
    public int SystemCell { get; }

    /// <summary>The cell that holds the number of the context in execution plus 1, or 0 where the core executes nothing.</summary>
    public int ContextCell => _first + ContextOffset;

    /// <summary>The number of the context in execution, or -1.</summary>
    public int ContextNumber => (int)_state[ContextCell] - 1;

    /// <summary>The cell with one bit for each pending vector 0 to 63.</summary>
    public int PendingCell => _first + PendingOffset;

    /// <summary>Pending vectors, one bit each.</summary>
    public ulong Pending => _state[PendingCell];

    /// <summary>True while interrupts other than NMI stay pending.</summary>
    public bool IsMasked => _state[MaskedCell] != 0;

    /// <summary>The cell that holds 1 while interrupts are masked, else 0: what PSTATE.I and RFLAGS.IF are read from.</summary>
    internal int MaskedCell => _first + MaskedOffset;

    /// <summary>
    /// Makes the core execute a context, or nothing (null). Opens its exclusive monitor, as the exception return on every
    /// such way does (DDI 0487, D1.3, "Exception return"), and has its stores reach memory, as the locked accesses of the kernel's
    /// switch do (kernel/sched/core.c: __schedule()).
    /// </summary>
    public void Switch(Context? context)
    {
        Ordering?.Settle(this);
        Set(ContextCell, context is null ? 0 : (ulong)context.Number + 1);
        _monitors.Clear(Index);
    }

    /// <summary>
    /// The core took an exception or an interrupt and returned from it, or did otherwise what makes it forget the instructions
    /// that it fetched ahead and have its stores reach memory. Without effect where <see cref="Machine.Fetch"/> and
    /// <see cref="Machine.Ordering"/> are null.
    /// </summary>
    public void Synchronise()
    {
        Ordering?.Settle(this);
        Fetch?.Synchronise(this);
    }

    /// <summary>Makes a vector pending.</summary>
    public void Pend(int vector) => Set(PendingCell, Pending | (1UL << vector));

    /// <summary>Takes a vector away from the pending ones: it is delivered, for which the core's stores reach memory (SDM Vol. 3A, "Store Buffer").</summary>
    public void Unpend(int vector)
    {
        Ordering?.Settle(this);
        Set(PendingCell, Pending & ~(1UL << vector));
    }

    /// <summary>Masks or unmasks interrupts.</summary>
    public void Mask(bool masked) => Set(MaskedCell, masked ? 1UL : 0);

    internal Machine Machine { get; }

    /// <summary>The machine's fetch model, or null.</summary>
    internal ModelledFetch? Fetch { get; set; }

    /// <summary>The machine's memory order, or null.</summary>
    internal MemoryOrder? Ordering { get; set; }

    /// <summary>The run gear's part of the core, or 0.</summary>
    internal nint RunCpu { get; set; }

    /// <summary>What the machine's cores have.</summary>
    internal CoreFeatures Features { get; set; } = CoreFeatures.None;

    private void Set(int cell, ulong value)
    {
        _footprint.Cells(cell, 1, TouchKind.Write);
        _state.Set(cell, value);
    }
}
