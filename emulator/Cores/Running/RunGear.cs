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
internal abstract unsafe class RunGear : IDisposable, ITraceSource
{
    /// <summary>The longest chain, in instructions.</summary>
    public const int Slice = 4096;

    private readonly Machine _machine;
    private readonly State _state;
    private readonly GuestMemory _memory;
    private readonly CoreEngine _engine;
    private readonly CodePages _code;
    private readonly RunOp* _nowhere;
    private readonly Tracer _tracer;
    private nint[] _cpus = [];
    private ulong _synced;
    private ulong? _until;
    private bool _isAttached;
    private long _slice = Slice;
    private long _untilSample = Slice;

    protected RunGear(Machine machine, CoreEngine engine, CodePages code)
    {
        (_machine, _state, _memory, _engine, _code) = (machine, machine.State, machine.Memory, engine, code);
        _tracer = new Tracer(code, this);
        _nowhere = (RunOp*)NativeMemory.AllocZeroed((nuint)sizeof(RunOp));
        _nowhere->Pc = RunCpu.NoPage;
        _nowhere->Run = &RunChain.Undecoded;
    }

    /// <summary>Bits that are 0 in the address of an instruction.</summary>
    protected abstract ulong AlignMask { get; }

    /// <summary>Where the program counter is among the register cells.</summary>
    protected abstract int PcCell { get; }

    /// <summary>The register cell that holds the <see cref="RunCpu"/> in execution.</summary>
    protected abstract int RunCpuCell { get; }

    /// <summary>Gives the registers the form that the search gear keeps.</summary>
    protected abstract void Canonicalise(void* registers);

    /// <summary>Decodes the instruction at <paramref name="bytes"/> into <paramref name="op"/>; <paramref name="available"/> bytes of it are in the page.</summary>
    protected abstract void Decode(RunOp* op, byte* bytes, int available);

    public abstract Isa.Architecture Architecture { get; }

    public abstract TraceMeaning Meaning(RunOp* op, ReadOnlySpan<byte> bytes);

    public abstract int Length(RunOp* op);

    public abstract RunOp* Next(RunOp* op);

    public abstract RunOp* Jump(RunOp* op);

    /// <summary>For tests: slices of so many instructions, and a trace from wherever one ends.</summary>
    internal void TraceEagerly(int slice)
    {
        _slice = slice;
        _untilSample = slice;
        _tracer.Threshold = 1;
    }

    /// <summary>How many traces were translated, or found translated.</summary>
    internal int Traces => _tracer.Count;

    /// <summary>See <see cref="CoreEngine.Run"/>.</summary>
    public long Run(Core core, long maximum, ulong? until, ref ExecutedInstruction last)
    {
        RunCpu* cpu = Enter(core, until);
        long done = Run(cpu, core, maximum, until, ref last);
        _state.Restart();
        SetReady(cpu);
        if (maximum != 1)
            Settle();

        return done;
    }

    /// <summary>
    /// Behind a handler that was allowed one instruction and goes on to no other: true where it executed it, and branched to a page that is
    /// not in the table. There is no next operation yet then.
    /// </summary>
    public bool TryLand(Core core, ref ExecutedInstruction last)
    {
        var cpu = (RunCpu*)core.RunCpu;
        if (cpu->Left != 0)
            return false;

        cpu->Next = _nowhere;
        *cpu->RegistersPc = cpu->Pc;
        last.Event = GuestEventKind.None;
        return true;
    }

    /// <summary>
    /// Makes every register file canonical again: a run of one instruction leaves that to whoever looks next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Settle()
    {
        if (_isAttached)
            DetachAll();
    }

    // So many instructions were executed: true where it is time to look where the core is.
    private bool Count(long instructions)
    {
        _untilSample -= instructions;
        if (_untilSample > 0)
            return false;

        _untilSample = _slice;
        return true;
    }

    // What a monitor watches is stored to the slow way, so no core is ready while one is set.
    private void SetReady(RunCpu* cpu)
    {
        if (*cpu->MonitorsSet == 0)
            cpu->Ready = _synced;
        else
            Unready();
    }

    /// <summary>Has every core look at everything again before it executes its next instruction.</summary>
    public void Unready()
    {
        foreach (nint cpu in _cpus)
            ((RunCpu*)cpu)->Ready = RunCpu.NotReady;
    }

    private long Run(RunCpu* cpu, Core core, long maximum, ulong? until, ref ExecutedInstruction last)
    {
        ulong* pc = cpu->RegistersPc;
        long left = maximum;
        last.Event = GuestEventKind.None;
        _tracer.Stop();
        cpu->Next = _nowhere;
        while (left > 0 && *pc != until)
        {
            RunOp* op = Find(cpu, *pc);
            if (op != null)
            {
                long slice = _tracer.IsRecording ? 1 : Math.Min(left, _untilSample);
                RunOp* next = op->Run(cpu->Registers, op, slice, cpu);
                if (next != null)
                {
                    left -= slice;
                    cpu->Next = next;
                    *pc = next->Pc;
                    if (_tracer.IsRecording)
                        _tracer.Passed(op, next);
                    else if (Count(slice))
                        _tracer.Sample(cpu, next);

                    continue;
                }

                cpu->Next = _nowhere;
                _tracer.Interrupt();
                left -= slice - cpu->Left;
                Count(slice - cpu->Left);
                *pc = cpu->Pc;
                if (cpu->Exit == RunExit.Far)
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
        for (int i = 0; i < _cpus.Length; i++)
        {
            _machine.Cores[i].RunCpu = 0;
            NativeMemory.AlignedFree((void*)_cpus[i]);
        }

        _cpus = [];
        _code.Dispose();
        Free();
        NativeMemory.Free(_nowhere);
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

    private RunCpu* Enter(Core core, ulong? until)
    {
        if ((uint)core.Index >= (uint)_cpus.Length)
            AddCpus();

        var cpu = (RunCpu*)_cpus[core.Index];
        if (_state.JournalLength != 0)
            Unready();

        if (_state.Epoch != _synced)
            Resynchronise();

        if (until != _until)
            StopAt(until);

        if (_memory.Monitors.SetByOthers(core.Index))
            HideMonitored(cpu);

        if (cpu->Context != *cpu->ContextCell)
            Attach(cpu, core);

        return cpu;
    }

    private void Attach(RunCpu* cpu, Core core)
    {
        Detach(cpu);
        int cell = CoreEngine.Executing(_machine, core).FirstCell;
        _isAttached = true;
        cpu->Context = *cpu->ContextCell;
        cpu->Registers = _state.Pointer(cell);
        cpu->RegistersPc = cpu->Registers + PcCell;
        cpu->Registers[RunCpuCell] = (ulong)cpu;
    }

    private void DetachAll()
    {
        _isAttached = false;
        foreach (nint cpu in _cpus)
            Detach((RunCpu*)cpu);
    }

    // A context that moved to another core is that one's by now.
    private void Detach(RunCpu* cpu)
    {
        if (cpu->Context == RunCpu.NoPage)
            return;

        cpu->Context = RunCpu.NoPage;
        cpu->Ready = RunCpu.NotReady;
        if (cpu->Registers[RunCpuCell] == (ulong)cpu)
            cpu->Registers[RunCpuCell] = 0;

        Canonicalise(cpu->Registers);
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
        byte* bytes = _memory.Fetchable(number * GuestMemory.PageBytes, out _);
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
            _tracer.Stop();
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
        byte* bytes = _memory.Fetchable(pc, out int available);
        Decode(Find(cpu, pc), bytes, available);
    }

    // One instruction in the search gear, not recorded. What it touched is what the TLB and the decoded code have to learn.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool StepSlowly(RunCpu* cpu, Core core, ref ExecutedInstruction last)
    {
        Footprint footprint = _machine.Footprint;
        footprint.Clear();
        _state.Pause();
        _engine.Step(core, ref last);
        foreach (ref readonly Touch touch in footprint.Touches)
        {
            if (touch.IsCell || touch.Kind == TouchKind.Fetch)
                continue;

            if (touch.Kind == TouchKind.Write)
                _code.Written(touch.Address, touch.Length, _memory);

            FillData(cpu, touch.Address);
        }

        footprint.Clear();
        _synced = _state.Epoch;
        Attach(cpu, core);
        return last.Flow != Flow.Event;
    }

    private void FillData(RunCpu* cpu, ulong address)
    {
        ulong page = address & ~(ulong)(GuestMemory.PageBytes - 1);
        Rights rights = _memory.RightsAt(page);
        bool isWritable = (rights & Rights.Write) != 0
            && !_code.Contains(page / GuestMemory.PageBytes)
            && !_memory.Monitors.IsSetInPage(cpu->Index, page);
        *RunCpu.Page(cpu, page) = new DataPage
        {
            ReadTag = (rights & Rights.Read) != 0 ? page : RunCpu.NoPage,
            WriteTag = isWritable ? page : RunCpu.NoPage,
            Addend = (long)_memory.Locate(page) - (long)page,
        };
    }

    // A store to what another core has under its exclusive monitor must go through memory.
    private void HideMonitored(RunCpu* cpu)
    {
        for (int i = 0; i < RunCpu.DataPages; i++)
        {
            DataPage* page = RunCpu.Page(cpu, (ulong)i * GuestMemory.PageBytes);
            if (page->WriteTag != RunCpu.NoPage && _memory.Monitors.IsSetInPage(cpu->Index, page->WriteTag))
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
        Settle();
        _synced = _state.Epoch;
        ForgetPages();
    }

    private void ForgetPages()
    {
        foreach (nint address in _cpus)
            Forget((RunCpu*)address);
    }

    private void Forget(RunCpu* cpu)
    {
        for (ulong i = 0; i < RunCpu.DataPages; i++)
            *RunCpu.Page(cpu, i * GuestMemory.PageBytes) = new DataPage { ReadTag = RunCpu.NoPage, WriteTag = RunCpu.NoPage };

        for (ulong i = 0; i < RunCpu.CodePages; i++)
            RunCpu.Code(cpu, i)->Number = RunCpu.NoPage;

        cpu->Next = _nowhere;
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
                Next = _nowhere,
                Ready = RunCpu.NotReady,
                Context = RunCpu.NoPage,
                ContextCell = _state.Pointer(core.ContextCell),
                Scale = (ulong)_code.Scale,
                AlignMask = AlignMask,
                System = _state.Pointer(core.SystemCell),
                Masked = _state.Pointer(core.MaskedCell),
                MonitorsSet = _state.Pointer(_memory.Monitors.SetCell),
                Monitor = _state.Pointer(_memory.Monitors.Cell(i)),
            };
            Prepare(cpu);
            Forget(cpu);
            _cpus[i] = (nint)cpu;
            core.RunCpu = (nint)cpu;
        }
    }
}
