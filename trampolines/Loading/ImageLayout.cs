using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>What the file format gives of a kernel image: the bytes at their addresses, and its own symbols.</summary>
/// <param name="Architecture">The instruction set.</param>
/// <param name="Sections">By ascending address, without overlap.</param>
/// <param name="Symbols">From kallsyms.</param>
/// <param name="PerCpuPlacedAt">Where the per-CPU template lies; null where that is <c>__per_cpu_start</c>.</param>
internal sealed record ImageLayout(
    Architecture Architecture, LoadedSection[] Sections, KernelSymbols Symbols, ulong? PerCpuPlacedAt);
