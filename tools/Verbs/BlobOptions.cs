using System.CommandLine;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>The options of <c>run --blob</c>, and the program that they describe.</summary>
internal sealed class BlobOptions
{
    private const long LargestBlob = 64 << 20;

    /// <summary>The file; its presence chooses this form of <c>run</c>.</summary>
    public Option<string> Blob { get; } = new("--blob") { HelpName = "FILE", Description = "Run these raw bytes instead of a scenario" };

    /// <summary>The instruction set.</summary>
    public Option<string> Arch { get; } = new("--arch") { HelpName = ArchitectureNames.Form, Description = "Instruction set of the blob" };

    private Option<string> Base { get; } = new("--base") { HelpName = "A", Description = "Address of the blob's first byte" };

    private Option<string> Entry { get; } = new("--entry") { HelpName = "OFF", Description = "First instruction, in bytes from the base [default: 0]" };

    private Option<string[]> Registers { get; } = new("--reg") { HelpName = "R=V", Description = "Set a register (x0, sp, rdi, ...); repeatable" };

    private Option<string[]> Maps { get; } = new("--map") { HelpName = "A:LEN", Description = "Map zeroed memory; repeatable" };

    private Option<string[]> Pokes { get; } = new("--poke") { HelpName = "A=V", Description = "Write a 64-bit word; repeatable" };

    private Option<string> Until { get; } = new("--until") { HelpName = "A", Description = "End where the program counter is A" };

    private Option<string> Maximum { get; } = new("--max") { HelpName = "N", Description = "End after N instructions" };

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All => [Blob, Arch, Base, Entry, Registers, Maps, Pokes, Until, Maximum];

    /// <summary>The program that a command line describes.</summary>
    public BlobProgram Read(ParseResult line, Terminal terminal)
    {
        string file = line.GetValue(Blob)!;
        Architecture architecture = ArchitectureNames.Parse(Required(line, Arch));
        ulong address = Numbers.Word(Base.Name, Required(line, Base));
        return new BlobProgram(architecture, InputFile.Read(terminal, file, LargestBlob), address)
        {
            Entry = line.GetValue(Entry) is { } entry ? Numbers.Word(Entry.Name, entry) : 0,
            Registers = ReadRegisters(line),
            Ranges = [.. Ranges(line)],
            Words = [.. Pairs(line, Pokes, "A=V").Select(pair =>
                KeyValuePair.Create(Numbers.Word(Pokes.Name, pair.Left), Numbers.Word(Pokes.Name, pair.Right)))],
            Until = line.GetValue(Until) is { } until ? Numbers.Word(Until.Name, until) : null,
            Maximum = line.GetValue(Maximum) is { } maximum ? Numbers.Count(Maximum.Name, maximum) : null,
        };
    }

    /// <summary>What <c>--reg</c> sets.</summary>
    public IReadOnlyList<KeyValuePair<string, ulong>> ReadRegisters(ParseResult line) =>
        [.. Pairs(line, Registers, "R=V").Select(pair => KeyValuePair.Create(pair.Left, Numbers.Word(Registers.Name, pair.Right)))];

    private IEnumerable<MappedRange> Ranges(ParseResult line)
    {
        foreach (string text in line.GetValue(Maps) ?? [])
        {
            (string address, string length) = Numbers.Pair(Maps.Name, text, ':', "A:LEN");
            yield return new MappedRange(Numbers.Word(Maps.Name, address), Numbers.Word(Maps.Name, length));
        }
    }

    private static IEnumerable<(string Left, string Right)> Pairs(ParseResult line, Option<string[]> option, string form) =>
        (line.GetValue(option) ?? []).Select(text => Numbers.Pair(option.Name, text, '=', form));

    private static string Required(ParseResult line, Option<string> option) =>
        line.GetValue(option) ?? throw new UserErrorException($"--blob needs {option.Name} {option.HelpName}; see 'rcuemu run --help'");
}
