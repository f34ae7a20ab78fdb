using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Rcu;

/// <summary>What a preemption means to a grace period of Tasks RCU: nothing in the kernel, more in what was proposed.</summary>
public enum TasksRcuDesign
{
    /// <summary>The kernel's: a preemption is no quiescent state.</summary>
    Classic,

    /// <summary>Wrong on purpose: every preemption is one.</summary>
    Preemption,

    /// <summary>A1: a preemption is one unless an interrupt struck in protected text.</summary>
    Ip,

    /// <summary>A2: a preemption is one unless the trampoline's own markers are set.</summary>
    Markers,

    /// <summary>A3, the proposal of 2026, design N: markers, and the address for what they cannot cover.</summary>
    MarkersAndIp,

    /// <summary>A12, the proposal of 2026, design R: trampolines are readers of Tasks Trace RCU, and the address for the rest.</summary>
    Readers,
}

/// <summary>Decides at each preemption whether it is a quiescent state of Tasks RCU.</summary>
/// <remarks>
/// Designs N and R are those of the patches that were posted in 2026 and are not in 7.2. Protected text is what lies neither in the core kernel nor in
/// a module: here generated trampolines and images, and what <see cref="Classify"/> names (on arm64 the whole of ftrace_caller). A callback belongs
/// to a module: not protected. Left out: alternatives that look at the stack (A4, A8).
/// </remarks>
public sealed class PreemptedTasks
{
    private readonly Kernel _kernel;
    private readonly List<(ulong Start, ulong Length)> _classified = [];

    internal PreemptedTasks(Kernel kernel) => _kernel = kernel;

    /// <summary>Adds text of the kernel that counts as protected: stubs, return thunks.</summary>
    public void Classify(ulong start, ulong length) => _classified.Add((start, length));

    /// <summary>rcu_tasks_trampoline_text(): true where an interrupted task may hold a trampoline that nothing else shows.</summary>
    public bool IsProtected(ulong pc)
    {
        foreach ((ulong start, ulong length) in _classified)
        {
            if (pc - start < length)
                return true;
        }

        return _kernel.Machine.Allocations.Find(pc) is { } allocation && _kernel.IsGenerated(allocation);
    }

    /// <summary>The current task of a core is preempted, by an interrupt at <paramref name="pc"/>, or by its own call (null).</summary>
    internal void NotePreempted(Cpu cpu, KernelTask task, ulong? pc)
    {
        if (task.Context is null)
            return;

        bool inText = pc is { } at && IsProtected(at);
        bool isQuiescent = _kernel.Config.Design switch
        {
            TasksRcuDesign.Preemption => true,
            TasksRcuDesign.Ip => !inText,
            TasksRcuDesign.Markers => task.Inside.TrampolineNesting.Value == 0,
            TasksRcuDesign.MarkersAndIp => !inText && task.Inside.TrampolineNesting.Value == 0,
            _ => false,
        };
        if (isQuiescent)
            TasksRcu.Claim(task);

        if (_kernel.Config.Design == TasksRcuDesign.Readers)
            _kernel.TrampolineReaders.NotePreempted(cpu, task, inText);
    }
}
