using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>What somebody at a debugger wrote: cells and their new values. A step of a timeline like any other, but no schedule can tell it.</summary>
/// <param name="Text">For people: <c>x0 = 0x5</c>.</param>
/// <param name="Cells">The cells, each once.</param>
/// <param name="Values">Their values behind the write.</param>
/// <param name="Bytes">The bytes of memory that it changed: address and length; length 0 where it changed none.</param>
public sealed record DebugEdit(string Text, int[] Cells, ulong[] Values, (ulong Address, int Length) Bytes)
{
    /// <summary>Makes the write, journaled, with the bytes as its footprint.</summary>
    internal void Apply(Machine machine)
    {
        machine.Footprint.Clear();
        for (int i = 0; i < Cells.Length; i++)
        {
            if (machine.State.IsRemark(Cells[i]))
                machine.State.Remark(Cells[i], Values[i]);
            else
                machine.State.Set(Cells[i], Values[i]);
        }

        if (Bytes.Length > 0)
            machine.Footprint.Memory(Bytes.Address, Bytes.Length, TouchKind.Write);

        machine.State.Advance();
    }
}

/// <summary>A kind of step: an action of the machine, or a write of a debugger's.</summary>
/// <param name="Action">The action, where <paramref name="Edit"/> is null.</param>
/// <param name="Edit">The write, or null.</param>
public readonly record struct TimelineStep(MachineAction Action, DebugEdit? Edit);

/// <summary>Steps that a timeline had behind a place where another future was chosen.</summary>
/// <param name="Number">What people call it, from 1 up.</param>
/// <param name="Common">How many steps it has in common with the timeline in hand.</param>
/// <param name="Kinds">Its steps behind them, by number in the timeline's table.</param>
/// <param name="Choices">The answers to what they asked for: index in <paramref name="Kinds"/>, and what was taken.</param>
internal sealed record TimelineTail(int Number, long Common, int[] Kinds, (int Index, int Taken)[] Choices)
{
    public long Length => Common + Kinds.Length;
}
