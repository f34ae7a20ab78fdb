using System.CommandLine;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;
using RcuEmu.Isa.X64;
using RcuEmu.Tools.Shell;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu disasm</c>: bytes to text.</summary>
internal sealed class DisasmVerb : Verb
{
    private const long LargestFile = 256 << 20;
    private readonly Argument<string> _file;
    private readonly Option<string?> _arch;
    private readonly Option<string?> _base;
    private readonly Option<string?> _format;
    private readonly Option<string?> _function;
    private readonly Option<string?> _length;
    private readonly Option<string> _syntax;

    public DisasmVerb(Terminal terminal)
        : base(
            terminal,
            "disasm",
            "Prints code as text: raw bytes, hexadecimal text, an ELF object, or a function of a kernel image",
            "rcuemu disasm probe.bin --arch arm64 --base 0x100000",
            "rcuemu disasm probe.o",
            "rcuemu disasm amd64/6.12 --function vfs_read",
            "echo 'e8 00 00 00 00' | rcuemu disasm - --arch x86-64 --syntax att")
    {
        _file = AddArgument<string>("FILE", "The file, - for standard input, or a fetched kernel (amd64/6.12)");
        _arch = AddOption<string?>("--arch", ArchitectureNames.Form, "Instruction set of raw bytes and hexadecimal text");
        _base = AddOption<string?>("--base", "A", "Address of the first byte [default: 0]");
        _format = AddOption<string?>("--format", "raw|hex|elf|image", "What the file is written in, where it cannot be told");
        _function = AddOption<string?>("--function", "NAME", "Only this function (needed for a kernel image)");
        _length = AddOption<string?>("--length", "N", "So many bytes of the function, across labels inside it");
        _syntax = AddOption<string>("--syntax", "intel|att", "x86-64 spelling");
        _syntax.DefaultValueFactory = _ => "intel";
    }

    protected override int Run(ParseResult line)
    {
        Piece piece = Load(line);
        ListingLine[] lines = [.. Lines(piece, Syntax(line))];
        if (line.GetValue(Json))
        {
            using var report = new JsonReport("disasm");
            report.Add("arch", ArchitectureNames.Of(piece.Architecture))
                .AddList("instructions", lines, (inner, one) => inner.Add("symbol", one.Symbol).AddWord("address", one.Address)
                    .Add("bytes", Convert.ToHexStringLower(one.Bytes)).Add("text", one.Instruction))
                .Print(Terminal.Out);
        }
        else
        {
            Listing.Print(Terminal.Out, piece.Architecture, lines);
        }

        return ExitCode.Holds;
    }

    private Piece Load(ParseResult line)
    {
        string file = line.GetRequiredValue(_file);
        bool isFetched = file.Split('/') is ["amd64" or "arm64", _] && !File.Exists(file);
        if (isFetched)
            return FromImage(KernelImage.Load(KernelCache.Default.Resolve(file)), line);

        byte[] bytes = InputFile.Read(Terminal, file, LargestFile);
        CodeFormat format = Format(line.GetValue(_format)) ?? CodeFile.FormatOf(bytes);
        string name = InputFile.Name(file);
        if (format == CodeFormat.Image)
            return FromImage(KernelImage.Load(name, bytes), line);

        ulong address = line.GetValue(_base) is { } text ? Numbers.Word(_base.Name, text) : 0;
        LoadedCode code = CodeFile.Load(name, bytes, ArchitectureNames.Of(line, _arch), address, format);
        return FromCode(code, line);
    }

    private Piece FromCode(LoadedCode code, ParseResult line)
    {
        Func<ulong, string?> names = Names(code.Symbols);
        if (line.GetValue(_function) is not { } function)
            return new Piece(code.Architecture, code.Sections.Where(section => (section.Rights & SectionRights.Execute) != 0), names);

        CodeSymbol symbol = code.Find(function) ?? throw new UserErrorException($"{code.FileName}: no function '{function}'");
        LoadedSection section = code.Sections.FirstOrDefault(section => section.Contains(symbol.Address))
            ?? throw new UserErrorException($"{code.FileName}: '{function}' is not defined here");
        ulong end = Length(line) is { } length ? symbol.Address + length
            : symbol.Size > 0 ? symbol.Address + symbol.Size
            : code.Symbols.Where(other => other.Address > symbol.Address).Select(other => other.Address).DefaultIfEmpty(section.End).Min();
        return new Piece(code.Architecture, [Cut(section, symbol.Address, end)], names);
    }

    private Piece FromImage(KernelImage image, ParseResult line)
    {
        string function = line.GetValue(_function) ?? throw new UserErrorException($"{image.FileName}: a kernel image has many functions; name one with --function");
        if (!image.Symbols.TryFind(function, out KernelSymbol symbol))
            throw new UserErrorException($"{image.FileName}: no function '{function}'");

        LoadedSection section = image.SectionAt(symbol.Address) ?? throw new UserErrorException($"{image.FileName}: '{function}' lies in no section");
        LoadedSection cut = Cut(section, symbol.Address, symbol.Address + (Length(line) ?? symbol.Size));
        string? Names(ulong address) => image.Symbols.TryFindAt(address, out _) ? image.Symbols.Describe(address) : null;
        return new Piece(image.Architecture, [cut], Names);
    }

    private ulong? Length(ParseResult line) => line.GetValue(_length) is { } text ? (ulong)Numbers.Count(_length.Name, text) : null;

    private static LoadedSection Cut(LoadedSection section, ulong start, ulong end)
    {
        int from = (int)Math.Min(start - section.Address, (ulong)section.Bytes.Length);
        int to = (int)Math.Min(Math.Max(end, start) - section.Address, (ulong)section.Bytes.Length);
        return section with { Address = start, Bytes = section.Bytes[from..to], Length = (ulong)(to - from) };
    }

    private static Func<ulong, string?> Names(IReadOnlyList<CodeSymbol> symbols)
    {
        CodeSymbol[] sorted = [.. symbols.Where(symbol => symbol.Kind != CodeSymbolKind.Absolute && symbol.Name.Length > 0)
            .OrderBy(symbol => symbol.Address)];
        return address =>
        {
            CodeSymbol? owner = sorted.LastOrDefault(symbol => symbol.Address <= address);
            return owner is null ? null : owner.Address == address ? owner.Name : $"{owner.Name}+0x{address - owner.Address:x}";
        };
    }

    private static IEnumerable<ListingLine> Lines(Piece piece, X64Syntax syntax)
    {
        foreach (LoadedSection section in piece.Sections)
        {
            IEnumerable<ListingLine> lines = piece.Architecture == Architecture.X64 && syntax == X64Syntax.Att
                ? Att(section, piece.Names)
                : Listing.Lines(piece.Architecture, section.Bytes, section.Address, piece.Names);
            foreach (ListingLine one in lines)
                yield return one;
        }
    }

    private static IEnumerable<ListingLine> Att(LoadedSection section, Func<ulong, string?> names)
    {
        for (int at = 0; at < section.Bytes.Length;)
        {
            ulong address = section.Address + (ulong)at;
            string text = X64Disassembler.Format(section.Bytes.Span[at..], address, out int length, names, X64Syntax.Att);
            string? symbol = names(address) is { } name && !name.Contains('+', StringComparison.Ordinal) ? name : null;
            yield return new ListingLine(address, section.Bytes.Span.Slice(at, length).ToArray(), text, text, null, symbol);
            at += length;
        }
    }

    private static CodeFormat? Format(string? text) => text switch
    {
        null => null,
        "raw" => CodeFormat.Raw,
        "hex" => CodeFormat.Hex,
        "elf" => CodeFormat.Elf,
        "image" => CodeFormat.Image,
        _ => throw new UserErrorException($"--format: '{text}' is none; write raw, hex, elf or image"),
    };

    private X64Syntax Syntax(ParseResult line) => line.GetValue(_syntax) switch
    {
        "intel" => X64Syntax.Intel,
        "att" => X64Syntax.Att,
        var other => throw new UserErrorException($"--syntax: '{other}' is none; write intel or att"),
    };

    private sealed record Piece(Architecture Architecture, IEnumerable<LoadedSection> Sections, Func<ulong, string?> Names);
}
