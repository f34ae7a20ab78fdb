using System.Globalization;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Patching;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Rcu;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>
/// What a writer of a scenario's own can do, one step or wait at a time: store a pointer, redirect a call, wait for a grace period, free.
/// </summary>
internal sealed class ScriptSteps(Kernel kernel)
{
    /// <summary>The waits that take no argument, or a name for <c>drop:</c>.</summary>
    public static IReadOnlyList<string> Waits { get; } =
        ["synchronize_rcu", "synchronize_rcu_tasks", "synchronize_rcu_tasks_rude", "synchronize_rcu_tasks_trace", "sync_core"];

    /// <summary>All of them, as scenarios write them.</summary>
    public static IReadOnlyList<string> Forms { get; } =
        [.. Waits, "store: WORD = VALUE", "wait: WORD = VALUE", "call: PLACE -> FUNCTION", "free: OBJECT", "preempt: MODEL", "nothing: NAME"];

    /// <summary>The program of one entry of <c>does:</c>, or null where there is none of this name. An error is one clause.</summary>
    public KernelProgram? Make(string procedure, string argument, out string error)
    {
        error = "";
        switch (procedure)
        {
            case "store":
                return Pair(argument, '=', out string word, out string value) && Word(word) is { } at && Value(value) is { } stored
                    ? One("store", "WRITE_ONCE()", _ => Store(at, word, stored, value))
                    : Wrong("store: WORD = VALUE, a number, or the name of something", argument, out error);
            case "wait":
                return Pair(argument, '=', out string watched, out string wanted) && Word(watched) is { } place && Value(wanted) is { } reached
                    ? new KernelProgram("wait", [new("wait", "wait_event()", _ => kernel.Machine.Told($"{watched} is {wanted}"))
                    {
                        Guard = _ => Read(place) == reached,
                        Wait = WaitKind.Sleep,
                    }])
                    : Wrong("wait: WORD = VALUE", argument, out error);
            case "call":
                return Pair(argument, '>', out string site, out string target) && Place(site.TrimEnd('-', ' ')) is { } from
                    && kernel.Symbols.Find(target) is { } to
                    ? Redirect(from, to, target)
                    : Wrong("call: PLACE -> FUNCTION", argument, out error);
            case "free":
                return kernel.Machine.Allocations.All.FirstOrDefault(known => known.Name == argument) is { } allocation
                    ? One("free", "kfree(), execmem_free()", _ => Free(allocation))
                    : Wrong("free: OBJECT; objects are " + string.Join(", ", kernel.Machine.Allocations.All.Select(known => known.Name)), argument, out error);
            case "preempt":
                return Model(argument, out error) is { } model
                    ? One("sched_dynamic_update", "kernel/sched/core.c: sched_dynamic_update()", _ => Switch(model, argument))
                    : null;
            case "nothing":
                return One(argument, "a place in a script", _ => argument);
            default:
                return Wait(procedure) is { } wait ? (argument.Length == 0 ? wait : Named(wait, argument)) : null;
        }
    }

    private KernelProgram? Wait(string procedure) => procedure switch
    {
        "synchronize_rcu" => VanillaRcu.Synchronize(),
        "synchronize_rcu_tasks" => kernel.SynchronizeRcuTasks(),
        "synchronize_rcu_tasks_rude" => kernel.TasksRude.Synchronize(),
        "synchronize_rcu_tasks_trace" => kernel.TasksTrace.Synchronize(),
        "sync_core" => new KernelProgram("sync_core", [.. kernel.TextPoke.Sync("sync_core")]),
        _ => null,
    };

    // A wait that a scenario names is dropped by this name, whole.
    private static KernelProgram Named(KernelProgram wait, string name) =>
        new(wait.Name, [.. wait.Steps.Select(step => step with { Name = step.Droppable && wait.Steps.Count <= 2 ? name : step.Name })]);

    private static KernelProgram One(string name, string source, Func<ProgramRun, string> action) => new(name, [new(name, source, action)]);

    private static KernelProgram? Wrong(string form, string argument, out string error)
    {
        error = $"found '{argument}'; it is written {form}";
        return null;
    }

    private static bool Pair(string argument, char between, out string left, out string right)
    {
        int at = argument.IndexOf(between, StringComparison.Ordinal);
        (left, right) = at < 0 ? ("", "") : (argument[..at].Trim(), argument[(at + 1)..].Trim());
        return at > 0 && right.Length > 0;
    }

    // NAME or NAME+OFFSET, in decimal.
    private ulong? Place(string text)
    {
        string[] parts = text.Split('+', 2);
        ulong offset = 0;
        return parts.Length == 2 && !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out offset)
            ? null
            : kernel.Symbols.Find(parts[0].Trim()) + offset;
    }

    private ulong? Word(string name) => kernel.Symbols.Find(name);

    private ulong? Value(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : kernel.Symbols.Find(text);

    private ulong Read(ulong address)
    {
        kernel.Machine.Footprint.Memory(address, sizeof(ulong), TouchKind.Read);
        return kernel.Machine.Memory.Peek64(address);
    }

    private string Store(ulong address, string name, ulong value, string text)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(bytes, value);
        kernel.Machine.Memory.Poke(address, bytes);
        return kernel.Machine.Told($"{name} := {text}");
    }

    private string Free(Allocation allocation)
    {
        allocation.Free();
        return kernel.Machine.Told($"frees {allocation.Name}");
    }

    private string Switch(PreemptionModel model, string name)
    {
        kernel.Model = model;
        return kernel.Machine.Told($"the preemption model is {name} from here on");
    }

    // preempt=: /sys/kernel/debug/sched/preempt. It exists with PREEMPT_DYNAMIC, and takes what the series knows.
    private PreemptionModel? Model(string name, out string error)
    {
        PreemptionModel? model = name switch
        {
            "none" => PreemptionModel.None,
            "voluntary" => PreemptionModel.Voluntary,
            "full" => PreemptionModel.Full,
            "lazy" => PreemptionModel.Lazy,
            _ => null,
        };
        error = model is null ? $"found '{name}'; preempt is one of none, voluntary, full, lazy"
            : !kernel.Config.PREEMPT_DYNAMIC ? "the model can be changed only with PREEMPT_DYNAMIC"
            : Kconfig.Contradictions(kernel.Config with { Preempt = model.Value }).FirstOrDefault(one => one.Key == "preempt")?.Reason ?? "";
        return error.Length == 0 ? model : null;
    }

    // text_poke_bp() of one call, or one aligned word with its maintenance.
    private KernelProgram Redirect(ulong site, ulong target, string name)
    {
        bool isX64 = kernel.Config.Architecture == Architecture.X64;
        byte[] old = new byte[isX64 ? 5 : 4];
        kernel.Machine.Memory.Peek(site, old);
        long distance = (long)(target - (site + 5));
        byte[] now = isX64
            ? [0xe8, .. BitConverter.GetBytes(checked((int)distance))]
            : BitConverter.GetBytes(Trampolines.Library.A64Library.Bl(site, target));
        KernelProgram poke = isX64
            ? kernel.TextPoke.Batch([new TextChange(site, old, now)])
            : A64Patching.Callsite(kernel, 0, 0, new TextChange(site, old, now));
        return poke with { Name = $"call {name}" };
    }
}
