namespace RcuEmu.KernelModel.Scheduling;

/// <summary>The interrupts that a core can have pending.</summary>
public static class Vector
{
    /// <summary>IPI: do_sync_core(), arch/x86/kernel/alternative.c; on arm64 the empty function of kick_all_cpus_sync().</summary>
    public const int SyncCore = 0;

    /// <summary>IPI: reschedule; a kick by a grace period makes its target pass __schedule().</summary>
    public const int Reschedule = 1;

    /// <summary>IPI: trc_read_check_handler(), kernel/rcu/tasks.h up to 6.12.</summary>
    public const int TraceCheck = 2;

    /// <summary>The name of a vector, as it appears in schedules and witnesses.</summary>
    public static string Name(int vector) => vector switch
    {
        SyncCore => "sync_core",
        Reschedule => "reschedule",
        TraceCheck => "trc_read_check",
        _ => $"vector{vector}",
    };
}
