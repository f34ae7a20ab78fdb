using System.CommandLine;
using System.Text;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu asm</c>: text to bytes.</summary>
internal sealed class AsmVerb : Verb
{
    private const int ShownBytes = 16;
    private const long LargestText = 8 << 20;
    private readonly Argument<string> _file;
    private readonly Option<string?> _arch;
    private readonly Option<string?> _base;
    private readonly Option<string[]> _symbols;
    private readonly Option<string> _assembler;
    private readonly Option<string?> _output;
    private readonly Option<bool> _hex;

    public AsmVerb(Terminal terminal)
        : base(
            terminal,
            "asm",
            "Assembles text and prints a listing, or writes the bytes",
            "rcuemu asm probe.s --arch arm64 --base 0x100000",
            "rcuemu asm probe.s --arch x86-64 --symbol ftrace_stub=0x200000 -o probe.bin",
            "echo 'mov x9, x30' | rcuemu asm - --arch arm64 --hex")
    {
        _file = AddArgument<string>("FILE", "GNU as text (x86-64: Intel syntax, or AT&T behind .att_syntax); - is standard input");
        _file.Arity = ArgumentArity.ZeroOrOne;
        _file.DefaultValueFactory = _ => "-";
        _arch = AddOption<string?>("--arch", ArchitectureNames.Form, "Instruction set", required: true);
        _base = AddOption<string?>("--base", "A", "Address of the first byte [default: 0]");
        _symbols = AddOption<string[]>("--symbol", "N=A", "Address of a name that the text does not define; repeatable");
        _assembler = AddOption<string>("--assembler", "embedded|keystone", "Which assembler; keystone needs libkeystone on this machine");
        _assembler.DefaultValueFactory = _ => "embedded";
        _output = AddOption<string?>("--output", "OUT", "Write the bytes to a file");
        _output.Aliases.Add("-o");
        _hex = AddFlag("--hex", "Hexadecimal bytes, as disasm reads them, in place of the listing or of the raw bytes in OUT");
    }

    protected override int Run(ParseResult line)
    {
        Architecture architecture = ArchitectureNames.Parse(line.GetRequiredValue(_arch)!);
        string file = line.GetValue(_file)!;
        string text = Encoding.UTF8.GetString(InputFile.Read(Terminal, file, LargestText));
        ulong address = line.GetValue(_base) is { } baseText ? Numbers.Word(_base.Name, baseText) : 0;
        AssembledCode code = Assembler(line.GetValue(_assembler)!)
            .Assemble(architecture, text, address, Symbols(line), InputFile.Name(file));

        string hex = string.Join(' ', code.Bytes.Select(one => $"{one:x2}"));
        if (line.GetValue(_output) is { } output)
            InputFile.Write(output, stream => stream.Write(line.GetValue(_hex) ? Encoding.ASCII.GetBytes(hex + "\n") : code.Bytes));

        if (line.GetValue(Json))
            PrintJson(architecture, code);
        else if (line.GetValue(_output) is null && line.GetValue(_hex))
            Terminal.Out.WriteLine(hex);
        else if (line.GetValue(_output) is null)
            PrintListing(architecture, code, text.Split('\n'));

        return ExitCode.Holds;
    }

    private static IAssembler Assembler(string name) => name switch
    {
        "embedded" => new EmbeddedAssembler(),
        "keystone" => new KeystoneAssembler(),
        _ => throw new UserErrorException($"--assembler: '{name}' is none; write embedded or keystone"),
    };

    private Dictionary<string, ulong> Symbols(ParseResult line)
    {
        var symbols = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (string text in line.GetValue(_symbols) ?? [])
        {
            (string name, string value) = Numbers.Pair(_symbols.Name, text, '=', "N=A");
            symbols[name] = Numbers.Word(_symbols.Name, value);
        }

        return symbols;
    }

    private void PrintListing(Architecture architecture, AssembledCode code, string[] source)
    {
        foreach (AssembledLine line in Joined(code.Lines))
        {
            int start = (int)(line.Address - code.Address);
            ReadOnlySpan<byte> bytes = code.Bytes.AsSpan(start, line.Length);
            string text = line.Line <= source.Length ? source[line.Line - 1].Trim() : "";
            Terminal.Out.WriteLine($"{line.Address,8:x}:  {BytesOf(architecture, bytes),-23}  {text}".TrimEnd());
        }
    }

    // A directive with several values is one line here.
    private static IEnumerable<AssembledLine> Joined(IReadOnlyList<AssembledLine> lines)
    {
        for (int i = 0; i < lines.Count;)
        {
            AssembledLine line = lines[i];
            for (i++; i < lines.Count && lines[i].Line == line.Line && lines[i].Address == line.Address + (ulong)line.Length; i++)
                line = line with { Length = line.Length + lines[i].Length };

            yield return line;
        }
    }

    // An A64 instruction is a word, as in a disassembly; everything else is bytes, the first ShownBytes of them.
    private static string BytesOf(Architecture architecture, ReadOnlySpan<byte> bytes) =>
        architecture == Architecture.Arm64 && bytes.Length == sizeof(uint)
            ? $"{BitConverter.ToUInt32(bytes):x8}"
            : string.Join(' ', bytes[..Math.Min(bytes.Length, ShownBytes)].ToArray().Select(b => $"{b:x2}")) + (bytes.Length > ShownBytes ? " .." : "");

    private void PrintJson(Architecture architecture, AssembledCode code)
    {
        using var report = new JsonReport("asm");
        report.Add("arch", ArchitectureNames.Of(architecture)).AddWord("base", code.Address).Add("length", code.Bytes.Length)
            .Add("bytes", Convert.ToHexStringLower(code.Bytes));
        report.Writer.WriteStartObject("labels");
        foreach ((string name, ulong address) in code.Labels.OrderBy(label => label.Value).ThenBy(label => label.Key, StringComparer.Ordinal))
            report.AddWord(name, address);

        report.Writer.WriteEndObject();
        report.AddList("lines", Joined(code.Lines), (inner, line) => inner.Add("line", line.Line).AddWord("address", line.Address).Add("length", line.Length))
            .Print(Terminal.Out);
    }
}
