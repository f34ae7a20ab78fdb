using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Ordering;

/// <summary>
/// <c>memory: tso</c>, the machine of Sewell, Sarkar, Owens, Zappa Nardelli and Myreen, "x86-TSO: A Rigorous and Usable Programmer's
/// Model for x86 Multiprocessors", CACM 53(7), 2010: a store goes to the end of its core's buffer, the oldest entry of a buffer
/// reaches memory at any time, a load takes each byte from the newest entry of its own buffer that has it, else from memory.
/// </summary>
/// <remarks>
/// What needs an empty buffer (MFENCE, locked accesses, serialising instructions, exceptions and interrupts: SDM Vol. 3A, "Store Buffer"), and a
/// store that finds the buffer full, writes what is in the way to memory within its own step. That is what happens where it waits and
/// its drains follow each other at once; all other orders have the drains as steps of their own before it. So no core ever waits.
/// A buffered store's rights are tested when it executes. Its step touches the buffer, not memory; the drain writes memory.
/// Left out: stores of 16 bytes as one (they are two of 8, which allows more); that a store which crosses a cache line may be seen
/// in part (it is seen whole); the weak order of non-temporal and string stores among themselves (SDM Vol. 3A, "Fast-String
/// Operation and Out-of-Order Stores"), which hides reorderings of those two kinds; write-combining and uncached memory.
/// </remarks>
public sealed class StoreBuffers : MemoryOrder
{
    /// <summary>
    /// How many stores a core's buffer holds. Real ones hold 40 to over 100; a shorter one allows less. An execution in which no core
    /// has more than this many stores outstanding shows every behaviour that a longer buffer would.
    /// </summary>
    public const int Capacity = 8;

    private const int CountOffset = 0;
    private const int AddressOffset = 1;
    private const int ValueOffset = 2;
    private const int BytesOffset = 3;
    private const int EntryCells = 3;
    private const int CoreCells = 1 + (Capacity * EntryCells);

    private readonly Machine _machine;
    private readonly State _state;
    private readonly GuestMemory _memory;
    private readonly List<int> _first = [];
    private readonly List<IAgent> _agents = [];

    internal StoreBuffers(Machine machine) => (_machine, _state, _memory) = (machine, machine.State, machine.Memory);

    /// <inheritdoc/>
    public override IEnumerable<IAgent> Agents => _agents;

    /// <summary>How many stores of a core have not reached memory. Without a footprint.</summary>
    public int Waiting(Core core) => (int)_state[_first[core.Index]];

    /// <inheritdoc/>
    public override bool Load(Core core, ulong address, int bytes, Access access, out ulong value, out ulong fault)
    {
        if ((access & Access.Atomic) != 0)
            Settle(core);

        ulong held = Held(core, address, bytes, out ulong own);
        ulong all = Mask(bytes);
        if (held == 0)
            return _memory.TryRead(address, bytes, Rights.Read, out value, out fault);

        TouchBuffer(core, TouchKind.Read);
        if (held != all)
        {
            bool read = _memory.TryRead(address, bytes, Rights.Read, out value, out fault);
            value = (value & ~held) | own;
            return read;
        }

        value = own;
        TouchRights(address);
        return _memory.Check(address, bytes, Rights.Read, out fault);
    }

    /// <inheritdoc/>
    public override bool Store(Core core, ulong address, int bytes, Access access, ulong value, out ulong fault)
    {
        if ((access & Access.Atomic) != 0)
        {
            Settle(core);
            return _memory.TryWrite(address, bytes, Rights.Write, value, out fault);
        }

        TouchRights(address);
        if (!_memory.Check(address, bytes, Rights.Write, out fault))
            return false;

        if (Waiting(core) == Capacity)
            Drain(core);

        int first = _first[core.Index];
        int entry = first + (Waiting(core) * EntryCells);
        TouchBuffer(core, TouchKind.Write);
        _state.Set(entry + AddressOffset, address);
        _state.Set(entry + ValueOffset, value & Mask(bytes));
        _state.Set(entry + BytesOffset, (ulong)bytes);
        _state.Set(first + CountOffset, _state[first + CountOffset] + 1);
        return true;
    }

    /// <inheritdoc/>
    public override void Barrier(Core core, Isa.Barrier barrier)
    {
        // LFENCE and SFENCE order nothing that is not ordered here already.
        if (barrier is Isa.Barrier.Mfence or Isa.Barrier.Serialize)
            Settle(core);
    }

    /// <summary>
    /// A core that stored to what it is about to execute has it reach memory first: SDM Vol. 3A, "Self-Modifying Code", has the processor
    /// notice that.
    /// </summary>
    public override void Fetch(Core core, ulong address)
    {
        const int Longest = 15;
        for (int i = 0, first = _first[core.Index]; i < Waiting(core); i++)
        {
            int entry = first + (i * EntryCells);
            ulong start = _state[entry + AddressOffset];
            if (start - address < Longest || address - start < _state[entry + BytesOffset])
            {
                Settle(core);
                return;
            }
        }
    }

    /// <inheritdoc/>
    public override void Settle(Core core)
    {
        TouchBuffer(core, TouchKind.Read);
        while (Waiting(core) != 0)
            Drain(core);
    }

    /// <inheritdoc/>
    internal override void AddCore(Core core)
    {
        _first.Add(_state.Allocate(CoreCells));
        _agents.Add(new DrainAgent(_machine, this, core));
    }

    /// <summary>The oldest store of a core that waits: where it goes, how many bytes. Only where there is one.</summary>
    internal (ulong Address, int Bytes, ulong Value) Oldest(Core core)
    {
        int first = _first[core.Index];
        return (_state[first + AddressOffset], (int)_state[first + BytesOffset], _state[first + ValueOffset]);
    }

    /// <summary>The oldest store of a core reaches memory; the others move up, so that equal buffers are equal states.</summary>
    internal void Drain(Core core)
    {
        (ulong address, int bytes, ulong value) = Oldest(core);
        if (_machine.Fetch is { } fetch)
            fetch.Writer = core.Index;

        if (!_memory.TryWrite(address, bytes, Rights.None, value, out _))
            throw new InvalidOperationException("what was mapped is mapped for ever");

        TouchBuffer(core, TouchKind.Write);
        int first = _first[core.Index];
        int last = first + 1 + ((Waiting(core) - 1) * EntryCells);
        for (int cell = first + 1; cell < last; cell++)
            _state.Set(cell, _state[cell + EntryCells]);

        for (int cell = last; cell < last + EntryCells; cell++)
            _state.Set(cell, 0);

        _state.Set(first + CountOffset, _state[first + CountOffset] - 1);
    }

    /// <summary>Adds a core's buffer to the footprint.</summary>
    internal void TouchBuffer(Core core, TouchKind kind) => _machine.Footprint.Cells(_first[core.Index], CoreCells, kind);

    // The bits of a load that the core's own stores have, and their values. A load that finds none touches no buffer: whether an
    // entry for other bytes is still there does not matter to it.
    private ulong Held(Core core, ulong address, int bytes, out ulong value)
    {
        ulong held = 0;
        value = 0;
        for (int i = Waiting(core) - 1; i >= 0; i--)
        {
            int entry = _first[core.Index] + (i * EntryCells);
            long at = (long)(_state[entry + AddressOffset] - address);
            int size = (int)_state[entry + BytesOffset];
            if (at >= bytes || at <= -size)
                continue;

            ulong fresh = Shifted(Mask(size), at) & Mask(bytes) & ~held;
            value |= Shifted(_state[entry + ValueOffset], at) & fresh;
            held |= fresh;
        }

        return held;
    }

    // The step depends on the page's rights, which it does not say by touching the page's bytes.
    private void TouchRights(ulong address)
    {
        int cell = _memory.RightsCellOf(address);
        if (cell >= 0)
            _machine.Footprint.Cells(cell, 1, TouchKind.Read);
    }

    private static ulong Shifted(ulong word, long bytes) => bytes >= 0 ? word << (int)(bytes * 8) : word >> (int)(-bytes * 8);

    private static ulong Mask(int bytes) => bytes == 8 ? ulong.MaxValue : (1UL << (bytes * 8)) - 1;
}
