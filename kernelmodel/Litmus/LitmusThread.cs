using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>A core that executes a litmus thread: to its end, and through the thread's exception handler where it has one.</summary>
/// <remarks>
/// An undefined instruction enters the handler at EL1 with ELR_EL1 as the address of the instruction, and ERET goes to where ELR_EL1 leads; both
/// are context synchronisation events (DDI 0487, D1.3, "Exception entry", "Exception return"). Left out: SPSR_EL1, ESR_EL1, the masks, and
/// exceptions other than undefined instructions.
/// </remarks>
internal sealed class LitmusThread(Machine machine, Core core, ulong end, ulong? handler) : IAgent
{
    private const string ExceptionLink = "elr_el1";

    public string Name { get; } = $"c{core.Index}";

    /// <summary>True where an event of a thread with or without a handler is the thread's own affair.</summary>
    public static bool Handles(GuestEventKind raised, bool hasHandler) =>
        hasHandler && (raised is GuestEventKind.Undefined or GuestEventKind.ExceptionReturn);

    public void Offer(int agent, List<MachineAction> actions)
    {
        if (core.ContextNumber >= 0 && machine.Engine.Pc(machine.Contexts[core.ContextNumber]) != end)
            actions.Add(new MachineAction(agent, 0, 0));
    }

    public void Perform(MachineAction action)
    {
        Context context = machine.Contexts[core.ContextNumber];
        ref readonly ExecutedInstruction executed = ref machine.Execute(core);
        if (executed.Flow != Flow.Event)
            return;

        if (!Handles(executed.Event, handler is not null))
        {
            core.Switch(null);
        }
        else if (executed.Event == GuestEventKind.ExceptionReturn)
        {
            _ = machine.Engine.TryReadSystem(core, ExceptionLink, out ulong link);
            machine.Engine.SetPc(context, link);
        }
        else
        {
            _ = machine.Engine.WriteSystem(core, ExceptionLink, executed.Address);
            machine.Engine.SetPc(context, handler!.Value);
        }
    }

    public string Key(MachineAction action) => Name;

    public bool IsPreemption(MachineAction action) => false;
}
