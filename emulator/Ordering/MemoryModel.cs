namespace RcuEmu.Emulator.Ordering;

/// <summary>In which order the cores' data accesses reach each other: <c>memory:</c> of a scenario.</summary>
public enum MemoryModel
{
    /// <summary>Sequential consistency: an access is one effect on memory, at its instruction's place in the interleaving.</summary>
    Sc,

    /// <summary>x86-TSO: each core's stores wait in a first-in first-out buffer of its own. x86-64 only.</summary>
    Tso,
}
