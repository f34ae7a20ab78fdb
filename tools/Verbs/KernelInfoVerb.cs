using System.CommandLine;
using RcuEmu.Tools.Shell;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu kernel info</c>: what an image is and what it was built with.</summary>
internal sealed class KernelInfoVerb : Verb
{
    // What decides about a scenario on this kernel: preemption, RCU, ftrace, patching, return thunks.
    private static readonly string[] ShownOptions =
    [
        "PREEMPT_NONE", "PREEMPT_VOLUNTARY", "PREEMPT", "PREEMPT_LAZY", "PREEMPT_RT", "PREEMPT_DYNAMIC", "PREEMPTION", "PREEMPT_RCU",
        "TASKS_RCU", "TASKS_RUDE_RCU", "TASKS_TRACE_RCU",
        "DYNAMIC_FTRACE", "DYNAMIC_FTRACE_WITH_REGS", "DYNAMIC_FTRACE_WITH_ARGS", "DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
        "DYNAMIC_FTRACE_WITH_CALL_OPS", "DYNAMIC_FTRACE_WITH_JMP", "KPROBES", "OPTPROBES", "LIVEPATCH", "JUMP_LABEL",
        "HAVE_STATIC_CALL_INLINE", "X86_KERNEL_IBT", "MITIGATION_RETHUNK", "ARM64_PTR_AUTH_KERNEL", "UNWINDER_ORC",
    ];

    private readonly Argument<string> _image;

    public KernelInfoVerb(Terminal terminal)
        : base(terminal, "info", "Says what a kernel image is: release, layout, callsites, configuration", "rcuemu kernel info amd64/6.12") =>
        _image = AddArgument<string>("IMAGE", KernelCommand.ImageHelp);

    protected override int Run(ParseResult line)
    {
        KernelImage image = KernelImage.Load(KernelCache.Default.Resolve(line.GetRequiredValue(_image)));
        if (line.GetValue(Json))
            PrintJson(image);
        else
            Print(image);

        return ExitCode.Holds;
    }

    private void Print(KernelImage image)
    {
        void Line(string name, string value) => Terminal.Out.WriteLine($"{name,-12}{value}");

        Line("release", image.Release ?? "unknown");
        Line("arch", ArchitectureNames.Of(image.Architecture));
        Line("file", image.FileName);
        Line("text", $"0x{image.TextStart:x} .. 0x{image.TextEnd:x}, {(image.TextEnd - image.TextStart) >> 10} KiB");
        Line("symbols", $"{image.Symbols.Count}");
        Line("callsites", $"{image.Callsites.Count}{(image.CallsitesHaveLiterals ? ", each with a literal" : "")}");
        if (image.PerCpu is { } perCpu)
            Line("per-CPU", $"{perCpu.Length >> 10} KiB at 0x{perCpu.PlacedAt:x}, base 0x{perCpu.Base:x}");

        Line("sections", "");
        foreach (LoadedSection section in image.Sections)
            Terminal.Out.WriteLine($"  0x{section.Address:x16} {section.Length,10:x} {Rights(section.Rights)} {section.Name}");

        if (image.Config is { } config)
            Line("config", string.Join(' ', ShownOptions.Where(config.IsSet)));
    }

    private void PrintJson(KernelImage image)
    {
        using var report = new JsonReport("kernel info");
        report.Add("release", image.Release).Add("series", image.Series).Add("arch", ArchitectureNames.Of(image.Architecture))
            .Add("file", image.FileName)
            .AddWord("text_start", image.TextStart).AddWord("text_end", image.TextEnd)
            .Add("symbols", image.Symbols.Count)
            .Add("callsites", image.Callsites.Count)
            .Add("callsite_literals", image.CallsitesHaveLiterals)
            .AddList("sections", image.Sections, (inner, section) => inner.Add("name", section.Name)
                .AddWord("address", section.Address).Add("length", (long)section.Length).Add("rights", Rights(section.Rights)));
        if (image.PerCpu is { } perCpu)
            report.AddWord("per_cpu_base", perCpu.Base);
        if (image.Config is { } config)
            report.AddTexts("config", ShownOptions.Where(config.IsSet));

        report.Print(Terminal.Out);
    }

    private static string Rights(SectionRights rights) => string.Concat(
        (rights & SectionRights.Read) != 0 ? 'r' : '-',
        (rights & SectionRights.Write) != 0 ? 'w' : '-',
        (rights & SectionRights.Execute) != 0 ? 'x' : '-');
}
