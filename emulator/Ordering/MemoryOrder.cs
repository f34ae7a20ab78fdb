using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Ordering;

/// <summary>
/// What stands between the cores' data accesses and memory, where that is not sequential consistency. The instruction semantics
/// hand over each access with its <see cref="Access"/> and each <see cref="Isa.Barrier"/>; what they mean is decided here.
/// </summary>
public abstract class MemoryOrder
{
    /// <summary>A core's load of 1 to 8 bytes. False, with the address in <paramref name="fault"/>, where it faults; it then did nothing.</summary>
    public abstract bool Load(Core core, ulong address, int bytes, Access access, out ulong value, out ulong fault);

    /// <summary>A core's store of 1 to 8 bytes. False, with the address in <paramref name="fault"/>, where it faults; it then did nothing.</summary>
    public abstract bool Store(Core core, ulong address, int bytes, Access access, ulong value, out ulong fault);

    /// <summary>A core's barrier or serialising event.</summary>
    public abstract void Barrier(Core core, Isa.Barrier barrier);

    /// <summary>A core is about to fetch an instruction at <paramref name="address"/>.</summary>
    public abstract void Fetch(Core core, ulong address);

    /// <summary>
    /// All that a core did reaches memory, within the step in hand: an exception, an interrupt, a context switch.
    /// </summary>
    public abstract void Settle(Core core);

    /// <summary>What happens besides the cores' own steps, one agent for each core.</summary>
    public abstract IEnumerable<IAgent> Agents { get; }

    /// <summary>Takes cells for a core of the machine.</summary>
    internal abstract void AddCore(Core core);
}
