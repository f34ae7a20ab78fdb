using System.CommandLine;
using RcuEmu.Tools.Shell;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu kernel elf</c>: an image as an ELF file with symbols, for gdb and objdump.</summary>
internal sealed class KernelElfVerb : Verb
{
    private readonly Argument<string> _image;
    private readonly Option<string?> _output;

    public KernelElfVerb(Terminal terminal)
        : base(
            terminal,
            "elf",
            "Writes an image as an ELF file with the symbols of its kallsyms and its BTF, for gdb and objdump",
            "rcuemu kernel elf amd64/6.12 -o vmlinux.elf")
    {
        _image = AddArgument<string>("IMAGE", KernelCommand.ImageHelp);
        _output = AddOption<string?>("-o", "FILE", "Where to [default: vmlinux.elf]");
    }

    protected override int Run(ParseResult line)
    {
        KernelImage image = KernelImage.Load(KernelCache.Default.Resolve(line.GetRequiredValue(_image)));
        string path = line.GetValue(_output) ?? "vmlinux.elf";
        OutputSection[] sections = [.. image.Sections.Where(section => section.Length != 0).OrderBy(section => section.Address).Select(section => new OutputSection(
            section.Name, section.Address, section.Bytes, section.Length,
            (section.Rights & SectionRights.Execute) != 0, (section.Rights & SectionRights.Write) != 0))];
        OutputSymbol[] symbols = [.. Enumerable.Range(0, image.Symbols.Count).Select(i => image.Symbols[i]).Select(symbol => new OutputSymbol(symbol.Name, symbol.Address, symbol.Size))];
        InputFile.Write(path, stream => stream.Write(ElfWriter.Write(image.Architecture, sections, symbols)));
        if (line.GetValue(Json))
        {
            using var report = new JsonReport("kernel elf");
            report.Add("release", image.Release).Add("file", path).Add("sections", sections.Length).Add("symbols", symbols.Length).Print(Terminal.Out);
        }
        else
        {
            Terminal.Out.WriteLine($"{path}: {image.Release}, {sections.Length} sections, {symbols.Length} symbols");
        }

        return ExitCode.Holds;
    }
}
