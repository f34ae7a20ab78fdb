using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Patching;

/// <summary>
/// #BP on one core: the text-poke part of exc_int3() as steps of its own, with interrupts off.
/// </summary>
/// <remarks>
/// arch/x86/kernel/alternative.c (6.12): poke_int3_handler(); arch/x86/kernel/traps.c: exc_int3(). It looks at the bytes that the
/// writer has published, not at what the writer is going to do. Left out: the exception frame on the stack and the gap under
/// it (the emulated CALL writes its return address directly), user mode, kgdb, kprobes and notifiers behind it.
/// </remarks>
public sealed class Int3Handler
{
    private const ulong Idle = 0;
    private const ulong Enter = 1;
    private const ulong Lookup = 2;
    private const ulong Emulate = 3;
    private const ulong Leave = 4;

    private readonly Kernel _kernel;
    private readonly Cpu _cpu;
    private readonly Cell _phase;
    private readonly Cell _entry;
    private readonly Cell _ip;

    internal Int3Handler(Kernel kernel, Cpu cpu)
    {
        (_kernel, _cpu) = (kernel, cpu);
        _phase = Cell.Of(kernel.Machine);
        _entry = Cell.Of(kernel.Machine);
        _ip = Cell.Of(kernel.Machine);
    }

    /// <summary>True between the trap and the return from it.</summary>
    public bool IsActive => _phase.Value != Idle;

    /// <summary>The same without a footprint.</summary>
    public bool PeekActive => _phase.Peek != Idle;

    /// <summary>The trap: <paramref name="address"/> is that of the INT3.</summary>
    internal void Trap(ulong address)
    {
        _ip.Value = address;
        _phase.Value = Enter;
    }

    /// <summary>Does the next step of the handler. Returns what it did.</summary>
    internal string Step()
    {
        ulong ip = _ip.Value;
        switch (_phase.Value)
        {
            case Enter:
                // try_get_desc(): a reference is taken unless there is none to share.
                if (!_kernel.TextPoke.TryTakeReference())
                    return NotOurs(ip, "no batch is published");

                _phase.Value = Lookup;
                return Told(ip, "takes a reference");

            case Lookup:
                int entry = _kernel.TextPoke.Find(ip);
                if (entry < 0)
                {
                    _kernel.TextPoke.DropReference();
                    return NotOurs(ip, "the batch does not name it");
                }

                _entry.Value = (ulong)entry;
                _phase.Value = Emulate;
                return Told(ip, "found");

            case Emulate:
                _phase.Value = Leave;
                string what = _kernel.TextPoke.Emulate((int)_entry.Value, Context);
                return _kernel.Machine.Told($"int3 at {_kernel.Symbols.Show(ip)}: emulates {what}");

            default:
                _kernel.TextPoke.DropReference();
                _entry.Value = 0;
                Return();
                return Told(ip, "drops the reference, iret");
        }
    }

    private Context Context => _kernel.Machine.Contexts[_cpu.Core.ContextNumber];

    private string Told(ulong ip, string what) => _kernel.Machine.Told($"int3 at {_kernel.Symbols.Show(ip)}: {what}");

    private string NotOurs(ulong ip, string why)
    {
        Return();
        _kernel.Oops(_cpu, $"INT3 at {_kernel.Symbols.Show(ip)} is claimed by nobody: {why}");
        return Told(ip, "not ours");
    }

    private void Return()
    {
        _phase.Value = Idle;
        _ip.Value = 0;
        _cpu.Core.Synchronise();
        if (_kernel.Config.PREEMPTION)
            _kernel.Rcu.NoteQuiescent(_cpu.Core.Index);
    }
}
