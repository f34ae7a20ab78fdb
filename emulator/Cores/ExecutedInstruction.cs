using System.Runtime.CompilerServices;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Cores;

/// <summary>Up to 16 bytes as fetched.</summary>
[InlineArray(16)]
public struct FetchedBytes
{
    private byte _first;
}

/// <summary>What a core did in one step: read by properties, traces and witnesses.</summary>
public struct ExecutedInstruction
{
    /// <summary>The core's index.</summary>
    public int Core;

    /// <summary>The context's number.</summary>
    public int Context;

    /// <summary>The address of the instruction.</summary>
    public ulong Address;

    /// <summary>Its length in bytes; 0 where the fetch failed.</summary>
    public int Length;

    /// <summary>The bytes as this core's fetch returned them; <see cref="Length"/> of them are the instruction.</summary>
    public FetchedBytes Bytes;

    /// <summary>What it did to the flow of control.</summary>
    public Flow Flow;

    /// <summary>Where <see cref="Flow"/> is Branch: how, and to which address.</summary>
    public BranchKind Branch;

    /// <summary>The address of the next instruction to be executed by this context.</summary>
    public ulong Next;

    /// <summary>Where <see cref="Flow"/> is Event: which.</summary>
    public GuestEventKind Event;

    /// <summary>The event's detail, see <see cref="GuestEventKind"/>.</summary>
    public ulong EventDetail;
}
