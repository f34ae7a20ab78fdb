using System.CommandLine;
using RcuEmu.Isa;
using RcuEmu.Tools.Shell;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu kernel fetch</c>: brings a distribution's kernel with the machine's own package client.</summary>
internal sealed class KernelFetchVerb : Verb
{
    private readonly Argument<string> _arch;
    private readonly Argument<string?> _series;
    private readonly Option<string> _flavour;
    private readonly Option<string?> _suites;
    private readonly Option<bool> _refresh;
    private readonly Option<bool> _list;

    public KernelFetchVerb(Terminal terminal)
        : base(
            terminal,
            "fetch",
            "Brings a Debian kernel image into the cache, with the machine's own package client and keyring",
            "rcuemu kernel fetch amd64 6.12",
            "rcuemu kernel fetch arm64/7.2.13+deb14",
            "rcuemu kernel fetch arm64 6.12 --flavour rt --list")
    {
        _arch = AddArgument<string>("ARCH", "amd64 or arm64, or both parts as ARCH/SERIES");
        _series = AddArgument<string?>("SERIES", "A series (6.12: its newest build) or the beginning of a build's name (6.12.107+deb13)");
        _series.Arity = ArgumentArity.ZeroOrOne;
        _flavour = AddOption<string>("--flavour", "cloud|rt|generic", "Which build of it");
        _flavour.DefaultValueFactory = _ => "cloud";
        _suites = AddOption<string?>("--suite", "A,B", "Look in these suites only");
        _refresh = AddFlag("--refresh", "Ask the archive even where the cache has an answer");
        _list = AddFlag("--list", "Print what could be fetched, and fetch nothing");
    }

    protected override int Run(ParseResult line)
    {
        KernelRequest request = Request(line);
        var fetcher = new KernelFetcher(KernelCache.Default);
        if (line.GetValue(_list))
            return List(line, fetcher.Available(request, Progress));

        CachedKernel kernel = fetcher.Fetch(request, Progress);
        Terminal.EndProgress();
        if (line.GetValue(Json))
        {
            using var report = new JsonReport("kernel fetch");
            report.Add("abi", kernel.Abi).Add("image", kernel.ImagePath).Add("config", kernel.ConfigPath);
            foreach ((string key, string value) in kernel.Source.Where(pair => pair.Key != "abi"))
                report.Add(key, value);

            report.Print(Terminal.Out);
            return ExitCode.Holds;
        }

        Terminal.Out.WriteLine($"{kernel.Abi}: {kernel.ImagePath}");
        return ExitCode.Holds;
    }

    private KernelRequest Request(ParseResult line)
    {
        string arch = line.GetRequiredValue(_arch);
        string? series = line.GetValue(_series);
        if (series is null)
        {
            if (arch.Split('/') is not [{ Length: > 0 } before, { Length: > 0 } behind])
                throw new UserErrorException($"'{arch}' names no series; write ARCH SERIES or ARCH/SERIES, as amd64/6.12");

            (arch, series) = (before, behind);
        }

        string[]? suites = line.GetValue(_suites)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new KernelRequest(arch, series, line.GetValue(_flavour)!, suites, line.GetValue(_refresh));
    }

    private int List(ParseResult line, IReadOnlyList<string> builds)
    {
        Terminal.EndProgress();
        if (line.GetValue(Json))
        {
            using var report = new JsonReport("kernel fetch");
            report.AddTexts("available", builds).Print(Terminal.Out);
            return ExitCode.Holds;
        }

        foreach (string build in builds)
            Terminal.Out.WriteLine(build);

        return ExitCode.Holds;
    }

    // Each line stands for seconds of waiting, so that it is shown at once and not once a second.
    private void Progress(string text) => Terminal.ProgressNow(text);
}
