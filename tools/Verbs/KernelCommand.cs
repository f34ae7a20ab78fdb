using System.CommandLine;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu kernel</c>: what can be done with a distribution's kernel image.</summary>
internal static class KernelCommand
{
    /// <summary>How images are named, for the help of each verb.</summary>
    public const string ImageHelp = "A fetched image (amd64/6.12, arm64/7.2.13+deb14), or the path of a boot image";

    /// <summary>The group and its verbs.</summary>
    public static Command Build(Terminal terminal) => new("kernel", "Works with real kernel images")
    {
        new KernelFetchVerb(terminal),
        new KernelInfoVerb(terminal),
        new KernelCallsitesVerb(terminal),
        new KernelRunVerb(terminal),
        new KernelCoverageVerb(terminal),
        new KernelElfVerb(terminal),
    };
}
