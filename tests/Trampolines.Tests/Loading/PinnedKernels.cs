using System.Collections.Concurrent;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>The six kernels that exact numbers are known for. Never committed; tests that need one skip without it.</summary>
internal static class PinnedKernels
{
    public const string Amd64Old = "6.1.0-50-cloud-amd64";
    public const string Amd64Middle = "6.12.107+deb13-cloud-amd64";
    public const string Amd64New = "7.2.13+deb14-cloud-amd64";
    public const string Arm64Old = "6.1.0-50-cloud-arm64";
    public const string Arm64Middle = "6.12.107+deb13-cloud-arm64";
    public const string Arm64New = "7.2.13+deb14-cloud-arm64";

    private static readonly ConcurrentDictionary<string, Lazy<KernelImage>> Loaded = new();

    /// <summary>The image, loaded once a test run.</summary>
    public static KernelImage Load(string abi)
    {
        string path = PathOf(abi);
        return Loaded.GetOrAdd(abi, _ => new Lazy<KernelImage>(() => KernelImage.Load(path))).Value;
    }

    /// <summary>The image's path; skips the test where it is not on this machine.</summary>
    public static string PathOf(string abi)
    {
        string path = Path.Combine(Folder(), abi, "vmlinuz");
        if (!File.Exists(path))
            Assert.Skip($"kernel {abi} is not here: rcuemu kernel fetch it, or set RCUEMU_TEST_KERNELS to a folder with {abi}/vmlinuz");

        return path;
    }

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable("RCUEMU_TEST_KERNELS") is { Length: > 0 } folder)
            return folder;

        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string root = cache is { Length: > 0 } ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(root, "rcuemu", "kernels");
    }
}
