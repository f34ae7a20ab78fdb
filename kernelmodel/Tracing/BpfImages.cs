using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Rcu;

namespace RcuEmu.KernelModel.Tracing;

/// <summary>The waits of BPF before it frees an image that calls the original function, and a program.</summary>
/// <remarks>
/// kernel/bpf/trampoline.c: bpf_tramp_image_put(); kernel/bpf/syscall.c: __bpf_prog_put_noref(), in 7.2.13 __bpf_prog_put_rcu_tasks(). Left out: the
/// jump over the programs that are detached, sleepable programs (their Tasks Trace grace period), the work item that frees.
/// </remarks>
public sealed class BpfImages
{
    private const string File = "kernel/bpf/trampoline.c: ";
    private readonly Kernel _kernel;

    internal BpfImages(Kernel kernel) => _kernel = kernel;

    /// <summary>
    /// bpf_tramp_image_put() of an image with <c>call_orig</c>. <paramref name="references"/> is the word that the image's enter and exit helpers count in,
    /// or 0; <paramref name="gone"/> the one that says that the count has dropped to 0, or 0.
    /// </summary>
    /// <remarks>Droppable: <c>tasks_before_kill</c>, <c>percpu_ref_kill</c>, <c>tasks_after_kill</c>.</remarks>
    public KernelProgram ImagePut(Allocation image, ulong references, ulong gone)
    {
        var steps = new List<ProgramStep>();
        steps.AddRange(_kernel.Config.TASKS_RCU
            ? Renamed(_kernel.SynchronizeRcuTasks(), "tasks_before_kill", "bpf_tramp_image_put()")
            : [new ProgramStep("tasks_before_kill", File + "bpf_tramp_image_put()", _ => "TASKS_RCU=n: the kill's own grace period does")]);
        steps.AddRange(Renamed(VanillaRcu.Synchronize(), "percpu_ref_kill", "__bpf_tramp_image_put_rcu_tasks()"));
        steps.Add(new ProgramStep("percpu_ref_zero", File + "__bpf_tramp_image_release()", _ =>
        {
            if (gone != 0)
                _kernel.Machine.Memory.Poke(gone, BitConverter.GetBytes(1UL));

            return "no reference is left";
        })
        {
            Guard = _ => references == 0 || Read(references) == 0,
            Wait = WaitKind.Sleep,
            Droppable = false,
        });
        steps.AddRange(Renamed(_kernel.SynchronizeRcuTasks(), "tasks_after_kill", "__bpf_tramp_image_release()"));
        steps.Add(Free("bpf_image_free", File + "__bpf_tramp_image_put_deferred()", image));
        return new KernelProgram("bpf_tramp_image_put", steps);
    }

    /// <summary>
    /// __bpf_prog_put_noref() of a program that was linked to a trampoline: in 7.2 Tasks RCU first, then vanilla RCU; before that vanilla RCU
    /// alone. Droppable: <c>prog_tasks</c>, <c>prog_rcu</c>.
    /// </summary>
    public KernelProgram ProgPut(Allocation program)
    {
        var steps = new List<ProgramStep>();
        if (_kernel.Config is { Series: Series.V7_2, TASKS_RCU: true })
        {
            steps.AddRange(_kernel.SynchronizeRcuTasks().Steps.Select(step =>
                step with { Name = "prog_tasks", Source = "kernel/bpf/syscall.c: __bpf_prog_put_rcu_tasks()" }));
        }

        steps.AddRange(VanillaRcu.Synchronize("prog_rcu", "kernel/bpf/syscall.c: __bpf_prog_put_rcu()").Steps);
        steps.Add(Free("bpf_prog_free", "kernel/bpf/syscall.c: __bpf_prog_put_rcu()", program));
        return new KernelProgram("__bpf_prog_put_noref", steps);
    }

    private static IEnumerable<ProgramStep> Renamed(KernelProgram wait, string name, string function) => wait.Steps.Count == 2
        ? wait.Steps.Select(step => step with { Name = name, Source = File + function })
        : wait.Steps;

    private ProgramStep Free(string name, string source, Allocation allocation) => new(name, source, _ =>
    {
        allocation.Free();
        return _kernel.Machine.Told($"frees {allocation.Name}");
    });

    private ulong Read(ulong address)
    {
        _kernel.Machine.Footprint.Memory(address, sizeof(ulong), TouchKind.Read);
        return _kernel.Machine.Memory.Peek64(address);
    }
}
