using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Occupancy;

/// <summary>By what a task can get, or come back, to a range of text or data.</summary>
public enum ReferenceKind
{
    /// <summary>Its program counter lies in the range.</summary>
    ProgramCounter,

    /// <summary>Its program counter lies inside an instruction of ordinary text that is going to be rewritten.</summary>
    RewrittenText,

    /// <summary>A stack slot that it will return through.</summary>
    ReturnAddress,

    /// <summary>A register of the running task that it will jump or return through.</summary>
    Register,

    /// <summary>A register, saved while the task is switched out or interrupted, that it will jump or return through.</summary>
    SavedRegister,

    /// <summary>A word of a frame that is moved into a register or a return slot first: a direct call's target on its way.</summary>
    FrameSlot,

    /// <summary>A return address that a tracer took off the stack and keeps in a shadow stack of the task.</summary>
    ShadowEntry,

    /// <summary>A register or stack word with the address of data in the range, which it will read or write.</summary>
    LoadedData,
}

/// <summary>What becomes of a reference if its task simply goes on.</summary>
public enum ReferenceUse
{
    /// <summary>The task executes, or touches, the range through it.</summary>
    WillUse,

    /// <summary>It is still there when the look ahead ends: the task loops, or waits for others.</summary>
    MayUse,
}

/// <summary>One way by which a task holds a range.</summary>
/// <param name="Task">Who holds it.</param>
/// <param name="Kind">By what.</param>
/// <param name="Place">The register's name, or the slot as <c>[rsp+0x18]</c>.</param>
/// <param name="Slot">The address of the word that holds it, or null for a register.</param>
/// <param name="Value">The address that it points to, inside the range.</param>
/// <param name="Use">What becomes of it.</param>
public sealed record TextReference(
    KernelTask Task, ReferenceKind Kind, string Place, ulong? Slot, ulong Value, ReferenceUse Use);

/// <summary>A range of addresses.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct AddressRange(ulong Start, ulong Length)
{
    /// <summary>True where <paramref name="address"/> lies in it.</summary>
    public bool Contains(ulong address) => address - Start < Length;
}
