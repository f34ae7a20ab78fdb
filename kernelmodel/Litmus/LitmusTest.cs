using RcuEmu.Emulator.Fetch;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>In whose words the code of a litmus test is written.</summary>
public enum LitmusDialect
{
    /// <summary><c>X86</c>: destination first, <c>$</c> before immediates, <c>[x]</c> for memory, 32 bits.</summary>
    X86,

    /// <summary><c>X86_64</c>: AT&amp;T operands, <c>(x)</c> for memory.</summary>
    X64,

    /// <summary><c>AArch64</c>.</summary>
    AArch64,
}

/// <summary>What the condition asks of the final states.</summary>
public enum LitmusQuantifier
{
    /// <summary><c>exists</c>: some final state has it.</summary>
    Exists,

    /// <summary><c>~exists</c>: none has it.</summary>
    NotExists,

    /// <summary><c>forall</c>: all have it.</summary>
    Forall,
}

/// <summary>The type of a location or a register.</summary>
/// <param name="Bytes">1, 2, 4 or 8.</param>
/// <param name="IsSigned">How values are printed.</param>
/// <param name="Count">Elements; 0 where it is no array.</param>
public sealed record LitmusType(int Bytes, bool IsSigned, int Count = 0)
{
    /// <summary>What an untyped location is: <c>int</c>.</summary>
    public static LitmusType Int { get; } = new(4, true);
}

/// <summary>A value as the file has it: a number, or a name whose address is meant, or an instruction.</summary>
/// <param name="Number">The number, where nothing else is given.</param>
/// <param name="Name">A location, or <c>P0:L</c> for a label of a thread's code.</param>
/// <param name="Index">The element of an array that <paramref name="Name"/> names.</param>
/// <param name="Instruction">An instruction whose encoding is meant.</param>
/// <param name="At">Offset in the file.</param>
public sealed record LitmusValue(ulong Number, string? Name, int Index, string? Instruction, int At);

/// <summary>A register or a location whose value a state has.</summary>
/// <param name="Thread">The thread of a register; -1 for a location.</param>
/// <param name="Name">The register in the state's spelling (<c>X1</c>, <c>rax</c>, <c>EAX</c>), or the location.</param>
/// <param name="Index">The element of an array, or -1: the location, or the whole array.</param>
public sealed record LitmusPlace(int Thread, string Name, int Index);

/// <summary>An entry of the init section.</summary>
/// <param name="Place">What gets the values.</param>
/// <param name="Type">Its type, or null where none is said.</param>
/// <param name="Values">None (0), one, or those of an array.</param>
public sealed record LitmusInit(LitmusPlace Place, LitmusType? Type, IReadOnlyList<LitmusValue> Values);

/// <summary>One cell of the code table.</summary>
/// <param name="Text">A label with its colon, or an instruction.</param>
/// <param name="At">Offset in the file.</param>
public sealed record LitmusCell(string Text, int At);

/// <summary>A litmus file, read.</summary>
public sealed class LitmusTest
{
    internal LitmusTest(LitmusText source) => Source = source;

    /// <summary>The test's name.</summary>
    public required string Name { get; init; }

    /// <summary>The instruction set and how it is written.</summary>
    public required LitmusDialect Dialect { get; init; }

    /// <summary>What registers and memory hold at first.</summary>
    public required IReadOnlyList<LitmusInit> Init { get; init; }

    /// <summary>Each thread's code.</summary>
    public required IReadOnlyList<IReadOnlyList<LitmusCell>> Threads { get; init; }

    /// <summary>Each thread's exception handler, the column <c>P0.F</c>; empty where it has none.</summary>
    public required IReadOnlyList<IReadOnlyList<LitmusCell>> Handlers { get; init; }

    /// <summary>arm64: what <c>CacheType=</c> says of CTR_EL0; each named location and each code word is a cache line of its own.</summary>
    public FetchSettings Fetch { get; init; } = new();

    /// <summary><c>Variant=fatal</c>: a fault that nobody handles ends its thread.</summary>
    public bool EndsAtFault { get; init; }

    /// <summary>What a final state says, in the order in which it is printed.</summary>
    public required IReadOnlyList<LitmusPlace> Observed { get; init; }

    /// <summary>What the condition asks.</summary>
    public required LitmusQuantifier Quantifier { get; init; }

    /// <summary>What the quantifier stands before.</summary>
    public required LitmusProposition Proposition { get; init; }

    /// <summary>The condition's own words, on one line.</summary>
    public required string Condition { get; init; }

    internal LitmusText Source { get; }
}
