namespace RcuEmu.Emulator.Fetch;

/// <summary>What becomes of an x86-64 instruction whose bytes were never together in memory.</summary>
public enum TornFetch
{
    /// <summary>It is executed, and the step violates <c>cross-modifying-code</c>: a processor may do anything there.</summary>
    Report,

    /// <summary>It is executed as its bytes say, and what comes of it is for the other properties to find.</summary>
    Execute,
}

/// <summary>
/// How instruction fetch behaves under <c>fetch: modelled</c>. Each member is a machine's property that an architecture leaves to it.
/// </summary>
public sealed record FetchSettings
{
    /// <summary>arm64: CTR_EL0.DIC, no IC is needed and fetches are in order. Implies <see cref="Idc"/>. DDI 0487, D24.2, "CTR_EL0".</summary>
    public bool Dic { get; init; }

    /// <summary>arm64: CTR_EL0.IDC, no DC is needed.</summary>
    public bool Idc { get; init; }

    /// <summary>
    /// arm64: how many bytes a DC or IC by address covers, a power of two from 4 to 2048; CTR_EL0 says the same. The default, one
    /// word, is the most that can go wrong, and what rmem and herd7 take.
    /// </summary>
    public int LineBytes { get; init; } = 4;

    /// <summary>
    /// x86-64: an instruction is cut where an aligned block of so many bytes begins, and the bytes within a block are of one
    /// moment: 1 (each byte may be old or new, all that Intel's manual promises), 8 (what AMD's asynchronous rule promises), 16 or 64.
    /// </summary>
    public int BlockBytes { get; init; } = 1;

    /// <summary>x86-64: what becomes of torn instructions.</summary>
    public TornFetch Torn { get; init; } = TornFetch.Report;

    /// <summary>How many writes to text are kept that some core could still miss.</summary>
    public int Writes { get; init; } = 512;

    /// <summary>Says what cannot be, or null.</summary>
    public string? Error() => this switch
    {
        { Dic: true, Idc: false } => "found dic: 1 with idc: 0; DIC implies IDC",
        _ when LineBytes is < 4 or > 2048 || (LineBytes & (LineBytes - 1)) != 0 =>
            $"found lines of {LineBytes} bytes; a line has a power of two from 4 to 2048",
        { BlockBytes: not (1 or 8 or 16 or 64) } => $"found blocks of {BlockBytes} bytes; right are 1, 8, 16 and 64",
        { Writes: < 1 or > 4096 } => $"found {Writes} writes; right are 1 to 4096",
        _ => null,
    };
}
