using System.Numerics;
using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Memory;

/// <summary>
/// The exclusive monitors of all cores (arm64 LDXR and STXR). Every write by somebody else to a monitored byte opens the
/// monitor, whatever value it writes: a value that came back (ABA) does not close it. DDI 0487, B2.17, "Synchronization and
/// semaphores".
/// </summary>
/// <remarks>
/// The reservation granule is the bytes of the load exclusive itself. Left out: a larger granule and spurious failures, which
/// only make a store exclusive fail, and the loop around it go round, more often.
/// </remarks>
internal sealed class ExclusiveMonitors
{
    /// <summary>The largest number of cores: one bit each.</summary>
    public const int MaxCores = 64;

    private readonly State _state;
    private readonly int _set;
    private readonly List<int> _cells = [];

    public ExclusiveMonitors(State state)
    {
        _state = state;
        _set = state.Allocate(1);
    }

    /// <summary>The core whose instruction is in execution, or -1: its own writes leave its monitor alone.</summary>
    public int Writer { get; set; } = -1;

    /// <summary>Takes the cells of one more core.</summary>
    /// <exception cref="InvalidOperationException">There are 64 cores already.</exception>
    public void AddCore()
    {
        if (_cells.Count == MaxCores)
            throw new InvalidOperationException("a machine has at most 64 cores");

        _cells.Add(_state.Allocate(2));
    }

    /// <summary>The cell with one bit for each core whose monitor is set.</summary>
    public int SetCell => _set;

    /// <summary>The first of a core's two cells: address and bytes.</summary>
    public int Cell(int core) => _cells[core];

    /// <summary>Sets a core's monitor to these bytes.</summary>
    public void Arm(int core, ulong address, int bytes)
    {
        _state.Set(_set, _state[_set] | (1UL << core));
        _state.Set(_cells[core], address);
        _state.Set(_cells[core] + 1, (ulong)bytes);
    }

    /// <summary>True where a core's monitor is set to exactly these bytes.</summary>
    public bool Covers(int core, ulong address, int bytes) =>
        (_state[_set] >> core & 1) != 0 && _state[_cells[core]] == address && _state[_cells[core] + 1] == (ulong)bytes;

    /// <summary>Opens a core's monitor.</summary>
    public void Clear(int core)
    {
        if ((_state[_set] >> core & 1) == 0)
            return;

        _state.Set(_set, _state[_set] & ~(1UL << core));
        _state.Set(_cells[core], 0);
        _state.Set(_cells[core] + 1, 0);
    }

    /// <summary>True where a monitor is set that is not this core's.</summary>
    public bool SetByOthers(int core) => (_state[_set] & ~(1UL << core)) != 0;

    /// <summary>True where another core's monitor is set to bytes of the page at <paramref name="page"/>.</summary>
    public bool IsSetInPage(int core, ulong page)
    {
        for (ulong set = _state[_set] & ~(1UL << core); set != 0; set &= set - 1)
        {
            ulong first = _state[_cells[BitOperations.TrailingZeroCount(set)]];
            if (((first ^ page) & ~(ulong)(GuestMemory.PageBytes - 1)) == 0)
                return true;
        }

        return false;
    }

    /// <summary>These bytes are written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Break(ulong address, int bytes)
    {
        if (_state[_set] != 0)
            BreakOthers(address, bytes);
    }

    private void BreakOthers(ulong address, int bytes)
    {
        for (ulong set = _state[_set]; set != 0; set &= set - 1)
        {
            int core = BitOperations.TrailingZeroCount(set);
            ulong first = _state[_cells[core]];
            if (core != Writer && first - address < (ulong)bytes | address - first < _state[_cells[core] + 1])
                Clear(core);
        }
    }
}
