using System.Security.Cryptography;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>One fetched kernel in the cache.</summary>
/// <param name="Abi">Its build's name, which is its folder's: <c>6.12.107+deb13-cloud-amd64</c>.</param>
/// <param name="ImagePath">The boot image.</param>
/// <param name="ConfigPath">The build configuration.</param>
/// <param name="Source">Where it came from: <c>arch</c>, <c>abi</c>, <c>package</c>, <c>version</c>, <c>suite</c>, <c>sha256</c>.</param>
public sealed record CachedKernel(string Abi, string ImagePath, string ConfigPath, IReadOnlyDictionary<string, string> Source);

/// <summary>The folder of fetched kernels: <c>ABI/vmlinuz</c>, <c>ABI/config</c>, <c>ABI/SOURCE</c>.</summary>
public sealed class KernelCache
{
    internal const string ImageFile = "vmlinuz";
    internal const string ConfigFile = "config";
    internal const string SourceFile = "SOURCE"; // written last: a folder without it is not finished

    /// <summary>A cache in a folder, which need not exist yet.</summary>
    public KernelCache(string root) => Root = Path.GetFullPath(root);

    /// <summary>The user's own cache: <c>$XDG_CACHE_HOME/rcuemu/kernels</c>, else <c>~/.cache/rcuemu/kernels</c>.</summary>
    /// <remarks>XDG Base Directory Specification: a relative <c>XDG_CACHE_HOME</c> is ignored.</remarks>
    public static KernelCache Default
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (cache is null || !Path.IsPathRooted(cache))
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return new KernelCache(Path.Combine(cache, "rcuemu", "kernels"));
        }
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>Every finished kernel in the cache, oldest build first.</summary>
    public IReadOnlyList<CachedKernel> List()
    {
        if (!Directory.Exists(Root))
            return [];

        IEnumerable<CachedKernel> found = Directory.EnumerateDirectories(Root).Select(Read).OfType<CachedKernel>();
        return [.. found.OrderBy(kernel => AbiName.Parse(kernel.Abi)).ThenBy(kernel => kernel.Abi, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The path of the image that a user names: a file, a folder with <c>vmlinuz</c>, or <c>ARCH/SERIES</c> (<c>amd64/6.12</c>,
    /// <c>arm64/7.2.13+deb14</c>) for the newest fetched build of that series, the <c>cloud</c> flavour before others.
    /// </summary>
    /// <exception cref="UserErrorException">There is none; the message says how to get it.</exception>
    public string Resolve(string kernel)
    {
        if (File.Exists(kernel))
            return kernel;
        if (File.Exists(Path.Combine(kernel, ImageFile)))
            return Path.Combine(kernel, ImageFile);

        string[] parts = kernel.Split('/');
        if (parts is not ["amd64" or "arm64", { Length: > 0 } series])
            throw new UserErrorException($"{kernel}: no such kernel image; a file, a folder with vmlinuz, or ARCH/SERIES (amd64/6.12) is right");

        CachedKernel? found = Find(parts[0], series, null);
        return found?.ImagePath ?? throw new UserErrorException(
            $"{kernel}: not fetched yet; 'rcuemu kernel fetch {kernel}' brings it (into {Root})");
    }

    /// <summary>The newest fetched build of a series; of the given flavour, or <c>cloud</c> before others. Null where there is none.</summary>
    public CachedKernel? Find(string arch, string series, string? flavour)
    {
        (CachedKernel Kernel, AbiName Abi)[] matching =
        [
            .. List().Select(kernel => (Kernel: kernel, Abi: AbiName.Parse(kernel.Abi)!))
                .Where(one => one.Abi is { } abi && abi.Arch == arch && abi.IsOf(series) && (flavour ?? abi.Flavour) == abi.Flavour),
        ];
        (CachedKernel Kernel, AbiName Abi) cloud = matching.LastOrDefault(one => one.Abi.Flavour == "cloud");
        return cloud.Kernel ?? matching.LastOrDefault().Kernel;
    }

    /// <summary>Whether an image's bytes still have the checksum they were fetched with.</summary>
    public static bool IsIntact(CachedKernel kernel)
    {
        try
        {
            return kernel.Source.TryGetValue("sha256", out string? expected) && Sha256(kernel.ImagePath) == expected;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The checksum of a file, in small hexadecimal digits.</summary>
    internal static string Sha256(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static CachedKernel? Read(string folder)
    {
        string image = Path.Combine(folder, ImageFile), config = Path.Combine(folder, ConfigFile), source = Path.Combine(folder, SourceFile);
        if (!File.Exists(image) || !File.Exists(config) || !File.Exists(source))
            return null;

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(source))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                values[line[..equals]] = line[(equals + 1)..];
        }

        return new CachedKernel(Path.GetFileName(folder), image, config, values);
    }
}
