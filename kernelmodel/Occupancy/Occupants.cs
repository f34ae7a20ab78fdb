using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Occupancy;

/// <summary>
/// The ground truth of who is on, or will come back to, a range: every reference of every task, through calls, tail calls, exceptions
/// and switches, told apart from stale words by letting the task go on and taking that back.
/// </summary>
/// <remarks>
/// What a kernel could see is less: detectors are judged against this. It asks nothing of the unwinder, of markers or of the lists of
/// ftrace; see <see cref="LookAhead"/> for how a stale word is told from a reference.
/// </remarks>
public static class Occupants
{
    /// <summary>Every reference of every task into a range, in the order of the task list.</summary>
    /// <param name="kernel">Sealed; its state is the same afterwards.</param>
    /// <param name="range">Text or data: an allocation's bytes, or ordinary text that is going to be rewritten.</param>
    public static IReadOnlyList<TextReference> Of(Kernel kernel, AddressRange range)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var found = new List<TextReference>();
        foreach (KernelTask task in kernel.Tasks)
        {
            if (task.Context is not null && task.PeekState != TaskState.Dead)
                found.AddRange(Of(kernel, task, range));
        }

        return found;
    }

    /// <summary>Every reference of one task.</summary>
    public static IReadOnlyList<TextReference> Of(Kernel kernel, KernelTask task, AddressRange range)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(task);
        var found = new List<TextReference>();
        if (task.Context is not { } context)
            return found;

        ulong pc = kernel.Machine.Engine.Pc(context);
        if (range.Contains(pc))
            found.Add(new TextReference(task, PcKind(kernel, range), "pc", null, pc, ReferenceUse.WillUse));

        List<Candidate> candidates = Candidates.Of(kernel, task, range);
        if (candidates.Count == 0)
            return found;

        (ReferenceKind? Kind, bool IsLeft)[] fates = LookAhead.Follow(kernel, task, range, candidates);
        for (int i = 0; i < candidates.Count; i++)
        {
            if (fates[i].Kind is { } kind)
                found.Add(Reference(kernel, task, candidates[i], kind, ReferenceUse.WillUse));
            else if (fates[i].IsLeft)
                found.Add(Reference(kernel, task, candidates[i], Guess(kernel, range), ReferenceUse.MayUse));
        }

        return found;
    }

    /// <summary>
    /// Adds what <see cref="Of(Kernel, AddressRange)"/> reads to the footprint of the step in hand: all registers and live stacks. For
    /// properties that ask it.
    /// </summary>
    public static void AddFootprint(Kernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Machine machine = kernel.Machine;
        foreach (KernelTask task in kernel.Tasks)
        {
            if (task.Context is not { } context)
                continue;

            machine.Footprint.Cells(context.FirstCell, machine.Engine.RegisterCells, TouchKind.Read);
            AddressRange stack = Candidates.LiveStack(machine, task);
            if (stack.Length != 0)
                machine.Footprint.Memory(stack.Start, (int)stack.Length, TouchKind.Read);
        }
    }

    private static TextReference Reference(Kernel kernel, KernelTask task, Candidate candidate, ReferenceKind use, ReferenceUse how)
    {
        Architecture architecture = kernel.Machine.Architecture;
        bool isData = use == ReferenceKind.LoadedData;
        if (candidate.Register >= 0)
        {
            bool isRunning = kernel.Cpus[task.CoreIndex].PeekCurrent == task;
            ReferenceKind kind = isData ? use : isRunning ? ReferenceKind.Register : ReferenceKind.SavedRegister;
            return new TextReference(task, kind, Candidates.Registers(architecture)[candidate.Register], null, candidate.Value, how);
        }

        string name = Candidates.StackPointer(architecture);
        ulong sp = kernel.Machine.Engine.ReadRegister(task.Context!, name);
        return candidate.IsShadow
            ? new TextReference(task, ReferenceKind.ShadowEntry, $"shadow stack+0x{candidate.Slot - task.ShadowStack.Start:x}", candidate.Slot, candidate.Value, how)
            : new TextReference(task, use, $"[{name}+0x{candidate.Slot - sp:x}]", candidate.Slot, candidate.Value, how);
    }

    // A range that is neither handed out memory nor a whole function is a piece of text that somebody is about to write.
    private static ReferenceKind PcKind(Kernel kernel, AddressRange range) =>
        kernel.Machine.Allocations.Find(range.Start) is null && kernel.Symbols.Range(kernel.Symbols.Format(range.Start) ?? "") is null
            ? ReferenceKind.RewrittenText
            : ReferenceKind.ProgramCounter;

    private static ReferenceKind Guess(Kernel kernel, AddressRange range) =>
        kernel.Machine.Allocations.Find(range.Start) is Allocation { Place.IsCode: false } ? ReferenceKind.LoadedData : ReferenceKind.ReturnAddress;
}
