using System.CommandLine;
using System.Globalization;
using RcuEmu.Tools.Shell;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu kernel coverage</c>: how much of an image's text has semantics.</summary>
internal sealed class KernelCoverageVerb : Verb
{
    private const int Shown = 20;
    private readonly Argument<string> _image;

    public KernelCoverageVerb(Terminal terminal)
        : base(terminal, "coverage", "Counts how much of a kernel's text RcuEmu executes", "rcuemu kernel coverage amd64/6.12") =>
        _image = AddArgument<string>("IMAGE", KernelCommand.ImageHelp);

    protected override int Run(ParseResult line)
    {
        KernelImage image = KernelImage.Load(KernelCache.Default.Resolve(line.GetRequiredValue(_image)));
        CoverageResult result = TextCoverage.Of(image, Terminal.Stopped);
        if (line.GetValue(Json))
        {
            using var report = new JsonReport("kernel coverage");
            report.Add("release", image.Release).Add("arch", ArchitectureNames.Of(image.Architecture))
                .Add("instructions", result.Instructions).Add("executed", result.Executed)
                .Add("functions", result.Functions).Add("whole_functions", result.WholeFunctions)
                .AddList("missing", result.Missing, (inner, missing) => inner.Add("name", missing.Name)
                    .Add("count", missing.Count).AddWord("example", missing.Example))
                .Print(Terminal.Out);
            return ExitCode.Holds;
        }

        Terminal.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * result.Share:0.0000} % of {result.Instructions} instructions are executed ({result.Instructions - result.Executed} are not)"));
        Terminal.Out.WriteLine($"{result.WholeFunctions} of {result.Functions} functions run whole");
        foreach (MissingInstruction missing in result.Missing.Take(Shown))
            Terminal.Out.WriteLine($"{missing.Count,10}  {missing.Name,-20} {image.Symbols.Describe(missing.Example)}");

        if (result.Missing.Count > Shown)
            Terminal.Out.WriteLine($"and {result.Missing.Count - Shown} more kinds; --json lists all");

        return ExitCode.Holds;
    }
}
