using System.Text.Json;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Tests;

public class KernelRunTests
{
    // Counted on the same images with an independent emulator, one instruction at a time: callsite, ftrace_caller, ftrace_stub and back.
    [Theory]
    [InlineData("amd64/6.1.0-50", 37)]
    [InlineData("amd64/6.12.107+deb13", 67)]
    [InlineData("amd64/7.2.13+deb14", 66)]
    [InlineData("arm64/6.12.107+deb13", 43)]
    [InlineData("arm64/7.2.13+deb14", 43)]
    public void A_patched_callsite_runs_through_ftrace_caller_and_back(string kernel, int instructions)
    {
        string path = KernelVerbTests.Image(kernel);
        JsonElement json = Invocation.Of("kernel", "run", path, "vfs_read", "--json").Json();
        Assert.Equal("holds", json.GetProperty("verdict").GetString());
        Assert.Equal(instructions, json.GetProperty("instructions").GetInt32());
        Assert.Equal(instructions, json.GetProperty("trace").GetArrayLength());
        Assert.Equal(0, json.GetProperty("differences").GetArrayLength());
        string[] places = [.. json.GetProperty("trace").EnumerateArray().Select(step => step.GetProperty("place").GetString()!)];
        Assert.Equal("vfs_read", places[0]);
        Assert.Contains("ftrace_caller", places);
        Assert.Contains("ftrace_stub", places);

        Invocation text = Invocation.Of("kernel", "run", path, "vfs_read");
        Assert.Equal((ExitCode.Holds, ""), (text.Code, text.Error));
        Assert.EndsWith($"\n{instructions} instructions; registers and stack are unchanged behind the callsite\n", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_is_not_there_or_not_traced_gets_one_line()
    {
        string path = KernelVerbTests.Image("amd64/6.12.107+deb13");
        Assert.Equal(
            new Invocation(ExitCode.Usage, "", $"rcuemu: {path}: no function 'vfs_reed'; did you mean vfs_read?\n"),
            Invocation.Of("kernel", "run", path, "vfs_reed"));
        Assert.StartsWith(
            $"rcuemu: {path}: 'ftrace_stub' has no callsite: ", Invocation.Of("kernel", "run", path, "ftrace_stub").Error, StringComparison.Ordinal);
    }
}
