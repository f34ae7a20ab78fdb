using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// A write to one word of text, packed in 64 bits: the word it replaced (31:0), the mark from which on a synchronising core is
/// forced past it, plus 1 (47:32), the core that wrote it, plus 1 (55:48), whether it is clean to the point of unification (56).
/// </summary>
internal readonly record struct A64TextWrite(ulong Word)
{
    public A64TextWrite(uint old, int writer)
        : this(old | ((ulong)(writer + 1) << 48))
    {
    }

    public uint OldWord => (uint)Word;

    /// <summary>The mark, or -1.</summary>
    public int ForcedBy => (int)(Word >> 32 & 0xffff) - 1;

    /// <summary>The core, or -1.</summary>
    public int Writer => (int)(Word >> 48 & 0xff) - 1;

    public bool IsClean => (Word >> 56 & 1) != 0;

    public A64TextWrite Cleaned() => new(Word | (1UL << 56));

    public A64TextWrite Forced(int mark) => new((Word & ~(0xffffUL << 32)) | ((ulong)(mark + 1) << 32));
}

/// <summary>
/// Maintenance of a word that is not completed, packed in 64 bits with one bit for each core: DC executed (15:0), DC ordered
/// by DMB (31:16), IC executed (47:32).
/// </summary>
internal readonly record struct A64Maintenance(ulong Word)
{
    private const int Ordered = 16;
    private const int Invalidated = 32;

    public bool IsCleaning(int core) => (Word >> core & 1) != 0;

    public bool IsCleanedBy(int core) => ((Word | (Word >> Ordered)) >> core & 1) != 0;

    public bool IsInvalidating(int core) => (Word >> (Invalidated + core) & 1) != 0;

    public bool IsOf(int core) => IsCleanedBy(core) || IsInvalidating(core);

    /// <summary>True where a core other than <paramref name="core"/> ordered its DC with the accesses behind it.</summary>
    public bool IsOrderedByOthers(int core) => ((Word >> Ordered & 0xffff) & ~(1UL << core)) != 0;

    public ulong WithCleaning(int core) => IsCleanedBy(core) ? Word : Word | (1UL << core);

    public ulong WithOrdered(int core) => (Word & ~(1UL << core)) | (1UL << (Ordered + core));

    public ulong WithInvalidating(int core) => Word | (1UL << (Invalidated + core));

    public A64Maintenance WithoutCleaning() => new(Word & ~0xffffffffUL);
}

/// <summary>
/// Which instructions may be changed while a core executes them. DDI 0487, B2.2.5, "Concurrent modification and execution of
/// instructions".
/// </summary>
internal static class A64Concurrent
{
    private static readonly HashSet<string> Allowed =
        ["b", "b.", "bl", "brk", "cbz", "cbnz", "tbz", "tbnz", "hvc", "smc", "svc", "isb", "nop"];

    /// <summary>
    /// What is wrong with different words that one fetch may return, or null where it returns one of them whole.
    /// </summary>
    /// <remarks>
    /// Two conditional branches may be mixed: the condition of one with the target of the other (B. Simner and others, ESOP 2020,
    /// params.lem of rmem). That is said, not executed.
    /// </remarks>
    public static string? Error(ReadOnlySpan<uint> words)
    {
        int conditional = 0;
        foreach (uint word in words)
        {
            string mnemonic = A64Decoder.Find(word) is { } row ? Name(row, word) : "";
            if (!Allowed.Contains(mnemonic))
                return $"{Spell(words)}: {word:x8} is none of the instructions that may be changed under a running core";

            conditional += mnemonic == "b." ? 1 : 0;
        }

        return conditional > 1 ? $"{Spell(words)}, or the condition of one B.cond with the target of another" : null;
    }

    // The hints share a row; of them NOP alone is on the list.
    private static string Name(A64Row row, uint word) => word == 0xd503201f ? "nop" : row.Mnemonic;

    private static string Spell(ReadOnlySpan<uint> words)
    {
        var spelled = new List<string>();
        foreach (uint word in words)
            spelled.Add($"{word:x8}");

        return string.Join(" or ", spelled);
    }
}
