using System.Diagnostics;
using System.Globalization;
using RcuEmu.Isa.Text;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.Text;

/// <summary>The GNU assembler of this machine against ours, on generated statements in both syntaxes.</summary>
public sealed class GnuAsTests : IDisposable
{
    // Branches to a number, hints that GNU as spells ",pt", and a far return that it spells lret.
    private static readonly string[] LeftToTheLinker = ["call", "loop", "xbegin", " j", "hint", "ret far"];

    private readonly string _folder = Directory.CreateTempSubdirectory("rcuemu-as-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Random bytes spelled by Iced: what GNU as accepts of it must become GNU as's bytes, or be refused by us with a message.
    [Theory]
    [Trait("Category", "Long")]
    [InlineData(X64Syntax.Intel)]
    [InlineData(X64Syntax.Att)]
    public void Generated_statements_get_the_bytes_of_gnu_as(X64Syntax syntax)
    {
        List<string> statements = Statements(syntax, 3000);
        string header = syntax == X64Syntax.Att ? ".att_syntax\n" : ".intel_syntax noprefix\n";
        Dictionary<string, string> expected = GnuAs(statements, header);

        var different = new List<string>();
        int refused = 0;
        foreach ((string statement, string bytes) in expected)
        {
            string? ours = Ours(header + statement);
            refused += ours is null ? 1 : 0;
            if (ours is not null && ours != bytes)
                different.Add($"{statement}: GNU as {bytes}, ours {ours}");
        }

        Assert.Empty(different);
        Assert.True(refused * 20 < expected.Count, $"{refused} of {expected.Count} statements refused");
    }

    private static List<string> Statements(X64Syntax syntax, int count)
    {
        var random = new Random(7);
        var statements = new HashSet<string>();
        byte[] bytes = new byte[15];
        while (statements.Count < count)
        {
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
                bytes[0] = (byte)(0x48 + random.Next(6));
            string text = X64Disassembler.Format(bytes, 0, out _, syntax: syntax);
            if (text != "(bad)" && !Array.Exists(LeftToTheLinker, part => text.Contains(part, StringComparison.Ordinal)) && text[0] != 'j')
                statements.Add(text);
        }

        return [.. statements];
    }

    private static string? Ours(string text)
    {
        try
        {
            return AssemblerCases.Hex(new EmbeddedAssembler().Assemble(Architecture.X64, text, 0).Bytes);
        }
        catch (AssemblyException)
        {
            return null;
        }
    }

    // Statements that GNU as refuses are dropped, then the rest is assembled between labels.
    private Dictionary<string, string> GnuAs(List<string> statements, string header)
    {
        string source = Path.Combine(_folder, "a.s");
        string code = Path.Combine(_folder, "a.o");
        var kept = new List<string>(statements);
        for (int round = 0; round < 5; round++)
        {
            File.WriteAllText(source, header + string.Concat(kept.Select((statement, i) => $"L{i}: {statement}\n")) + $"L{kept.Count}:\n");
            string errors = Run("as", $"--64 -o {code} {source}");
            HashSet<int> bad = [.. errors.Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal))
                .Select(line => int.Parse(line.Split(':')[1], CultureInfo.InvariantCulture) - 2)];
            if (bad.Count == 0)
                break;
            kept = [.. kept.Where((_, i) => !bad.Contains(i))];
        }

        string flat = Path.Combine(_folder, "a.bin");
        Run("objcopy", $"-O binary -j .text {code} {flat}");
        byte[] bytes = File.ReadAllBytes(flat);
        var addresses = Run("nm", code).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .ToDictionary(word => word[2], word => int.Parse(word[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return kept.Select((statement, i) => (statement, i)).ToDictionary(
            pair => pair.statement, pair => AssemblerCases.Hex(bytes[addresses[$"L{pair.i}"]..addresses[$"L{pair.i + 1}"]]));
    }

    private static string Run(string tool, string arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return errors + output.Result;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{tool} is not on this machine; install binutils");
            return "";
        }
    }
}
