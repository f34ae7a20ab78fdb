using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Trampolines.Tests.Loading;

public sealed class KernelCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rcuemu-cache-").FullName;

    private KernelCache Cache => new(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("amd64/6.1", "6.1.0-56-cloud-amd64")]
    [InlineData("amd64/6.1.0-50", "6.1.0-50-cloud-amd64")]
    [InlineData("amd64/6.12", "6.12.107+deb13-cloud-amd64")] // cloud before a newer rt, and 107 after 99
    [InlineData("amd64/6.12.117+deb13", "6.12.117+deb13-rt-amd64")]
    [InlineData("arm64/6.12", "6.12.9+deb13-arm64")]
    public void A_series_means_its_newest_build(string kernel, string abi)
    {
        foreach (string one in (string[])
            ["6.1.0-50-cloud-amd64", "6.1.0-56-cloud-amd64", "6.12.99+deb13-cloud-amd64", "6.12.107+deb13-cloud-amd64", "6.12.117+deb13-rt-amd64", "6.12.9+deb13-arm64"])
        {
            Add(one, finished: true);
        }

        Add("6.12.300+deb13-cloud-amd64", finished: false);
        Add("6.12-cloud-amd64", finished: true); // no build's name

        Assert.Equal(Path.Combine(_folder, abi, "vmlinuz"), Cache.Resolve(kernel));
    }

    [Fact]
    public void A_path_is_taken_as_it_is()
    {
        Add("x", finished: false);
        string file = Path.Combine(_folder, "x", "vmlinuz");

        Assert.Equal(file, Cache.Resolve(file));
        Assert.Equal(file, Cache.Resolve(Path.Combine(_folder, "x")));
    }

    [Fact]
    public void What_is_not_there_says_the_command_that_brings_it()
    {
        Assert.Equal(
            $"amd64/6.12: not fetched yet; 'rcuemu kernel fetch amd64/6.12' brings it (into {_folder})",
            Assert.Throws<UserErrorException>(() => Cache.Resolve("amd64/6.12")).Message);
        Assert.Equal(
            "vmlinux.bin: no such kernel image; a file, a folder with vmlinuz, or ARCH/SERIES (amd64/6.12) is right",
            Assert.Throws<UserErrorException>(() => Cache.Resolve("vmlinux.bin")).Message);
    }

    [Theory]
    [InlineData("6.12.107+deb13-cloud-amd64", "6.12.107+deb13", "cloud", "amd64")]
    [InlineData("6.1.0-50-rt-arm64", "6.1.0-50", "rt", "arm64")]
    [InlineData("6.1.0-50-arm64", "6.1.0-50", "generic", "arm64")]
    [InlineData("7.3~rc4-amd64", "7.3~rc4", "generic", "amd64")]
    public void A_builds_name_is_split(string text, string version, string flavour, string arch) =>
        Assert.Equal(new AbiName(text, version, flavour, arch), AbiName.Parse(text));

    [Theory]
    [InlineData("amd64")]
    [InlineData("cloud-amd64")]
    [InlineData("6.12-amd64")]
    [InlineData("6.12.107+deb13-arm64-16k")]
    [InlineData("6.12.107+deb13-16k-arm64")]
    [InlineData("6.12.107+deb13-amd64-dbg")]
    [InlineData("6.12.107+deb13-riscv64")]
    [InlineData("")]
    public void Other_names_are_not_builds(string text) => Assert.Null(AbiName.Parse(text));

    private void Add(string abi, bool finished)
    {
        Directory.CreateDirectory(Path.Combine(_folder, abi));
        foreach (string name in finished ? (string[])["vmlinuz", "config", "SOURCE"] : ["vmlinuz", "config"])
            File.WriteAllText(Path.Combine(_folder, abi, name), "");
    }
}
