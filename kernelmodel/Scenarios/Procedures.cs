using RcuEmu.Emulator.Memory;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.KernelModel.Scheduling;
using RcuEmu.KernelModel.Tracing;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>The kernel's procedures that <c>does:</c> and <c>programs:</c> name, each with what it is for.</summary>
internal static class Procedures
{
    private delegate KernelProgram Maker(Kernel kernel, string argument, Func<string, ScenarioException> refuse);

    private static readonly (string Name, string Object, Maker Make)[] Rows =
    [
        ("ftrace.register", "OPS", (kernel, name, refuse) => kernel.Ftrace.Register(Ops(kernel, name, refuse))),
        ("ftrace.unregister", "OPS", (kernel, name, refuse) => kernel.Ftrace.Unregister(Ops(kernel, name, refuse))),
        ("ftrace.shutdown", "OPS", (kernel, name, refuse) => kernel.Ftrace.Shutdown(Ops(kernel, name, refuse))),
        ("call_rcu_tasks", "OPS", Call),
        ("rcu_barrier_tasks", "", (kernel, _, _) => kernel.TasksRcu.Barrier()),
        ("do_exit", "", (kernel, _, _) => Exit(kernel, null)),
        ("zap_pid_ns_processes", "TASK", (kernel, name, _) => Exit(kernel, () => kernel.Tasks.FirstOrDefault(task => task.Name == name))),
        ("bpf.image_put", "OBJECT", (kernel, name, refuse) => kernel.BpfImages.ImagePut(
            Object(kernel, name, refuse), kernel.Symbols.Find($"{name}_ref") ?? 0, kernel.Symbols.Find($"{name}_gone") ?? 0)),
        ("bpf.prog_put", "OBJECT", (kernel, name, refuse) => kernel.BpfImages.ProgPut(Object(kernel, name, refuse))),
    ];

    /// <summary>Each as a scenario writes it: <c>ftrace.register: OPS</c>.</summary>
    public static IEnumerable<string> Forms =>
        Rows.Select(row => row.Object.Length == 0 ? row.Name : $"{row.Name}: {row.Object}").Concat(ScriptSteps.Forms);

    /// <summary>The program of a procedure; a name or an object that does not fit is refused.</summary>
    public static KernelProgram Make(Kernel kernel, string name, string argument, Func<string, ScenarioException> refuse)
    {
        foreach ((string known, string expects, Maker make) in Rows)
        {
            if (known == name && expects.Length == 0 == (argument.Length == 0))
                return make(kernel, argument, refuse);
        }

        if (new ScriptSteps(kernel).Make(name, argument, out string error) is { } script)
            return script;

        if (error.Length > 0)
            throw refuse(error);

        throw refuse($"found '{name}{(argument.Length == 0 ? "" : ": " + argument)}'; procedures are {string.Join(", ", Forms)}");
    }

    private static Allocation Object(Kernel kernel, string name, Func<string, ScenarioException> refuse) =>
        kernel.Machine.Allocations.All.FirstOrDefault(known => known.Name == name)
            ?? throw refuse($"found '{name}'; objects are {string.Join(", ", kernel.Machine.Allocations.All.Select(known => known.Name))}");

    private static FtraceOps Ops(Kernel kernel, string name, Func<string, ScenarioException> refuse) =>
        kernel.Ftrace.Ops.FirstOrDefault(known => known.Name == name)
            ?? throw refuse($"found '{name}'; ops of the scenario: {string.Join(", ", kernel.Ftrace.Ops.Select(ops => ops.Name))}");

    private static KernelProgram Call(Kernel kernel, string name, Func<string, ScenarioException> refuse)
    {
        FtraceOps ops = Ops(kernel, name, refuse);
        RcuTasksCallback callback = kernel.TasksRcu.Queues.Add($"free of {name}", () => kernel.Ftrace.FreeAll(ops));
        if (!kernel.Config.TASKS_RCU)
            kernel.RcuCallbacks.Register(callback);

        return kernel.TasksRcu.Call(callback);
    }

    private static KernelProgram Exit(Kernel kernel, Func<KernelTask?>? waitsFor)
    {
        kernel.TasksRcu.Exit.IsPhased = true;
        return kernel.TasksRcu.Exit.DoExit(waitsFor);
    }
}
