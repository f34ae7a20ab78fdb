using System.Buffers.Binary;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;
using RcuEmu.Isa.X64;

namespace RcuEmu.Trampolines.Loading;

/// <summary>One kind of instruction that is not executed.</summary>
/// <param name="Name">Its mnemonic; on arm64, where the table has no row for it, bits 31:21 of the word.</param>
/// <param name="Count">How often it stands in the text.</param>
/// <param name="Example">The address of the first one.</param>
public sealed record MissingInstruction(string Name, long Count, ulong Example);

/// <summary>How much of a kernel's text RcuEmu executes.</summary>
/// <param name="Instructions">All, filler left out.</param>
/// <param name="Executed">Those that have semantics.</param>
/// <param name="Functions">Symbols that begin a piece of text.</param>
/// <param name="WholeFunctions">Those of which every instruction has semantics.</param>
/// <param name="Missing">The others, most frequent first.</param>
public sealed record CoverageResult(
    long Instructions, long Executed, int Functions, int WholeFunctions, IReadOnlyList<MissingInstruction> Missing)
{
    /// <summary>Executed of all, 0 to 1.</summary>
    public double Share => Instructions == 0 ? 1 : (double)Executed / Instructions;
}

/// <summary>Decodes the whole text of a kernel image, in a straight line from symbol to symbol.</summary>
/// <remarks>
/// Filler is INT3 (x86-64) and zero words (arm64). Left out: data in text is taken for instructions, as objdump takes it; it
/// makes some of the rarest ones.
/// </remarks>
public sealed class TextCoverage
{
    private readonly KernelImage _image;
    private readonly Dictionary<string, (long Count, ulong Example)> _missing = new(StringComparer.Ordinal);
    private long _instructions;
    private long _executed;
    private int _functions;
    private int _whole;

    private TextCoverage(KernelImage image) => _image = image;

    /// <summary>Counts from <see cref="KernelImage.TextStart"/> to <see cref="KernelImage.TextEnd"/>.</summary>
    public static CoverageResult Of(KernelImage image, CancellationToken stopped = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var coverage = new TextCoverage(image);
        coverage.Count(stopped);
        return new CoverageResult(
            coverage._instructions,
            coverage._executed,
            coverage._functions,
            coverage._whole,
            coverage.Sorted());
    }

    /// <summary>What is not executed in one piece of text, such as a function. Empty too where the image has no bytes there.</summary>
    public static IReadOnlyList<MissingInstruction> Missing(KernelImage image, ulong start, ulong length)
    {
        ArgumentNullException.ThrowIfNull(image);
        var coverage = new TextCoverage(image);
        if (image.TryGetBytes(start, length, out ReadOnlyMemory<byte> bytes))
            coverage.CountFunction(bytes.Span, start);

        return coverage.Sorted();
    }

    private IReadOnlyList<MissingInstruction> Sorted() =>
        [.. _missing.Select(pair => new MissingInstruction(pair.Key, pair.Value.Count, pair.Value.Example))
            .OrderByDescending(missing => missing.Count).ThenBy(missing => missing.Name, StringComparer.Ordinal)];

    private void Count(CancellationToken stopped)
    {
        ulong start = _image.TextStart;
        for (int i = Math.Max(0, _image.Symbols.IndexAt(start)); i < _image.Symbols.Count && start < _image.TextEnd; i++)
        {
            stopped.ThrowIfCancellationRequested();
            ulong next = i + 1 < _image.Symbols.Count ? Math.Min(_image.Symbols[i + 1].Address, _image.TextEnd) : _image.TextEnd;
            if (next <= start)
                continue;

            if (_image.TryGetBytes(start, next - start, out ReadOnlyMemory<byte> bytes))
                CountFunction(bytes.Span, start);

            start = next;
        }
    }

    private void CountFunction(ReadOnlySpan<byte> bytes, ulong address)
    {
        long before = _instructions, executed = _executed;
        if (_image.Architecture == Architecture.Arm64)
            CountWords(bytes, address);
        else
            CountX64(bytes, address);

        if (_instructions == before)
            return;

        _functions++;
        _whole += _instructions - before == _executed - executed ? 1 : 0;
    }

    private void CountWords(ReadOnlySpan<byte> bytes, ulong address)
    {
        for (int i = 0; i + 4 <= bytes.Length; i += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]);
            if (word != 0)
                Add(A64Decoder.Status(word) == A64WordStatus.Modelled ? null : $"0x{word & 0xffe00000:x8}", address + (ulong)i);
        }
    }

    private void CountX64(ReadOnlySpan<byte> bytes, ulong address)
    {
        for (int i = 0; i < bytes.Length;)
        {
            if (bytes[i] == 0xcc)
            {
                i++;
                continue;
            }

            ulong rip = address + (ulong)i;
            X64Operation operation = X64Decoder.Decode(bytes[i..], rip, out X64Insn insn);
            Add(X64Decoder.IsModelled(operation, insn) ? null : Mnemonic(bytes[i..], rip), rip);
            i += Math.Max(1, (int)insn.Length);
        }
    }

    private void Add(string? missing, ulong address)
    {
        _instructions++;
        if (missing is null)
        {
            _executed++;
            return;
        }

        _missing.TryGetValue(missing, out (long Count, ulong Example) known);
        _missing[missing] = (known.Count + 1, known.Count == 0 ? address : known.Example);
    }

    private static string Mnemonic(ReadOnlySpan<byte> bytes, ulong rip)
    {
        string text = X64Disassembler.Format(bytes, rip, out _);
        int end = text.IndexOf(' ', StringComparison.Ordinal);
        bool hasPrefix = end > 0 && text[..end] is "rep" or "repe" or "repne" or "lock" or "notrack" or "bnd";
        int second = hasPrefix ? text.IndexOf(' ', end + 1) : end;
        return second < 0 ? text : text[..second];
    }
}
