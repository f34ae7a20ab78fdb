namespace RcuEmu.KernelModel.Scheduling;

/// <summary>The interrupts that a core can have pending.</summary>
public static class Vector
{
    /// <summary>IPI: do_sync_core(), arch/x86/kernel/alternative.c; on arm64 the empty function of kick_all_cpus_sync().</summary>
    public const int SyncCore = 0;

    /// <summary>The name of a vector, as it appears in schedules and witnesses.</summary>
    public static string Name(int vector) => vector switch
    {
        SyncCore => "sync_core",
        _ => $"vector{vector}",
    };
}
