using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>The whole of an arm64 kernel image, text and data, as objdump spells it.</summary>
public sealed partial class A64ObjdumpTests
{
    [Fact]
    [Trait("Category", "Long")]
    public void A_kernel_image_reads_as_objdump_reads_it()
    {
        string image = FindImage() ?? Skip("needs an arm64 kernel image: rcuemu kernel fetch, or set RCUEMU_TEST_KERNELS");
        byte[] bytes = File.ReadAllBytes(image);
        using Process objdump = Start(image);
        var exceptions = ObjdumpExceptions.Read();
        var wrong = new SortedDictionary<string, string>(StringComparer.Ordinal);
        long compared = 0;
        while (objdump.StandardOutput.ReadLine() is string line)
        {
            string[] parts = line.Split('\t');
            if (parts.Length < 3 || !parts[0].EndsWith(':'))
                continue;
            int offset = int.Parse(parts[0].AsSpan(0, parts[0].Length - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            uint word = BitConverter.ToUInt32(bytes, offset);
            string theirs = Normal(parts);
            string? difference = Difference(word, (ulong)offset, theirs);
            compared++;
            if (difference is not null && !exceptions.Excuses(difference))
                wrong.TryAdd(string.Join(' ', difference.Split(' ').Skip(1).Take(2)), difference);
        }

        Assert.True(compared > 1_000_000, $"objdump gave {compared} words");
        Assert.True(wrong.Count == 0, $"{wrong.Count} kinds of words differ\n" + string.Join('\n', wrong.Values.Take(60)));
    }

    /// <summary>Null where both agree, or where one of them knows the word and the other's feature list ends before it.</summary>
    private static string? Difference(uint word, ulong offset, string theirs)
    {
        A64Row? row = A64Decoder.Find(word);
        bool isUndefinedThere = theirs.StartsWith(".inst", StringComparison.Ordinal);
        if (row is null)
            return isUndefinedThere || A64Decoder.Status(word) == A64WordStatus.NotModelled ? null : $"{word:x8} unallocated {theirs}";
        string ours = A64Disassembler.Format(word, offset);
        return ours == theirs ? null : $"{word:x8} {ours} | {theirs}";
    }

    private static string Normal(string[] parts)
    {
        string text = string.Join(' ', parts.Skip(2));
        int comment = text.IndexOf("//", StringComparison.Ordinal);
        return Name().Replace(comment < 0 ? text : text[..comment], "").Trim();
    }

    [GeneratedRegex(@"\s*<[^>]*>")]
    private static partial Regex Name();

    private static Process Start(string image)
    {
        var start = new ProcessStartInfo("aarch64-linux-gnu-objdump") { RedirectStandardOutput = true };
        foreach (string argument in new[] { "-D", "-z", "-b", "binary", "-m", "aarch64", image })
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("needs aarch64-linux-gnu-objdump: install binutils-aarch64-linux-gnu");
            throw;
        }
    }

    private static string Skip(string reason)
    {
        Assert.Skip(reason);
        return "";
    }

    /// <summary>The first arm64 image by name, in RCUEMU_TEST_KERNELS or in the user's cache.</summary>
    private static string? FindImage()
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string root = Environment.GetEnvironmentVariable("RCUEMU_TEST_KERNELS") ?? Path.Combine(cache, "rcuemu", "kernels");
        return Directory.Exists(root)
            ? Directory.GetDirectories(root, "*arm64").Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "vmlinuz")).LastOrDefault(File.Exists)
            : null;
    }
}

/// <summary>tests/data/arm64/objdump-exceptions.txt: a pattern for the difference, and the reason.</summary>
internal sealed class ObjdumpExceptions
{
    private readonly List<Regex> _patterns = [];

    public static ObjdumpExceptions Read()
    {
        var exceptions = new ObjdumpExceptions();
        foreach (string line in File.ReadLines(Path.Combine(CaseFiles.Folder, "objdump-exceptions.txt")))
        {
            if (line.Length > 0 && line[0] != '#')
                exceptions._patterns.Add(new Regex(line.Split(" ## ")[0], RegexOptions.CultureInvariant));
        }

        return exceptions;
    }

    public bool Excuses(string difference) => _patterns.Exists(pattern => pattern.IsMatch(difference));
}
