using System.Text.Json;
using RcuEmu.Tools.Shell;
using RcuEmu.Tools.Verbs;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Tests;

public class KernelVerbTests
{
    /// <summary>The image's path; skips the test where it was not fetched.</summary>
    internal static string Image(string kernel)
    {
        string[] parts = kernel.Split('/');
        string? folder = Environment.GetEnvironmentVariable("RCUEMU_TEST_KERNELS");
        KernelCache cache = folder is { Length: > 0 } ? new KernelCache(folder) : KernelCache.Default;
        if (cache.Find(parts[0], parts[1], "cloud") is { } found)
            return found.ImagePath;

        Assert.Skip($"kernel {kernel} is not here; install it with: rcuemu kernel fetch {kernel}");
        return "";
    }

    // Numbers from the kernel's own System.map and __mcount_loc, read with nm and objdump: 157,648 symbols, 43,107 entries of which 622
    // are zero.
    [Fact]
    public void Info_says_what_the_image_is()
    {
        string path = Image("amd64/6.12.107+deb13");
        Invocation info = Invocation.Of("kernel", "info", path);
        Assert.Equal((ExitCode.Holds, ""), (info.Code, info.Error));
        Assert.StartsWith("release     6.12.107+deb13-cloud-amd64\narch        x86-64\n", info.Out, StringComparison.Ordinal);
        Assert.Contains("\ncallsites   42485\n", info.Out, StringComparison.Ordinal);

        JsonElement json = Invocation.Of("kernel", "info", path, "--json").Json();
        Assert.Equal("kernel info", json.GetProperty("command").GetString());
        Assert.Equal("6.12", json.GetProperty("series").GetString());
        Assert.Equal(157_648, json.GetProperty("symbols").GetInt32());
        Assert.Equal("0xffffffff81000000", json.GetProperty("text_start").GetString());
        Assert.Contains("TASKS_RCU", json.GetProperty("config").EnumerateArray().Select(option => option.GetString()));
    }

    // objdump: vfs_read begins with endbr64 (4 bytes), then the call to __fentry__.
    [Fact]
    public void Callsites_lists_functions_by_pattern()
    {
        string path = Image("amd64/6.12.107+deb13");
        Invocation one = Invocation.Of("kernel", "callsites", path, "--function", "vfs_read");
        Assert.Equal(ExitCode.Holds, one.Code);
        Assert.Matches("^0xffffffff8[0-9a-f]{7} vfs_read\\+0x4\n$", one.Out);

        JsonElement json = Invocation.Of("kernel", "callsites", path, "--function", "vfs_read*", "--json").Json();
        Assert.Equal(json.GetProperty("count").GetInt32(), json.GetProperty("callsites").GetArrayLength());
        Assert.All(json.GetProperty("callsites").EnumerateArray(), site =>
            Assert.StartsWith("vfs_read", site.GetProperty("function").GetString(), StringComparison.Ordinal));

        Invocation none = Invocation.Of("kernel", "callsites", path, "--function", "vfs_reed");
        Assert.Equal(new Invocation(ExitCode.Usage, "", $"rcuemu: {path}: no callsite in a function 'vfs_reed'\n"), none);
    }

    // 3.87 million instructions by objdump -d, INT3 filler left out.
    [Fact]
    public void Coverage_counts_the_text()
    {
        JsonElement json = Invocation.Of("kernel", "coverage", Image("amd64/6.12.107+deb13"), "--json").Json();
        long instructions = json.GetProperty("instructions").GetInt64(), executed = json.GetProperty("executed").GetInt64();
        Assert.InRange(instructions, 3_860_000, 3_880_000);
        Assert.Equal(
            instructions - executed,
            json.GetProperty("missing").EnumerateArray().Sum(missing => missing.GetProperty("count").GetInt64()));
        Assert.InRange((double)executed / instructions, 0.999, 1);
    }

    [Theory]
    [InlineData("kernel info nowhere/vmlinuz", "nowhere/vmlinuz: no such kernel image; a file, a folder with vmlinuz, or ARCH/SERIES (amd64/6.12) is right")]
    [InlineData("kernel fetch amd64", "'amd64' names no series; write ARCH SERIES or ARCH/SERIES, as amd64/6.12")]
    [InlineData("kernel fetch mips 6.12", "architecture 'mips': amd64 or arm64 is right")]
    [InlineData("kernel fetch amd64 6.12 --flavour tiny", "flavour 'tiny': cloud, rt, generic are right")]
    [InlineData("kernel frobnicate", "unknown command 'frobnicate'; see 'rcuemu kernel --help'")]
    [InlineData("kernel", "required command was not provided; see 'rcuemu kernel --help'")]
    public void Bad_input_gets_one_line(string line, string message) =>
        Assert.Equal(new Invocation(ExitCode.Usage, "", $"rcuemu: {message}\n"), Invocation.Of(line.Split(' ')));

    [Fact]
    public void A_file_that_is_no_kernel_is_refused()
    {
        using var scratch = new Scratch();
        string path = scratch.File("vmlinuz", new byte[4096]);
        foreach (string verb in (string[])["info", "callsites", "coverage"])
        {
            Invocation run = Invocation.Of("kernel", verb, path);
            Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Out));
            Assert.StartsWith($"rcuemu: {path}", run.Error, StringComparison.Ordinal);
            Assert.Equal(1, run.Error.Count(c => c == '\n'));
        }
    }

    [Theory]
    [InlineData("vfs_read", "vfs_read", true)]
    [InlineData("vfs_read", "vfs_readv", false)]
    [InlineData("vfs_*", "vfs_read", true)]
    [InlineData("*_read", "vfs_read", true)]
    [InlineData("*s_r*d", "vfs_read", true)]
    [InlineData("*", "", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("*b*c*", "acb", false)]
    public void A_star_stands_for_any_letters(string pattern, string name, bool fits) => Assert.Equal(fits, NamePattern.Matches(pattern, name));
}
