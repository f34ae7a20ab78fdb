namespace RcuEmu.KernelModel.Scheduling;

/// <summary>
/// <c>preempt_count</c>: how deep a task is in regions that must not be preempted, by kind. include/linux/preempt.h.
/// </summary>
/// <remarks>
/// x86-64 keeps it per CPU (<c>__preempt_count</c>) with the need-resched request folded into bit 31, inverted; arm64 in
/// <c>thread_info</c> with the request in the high half, inverted. Either way it is the running task's, saved when it is switched
/// out, so here it is a cell of the task. Left out: the folding (a request and a count that drops to 0 are read in one step here, as
/// the folding makes them in the kernel); the count without PREEMPTION, where nothing reads it.
/// </remarks>
public static class PreemptCount
{
    /// <summary>Bits 0 to 7: preempt_disable().</summary>
    public const ulong Preempt = 1;

    /// <summary>Bits 8 to 15: one unit while a softirq is served.</summary>
    public const ulong Softirq = 1 << 8;

    /// <summary>local_bh_disable(): two units of the softirq field, so that bit 8 alone means serving.</summary>
    public const ulong SoftirqDisable = 2 * Softirq;

    /// <summary>Bits 16 to 19: in a hardware interrupt.</summary>
    public const ulong Hardirq = 1 << 16;

    /// <summary>Bits 20 to 23: in an NMI.</summary>
    public const ulong Nmi = 1 << 20;

    /// <summary>True where a preemption point may take the core: no field is set.</summary>
    public static bool AllowsPreemption(ulong count) => count == 0;

    /// <summary>The fields as people read them: <c>preempt 1, softirq 2</c>; <c>0</c> where all are.</summary>
    public static string Show(ulong count)
    {
        (string Name, int Shift, ulong Mask)[] fields = [("preempt", 0, 0xff), ("softirq", 8, 0xff), ("hardirq", 16, 0xf), ("nmi", 20, 0xf)];
        string[] set = [.. fields.Where(field => ((count >> field.Shift) & field.Mask) != 0).Select(field => $"{field.Name} {(count >> field.Shift) & field.Mask}")];
        return set.Length == 0 ? "0" : string.Join(", ", set);
    }
}
