using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Fetching against a package client of shell scripts. The real one is tried by hand: it needs a network.</summary>
public sealed class KernelFetcherTests : IDisposable
{
    private const string Abi = "6.12.107+deb13-cloud-amd64";
    private static readonly KernelRequest Request = new("amd64", "6.12");
    private readonly FakeArchive _archive = new();
    private readonly List<string> _progress = [];

    public KernelFetcherTests() => _archive.Add(
        $"linux-image-{Abi}-unsigned",
        ($"./boot/vmlinuz-{Abi}", "image"), ($"./boot/config-{Abi}", "CONFIG_X=y"), ($"./usr/lib/modules/{Abi}/kernel/a.ko", "module"));

    private KernelCache Cache => new(_archive.CacheRoot);

    private KernelFetcher Fetcher => new(Cache, _archive.SearchPath, _archive.In("keyring"));

    public void Dispose() => _archive.Dispose();

    [Fact]
    public void A_kernel_is_fetched_into_a_folder_of_its_own()
    {
        _archive.Add("linux-image-6.12.99+deb13-cloud-amd64-unsigned", ("./boot/vmlinuz-x", "older"));
        _archive.Add("linux-image-6.12.200+deb13-rt-amd64-unsigned", ("./boot/vmlinuz-x", "other flavour"));
        _archive.Add("linux-image-6.12-cloud-amd64", ("./boot/vmlinuz-x", "meta package"));

        CachedKernel kernel = Fetcher.Fetch(Request, _progress.Add);

        Assert.Equal(Path.Combine(_archive.CacheRoot, Abi, "vmlinuz"), kernel.ImagePath);
        Assert.Equal("image", File.ReadAllText(kernel.ImagePath));
        Assert.Equal("CONFIG_X=y", File.ReadAllText(kernel.ConfigPath));
        Assert.Equal(("9-1", "trixie", Abi), (kernel.Source["version"], kernel.Source["suite"], kernel.Source["abi"]));
        Assert.Equal("6105d6cc76af400325e94d588ce511be5bfdbb73b437dc51eca43917d7a43e3d", kernel.Source["sha256"]); // printf image | sha256sum
        Assert.Equal([Abi], Directory.EnumerateFileSystemEntries(_archive.CacheRoot).Select(Path.GetFileName));
        Assert.Contains($"downloading linux-image-{Abi}-unsigned (2 MB)", _progress);
    }

    [Fact]
    public void A_fetched_kernel_needs_no_package_client_any_more()
    {
        Fetcher.Fetch(Request, _progress.Add);
        var without = new KernelFetcher(Cache, "/nowhere", null);

        Assert.Equal(Abi, without.Fetch(Request, _progress.Add).Abi);
        Assert.Equal(Abi, without.Fetch(Request with { Series = "6.12.107+deb13" }, _progress.Add).Abi);
        Assert.Equal(Path.Combine(_archive.CacheRoot, Abi, "vmlinuz"), Cache.Resolve("amd64/6.12"));
        Assert.StartsWith("'apt-get' is missing", Assert.Throws<UserErrorException>(() => without.Fetch(Request with { Refresh = true }, _progress.Add)).Message);
    }

    [Fact]
    public void A_damaged_copy_is_fetched_again()
    {
        CachedKernel kernel = Fetcher.Fetch(Request, _progress.Add);
        File.WriteAllText(kernel.ImagePath, "imagE");

        Assert.Equal("image", File.ReadAllText(Fetcher.Fetch(Request, _progress.Add).ImagePath));
        Assert.Contains($"{Abi}: the copy in the cache is damaged, fetching it again", _progress);
    }

    [Fact]
    public void A_build_in_two_packages_gives_both_files()
    {
        _archive.Add("linux-image-7.2.13+deb14-cloud-amd64", ("./usr/share/doc/x", "shell"));
        _archive.Add("linux-binary-7.2.13+deb14-cloud-amd64", ("./usr/lib/modules/7.2.13+deb14-cloud-amd64/vmlinuz", "image"));
        _archive.Add("linux-base-7.2.13+deb14-cloud-amd64", ("./usr/lib/modules/7.2.13+deb14-cloud-amd64/config", "CONFIG_X=y"));

        CachedKernel kernel = Fetcher.Fetch(new KernelRequest("amd64", "7.2", Suites: ["trixie"]), _progress.Add);

        Assert.Equal(("image", "CONFIG_X=y"), (File.ReadAllText(kernel.ImagePath), File.ReadAllText(kernel.ConfigPath)));
        Assert.Equal("linux-binary-7.2.13+deb14-cloud-amd64", kernel.Source["package"]);
    }

    [Fact]
    public void What_is_not_there_is_said_in_one_line()
    {
        UserErrorException Error(KernelRequest request) => Assert.Throws<UserErrorException>(() => Fetcher.Fetch(request, _progress.Add));

        Assert.Equal("no cloud kernel 5.10 for amd64 in trixie", Error(new KernelRequest("amd64", "5.10", Suites: ["trixie"])).Message);
        Assert.Equal("no package list could be read: sid: E: no such suite", Error(new KernelRequest("amd64", "5.10", Suites: ["sid"])).Message);
        Assert.Equal("architecture 'riscv': amd64 or arm64 is right", Error(new KernelRequest("riscv", "5.10")).Message);
        Assert.Equal("series '6.12 x': a number as 6.12, or the beginning of a build's name as 6.12.107+deb13, is right", Error(new KernelRequest("amd64", "6.12 x")).Message);
    }

    [Fact]
    public void A_package_with_another_checksum_is_not_taken()
    {
        File.AppendAllText(_archive.In($"linux-image-{Abi}-unsigned.tar"), "x");

        Assert.Equal(
            $"linux-image-{Abi}-unsigned: the download does not have the checksum of the signed package list",
            Assert.Throws<UserErrorException>(() => Fetcher.Fetch(Request, _progress.Add)).Message);
        Assert.Empty(Cache.List());
    }

    [Fact]
    public void A_download_that_broke_off_goes_on_where_it_was()
    {
        File.WriteAllText(_archive.In("cut"), "");
        string message = Assert.Throws<UserErrorException>(() => Fetcher.Fetch(Request, _progress.Add)).Message;
        File.Delete(_archive.In("cut"));
        Fetcher.Fetch(Request, _progress.Add);

        Assert.Equal($"download of linux-image-{Abi}-unsigned failed: E: connection lost (the same command again goes on from here)", message);
        string[] downloads = File.ReadAllLines(_archive.In("downloads"));
        Assert.Equal($"linux-image-{Abi}-unsigned linux-image-{Abi}-unsigned_1_all.deb", downloads[1].Trim()); // the partial file was there
    }

    [Fact]
    public void The_machines_own_apt_is_left_alone()
    {
        Fetcher.Fetch(Request, _progress.Add);
        string used = File.ReadAllText(_archive.In("used.conf"));

        Assert.Contains("Acquire::http::Proxy \"http://proxy.invalid:1\";", used);
        Assert.DoesNotContain("Post-Invoke", used);
        Assert.Contains("Acquire::Languages \"none\";", used);
        Assert.DoesNotContain("\"all\"", used);
        Assert.Contains($"Dir::State \"{_archive.CacheRoot}", used);
        string[] asked = File.ReadAllLines(_archive.In("asked"));
        Assert.Equal($"deb [signed-by={_archive.In("keyring")} arch=amd64] https://mirror.invalid/debian trixie main", asked[0]);
        Assert.EndsWith("https://mirror.invalid/debian-security trixie-security main", asked[2]);
    }
}
