using System.Formats.Tar;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>What to fetch.</summary>
/// <param name="Arch"><c>amd64</c> or <c>arm64</c>; need not be this machine's.</param>
/// <param name="Series">A series (<c>6.12</c>: its newest build) or a longer beginning of a build's name (<c>6.12.107+deb13</c>).</param>
/// <param name="Flavour"><c>cloud</c> (the smallest), <c>rt</c> or <c>generic</c>.</param>
/// <param name="Suites">Look in these suites only; null for those in which the series is known to live.</param>
/// <param name="Refresh">Ask the archive even when the cache has an answer.</param>
public sealed record KernelRequest(
    string Arch, string Series, string Flavour = "cloud", IReadOnlyList<string>? Suites = null, bool Refresh = false);

/// <summary>Brings a distribution's kernel into the cache with the machine's own package client.</summary>
/// <remarks>
/// It writes in the cache only: apt runs with folders of its own there, which go when it ends; after a failed download they
/// stay, and the next call goes on. The package's checksum comes from the signed package list.
/// </remarks>
public sealed class KernelFetcher
{
    private readonly KernelCache _cache;
    private readonly HostTool _host;
    private readonly string? _keyring;

    /// <summary>A fetcher that fills a cache, with the programs in this process's search path.</summary>
    public KernelFetcher(KernelCache cache)
        : this(cache, Environment.GetEnvironmentVariable("PATH") ?? "", null)
    {
    }

    internal KernelFetcher(KernelCache cache, string searchPath, string? keyring)
    {
        _cache = cache;
        _host = new HostTool(searchPath);
        _keyring = keyring;
    }

    /// <summary>Fetches a kernel, or finds it in the cache with its checksum intact; then there is no network.</summary>
    /// <param name="request">Which one.</param>
    /// <param name="progress">Gets a line for each thing that takes time.</param>
    /// <exception cref="UserErrorException">No package client, no such build, a download that failed; one line.</exception>
    public CachedKernel Fetch(KernelRequest request, Action<string> progress)
    {
        Check(request);
        CachedKernel? cached = request.Refresh ? null : _cache.Find(request.Arch, request.Series, request.Flavour);
        if (cached is not null && KernelCache.IsIntact(cached))
            return cached;

        if (cached is not null)
            progress($"{cached.Abi}: the copy in the cache is damaged, fetching it again");
        return InWorkFolder(request, (apt, folder) => FetchWith(apt, folder, request, progress));
    }

    /// <summary>The builds that can be fetched, newest first.</summary>
    /// <exception cref="UserErrorException">No package client, or no suite that could be read.</exception>
    public IReadOnlyList<string> Available(KernelRequest request, Action<string> progress)
    {
        Check(request);
        return InWorkFolder(request, (apt, _) => Builds(apt, request, progress).Select(build => build.Text).ToArray());
    }

    private static void Check(KernelRequest request)
    {
        if (request.Arch is not ("amd64" or "arm64"))
            throw new UserErrorException($"architecture '{request.Arch}': amd64 or arm64 is right");
        if (!AbiName.Flavours.Contains(request.Flavour))
            throw new UserErrorException($"flavour '{request.Flavour}': {string.Join(", ", AbiName.Flavours)} are right");
        if (request.Series.Length is 0 or > 100 || !request.Series.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '~' or '-'))
            throw new UserErrorException($"series '{request.Series}': a number as 6.12, or the beginning of a build's name as 6.12.107+deb13, is right");
        foreach (string suite in request.Suites ?? [])
        {
            if (suite.Length == 0 || !suite.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
                throw new UserErrorException($"suite '{suite}': a name as trixie or trixie-backports is right");
        }
    }

    private T InWorkFolder<T>(KernelRequest request, Func<PrivateApt, string, T> work)
    {
        _host.Require("apt-get", "apt-cache", "apt-config", "dpkg-deb");
        string folder = Path.Combine(_cache.Root, ".work-" + request.Arch);
        try
        {
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows()) // the machine's proxy settings go there
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            using var only = new FileStream(folder + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            T result = work(new PrivateApt(_host, folder, request.Arch, _keyring), folder);
            Directory.Delete(folder, recursive: true);
            return result;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UserErrorException($"{_cache.Root}: cannot be used as a cache (or another fetch is at work there): {cause.Message}", cause);
        }
    }

    private CachedKernel FetchWith(PrivateApt apt, string folder, KernelRequest request, Action<string> progress)
    {
        AbiName[] builds = Builds(apt, request, progress);
        if (builds.Length == 0)
        {
            Directory.Delete(folder, recursive: true);
            throw new UserErrorException(
                $"no {request.Flavour} kernel {request.Series} for {request.Arch} in {string.Join(", ", SuitesFor(request).SelectMany(group => group))}");
        }

        string abi = builds[0].Text;
        string debs = Directory.CreateDirectory(Path.Combine(folder, "debs")).FullName;
        string unpacked = Directory.CreateDirectory(Path.Combine(folder, "unpacked-" + abi)).FullName;
        IReadOnlyDictionary<string, string>? about = null;
        foreach (string package in Packages(apt, abi))
        {
            about = apt.Describe(package) ?? throw new UserErrorException($"the archive names {abi} but does not hold {package}");
            progress($"downloading {package} ({Megabytes(about)} MB)");
            Unpack(Download(apt, package, debs, about["SHA256"]), unpacked);
        }

        string suite = apt.SuiteOf(about!["Package"], about["Version"]);
        return Install(unpacked, abi, request.Arch, about, suite);
    }

    /// <summary>The packages of a build, that of the boot image last: up to 6.12 one holds all; later the image and the configuration have their own.</summary>
    /// <remarks>An unsigned image is what the build made; a signed one is the same with a signature behind it.</remarks>
    private static string[] Packages(PrivateApt apt, string abi)
    {
        if (apt.Describe($"linux-binary-{abi}") is not null)
            return [$"linux-base-{abi}", $"linux-binary-{abi}"];

        return apt.Describe($"linux-image-{abi}-unsigned") is not null ? [$"linux-image-{abi}-unsigned"] : [$"linux-image-{abi}"];
    }

    private static AbiName[] Builds(PrivateApt apt, KernelRequest request, Action<string> progress)
    {
        var problems = new List<string>();
        bool any = false;
        foreach (string[] group in SuitesFor(request))
        {
            foreach (string suite in group)
            {
                progress($"reading the package list of {suite} ({request.Arch})");
                string? problem = apt.AddSuite(suite);
                any |= problem is null;
                if (problem is not null)
                    problems.Add($"{suite}: {problem}");
            }

            AbiName[] builds = any ? Known(apt, request) : [];
            if (builds.Length > 0)
                return builds;
        }

        return any ? [] : throw new UserErrorException($"no package list could be read: {string.Join("; ", problems)}");
    }

    private static AbiName[] Known(PrivateApt apt, KernelRequest request)
    {
        string[] prefixes = ["linux-image-", "linux-binary-"];
        IEnumerable<string> names = prefixes.SelectMany(prefix => apt.PackageNames(prefix + request.Series).Select(name => name[prefix.Length..]));
        return
        [
            .. names.Select(name => name.EndsWith("-unsigned", StringComparison.Ordinal) ? name[..^"-unsigned".Length] : name)
                .Distinct().Select(AbiName.Parse).OfType<AbiName>()
                .Where(abi => abi.Arch == request.Arch && abi.Flavour == request.Flavour && abi.IsOf(request.Series))
                .OrderDescending(),
        ];
    }

    /// <summary>Groups of suites in which a series lives, the most stable first. A group is read whole, and the first with a build is taken.</summary>
    private static string[][] SuitesFor(KernelRequest request) => request switch
    {
        { Suites: { Count: > 0 } suites } => [[.. suites]],
        _ when IsSeries(request, "6.1") => [["bookworm", "bookworm-updates", "bookworm-security"]],
        _ when IsSeries(request, "6.12") => [["trixie", "trixie-updates", "trixie-security"], ["bookworm-security"], ["trixie-backports"]],
        _ => [["trixie-backports"], ["sid"], ["experimental"]],
    };

    private static bool IsSeries(KernelRequest request, string series) =>
        request.Series == series || request.Series.StartsWith(series + ".", StringComparison.Ordinal);

    private static string Download(PrivateApt apt, string package, string debs, string sha256)
    {
        string? Matching() => Directory.EnumerateFiles(debs, package + "_*.deb").FirstOrDefault(file => KernelCache.Sha256(file) == sha256);
        if (Matching() is { } earlier)
            return earlier;

        apt.Download(package, debs);
        return Matching() ?? throw new UserErrorException($"{package}: the download does not have the checksum of the signed package list");
    }

    /// <summary>Takes the boot image and the configuration out of a package.</summary>
    private void Unpack(string deb, string folder)
    {
        HostAnswer answer = _host.Stream("dpkg-deb", ["--fsys-tarfile", deb], stream =>
        {
            using var tar = new TarReader(stream, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && TargetOf(entry.Name) is { } name)
                    entry.ExtractToFile(Path.Combine(folder, name), overwrite: true);
            }
        });
        if (answer.ExitCode != 0)
            throw new UserErrorException($"{Path.GetFileName(deb)}: cannot be unpacked: {answer.Reason}");
    }

    private static string? TargetOf(string entry)
    {
        string[] path = entry.TrimStart('.', '/').Split('/');
        string name = path[^1];
        bool isBoot = path is ["boot", _], isModules = path is ["usr", "lib", "modules", _, _] or ["lib", "modules", _, _];
        if ((isBoot && name.StartsWith("vmlinuz-", StringComparison.Ordinal)) || (isModules && name == KernelCache.ImageFile))
            return KernelCache.ImageFile;

        return (isBoot && name.StartsWith("config-", StringComparison.Ordinal)) || (isModules && name == KernelCache.ConfigFile)
            ? KernelCache.ConfigFile
            : null;
    }

    private CachedKernel Install(string unpacked, string abi, string arch, IReadOnlyDictionary<string, string> about, string suite)
    {
        string target = Path.Combine(_cache.Root, abi);
        string source = Path.Combine(target, KernelCache.SourceFile);
        foreach (string file in (string[])[KernelCache.ImageFile, KernelCache.ConfigFile])
        {
            if (!File.Exists(Path.Combine(unpacked, file)))
                throw new UserErrorException($"{about["Package"]}: there is no {file} in it");
        }

        Directory.CreateDirectory(target);
        File.Delete(source);
        foreach (string file in (string[])[KernelCache.ImageFile, KernelCache.ConfigFile])
            File.Move(Path.Combine(unpacked, file), Path.Combine(target, file), overwrite: true);

        string sha256 = KernelCache.Sha256(Path.Combine(target, KernelCache.ImageFile));
        File.WriteAllText(source, $"arch={arch}\nabi={abi}\npackage={about["Package"]}\nversion={about["Version"]}\nsuite={suite}\nsha256={sha256}\n");
        return _cache.List().First(kernel => kernel.Abi == abi);
    }

    private static string Megabytes(IReadOnlyDictionary<string, string> about) =>
        about.TryGetValue("Size", out string? size) && long.TryParse(size, out long bytes) ? $"{(bytes + 999_999) / 1_000_000}" : "?";
}
