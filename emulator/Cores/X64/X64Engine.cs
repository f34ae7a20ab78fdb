using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>Executes x86-64, 64-bit mode. The search gear is here, the run gear in <see cref="X64RunGear"/>.</summary>
internal sealed unsafe class X64Engine : CoreEngine
{
    private readonly Machine _machine;
    private readonly State _state;
    private readonly X64DecodeCache _cache = new();
    private readonly X64RunGear _gear;
    private readonly X64BranchTracker _tracker;

    public X64Engine(Machine machine)
        : base(machine, X64Cells.Rip)
    {
        (_machine, _state) = (machine, machine.State);
        _gear = new X64RunGear(machine, this);
        _tracker = new X64BranchTracker(_state);
    }

    internal override Running.RunGear Gear => _gear;

    public override int RegisterCells => X64Cells.Count;

    public override int SystemCells => X64SystemModel.Cells;

    public override IReadOnlyList<string> RegisterNames => X64RegisterNames.All;

    public override IReadOnlyList<string> SystemRegisterNames { get; } = [.. X64SystemModel.Rows.Select(row => row.Name)];

    public override void Reset(Context context)
    {
        var r = (X64Registers*)_state.Pointer(context.FirstCell);
        (r->FlagResult, r->FlagCarries) = X64FlagWords.Canonical(0);
        foreach (X64SystemRow row in X64SystemModel.Rows.Where(row => row.InContext))
            *_state.Pointer(context.FirstCell + row.Cell) = row.Value;
    }

    public override void Reset(Core core)
    {
        foreach (X64SystemRow row in X64SystemModel.Rows.Where(row => !row.InContext))
            *_state.Pointer(core.SystemCell + row.Cell) = row.Value;

        if (Features.BranchTargets)
            _tracker.Enable(core);
    }

    public override void Step(Core core, ref ExecutedInstruction executed)
    {
        _gear.Settle();
        Context context = Executing(_machine, core);
        var step = new X64SearchCore(_machine, core, context.FirstCell);
        Begin(_machine, core, context, step.Rip, ref executed);
        core.Ordering?.Fetch(core, step.Rip);
        int available = FetchBytes(core, step.Rip, ref executed);
        Flow flow = available == 0 ? step.Raise(GuestEventKind.FetchFault, step.Rip)
            : Features.BranchTargets ? ExecuteTracked(core, context, ref step, available, ref executed)
            : Execute(ref step, available, ref executed);
        // An exception has the core's stores reach memory: SDM Vol. 3A, "Store Buffer".
        if (flow == Flow.Event)
            core.Ordering?.Settle(core);

        Fetch?.Executed(core, flow, step.Event);
        (executed.Branch, executed.Event, executed.EventDetail) = (step.Branch, step.Event, step.Detail);
        step.SetRip(Finish(flow, step.Target, behindBreakpoint: true, ref executed));
    }

    public override long Run(Core core, long maximum, ulong? until, ref ExecutedInstruction last) =>
        Fetch is null && _machine.Ordering is null && !Features.BranchTargets
            ? _gear.Run(core, maximum, until, ref last)
            : RunBySteps(_machine, core, maximum, until, ref last);

    public override ulong StackPointer(Context context) => ((X64Registers*)_state.Pointer(context.FirstCell))->Gpr[4];

    public override void SetPc(Context context, ulong value) => WriteRegister(context, "rip", value);

    public override ulong ReadRegister(Context context, string name)
    {
        if (name is "rflags" or "eflags")
            return ReadFlags(context);

        return X64RegisterNames.TryFind(name is "pc" ? "rip" : name, out X64RegisterPart part)
            ? _state[context.FirstCell + part.Cell] >> part.Shift & part.Mask
            : throw NoRegister(name);
    }

    public override bool WriteRegister(Context context, string name, ulong value)
    {
        X64RegisterPart part = default;
        bool isFlags = name is "rflags" or "eflags";
        if (!isFlags && !X64RegisterNames.TryFind(name is "pc" ? "rip" : name, out part))
            return false;

        _gear.Settle();
        _machine.Footprint.Cells(context.FirstCell, RegisterCells, TouchKind.Write);
        if (isFlags)
        {
            WriteFlags(context, value);
            return true;
        }

        // A 32-bit write clears the upper half, as an instruction's does; 8 and 16 bits merge.
        int cell = context.FirstCell + part.Cell;
        ulong kept = part.Mask == uint.MaxValue ? 0 : _state[cell] & ~(part.Mask << part.Shift);
        _state.Set(cell, kept | ((value & part.Mask) << part.Shift));
        return true;
    }

    public override bool TryReadSystem(Core core, string name, out ulong value)
    {
        X64SystemRow? row = X64SystemModel.Find(name);
        value = row is null ? 0 : new X64SearchCore(_machine, core, Executing(_machine, core).FirstCell).ReadRow(row);
        return row is not null;
    }

    public override bool WriteSystem(Core core, string name, ulong value) =>
        X64SystemModel.Find(name) is { InContext: false } row && new X64SearchCore(_machine, core, 0).WriteRow(row, value);

    protected override void Dispose(bool disposing)
    {
        _gear.Dispose();
        _cache.Dispose();
    }

    private Flow Execute(ref X64SearchCore step, int available, ref ExecutedInstruction executed)
    {
        ref ulong low = ref Unsafe.As<FetchedBytes, ulong>(ref executed.Bytes);
        ref ulong high = ref Unsafe.Add(ref low, 1);
        X64Decoded* decoded = _cache.Find(step.Rip, low, high, available);
        low &= decoded->LowMask;
        high &= decoded->HighMask;
        executed.Length = decoded->Insn.Length;
        step.NextRip = step.Rip + decoded->Insn.Length;
        _machine.Footprint.Memory(step.Rip, executed.Length, TouchKind.Fetch);
        return decoded->Execute(ref step, in decoded->Insn);
    }

    private Flow ExecuteTracked(Core core, Context context, ref X64SearchCore step, int available, ref ExecutedInstruction executed)
    {
        if (_tracker.Refuses(core, context, Unsafe.As<FetchedBytes, ulong>(ref executed.Bytes)))
        {
            _machine.Footprint.Memory(step.Rip, sizeof(uint), TouchKind.Fetch);
            return step.Raise(GuestEventKind.BranchTarget, step.Rip);
        }

        Flow flow = Execute(ref step, available, ref executed);
        _tracker.Executed(core, context, flow, step, ((ReadOnlySpan<byte>)executed.Bytes)[..executed.Length]);
        return flow;
    }

    // Up to 16 bytes, of which an instruction has up to 15. Those behind what is available are 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FetchBytes(Core core, ulong rip, ref ExecutedInstruction executed)
    {
        byte* at = Fetch is null ? _machine.Memory.Fetchable(rip, out int available) : (available = 0) == 0 ? null : null;
        if (at == null || available < 16)
            return FetchSlowly(core, rip, ref executed);

        Unsafe.As<FetchedBytes, (ulong, ulong)>(ref executed.Bytes) = *(((ulong, ulong)*)at);
        return X64Decoder.MaxLength;
    }

    private int FetchSlowly(Core core, ulong rip, ref ExecutedInstruction executed)
    {
        Span<byte> bytes = executed.Bytes;
        int fetched = Fetch is not null ? Fetch.Fetch(core, rip, bytes[..X64Decoder.MaxLength]) : FetchAcross(rip, bytes[..X64Decoder.MaxLength]);
        bytes[fetched..].Clear();
        if (fetched < X64Decoder.MaxLength)
            _machine.Footprint.Memory(rip + (ulong)fetched, 1, TouchKind.Fetch);

        return fetched;
    }

    private int FetchAcross(ulong rip, Span<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length && _machine.Memory.Fetchable(rip + (ulong)done, out int available) is var at && at != null)
        {
            int n = Math.Min(available, bytes.Length - done);
            new ReadOnlySpan<byte>(at, n).CopyTo(bytes[done..]);
            done += n;
        }

        return done;
    }

    private ulong ReadFlags(Context context)
    {
        var r = (X64Registers*)_state.Pointer(context.FirstCell);
        bool masked = CoreOf(context) is { IsMasked: true };
        return X64FlagWords.Read(r) | r->SystemFlags | X64SearchCore.FixedFlag | (masked ? 0 : X64SearchCore.InterruptFlag);
    }

    private void WriteFlags(Context context, ulong value)
    {
        X64FlagWords.Set(_state, context.FirstCell, (uint)value & X64FlagWords.All);
        _state.Set(
            context.FirstCell + X64Cells.SystemFlags,
            value & ~(X64FlagWords.All | X64SearchCore.FixedFlag | X64SearchCore.InterruptFlag));
        CoreOf(context)?.Mask((value & X64SearchCore.InterruptFlag) == 0);
    }

    private Core? CoreOf(Context context)
    {
        foreach (Core core in _machine.Cores)
        {
            if (core.ContextNumber == context.Number)
                return core;
        }

        return null;
    }
}
