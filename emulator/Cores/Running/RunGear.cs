using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>
/// Executes decoded operations that jump from one to the next, with registers in their cells and memory through a
/// software TLB: no journal, no footprint, no allocation. Whatever an operation cannot do that way it leaves untouched, and
/// the search gear's step does the instruction instead.
/// </summary>
/// <remarks>
/// Pages that hold decoded code never get a write tag. So a store to code takes the slow way, which drops the operations of
/// the bytes that changed, and nothing else has to look for it: all cores see the new bytes at their next fetch.
/// </remarks>
internal abstract unsafe class RunGear : IDisposable
{
    /// <summary>The longest chain, in instructions.</summary>
    public const int Slice = 4096;

    private readonly Machine _machine;
    private readonly CoreEngine _engine;
    private readonly CodePages _code;
    private nint[] _cpus = [];
    private ulong _synced;
    private ulong? _until;

    protected RunGear(Machine machine, CoreEngine engine, CodePages code) =>
        (_machine, _engine, _code) = (machine, engine, code);

    /// <summary>Bits that are 0 in the address of an instruction.</summary>
    protected abstract ulong AlignMask { get; }

    /// <summary>Decodes the instruction at <paramref name="bytes"/> into <paramref name="op"/>; <paramref name="available"/> bytes of it are in the page.</summary>
    protected abstract void Decode(RunOp* op, byte* bytes, int available);

    /// <summary>See <see cref="CoreEngine.Run"/>. <paramref name="pc"/> is the program counter among <paramref name="registers"/>.</summary>
    public long Run(Core core, void* registers, ulong* pc, long maximum, ulong? until, ref ExecutedInstruction last)
    {
        RunCpu* cpu = Enter(core, until);
        long left = maximum;
        last.Event = GuestEventKind.None;
        while (left > 0 && *pc != until)
        {
            RunOp* op = Find(cpu, *pc);
            if (op != null)
            {
                long slice = Math.Min(left, Slice);
                op->Run(registers, op, slice, cpu);
                left -= slice - cpu->Left;
                *pc = cpu->Pc;
                if (cpu->Exit is RunExit.Out or RunExit.Far)
                    continue;

                if (cpu->Exit == RunExit.Undecoded)
                {
                    if (*pc != until)
                        Decode(cpu, *pc);

                    continue;
                }
            }

            if (!StepSlowly(cpu, core, ref last))
                break;

            left--;
        }

        return maximum - left;
    }

    public void Dispose()
    {
        foreach (nint cpu in _cpus)
            NativeMemory.AlignedFree((void*)cpu);

        _cpus = [];
        _code.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what <see cref="Prepare"/> made.</summary>
    protected virtual void Free()
    {
    }

    /// <summary>What an architecture adds to a core's struct.</summary>
    protected virtual void Prepare(RunCpu* cpu)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RunCpu* Enter(Core core, ulong? until)
    {
        if ((uint)core.Index >= (uint)_cpus.Length)
            AddCpus();

        var cpu = (RunCpu*)_cpus[core.Index];
        if (_machine.Memory.Version + _machine.State.Undone != _synced)
            Resynchronise();

        if (until != _until)
            StopAt(until);

        if (_machine.Memory.Monitors.SetByOthers(core.Index))
            HideMonitored(cpu);

        return cpu;
    }

    // Where a run is to stop there is an undecoded instruction, so that the chain ends there and the loop looks.
    private void StopAt(ulong? until)
    {
        _until = until;
        if (until is { } address)
            _code.Drop(address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RunOp* Find(RunCpu* cpu, ulong pc)
    {
        ulong number = pc / GuestMemory.PageBytes;
        CodePageEntry* entry = RunCpu.Code(cpu, number);
        if ((entry->Number != number && !FillCode(entry, number)) || (pc & cpu->AlignMask) != 0)
            return null;

        return (RunOp*)(entry->Ops + ((pc & (GuestMemory.PageBytes - 1)) * cpu->Scale));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FillCode(CodePageEntry* entry, ulong number)
    {
        byte* bytes = _machine.Memory.Fetchable(number * GuestMemory.PageBytes, out _);
        if (bytes == null)
            return false;

        CodePage? page = _code.Find(number);
        if (page is null)
        {
            page = AddCode(number, bytes);
        }
        else if (page.Checked != _synced)
        {
            _code.Refresh(page, bytes);
            page.Checked = _synced;
        }

        entry->Number = number;
        entry->Ops = page.Ops;
        return true;
    }

    private CodePage AddCode(ulong number, byte* bytes)
    {
        if (_code.IsFull)
        {
            _code.Clear();
            ForgetPages();
        }

        CodePage page = _code.Add(number, bytes);
        page.Checked = _synced;
        foreach (nint cpu in _cpus)
            HideFromWrites((RunCpu*)cpu, number * GuestMemory.PageBytes);

        return page;
    }

    private void Decode(RunCpu* cpu, ulong pc)
    {
        byte* bytes = _machine.Memory.Fetchable(pc, out int available);
        Decode(Find(cpu, pc), bytes, available);
    }

    // One instruction in the search gear, not recorded. What it touched is what the TLB and the decoded code have to learn.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool StepSlowly(RunCpu* cpu, Core core, ref ExecutedInstruction last)
    {
        Footprint footprint = _machine.Footprint;
        footprint.Clear();
        _machine.State.Pause();
        _engine.Step(core, ref last);
        foreach (ref readonly Touch touch in footprint.Touches)
        {
            if (touch.IsCell || touch.Kind == TouchKind.Fetch)
                continue;

            if (touch.Kind == TouchKind.Write)
                _code.Written(touch.Address, touch.Length, _machine.Memory);

            FillData(cpu, touch.Address);
        }

        footprint.Clear();
        _synced = _machine.Memory.Version + _machine.State.Undone;
        return last.Flow != Flow.Event;
    }

    private void FillData(RunCpu* cpu, ulong address)
    {
        ulong page = address & ~(ulong)(GuestMemory.PageBytes - 1);
        Rights rights = _machine.Memory.RightsAt(page);
        bool isWritable = (rights & Rights.Write) != 0
            && !_code.Contains(page / GuestMemory.PageBytes)
            && !_machine.Memory.Monitors.IsSetInPage(cpu->Index, page);
        *RunCpu.Page(cpu, page) = new DataPage
        {
            ReadTag = (rights & Rights.Read) != 0 ? page : RunCpu.NoPage,
            WriteTag = isWritable ? page : RunCpu.NoPage,
            Addend = (long)_machine.Memory.Locate(page) - (long)page,
        };
    }

    // A store to what another core has under its exclusive monitor must go through memory.
    private void HideMonitored(RunCpu* cpu)
    {
        for (int i = 0; i < RunCpu.DataPages; i++)
        {
            DataPage* page = RunCpu.Page(cpu, (ulong)i * GuestMemory.PageBytes);
            if (page->WriteTag != RunCpu.NoPage && _machine.Memory.Monitors.IsSetInPage(cpu->Index, page->WriteTag))
                page->WriteTag = RunCpu.NoPage;
        }
    }

    private static void HideFromWrites(RunCpu* cpu, ulong address)
    {
        DataPage* page = RunCpu.Page(cpu, address);
        if (page->WriteTag == address)
            page->WriteTag = RunCpu.NoPage;
    }

    // Memory, rights or the whole state changed since the last run: every page is looked at again when it is next used.
    private void Resynchronise()
    {
        _synced = _machine.Memory.Version + _machine.State.Undone;
        ForgetPages();
    }

    private void ForgetPages()
    {
        foreach (nint address in _cpus)
            Forget((RunCpu*)address);
    }

    private static void Forget(RunCpu* cpu)
    {
        for (ulong i = 0; i < RunCpu.DataPages; i++)
            *RunCpu.Page(cpu, i * GuestMemory.PageBytes) = new DataPage { ReadTag = RunCpu.NoPage, WriteTag = RunCpu.NoPage };

        for (ulong i = 0; i < RunCpu.CodePages; i++)
            RunCpu.Code(cpu, i)->Number = RunCpu.NoPage;
    }

    private void AddCpus()
    {
        int known = _cpus.Length;
        Array.Resize(ref _cpus, _machine.Cores.Count);
        for (int i = known; i < _cpus.Length; i++)
        {
            Core core = _machine.Cores[i];
            var cpu = (RunCpu*)NativeMemory.AlignedAlloc((nuint)RunCpu.TotalBytes, 64);
            *cpu = new RunCpu
            {
                Index = i,
                Scale = (ulong)_code.Scale,
                AlignMask = AlignMask,
                System = _machine.State.Pointer(core.SystemCell),
                Masked = _machine.State.Pointer(core.MaskedCell),
                MonitorsSet = _machine.State.Pointer(_machine.Memory.Monitors.SetCell),
                Monitor = _machine.State.Pointer(_machine.Memory.Monitors.Cell(i)),
            };
            Prepare(cpu);
            Forget(cpu);
            _cpus[i] = (nint)cpu;
        }
    }
}
