using System.CommandLine;
using RcuEmu.KernelModel.Tracing;
using RcuEmu.Tools.Shell;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu kernel run</c>: one callsite of a kernel, patched to its own ftrace_caller, run there and back.</summary>
internal sealed class KernelRunVerb : Verb
{
    private readonly Argument<string> _image;
    private readonly Argument<string> _function;

    public KernelRunVerb(Terminal terminal)
        : base(
            terminal,
            "run",
            "Patches a function's callsite to the image's own ftrace_caller and runs it to behind the callsite",
            "rcuemu kernel run amd64/6.12 vfs_read")
    {
        _image = AddArgument<string>("IMAGE", KernelCommand.ImageHelp);
        _function = AddArgument<string>("FUNCTION", "A function that ftrace can trace");
    }

    protected override int Run(ParseResult line)
    {
        KernelImage image = KernelImage.Load(KernelCache.Default.Resolve(line.GetRequiredValue(_image)));
        CallsiteResult result = CallsiteRun.Run(image, line.GetRequiredValue(_function));
        if (line.GetValue(Json))
            PrintJson(image, result);
        else
            Print(result);

        return result.Holds ? ExitCode.Holds : ExitCode.Violated;
    }

    private void Print(CallsiteResult result)
    {
        int width = result.Steps.Count == 0 ? 0 : result.Steps.Max(step => step.Place.Length);
        foreach (CallsiteStep step in result.Steps)
            Terminal.Out.WriteLine($"0x{step.Address:x16} {step.Place.PadRight(width)}  {step.Text}");

        Terminal.Out.WriteLine(result.Holds
            ? $"{result.Steps.Count} instructions; {Terminal.Good("registers and stack are unchanged")} behind the callsite"
            : $"{result.Steps.Count} instructions; {Terminal.Bad("violated")}: {result.Trouble ?? string.Join("; ", result.Differences)}");
    }

    private void PrintJson(KernelImage image, CallsiteResult result)
    {
        using var report = new JsonReport("kernel run");
        report.Add("release", image.Release).Add("arch", ArchitectureNames.Of(image.Architecture)).Add("function", result.Function)
            .AddWord("callsite", result.Callsite)
            .Add("verdict", result.Holds ? "holds" : "violated")
            .Add("instructions", result.Steps.Count)
            .Add("message", result.Trouble)
            .AddTexts("differences", result.Differences)
            .AddList("trace", result.Steps, (inner, step) => inner.AddWord("address", step.Address).Add("place", step.Place).Add("text", step.Text))
            .Print(Terminal.Out);
    }
}
