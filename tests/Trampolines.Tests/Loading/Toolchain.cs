using System.Diagnostics;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>GNU as, ld and objcopy of this machine, as an independent oracle. Tests skip without them.</summary>
internal sealed class Toolchain : IDisposable
{
    private readonly string _prefix;
    private readonly string _folder = Directory.CreateTempSubdirectory("rcuemu-test-").FullName;

    public Toolchain(Architecture architecture)
    {
        _prefix = architecture == Architecture.X64 ? "x86_64-linux-gnu-" : "aarch64-linux-gnu-";
        if (FindTool(_prefix + "as") is null || FindTool(_prefix + "ld") is null)
            Assert.Skip($"no {_prefix}as here: install binutils-{_prefix[..^1].Replace('_', '-')}");
    }

    /// <summary>Assembles a source and gives the object file.</summary>
    public byte[] Assemble(string source)
    {
        File.WriteAllText(PathOf("in.s"), source);
        Run("as", "-o", PathOf("in.o"), PathOf("in.s"));
        return File.ReadAllBytes(PathOf("in.o"));
    }

    /// <summary>Links the last object with sections and symbols at given addresses; gives the bytes of each section.</summary>
    public IReadOnlyDictionary<string, byte[]> Link(IEnumerable<(string Name, ulong Address)> sections, IEnumerable<(string Name, ulong Address)> symbols)
    {
        var arguments = new List<string> { "-e", "0", "--no-relax", "-o", PathOf("out"), PathOf("in.o") };
        arguments.AddRange(sections.Select(section => $"--section-start={section.Name}=0x{section.Address:x}"));
        arguments.AddRange(symbols.Select(symbol => $"--defsym={symbol.Name}=0x{symbol.Address:x}"));
        Run("ld", [.. arguments]);
        return sections.ToDictionary(section => section.Name, section =>
        {
            Run("objcopy", "-O", "binary", "--only-section=" + section.Name, PathOf("out"), PathOf("out.bin"));
            return File.ReadAllBytes(PathOf("out.bin"));
        });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static string? FindTool(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private void Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(_prefix + tool, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{_prefix}{tool}: {error.Result}");
    }
}
