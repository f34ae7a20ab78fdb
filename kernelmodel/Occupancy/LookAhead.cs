using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Occupancy;

/// <summary>
/// Lets one task go on alone, follows where the addresses that it holds move, sees which of them it executes or touches the range
/// through, and takes everything back.
/// </summary>
/// <remarks>
/// An address is followed by its value: into a register from a place that holds it, into a word from a register that holds it. What
/// is loaded from memory that is no place of the task (an ops, a literal, the slot behind a trampoline) is new, and so is what an
/// instruction makes (a call's return address): going into the range by that is a new entry, no reference from before.
/// Left out: what other tasks would change meanwhile. The task goes on in one way, with memory as it is; where that loops, the
/// references that are left are <see cref="ReferenceUse.MayUse"/>.
/// </remarks>
internal sealed class LookAhead : IChooser
{
    /// <summary>Instructions that the task goes on for at most.</summary>
    public const int Limit = 20_000;

    private readonly Kernel _kernel;
    private readonly Context _context;
    private readonly AddressRange _range;
    private readonly string[] _names;
    private readonly ulong[] _before;
    private readonly int[] _registers;
    private readonly Dictionary<ulong, int> _words = [];
    private readonly ReferenceKind?[] _uses;
    private readonly bool[] _moved;

    private LookAhead(Kernel kernel, KernelTask task, AddressRange range, List<Candidate> candidates)
    {
        (_kernel, _context, _range) = (kernel, task.Context!, range);
        _names = Candidates.Registers(kernel.Machine.Architecture);
        _before = new ulong[_names.Length];
        _registers = new int[_names.Length];
        _uses = new ReferenceKind?[candidates.Count];
        _moved = new bool[candidates.Count];
        Array.Fill(_registers, -1);
        for (int i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].Register >= 0)
                _registers[candidates[i].Register] = i;
            else
                _words[candidates[i].Slot] = i;
        }
    }

    private Machine Machine => _kernel.Machine;

    /// <inheritdoc/>
    bool IChooser.ReadsReasons => false;

    /// <inheritdoc/>
    int IChooser.Choose(int alternatives, string reason) => 0;

    /// <summary>What becomes of each candidate: how it is used, null where it never is.</summary>
    public static (ReferenceKind? Kind, bool IsLeft)[] Follow(
        Kernel kernel, KernelTask task, AddressRange range, List<Candidate> candidates)
    {
        Machine machine = kernel.Machine;
        var ahead = new LookAhead(kernel, task, range, candidates);
        Touch[] touches = machine.Footprint.Touches.ToArray();
        IChooser chooser = machine.Chooser;
        Mark here = machine.State.Mark();
        try
        {
            machine.Chooser = ahead;
            Core core = kernel.Cpus[task.CoreIndex].Core;
            core.Switch(task.Context);
            ahead.Run(core);
        }
        finally
        {
            machine.State.UndoTo(here);
            machine.Chooser = chooser;
            Restore(machine.Footprint, touches);
        }

        return [.. ahead._uses.Select((use, i) => (use, use is null && ahead.IsAlive(i)))];
    }

    private static void Restore(Footprint footprint, Touch[] touches)
    {
        footprint.Clear();
        foreach (Touch touch in touches)
        {
            if (touch.IsCell)
                footprint.Cells((int)touch.Address, touch.Length, touch.Kind);
            else
                footprint.Memory(touch.Address, touch.Length, touch.Kind);
        }
    }

    private void Run(Core core)
    {
        var executed = default(ExecutedInstruction);
        SkipTrap();
        for (int i = 0; i < Limit && _uses.Any(use => use is null) && AnyAlive(); i++)
        {
            for (int r = 0; r < _names.Length; r++)
                _before[r] = Plain(Machine.Engine.ReadRegister(_context, _names[r]));

            Machine.Footprint.Clear();
            Machine.Engine.Step(core, ref executed);
            NoteUse(in executed);
            if (executed.Flow == Flow.Event && !GoesOn(in executed))
            {
                Forget();
                return;
            }

            Move(executed is { Flow: Flow.Branch, Branch: BranchKind.DirectCall or BranchKind.IndirectCall });
        }
    }

    // A task whose #BP is being handled stands behind the INT3: it goes on behind the callsite, as the NOP would.
    private void SkipTrap()
    {
        ulong pc = Machine.Engine.Pc(_context);
        foreach (Tracing.Callsite site in _kernel.Ftrace.Callsites)
        {
            if (Machine.Architecture == Architecture.X64 && pc == site.Address + 1)
                Machine.Engine.SetPc(_context, site.Behind);
        }
    }

    // schedule() and its like return to the task; do_exit() does not; a callsite with INT3 is passed like one with a NOP.
    private bool GoesOn(in ExecutedInstruction executed)
    {
        switch (executed.Event)
        {
            case GuestEventKind.Breakpoint when Machine.Architecture == Architecture.X64:
                ulong address = executed.Address;
                if (_kernel.Ftrace.Callsites.FirstOrDefault(site => site.Address == address) is not { } found)
                    return false;

                Machine.Engine.SetPc(_context, found.Behind);
                return true;
            case GuestEventKind.SoftwareInterrupt when Machine.Architecture == Architecture.X64:
            case GuestEventKind.HypervisorCall:
                return (Gate)executed.EventDetail != Gate.Exit;
            default:
                return false;
        }
    }

    private void NoteUse(in ExecutedInstruction executed)
    {
        if (executed.Flow == Flow.Branch && _range.Contains(Plain(executed.Next)))
        {
            NoteBranch(in executed);
            return;
        }

        foreach (Touch touch in Machine.Footprint.Touches)
        {
            if (touch.IsCell || touch.Kind == TouchKind.Fetch || !_range.Contains(touch.Address))
                continue;

            for (int r = 0; r < _names.Length; r++)
            {
                if (_registers[r] >= 0 && touch.Address - _before[r] < 4096)
                    _uses[_registers[r]] ??= ReferenceKind.LoadedData;
            }
        }
    }

    private void NoteBranch(in ExecutedInstruction executed)
    {
        ulong target = Plain(executed.Next);
        if (executed.Branch is BranchKind.Direct or BranchKind.DirectCall)
            return;

        foreach (Touch touch in Machine.Footprint.Touches)
        {
            if (touch is { IsCell: false, Kind: TouchKind.Read } && _words.TryGetValue(touch.Address, out int word) && Word(touch.Address) == target)
            {
                _uses[word] ??= executed.Branch == BranchKind.Return && !_moved[word] ? ReferenceKind.ReturnAddress : ReferenceKind.FrameSlot;
                return;
            }
        }

        for (int r = 0; r < _names.Length; r++)
        {
            if (_registers[r] is var origin and >= 0 && _before[r] == target)
                _uses[origin] ??= executed.Branch == BranchKind.Return ? ReferenceKind.ReturnAddress : ReferenceKind.FrameSlot;
        }
    }

    private void Move(bool isCall)
    {
        // Registers first, against the words as they were: a load that overwrites its own source does not exist.
        int[] now = (int[])_registers.Clone();
        for (int r = 0; r < _names.Length; r++)
        {
            ulong value = Plain(Machine.Engine.ReadRegister(_context, _names[r]));
            if (value != _before[r])
                now[r] = _range.Contains(value) ? Source(value) : -1;
        }

        foreach (Touch touch in Machine.Footprint.Touches)
        {
            if (!touch.IsCell && touch.Kind == TouchKind.Write)
                Store(touch, isCall);
        }

        now.CopyTo(_registers, 0);
    }

    private int Source(ulong value)
    {
        bool hasRead = false;
        foreach (Touch touch in Machine.Footprint.Touches)
        {
            if (touch.IsCell || touch.Kind != TouchKind.Read)
                continue;

            hasRead = true;
            for (ulong at = touch.Address & ~7UL; at < touch.Address + (ulong)touch.Length; at += 8)
            {
                if (_words.TryGetValue(at, out int word) && Word(at) == value)
                    return word;
            }
        }

        return hasRead ? -1 : Holder(value);
    }

    private int Holder(ulong value)
    {
        for (int r = 0; r < _names.Length; r++)
        {
            if (_registers[r] >= 0 && _before[r] == value)
                return _registers[r];
        }

        return -1;
    }

    // What a call pushes is new, whatever a register happens to hold.
    private void Store(in Touch touch, bool isCall)
    {
        for (ulong at = touch.Address & ~7UL; at < touch.Address + (ulong)touch.Length; at += 8)
        {
            ulong value = Word(at);
            int origin = !isCall && _range.Contains(value) ? Holder(value) : -1;
            if (origin < 0)
            {
                _words.Remove(at);
                continue;
            }

            _words[at] = origin;
            _moved[origin] = true;
        }
    }

    private void Forget()
    {
        Array.Fill(_registers, -1);
        _words.Clear();
    }

    private bool AnyAlive() => _words.Count != 0 || _registers.Any(origin => origin >= 0);

    private bool IsAlive(int candidate) => _words.ContainsValue(candidate) || _registers.Contains(candidate);

    private ulong Word(ulong address)
    {
        Span<byte> word = stackalloc byte[8];
        Machine.Memory.Peek(address, word);
        return Plain(BitConverter.ToUInt64(word));
    }

    private ulong Plain(ulong value) => Candidates.Plain(Machine.Architecture, value);
}
