using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>Executes A64. The search gear is here, the run gear in <see cref="A64RunGear"/>.</summary>
internal sealed unsafe class A64Engine : CoreEngine
{
    private readonly Machine _machine;
    private readonly State _state;
    private readonly A64DecodeCache _cache = new();
    private readonly A64RunGear _gear;

    public A64Engine(Machine machine)
        : base(machine, A64Cells.Pc)
    {
        (_machine, _state) = (machine, machine.State);
        _gear = new A64RunGear(machine, this);
    }

    internal override Running.RunGear Gear => _gear;

    public override int RegisterCells => A64Cells.Count;

    public override int SystemCells => A64SystemModel.Cells;

    public override IReadOnlyList<string> RegisterNames => A64RegisterNames.All;

    public override IReadOnlyList<string> SystemRegisterNames { get; } = [.. A64SystemModel.Rows.Select(row => row.Name)];

    // NZCV all 0: Z is clear where its word is not 0.
    public override void Reset(Context context) => *_state.Pointer(context.FirstCell + A64Cells.Z) = 1;

    public override void Reset(Core core)
    {
        foreach (A64SystemRow row in A64SystemModel.Rows)
        {
            if (row.Cell >= 0)
                *_state.Pointer(core.SystemCell + row.Cell) = row.Start(core.Features);
        }
    }

    internal override void Enable(Core core)
    {
        Set(A64SystemRegisters.SctlrEl1, A64Features.Sctlr(core.Features));
        Set(A64SystemRegisters.TcrEl1, A64Features.Tcr(core.Features));

        void Set(int register, ulong bits) => *_state.Pointer(core.SystemCell + A64SystemModel.Find(register)!.Cell) |= bits;
    }

    public override void Step(Core core, ref ExecutedInstruction executed)
    {
        _gear.Settle();
        Context context = Executing(_machine, core);
        var step = new A64SearchCore(_machine, core, context.FirstCell);
        Begin(_machine, core, context, step.Pc, ref executed);
        _machine.Memory.Monitors.Writer = core.Index;
        Flow flow = Flow.Event;
        if (TryFetch(core, ref step, ref executed))
        {
            A64Decoded* decoded = _cache.Find(Unsafe.As<FetchedBytes, uint>(ref executed.Bytes));
            flow = Accepts(core, context, decoded->Insn.Word)
                ? decoded->Execute(ref step, in decoded->Insn)
                : step.Raise(GuestEventKind.BranchTarget, step.Pc);
            if (core.Features.BranchTargets)
                SetBranchType(context, flow, in step, decoded->Insn.Word);
        }

        _machine.Memory.Monitors.Writer = -1;
        Fetch?.Executed(core, flow, step.Event);
        (executed.Branch, executed.Event, executed.EventDetail) = (step.Branch, step.Event, step.Detail);
        step.SetPc(Finish(flow, step.Target, behindBreakpoint: false, ref executed));
    }

    public override long Run(Core core, long maximum, ulong? until, ref ExecutedInstruction last) =>
        Fetch is null && !core.Features.BranchTargets ? _gear.Run(core, maximum, until, ref last) : RunBySteps(_machine, core, maximum, until, ref last);

    public override ulong StackPointer(Context context) => ((A64Registers*)_state.Pointer(context.FirstCell))->X[A64Slot.Sp];

    public override void SetPc(Context context, ulong value) => WriteRegister(context, "pc", value);

    public override ulong ReadRegister(Context context, string name)
    {
        if (name == "nzcv")
            return A64Flags.Nzcv((A64Registers*)_state.Pointer(context.FirstCell));

        int cell = A64RegisterNames.Cell(name, out ulong mask);
        return cell < 0 ? throw NoRegister(name) : _state[context.FirstCell + cell] & mask;
    }

    public override bool WriteRegister(Context context, string name, ulong value)
    {
        ulong mask = 0;
        int cell = name == "nzcv" ? A64Cells.N : A64RegisterNames.Cell(name, out mask);
        if (cell is < 0 or A64Slot.Zero)
            return cell >= 0;

        _gear.Settle();
        _machine.Footprint.Cells(context.FirstCell, RegisterCells, TouchKind.Write);
        if (name == "nzcv")
            A64Flags.Set(_state, context.FirstCell, (uint)value);
        else
            _state.Set(context.FirstCell + cell, value & mask);

        // Whoever moves the program counter takes no branch.
        if (cell == A64Cells.Pc)
            _state.Set(context.FirstCell + A64Cells.BranchType, A64BranchType.None);

        return true;
    }

    public override bool TryReadSystem(Core core, string name, out ulong value)
    {
        A64SystemRow? row = A64SystemModel.Find(name);
        value = row is null ? 0 : new A64SearchCore(_machine, core, Executing(_machine, core).FirstCell).ReadRow(row);
        return row is not null;
    }

    public override bool WriteSystem(Core core, string name, ulong value) =>
        A64SystemModel.Find(name) is { Kind: A64SystemKind.Cell or A64SystemKind.Key or A64SystemKind.Daif } row
        && new A64SearchCore(_machine, core, 0).WriteRow(row, value);

    protected override void Dispose(bool disposing)
    {
        _gear.Dispose();
        _cache.Dispose();
    }

    // All executable memory is guarded. DDI 0487, D8.4, "PE accesses to guarded pages".
    private bool Accepts(Core core, Context context, uint word)
    {
        var branchType = (int)_state[context.FirstCell + A64Cells.BranchType];
        return branchType == A64BranchType.None
            || A64BranchType.Accepts(word, branchType, (ReadSctlr(core) & A64Features.Bt1) != 0);
    }

    private ulong ReadSctlr(Core core) => _state[core.SystemCell + A64SystemModel.Find(A64SystemRegisters.SctlrEl1)!.Cell];

    // An instruction that raised an event and goes on behind itself is executed; one that faulted is not.
    private void SetBranchType(Context context, Flow flow, in A64SearchCore step, uint word)
    {
        if (flow == Flow.Event && !IsTrap(step.Event, behindBreakpoint: false))
            return;

        int branchType = flow == Flow.Branch ? A64BranchType.After(word, step.Branch, isGuarded: true) : A64BranchType.None;
        _state.Set(context.FirstCell + A64Cells.BranchType, (ulong)branchType);
    }

    // An unaligned PC is an exception of its own. DDI 0487, D1.3, "PC alignment checking".
    private bool TryFetch(Core core, ref A64SearchCore step, ref ExecutedInstruction executed)
    {
        ulong pc = step.Pc;
        if ((pc & 3) != 0)
        {
            step.Raise(GuestEventKind.AlignmentFault, pc);
            return false;
        }

        _machine.Footprint.Memory(pc, 4, TouchKind.Fetch);
        int fetched = 4;
        if (Fetch is not null)
            fetched = Fetch.Fetch(core, pc, ((Span<byte>)executed.Bytes)[..4]);
        else if (_machine.Memory.Fetchable(pc, out _) is var at && at != null)
            Unsafe.As<FetchedBytes, uint>(ref executed.Bytes) = *(uint*)at;
        else
            fetched = 0;

        if (fetched < 4)
        {
            step.Raise(GuestEventKind.FetchFault, pc + (ulong)fetched);
            return false;
        }

        executed.Length = 4;
        return true;
    }
}
