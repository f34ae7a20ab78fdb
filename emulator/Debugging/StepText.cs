using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging;

/// <summary>Says what a step did.</summary>
internal static class StepText
{
    /// <summary>The machine's last step, or the write of a debugger's that it was.</summary>
    public static string Of(IDebugModel model, DebugEdit? edit)
    {
        if (edit is not null)
            return edit.Text;

        Machine machine = model.Machine;
        ref readonly StepInfo step = ref machine.LastStep;
        if (!step.IsInstruction)
            return step.Text is { Length: > 0 } text ? text : machine.Key(step.Action);

        ref readonly ExecutedInstruction executed = ref step.Instruction;
        string place = model.Format(executed.Address) ?? $"0x{executed.Address:x}";
        string done = $"{place}: {InstructionText.Of(machine.Architecture, executed, model.Format)}";
        if (executed.Flow == Flow.Event && step.Text is null)
            done += $": {executed.Event} 0x{executed.EventDetail:x}";
        if (step.Text is { Length: > 0 } said)
            done += $"; {said}";

        return $"{machine.Contexts[executed.Context].Name}: {done}";
    }
}
