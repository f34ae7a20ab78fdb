using System.CommandLine;
using RcuEmu.Isa;
using RcuEmu.Tools.Shell;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu kernel callsites</c>: the functions that ftrace can trace, and where each is patched.</summary>
internal sealed class KernelCallsitesVerb : Verb
{
    private readonly Argument<string> _image;
    private readonly Option<string?> _function;

    public KernelCallsitesVerb(Terminal terminal)
        : base(
            terminal,
            "callsites",
            "Lists the functions that ftrace can trace, with the instruction that it patches",
            "rcuemu kernel callsites amd64/6.12 --function 'vfs_*'")
    {
        _image = AddArgument<string>("IMAGE", KernelCommand.ImageHelp);
        _function = AddOption<string?>("--function", "NAME", "Only functions of this name; * stands for any letters");
    }

    protected override int Run(ParseResult line)
    {
        KernelImage image = KernelImage.Load(KernelCache.Default.Resolve(line.GetRequiredValue(_image)));
        string? pattern = line.GetValue(_function);
        Callsite[] found = [.. Callsites(image).Where(site => pattern is null || NamePattern.Matches(pattern, site.Function))];
        if (found.Length == 0 && pattern is not null)
            throw new UserErrorException($"{image.FileName}: no callsite in a function '{pattern}'");

        if (line.GetValue(Json))
        {
            using var report = new JsonReport("kernel callsites");
            report.Add("release", image.Release).Add("arch", ArchitectureNames.Of(image.Architecture)).Add("count", found.Length)
                .AddList("callsites", found, (inner, site) => inner.Add("function", site.Function)
                    .AddWord("entry", site.Entry).AddWord("patched", site.Patched))
                .Print(Terminal.Out);
            return ExitCode.Holds;
        }

        foreach (Callsite site in found)
            Terminal.Out.WriteLine($"0x{site.Patched:x16} {image.Symbols.Describe(site.Patched)}");

        return ExitCode.Holds;
    }

    private static IEnumerable<Callsite> Callsites(KernelImage image)
    {
        foreach (ulong entry in image.Callsites)
        {
            ulong patched = image.PatchAddress(entry);
            string function = image.Symbols.TryFindAt(patched, out KernelSymbol symbol) ? symbol.Name : $"0x{patched:x}";
            yield return new Callsite(function, entry, patched);
        }
    }

    private sealed record Callsite(string Function, ulong Entry, ulong Patched);
}
