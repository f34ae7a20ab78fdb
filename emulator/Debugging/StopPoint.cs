using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>What a stop point waits for.</summary>
public enum StopPointKind
{
    /// <summary>A core is about to execute the instruction at an address.</summary>
    Breakpoint,

    /// <summary>A value changed; on text: bytes were stored to.</summary>
    Watch,

    /// <summary>Bytes were read as data.</summary>
    ReadWatch,

    /// <summary>Bytes were read as data or stored to.</summary>
    AccessWatch,

    /// <summary>A sentence about a step holds.</summary>
    Catch,
}

/// <summary>A breakpoint, watchpoint or catchpoint. It lives beside the machine and changes nothing of it.</summary>
public sealed class StopPoint
{
    internal StopPoint(int number, StopPointKind kind, string text) => (Number, Kind, Text) = (number, kind, text);

    /// <summary>What people call it, from 1 up.</summary>
    public int Number { get; }

    /// <summary>What it waits for.</summary>
    public StopPointKind Kind { get; }

    /// <summary>As it was asked for: the place, the expression, the sentence.</summary>
    public string Text { get; }

    /// <summary>The address of a breakpoint, or of watched bytes.</summary>
    public ulong Address { get; init; }

    /// <summary>How many bytes are watched; 0 where an expression is.</summary>
    public int Length { get; init; }

    /// <summary>True where every store counts, also one of an equal value: <c>watch -l</c> on text, and gdb's Z2.</summary>
    public bool CountsStores { get; init; }

    /// <summary>The watched expression, or null.</summary>
    public Func<ulong>? Value { get; init; }

    /// <summary>What a catchpoint on facts says about those that became true, or null.</summary>
    public Func<ulong, string>? Says { get; init; }

    /// <summary>The sentence, or null.</summary>
    public StepCondition? Condition { get; init; }

    /// <summary>What must be true besides, or null.</summary>
    public Func<bool>? If { get; set; }

    /// <summary>The same as text.</summary>
    public string? IfText { get; set; }

    /// <summary>The core that it is about, or -1 for all.</summary>
    public int Core { get; init; } = -1;

    /// <summary>Goes away at its first stop.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>Asked for by a gdb, which removes it before it shows anything: not listed.</summary>
    public bool IsHidden { get; init; }

    /// <summary>False: it stops at nothing.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>How often it was met going forwards.</summary>
    public long Hits { get; set; }

    /// <summary>How many meetings more are let pass.</summary>
    public long Ignored { get; set; }

    /// <summary>The value before the step in hand.</summary>
    internal ulong Before { get; set; }

    /// <summary>Whether the steps of this core count.</summary>
    internal bool Concerns(int core) => Core < 0 || Core == core;

    /// <summary>What is watched, as it is now.</summary>
    internal ulong Read(Machine machine)
    {
        if (Value is not null)
            return Value();

        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        int first = Math.Min(Length, 8);
        machine.Memory.Peek(Address, bytes[..first]);
        ulong value = BitConverter.ToUInt64(bytes);
        // Of a longer range the rest is folded in: all that matters is whether it changed.
        for (int at = 8; at < Length; at += 8)
            value = (value * 31) ^ machine.Memory.Peek64(Address + (ulong)at);

        return value;
    }

    /// <summary>True where the step in hand touched the watched bytes in this way.</summary>
    internal bool IsTouched(Machine machine, TouchKind kind)
    {
        foreach (Touch touch in machine.Footprint.Touches)
        {
            if (!touch.IsCell && touch.Kind == kind && touch.Address - Address < (ulong)Length)
                return true;
            if (!touch.IsCell && touch.Kind == kind && Address - touch.Address < (ulong)touch.Length)
                return true;
        }

        return false;
    }
}
