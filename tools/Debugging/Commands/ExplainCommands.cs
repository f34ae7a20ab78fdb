using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel;
using RcuEmu.KernelModel.Debugging;
using RcuEmu.KernelModel.Explaining;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>Why the kernel waits.</summary>
internal static class ExplainCommands
{
    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("explain", [], "explain grace|free NAME|task NAME",
            "Says why something waits.",
            "explain", (shell, args) => throw new UserErrorException("explain takes grace, free NAME or task NAME; see 'help explain grace'")),
        new("explain grace", [], "explain grace",
            "Says of each grace period that runs or is asked for why it has not ended: who is waited for, by which test of the kernel, and what would release it.",
            "explain grace", (shell, args) => Grace(shell)),
        new("explain free", [], "explain free NAME",
            "Says why a trampoline, or whatever a name stands for, may not be freed: which task holds it by which reference, and how new ones get there.",
            "explain free probe.trampoline", Free)
        { Completes = (shell, text) => shell.Session.Model.SymbolsLike(text) },
        new("explain task", [], "explain task NAME",
            "Says where a task is.",
            "explain task worker", Task),
    ];

    private static Kernel KernelOf(DebugShell shell) => shell.Session.Model is KernelDebugModel model
        ? model.Kernel
        : throw new UserErrorException("there is no kernel here that waits; a scenario has one");

    private static void Grace(DebugShell shell)
    {
        IReadOnlyList<GracePeriodExplanation> found = Explanations.GracePeriods(KernelOf(shell));
        if (found.Count == 0)
            shell.Say("no grace period runs, and none is asked for");

        foreach (string line in found.SelectMany(one => one.Lines()))
            shell.Say(line);
    }

    private static void Free(DebugShell shell, string args)
    {
        Kernel kernel = KernelOf(shell);
        string[] code = [.. kernel.Machine.Allocations.All.Where(known => known.Place.IsCode).Select(known => known.Name)];
        FreeExplanation explanation = Explanations.Free(kernel, args)
            ?? throw new UserErrorException($"no range '{args}'; allocations are {string.Join(", ", code)}");
        bool isLive = kernel.Machine.Allocations.All.FirstOrDefault(known => known.Name == args) is not { } allocation
            || (Lifetime)kernel.Machine.State[allocation.LifetimeCell] == Lifetime.Live;
        if (!isLive)
            shell.Say($"{args} is not allocated now");

        foreach (string line in explanation.Lines(kernel.Symbols.Show))
            shell.Say(line);
    }

    private static void Task(DebugShell shell, string args)
    {
        Kernel kernel = KernelOf(shell);
        KernelTask task = ((KernelDebugModel)shell.Session.Model).FindTask(args)
            ?? throw new UserErrorException($"no task '{args}'; there are {string.Join(", ", kernel.Tasks.Select(known => known.Name))}");
        shell.Say(Explanations.Where(kernel, task));
    }
}
