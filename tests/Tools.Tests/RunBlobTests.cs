using System.Text.Json;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Tests;

public sealed class RunBlobTests : IDisposable
{
    // GNU as: mov %rdi,%rax; add $5,%rax; mov %rax,(%rsi); ret
    private static readonly byte[] X64 = Convert.FromHexString("4889f8" + "4883c005" + "488906" + "c3");

    // GNU as: add x0, x0, #5; str x0, [x1]; ret
    private static readonly byte[] Arm64 = Convert.FromHexString("00140091" + "200000f9" + "c0035fd6");

    private const string X64State =
        " --arch x86-64 --base 0x100000 --reg rdi=37 --reg rsi=0x200000 --reg rsp=0x2ffff8"
        + " --map 0x200000:8 --map 0x2f0000:0x10000 --poke 0x2ffff8=0x1f0000";

    private const string Arm64State = " --arch arm64 --base 0x100000 --reg x0=37 --reg x1=0x200000 --reg x30=0x1f0000 --map 0x200000:8";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("x86-64", 4, "rax")]
    [InlineData("arm64", 3, "x0")]
    public void A_blob_runs_to_until_and_its_registers_are_printed(string architecture, int instructions, string result)
    {
        Invocation run = Run(architecture, " --until 0x1f0000");
        Assert.Equal((ExitCode.Holds, ""), (run.Code, run.Error));
        Assert.StartsWith($"reached 0x1f0000\n{instructions} instructions in ", run.Out, StringComparison.Ordinal);
        Assert.Matches($@"\b{result} +0x000000000000002a\b", run.Out); // 37 + 5
    }

    [Theory]
    [InlineData("x86-64", 4, "rax")]
    [InlineData("arm64", 3, "x0")]
    public void The_json_form_has_the_same_facts(string architecture, int instructions, string result)
    {
        Invocation run = Run(architecture, " --until 0x1f0000 --json");
        JsonElement json = run.Json();
        Assert.Equal(ExitCode.Holds, run.Code);
        Assert.Equal(1, json.GetProperty("format").GetInt32());
        Assert.Equal("run", json.GetProperty("command").GetString());
        Assert.Equal(architecture, json.GetProperty("arch").GetString());
        Assert.Equal("reached", json.GetProperty("end").GetString());
        Assert.Equal(instructions, json.GetProperty("instructions").GetInt64());
        Assert.True(json.GetProperty("seconds").GetDouble() >= 0);
        Assert.Equal("0x000000000000002a", json.GetProperty("registers").GetProperty(result).GetString());
    }

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64")]
    public void A_limit_that_is_hit_is_not_finished(string architecture)
    {
        Invocation run = Run(architecture, " --until 0x1f0000 --max 2");
        Assert.Equal(ExitCode.NotFinished, run.Code);
        Assert.StartsWith("not finished: --max 2 instructions\n2 instructions in ", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x86-64", "fetch-fault at 0x1f0000: (not fetched) (address 0x1f0000)", 4)]
    [InlineData("arm64", "fetch-fault at 0x1f0000: (not fetched) (address 0x1f0000)", 3)]
    public void A_fault_is_named_with_its_address(string architecture, string first, int instructions)
    {
        Invocation run = Run(architecture, "");
        Assert.Equal((ExitCode.Violated, ""), (run.Code, run.Error));
        Assert.StartsWith($"{first}\n{instructions} instructions in ", run.Out, StringComparison.Ordinal);

        JsonElement fault = Run(architecture, " --json").Json().GetProperty("event");
        Assert.Equal("fetch-fault", fault.GetProperty("kind").GetString());
        Assert.Equal("0x00000000001f0000", fault.GetProperty("address").GetString());
    }

    [Theory]
    [InlineData("x86-64", "write-fault at 0x100007: mov qword ptr [rsi],rax (address 0x7000)", "rsi")]
    [InlineData("arm64", "write-fault at 0x100004: str x0, [x1] (address 0x7000)", "x1")]
    public void A_faulting_instruction_is_shown(string architecture, string first, string register)
    {
        Invocation run = Run(architecture, $" --reg {register}=0x7000");
        Assert.Equal(ExitCode.Violated, run.Code);
        Assert.StartsWith(first + "\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_entry_skips_the_beginning()
    {
        JsonElement json = Run("arm64", " --until 0x1f0000 --entry 4 --json").Json();
        Assert.Equal(2, json.GetProperty("instructions").GetInt64());
    }

    [Theory]
    [InlineData("--arch arm64 --base zz", "--base: 'zz' is no 64-bit number; write 4096 or 0x1000")]
    [InlineData("--arch mips --base 0", "--arch: 'mips' is no architecture; write arm64 or x86-64")]
    [InlineData("--base 0", "--blob needs --arch arm64|x86-64; see 'rcuemu run --help'")]
    [InlineData("--arch arm64", "--blob needs --base A; see 'rcuemu run --help'")]
    [InlineData("--arch arm64 --base 0x1000 --reg x0", "--reg: 'x0' is not of the form R=V")]
    [InlineData("--arch arm64 --base 0x1000 --reg x0=", "--reg: 'x0=' is not of the form R=V")]
    [InlineData("--arch arm64 --base 0x1000 --reg x0=q", "--reg: 'q' is no 64-bit number; write 4096 or 0x1000")]
    [InlineData("--arch arm64 --base 0x1000 --map 0x2000", "--map: '0x2000' is not of the form A:LEN")]
    [InlineData("--arch arm64 --base 0x1000 --map 0x2000:0", "0x2000:0x0: no bytes to map")]
    [InlineData("--arch arm64 --base 0x1000 --map 0x1ff0:16",
        "0x1ff0:0x10: its pages 0x1000..0x2000 overlap blob (0x1000..0x2000)")]
    [InlineData("--arch arm64 --base 0x1000 --map 0x2000:1 --map 0x2010:8",
        "0x2010:0x8: its pages 0x2000..0x3000 overlap 0x2000:0x1 (0x2000..0x3000)")]
    [InlineData("--arch arm64 --base 0x1000 --map 0x2000:0x7fffffffffffffff", "more than 0x40000000 bytes of memory; map less")]
    [InlineData("--arch arm64 --base -8", "blob: 0xc bytes at 0xfffffffffffffff8 do not fit the address space")]
    [InlineData("--arch arm64 --base 0x1000 --poke 0x5000=1", "cannot write the word at 0x5000: 0x5000 is not mapped; map it first")]
    [InlineData("--arch arm64 --base 0x1000 --entry 12", "the entry 0xc lies behind the blob's 12 bytes")]
    [InlineData("--arch arm64 --base 0x1000 --max 0", "--max: '0' is no count; write a whole number from 1 up")]
    [InlineData("--arch arm64 --base 0x1000 --max -1", "--max: '-1' is no count; write a whole number from 1 up")]
    public void Bad_input_gets_one_line(string options, string message)
    {
        string file = _scratch.File("a.bin", Arm64);
        Invocation run = Invocation.Of(["run", "--blob", file, .. options.Split(' ')]);
        Assert.Equal(new Invocation(ExitCode.Usage, "", $"rcuemu: {message}\n"), run);
    }

    [Theory]
    [InlineData("arm64", "rax")]
    [InlineData("x86-64", "x0")]
    public void A_register_of_the_other_architecture_is_none(string architecture, string register)
    {
        Invocation run = Run(architecture, $" --reg {register}=1");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Matches($@"^rcuemu: no register '{register}'; there are [a-z0-9_ ]+\n$", run.Error);
    }

    [Fact]
    public void A_file_that_is_not_there_or_empty_gets_one_line()
    {
        string[] rest = ["--arch", "arm64", "--base", "0x1000"];
        string missing = Path.Combine(_scratch.Folder, "none"), empty = _scratch.File("empty", "");
        Assert.Equal($"rcuemu: {missing}: no such file\n", Invocation.Of(["run", "--blob", missing, .. rest]).Error);
        Assert.Equal($"rcuemu: {_scratch.Folder}: is a folder\n", Invocation.Of(["run", "--blob", _scratch.Folder, .. rest]).Error);
        Assert.Equal("rcuemu: the blob is empty\n", Invocation.Of(["run", "--blob", empty, .. rest]).Error);
    }

    [Fact]
    public void A_dash_is_standard_input()
    {
        string[] args = [.. $"run --blob -{Arm64State} --until 0x1f0000".Split(' ')];
        Assert.Equal(ExitCode.Holds, Invocation.Of(Arm64, args).Code);
    }

    private Invocation Run(string architecture, string more)
    {
        bool isArm = architecture == "arm64";
        string file = _scratch.File("blob.bin", isArm ? Arm64 : X64);
        return Invocation.Of(["run", "--blob", file, .. ((isArm ? Arm64State : X64State) + more).Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
