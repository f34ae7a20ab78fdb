using System.Globalization;
using System.Text;
using RcuEmu.Isa.Arm64;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Text;

/// <summary>One line of a listing.</summary>
/// <param name="Address">The address of the first byte.</param>
/// <param name="Bytes">The bytes in memory order: 1 to 15.</param>
/// <param name="Text">Text that assembles to these bytes at this address: an instruction, <c>.byte</c> or <c>.inst</c>.</param>
/// <param name="Comment">What the text leaves out: the name of a target, or the instruction that <c>.byte</c> stands for; or null.</param>
/// <param name="Instruction">The instruction for people, with the name of its target; <c>.byte</c> or <c>.inst</c> only where there is none.</param>
/// <param name="Symbol">The name of this address, or null.</param>
public sealed record ListingLine(ulong Address, byte[] Bytes, string Text, string Instruction, string? Comment, string? Symbol);

/// <summary>
/// Bytes as text that the embedded assembler turns into the same bytes. An instruction whose text would become other bytes (a longer
/// encoding than an assembler chooses) is given as <c>.byte</c> or <c>.inst</c> with the instruction as a comment; a byte that
/// begins no instruction is one line, and reading goes on behind it.
/// </summary>
public static class Listing
{
    /// <summary>
    /// The lines of <paramref name="bytes"/>, which lie at <paramref name="address"/>. <paramref name="symbolize"/> names an address
    /// (<c>name</c> or <c>name+0x10</c>) or gives null.
    /// </summary>
    public static IEnumerable<ListingLine> Lines(
        Architecture architecture, ReadOnlyMemory<byte> bytes, ulong address, Func<ulong, string?>? symbolize = null)
    {
        for (int offset = 0; offset < bytes.Length;)
        {
            ulong here = unchecked(address + (ulong)offset);
            ReadOnlySpan<byte> rest = bytes.Span[offset..];
            ListingLine line = architecture == Architecture.Arm64 ? Arm64Line(rest, here, symbolize) : X64Line(rest, here, symbolize);
            offset += line.Bytes.Length;
            yield return line;
        }
    }

    /// <summary>Prints lines as objdump does: address, bytes, text, and a header where a symbol begins.</summary>
    public static void Print(TextWriter writer, Architecture architecture, IEnumerable<ListingLine> lines)
    {
        int width = architecture == Architecture.Arm64 ? 8 : 23;
        bool isFirst = true;
        foreach (ListingLine line in lines)
        {
            if (line.Symbol is not null)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{(isFirst ? "" : "\n")}{line.Address:x16} <{line.Symbol}>:\n"));
            isFirst = false;
            writer.Write(Unpadded($"{line.Address,8:x}:  {BytesOf(architecture, line.Bytes).PadRight(width)}  {line.Instruction}"));
        }
    }

    /// <summary>The text to assemble at <paramref name="address"/>; addresses, bytes and names are comments in it.</summary>
    public static string ToSource(
        Architecture architecture, ReadOnlyMemory<byte> bytes, ulong address, Func<ulong, string?>? symbolize = null)
    {
        string mark = Mark(architecture);
        var source = new StringBuilder();
        foreach (ListingLine line in Lines(architecture, bytes, address, symbolize))
        {
            if (line.Symbol is not null)
                source.Append(CultureInfo.InvariantCulture, $"\n{mark} {line.Address:x16} <{line.Symbol}>:\n");
            string comment = line.Comment is null ? "" : $"  {line.Comment}";
            source.Append(CultureInfo.InvariantCulture, $"    {line.Text.PadRight(40)} {mark} {line.Address:x}: {BytesOf(architecture, line.Bytes)}{comment}\n");
        }

        return source.ToString();
    }

    private static string Mark(Architecture architecture) => architecture == Architecture.Arm64 ? "//" : "#";

    private static string Unpadded(string line) => line.TrimEnd() + "\n";

    // An A64 instruction is a word; everything else is bytes.
    private static string BytesOf(Architecture architecture, byte[] bytes) => architecture == Architecture.Arm64 && bytes.Length == 4
        ? BitConverter.ToUInt32(bytes).ToString("x8", CultureInfo.InvariantCulture)
        : string.Join(' ', bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    private static ListingLine Arm64Line(ReadOnlySpan<byte> rest, ulong address, Func<ulong, string?>? symbolize)
    {
        if (rest.Length < 4 || address % 4 != 0)
            return Data(rest[..1], address, null, symbolize);
        byte[] bytes = rest[..4].ToArray();
        uint word = BitConverter.ToUInt32(bytes);
        string text = A64Disassembler.Format(word, address);
        string named = A64Disassembler.Format(word, address, symbolize);
        string? comment = Name(text, named);
        bool isSame = A64Assembler.TryAssemble(text, address, _ => null, out uint again, out _, out _) && again == word;
        return isSame
            ? new ListingLine(address, bytes, text, named, comment, Header(address, symbolize))
            : new ListingLine(address, bytes, $".inst 0x{word:x8}", named, text[(text.IndexOf("// ", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..], Header(address, symbolize));
    }

    private static ListingLine X64Line(ReadOnlySpan<byte> rest, ulong address, Func<ulong, string?>? symbolize)
    {
        string text = X64Disassembler.Format(rest, address, out int length);
        byte[] bytes = rest[..length].ToArray();
        if (text == "(bad)")
            return Data(bytes, address, null, symbolize);
        string named = X64Disassembler.Format(rest, address, out _, symbolize);
        string? comment = Name(text, named);
        return Spellings(text, length).FirstOrDefault(spelling => Assembles(spelling, address, bytes)) is { } same
            ? new ListingLine(address, bytes, same, named, comment, Header(address, symbolize))
            : Data(bytes, address, named, symbolize);
    }

    // A jump to a bare address is a near one; a listing knows which it was.
    private static IEnumerable<string> Spellings(string text, int length)
    {
        yield return text;
        int blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank > 0 && text[0] == 'j' && length <= 3)
            yield return text.Insert(blank, " short");
    }

    private static bool Assembles(string text, ulong address, byte[] bytes)
    {
        try
        {
            return new EmbeddedAssembler().Assemble(Architecture.X64, text, address).Bytes.AsSpan().SequenceEqual(bytes);
        }
        catch (AssemblyException)
        {
            return false;
        }
    }

    private static ListingLine Data(ReadOnlySpan<byte> bytes, ulong address, string? comment, Func<ulong, string?>? symbolize)
    {
        byte[] copy = bytes.ToArray();
        string text = ".byte " + string.Join(",", copy.Select(b => $"0x{b:x2}"));
        return new ListingLine(address, copy, text, comment ?? text, comment, Header(address, symbolize));
    }

    // What the disassembler adds for people: " <name>" behind a target, " # 0x… <name>" behind a RIP-relative operand.
    private static string? Name(string text, string named) =>
        named.Length > text.Length && named.StartsWith(text, StringComparison.Ordinal) ? named[text.Length..].TrimStart(' ', '#', '/') : null;

    private static string? Header(ulong address, Func<ulong, string?>? symbolize) =>
        symbolize?.Invoke(address) is { } name && !name.Contains('+', StringComparison.Ordinal) ? name : null;
}
