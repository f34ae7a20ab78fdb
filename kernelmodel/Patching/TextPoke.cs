using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Patching;

/// <summary>One change of an instruction in the text.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="Old">The bytes that stand there.</param>
/// <param name="New">The bytes that shall stand there; as many.</param>
public sealed record TextChange(ulong Address, byte[] Old, byte[] New);

/// <summary>
/// x86 text patching: text_poke_bp_batch() as a program, and the descriptor that its INT3 handler reads.
/// </summary>
/// <remarks>
/// arch/x86/kernel/alternative.c (6.12): text_poke_bp_batch(), text_poke_sync(), try_get_desc(), put_desc(); in 7.2
/// smp_text_poke_batch_finish() with one reference count per CPU instead of one in all, to the same effect here.
/// Left out: text_mutex (one writer at a time is the scenario's to keep), the temporary mm of the writer.
/// </remarks>
public sealed class TextPoke
{
    private const string File = "arch/x86/kernel/alternative.c (6.12): ";
    private const int Slots = 8;

    private readonly Kernel _kernel;
    private readonly Cell _references;
    private readonly Cell _count;
    private readonly Cell[] _addresses = new Cell[Slots];
    private readonly Cell[] _texts = new Cell[Slots];

    internal TextPoke(Kernel kernel)
    {
        _kernel = kernel;
        _references = Cell.Of(kernel.Machine);
        _count = Cell.Of(kernel.Machine);
        for (int i = 0; i < Slots; i++)
        {
            _addresses[i] = Cell.Of(kernel.Machine);
            _texts[i] = Cell.Of(kernel.Machine);
        }
    }

    /// <summary>The most changes that one batch takes.</summary>
    public static int BatchLimit => Slots;

    /// <summary>
    /// The INT3 protocol for a batch, step by step: publish, INT3, sync, tail, sync, first byte, sync, wait.
    /// Droppable names: <c>poke-publish</c>, <c>poke-int3</c>, <c>poke-sync-int3</c>, <c>poke-tail</c>, <c>poke-sync-tail</c>,
    /// <c>poke-first-byte</c>, <c>poke-sync-first-byte</c>, <c>poke-wait-refs</c>.
    /// </summary>
    public KernelProgram Batch(IReadOnlyList<TextChange> changes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(changes.Count, Slots);
        var steps = new List<ProgramStep>
        {
            new("poke-publish", File + "text_poke_bp_batch()", _ => Publish(changes)),
        };
        foreach (TextChange change in changes)
            steps.Add(Write("poke-int3", change, 0, [0xcc]));

        steps.AddRange(Sync("poke-sync-int3"));
        foreach (TextChange change in changes.Where(change => change.New.Length > 1))
            steps.Add(Write("poke-tail", change, 1, change.New[1..]));

        steps.AddRange(Sync("poke-sync-tail"));
        foreach (TextChange change in changes)
            steps.Add(Write("poke-first-byte", change, 0, change.New[..1]));

        steps.AddRange(Sync("poke-sync-first-byte"));
        steps.Add(new ProgramStep("poke-drop-refs", File + "text_poke_bp_batch()", _ =>
        {
            // Only a batch whose publication was left out finds no reference here.
            if (_references.Peek != 0)
                DropReference();

            return "drops the writer's reference";
        })
        { IsMinor = true });
        steps.Add(new ProgramStep("poke-wait-refs", File + "text_poke_bp_batch()", _ => "no handler is left")
        {
            Guard = _ => _references.Value == 0,
            IsMinor = true,
        });
        return new KernelProgram("text_poke_bp", steps);
    }

    /// <summary>on_each_cpu(): do_sync_core() here, an IPI to every other core, and the wait until each has taken it.</summary>
    public IEnumerable<ProgramStep> Sync(string name) =>
    [
        new(name, File + "text_poke_sync()", run =>
        {
            foreach (Cpu cpu in _kernel.Cpus)
            {
                if (cpu.Core.Index == run.Task.CoreIndex)
                    cpu.Core.Synchronise();
                else
                    cpu.Core.Pend(Vector.SyncCore);
            }

            return "sync_core IPI to all";
        })
        { IsMinor = true },
        new(name, File + "text_poke_sync()", _ => "all have synced")
        {
            Guard = run => AllSynced(run.Task.CoreIndex),
            IsMinor = true,
        },
    ];

    /// <summary>try_get_desc(): takes a reference unless there is none.</summary>
    internal bool TryTakeReference()
    {
        if (_references.Peek == 0)
            return _references.Value != 0;

        _references.Add(1);
        return true;
    }

    /// <summary>put_desc(). References that are not the last are dropped in any order.</summary>
    internal void DropReference()
    {
        if (_references.Peek > 1)
            _references.Add(-1);
        else
            _references.Value--;
    }

    /// <summary>The entry for an INT3 at <paramref name="address"/>, or -1.</summary>
    internal int Find(ulong address)
    {
        for (int i = 0; i < (int)_count.Value; i++)
        {
            if (_addresses[i].Value == address)
                return i;
        }

        return -1;
    }

    /// <summary>Does what the new instruction of an entry does: CALL, JMP or the 5-byte NOP. Returns it as text.</summary>
    internal string Emulate(int entry, Context context)
    {
        ulong address = _addresses[entry].Value;
        ulong text = _texts[entry].Value;
        CoreEngine engine = _kernel.Machine.Engine;
        ulong next = address + 5;
        ulong target = next + (ulong)(int)(text >> 8);
        switch ((byte)text)
        {
            case 0xe8:
                ulong sp = engine.ReadRegister(context, "rsp") - 8;
                Span<byte> frame = stackalloc byte[8];
                BitConverter.TryWriteBytes(frame, next);
                _kernel.Machine.Memory.Poke(sp, frame);
                engine.WriteRegister(context, "rsp", sp);
                engine.SetPc(context, target);
                return _kernel.Machine.Told($"call {_kernel.Symbols.Show(target)}");
            case 0xe9:
                engine.SetPc(context, target);
                return _kernel.Machine.Told($"jmp {_kernel.Symbols.Show(target)}");
            case 0x0f:
                engine.SetPc(context, next);
                return "nop";
            default:
                throw new System.Diagnostics.UnreachableException($"no procedure here writes an instruction that begins with {(byte)text:x2}");
        }
    }

    private bool AllSynced(int self)
    {
        foreach (Cpu cpu in _kernel.Cpus)
        {
            _kernel.Machine.Footprint.Cells(cpu.Core.PendingCell, 1, TouchKind.Read);
            if (cpu.Core.Index != self && (cpu.Core.Pending & (1UL << Vector.SyncCore)) != 0)
                return false;
        }

        return true;
    }

    private ProgramStep Write(string name, TextChange change, int offset, byte[] bytes) =>
        new(name, File + "text_poke_bp_batch()", run =>
        {
            TextWrite.Poke(run, change.Address + (ulong)offset, bytes);
            return _kernel.Machine.Told($"writes {Convert.ToHexStringLower(bytes)} at {_kernel.Symbols.Show(change.Address + (ulong)offset)}");
        });

    private string Publish(IReadOnlyList<TextChange> changes)
    {
        for (int i = 0; i < changes.Count; i++)
        {
            ulong text = 0;
            for (int k = changes[i].New.Length - 1; k >= 0; k--)
                text = (text << 8) | changes[i].New[k];

            _addresses[i].Value = changes[i].Address;
            _texts[i].Value = text;
        }

        _count.Value = (ulong)changes.Count;
        _references.Value = 1;
        return _kernel.Machine.Told($"publishes {changes.Count} {(changes.Count == 1 ? "entry" : "entries")}, refs = 1");
    }
}
