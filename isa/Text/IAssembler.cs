namespace RcuEmu.Isa.Text;

/// <summary>Turns assembly text into bytes.</summary>
public interface IAssembler
{
    /// <summary>What the user calls it: <c>embedded</c>, <c>keystone</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Assembles <paramref name="text"/> as one piece of code whose first byte lies at <paramref name="address"/>.
    /// <paramref name="symbols"/> are addresses that the text may refer to without defining them;
    /// <paramref name="fileName"/> is what errors call the text.
    /// </summary>
    /// <exception cref="AssemblyException">The first thing that is wrong with the text.</exception>
    AssembledCode Assemble(
        Architecture architecture,
        string text,
        ulong address,
        IReadOnlyDictionary<string, ulong>? symbols = null,
        string fileName = "<text>");
}

/// <summary>What an assembler made of a text.</summary>
/// <param name="Address">The address of the first byte.</param>
/// <param name="Bytes">The code and data, without gaps.</param>
/// <param name="Labels">The labels that the text defines, and their addresses; numeric ones are not among them.</param>
/// <param name="Lines">What each statement that made bytes became, by address.</param>
public sealed record AssembledCode(
    ulong Address,
    byte[] Bytes,
    IReadOnlyDictionary<string, ulong> Labels,
    IReadOnlyList<AssembledLine> Lines);

/// <summary>One statement that made bytes.</summary>
/// <param name="Line">The line of the text, counted from 1.</param>
/// <param name="Address">The address of its first byte.</param>
/// <param name="Length">How many bytes it became.</param>
public readonly record struct AssembledLine(int Line, ulong Address, int Length);
