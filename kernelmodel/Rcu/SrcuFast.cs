using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>
/// SRCU with fast readers: each core counts locks and unlocks of two pairs; a grace period waits until a pair that is not in use has as
/// many of one as of the other, exchanges the pairs, and waits again.
/// </summary>
/// <remarks>
/// kernel/rcu/srcutree.c (7.2): srcu_advance_state(), try_check_zero(), srcu_readers_active_idx_check(), srcu_flip();
/// include/linux/srcutree.h: __srcu_read_lock_fast(). Unlocks are summed before locks, with a vanilla grace period between, so that a reader may
/// be counted that is over, never the reverse. Left out: delays, fruitless retries (the next one comes when it can succeed), expediting, the
/// tree of nodes and its callbacks.
/// </remarks>
public sealed class SrcuFast
{
    private const string File = "kernel/rcu/srcutree.c (7.2): ";

    private readonly Kernel _kernel;
    private readonly Cell[] _locks;
    private readonly Cell[] _unlocks;
    private readonly Cell _current;
    private readonly Cell _sum;
    private readonly Cell _retries;

    internal SrcuFast(Kernel kernel, int cores)
    {
        _kernel = kernel;
        _locks = [.. Enumerable.Range(0, 2 * cores).Select(_ => Cell.Of(kernel.Machine))];
        _unlocks = [.. Enumerable.Range(0, 2 * cores).Select(_ => Cell.Of(kernel.Machine))];
        _current = Cell.Of(kernel.Machine);
        _sum = Cell.Of(kernel.Machine);
        _retries = Cell.Of(kernel.Machine);
    }

    /// <summary>Locks less unlocks over both pairs: how many readers are counted (I20). Without a footprint.</summary>
    public long Live => _locks.Sum(cell => (long)cell.Peek) - _unlocks.Sum(cell => (long)cell.Peek);

    /// <summary>A reader begins on a core. Returns the pair that it counts in.</summary>
    internal ulong Lock(int core)
    {
        ulong pair = _current.Value;
        _locks[(2 * core) + (int)pair].Value++;
        return pair;
    }

    /// <summary>A reader ends, perhaps on another core than it began on.</summary>
    internal void Unlock(int core, ulong pair) => _unlocks[(2 * core) + (int)pair].Value++;

    /// <summary>The steps of one grace period.</summary>
    internal IEnumerable<ProgramStep> Steps() =>
    [
        .. Scan(1),
        new("srcu_flip", File + "srcu_flip()", _ =>
        {
            _current.Value ^= 1;
            return _kernel.Machine.Told($"srcu_flip(): new readers count in pair {_current.Value}");
        }),
        .. Scan(2),
    ];

    // Before the flip the pair that nobody should use any more, behind it the one that was in use: both times the one not current.
    private IEnumerable<ProgramStep> Scan(int number)
    {
        string unlocks = $"srcu_unlocks_{number}", check = $"srcu_check_{number}";
        for (int core = 0; core < _kernel.Cpus.Count; core++)
        {
            int own = core;
            yield return new(unlocks, File + "srcu_readers_unlock_idx()", _ => Sum(own))
            {
                Guard = core > 0 ? null : _ => _retries.Value == 0 || IsBalanced(),
                Wait = WaitKind.Sleep,
            };
        }

        foreach (ProgramStep step in VanillaRcu.Synchronize($"srcu_synchronize_{number}", File + "srcu_readers_active_idx_check()").Steps)
            yield return step;

        for (int core = 0; core < _kernel.Cpus.Count; core++)
        {
            int own = core;
            yield return new(check, File + "srcu_readers_active_idx_check()", run => Compare(run, own, unlocks));
        }

    }

    private string Sum(int core)
    {
        ulong pair = _current.Value ^ 1;
        if (core == 0)
            (_sum.Value, _retries.Value) = (0, 0);

        _sum.Value += _unlocks[(2 * core) + (int)pair].Value;
        return _kernel.Machine.Told($"unlocks of pair {pair} up to core {core}: {_sum.Value}");
    }

    private bool IsBalanced()
    {
        int pair = (int)(_current.Value ^ 1);
        ulong sum = 0;
        for (int core = 0; core < _kernel.Cpus.Count; core++)
            sum += _unlocks[(2 * core) + pair].Value - _locks[(2 * core) + pair].Value;

        return sum == 0;
    }

    private string Compare(ProgramRun run, int core, string again)
    {
        ulong pair = _current.Value ^ 1;
        _sum.Value -= _locks[(2 * core) + (int)pair].Value;
        if (core < _kernel.Cpus.Count - 1)
            return _kernel.Machine.Told($"locks of pair {pair} up to core {core}");

        bool isZero = _sum.Value == 0;
        _sum.Value = 0;
        if (isZero)
            return _kernel.Machine.Told($"pair {pair}: as many unlocks as locks");

        _retries.Value = 1;
        run.GoTo(again);
        return _kernel.Machine.Told($"pair {pair}: a reader is left, again");
    }
}
