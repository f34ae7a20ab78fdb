using System.Text;
using System.Text.Json;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Tests;

public sealed class AsmDisasmTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    // Words and bytes from GNU as 2.40.
    [Theory]
    [InlineData("arm64", "mov x9, x30\nbl 0x2000\nret\n", "e9 03 1e aa ff 03 00 94 c0 03 5f d6")]
    [InlineData("x86-64", "endbr64\ncall 0x2000\nret\n", "f3 0f 1e fa e8 f7 0f 00 00 c3")]
    public void Text_becomes_the_bytes_that_as_makes(string architecture, string text, string hex)
    {
        string file = _scratch.File("a.s", text), output = Path.Combine(_scratch.Folder, "a.bin");
        Assert.Equal(
            new Invocation(ExitCode.Holds, hex + "\n", ""),
            Invocation.Of("asm", file, "--arch", architecture, "--base", "0x1000", "--hex"));

        Assert.Equal(new Invocation(ExitCode.Holds, "", ""), Invocation.Of("asm", file, "--arch", architecture, "--base", "0x1000", "-o", output));
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(File.ReadAllBytes(output)));
    }

    [Fact]
    public void The_listing_has_address_bytes_and_source() =>
        Assert.Equal(
            "    1000:  aa1e03e9                 mov x9, x30\n" +
            "    1004:  94000000                 here: bl here\n" +
            "    1008:  01 02                    .byte 1, 2\n",
            Invocation.Of(Encoding.UTF8.GetBytes("  mov x9, x30\nhere: bl here\n.byte 1, 2\n"), "asm", "-", "--arch", "arm64", "--base", "0x1000").Out);

    [Fact]
    public void The_json_form_of_asm_has_bytes_labels_and_lines()
    {
        JsonElement json = Invocation.Of(Encoding.UTF8.GetBytes("a: ret\nb: bl far\n"), "asm", "--arch", "arm64", "--symbol", "far=8", "--json").Json();
        Assert.Equal("asm", json.GetProperty("command").GetString());
        Assert.Equal("c0035fd6" + "01000094", json.GetProperty("bytes").GetString());
        Assert.Equal(8, json.GetProperty("length").GetInt32());
        Assert.Equal("0x0000000000000004", json.GetProperty("labels").GetProperty("b").GetString());
        Assert.Equal(2, json.GetProperty("lines")[1].GetProperty("line").GetInt32());
    }

    [Theory]
    [InlineData("arm64", "e9031eaa c0035fd6", "       0:  aa1e03e9  mov x9, x30\n       4:  d65f03c0  ret\n", "intel")]
    [InlineData("x86-64", "f30f1efa e8f70f0000 4889f8", "       0:  f3 0f 1e fa              endbr64\n       4:  e8 f7 0f 00 00           call 0x1000\n" +
        "       9:  48 89 f8                 mov rax,rdi\n", "intel")]
    [InlineData("x86-64", "4889f8", "       0:  48 89 f8                 mov %rdi,%rax\n", "att")]
    public void Bytes_become_text(string architecture, string hex, string text, string syntax)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(
            new Invocation(ExitCode.Holds, text, ""),
            Invocation.Of(bytes, "disasm", "-", "--arch", architecture, "--syntax", syntax, "--format", "raw"));
    }

    [Theory]
    [InlineData("arm64")]
    [InlineData("x86-64")]
    public void What_asm_prints_as_hex_disasm_reads(string architecture)
    {
        Invocation hex = Invocation.Of(Encoding.ASCII.GetBytes("ret\nret\n"), "asm", "--arch", architecture, "--hex");
        Invocation text = Invocation.Of(Encoding.ASCII.GetBytes(hex.Out), "disasm", "-", "--arch", architecture);
        Assert.Equal(2, text.Out.Split('\n').Count(line => line.EndsWith(" ret", StringComparison.Ordinal)));
    }

    [Fact]
    public void Hexadecimal_text_is_recognised()
    {
        Invocation run = Invocation.Of(Encoding.ASCII.GetBytes("48 89 f8 # mov\n"), "disasm", "-", "--arch", "x86-64");
        Assert.Equal("       0:  48 89 f8                 mov rax,rdi\n", run.Out);
    }

    [Fact]
    public void The_json_form_of_disasm_lists_instructions()
    {
        JsonElement json = Invocation.Of(Convert.FromHexString("c0035fd6"), "disasm", "-", "--arch", "arm64", "--base", "0x1000", "--json").Json();
        JsonElement only = Assert.Single(json.GetProperty("instructions").EnumerateArray());
        Assert.Equal(("0x0000000000001000", "c0035fd6", "ret"),
            (only.GetProperty("address").GetString(), only.GetProperty("bytes").GetString(), only.GetProperty("text").GetString()));
    }

    // objdump -d of the same image: vfs_read begins with endbr64, call __fentry__.
    [Fact]
    public void A_function_of_a_kernel_image_is_shown_with_names()
    {
        string path = KernelVerbTests.Image("amd64/6.12.107+deb13");
        Invocation run = Invocation.Of("disasm", path, "--function", "vfs_read", "--length", "9");
        Assert.Matches("^[0-9a-f]{16} <vfs_read>:\n[0-9a-f]{16}:  f3 0f 1e fa +endbr64\n[0-9a-f]{16}:  e8 .* call 0x[0-9a-f]+ <__fentry__>\n$", run.Out);

        Assert.Equal($"rcuemu: {path}: a kernel image has many functions; name one with --function\n", Invocation.Of("disasm", path).Error);
    }

    [Theory]
    [InlineData("asm {none} --arch arm64", "{none}: no such file")]
    [InlineData("asm {text}", "option '--arch' is required; see 'rcuemu asm --help'")]
    [InlineData("asm {text} --arch z80", "--arch: 'z80' is no architecture; write arm64 or x86-64")]
    [InlineData("asm {text} --arch arm64 --assembler nasm", "--assembler: 'nasm' is none; write embedded or keystone")]
    [InlineData("asm {text} --arch arm64 --symbol x", "--symbol: 'x' is not of the form N=A")]
    [InlineData("asm {text} --arch arm64 --base 1x", "--base: '1x' is no 64-bit number; write 4096 or 0x1000")]
    [InlineData("asm {text} --arch arm64 -o {folder}", "{folder}: is a folder")]
    [InlineData("disasm {none} --arch arm64", "{none}: no such file")]
    [InlineData("disasm {raw}", "{raw}: raw bytes do not say the architecture; give it")]
    [InlineData("disasm {hex}", "{hex}: hexadecimal text does not say the architecture; give it")]
    [InlineData("disasm {raw} --arch arm64 --format coff", "--format: 'coff' is none; write raw, hex, elf or image")]
    [InlineData("disasm {raw} --arch x86-64 --syntax masm", "--syntax: 'masm' is none; write intel or att")]
    [InlineData("disasm {raw} --arch x86-64 --function f", "{raw}: no function 'f'")]
    public void Bad_input_gets_one_line(string line, string message)
    {
        string Filled(string text) => text
            .Replace("{none}", Path.Combine(_scratch.Folder, "none"), StringComparison.Ordinal)
            .Replace("{folder}", _scratch.Folder, StringComparison.Ordinal)
            .Replace("{text}", _scratch.File("a.s", "ret\n"), StringComparison.Ordinal)
            .Replace("{raw}", _scratch.File("a.bin", Convert.FromHexString("c3909090")), StringComparison.Ordinal)
            .Replace("{hex}", _scratch.File("a.hex", "c3 90"), StringComparison.Ordinal);

        Assert.Equal(new Invocation(ExitCode.Usage, "", $"rcuemu: {Filled(message)}\n"), Invocation.Of(Filled(line).Split(' ')));
    }

    [Fact]
    public void An_error_in_the_text_names_file_line_and_column()
    {
        string file = _scratch.File("a.s", "ret\nfrobnicate x0\n");
        Invocation run = Invocation.Of("asm", file, "--arch", "arm64");
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Out));
        Assert.StartsWith($"rcuemu: {file}:2:1: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }
}
