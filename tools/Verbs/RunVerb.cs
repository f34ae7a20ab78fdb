using System.CommandLine;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu run</c>: one order of a scenario, or a hand-assembled blob.</summary>
internal sealed class RunVerb : Verb
{
    private readonly BlobOptions _blob = new();

    public RunVerb(Terminal terminal)
        : base(
            terminal,
            "run",
            "Runs a hand-assembled blob and prints what it did",
            "rcuemu run --blob alu.bin --arch arm64 --base 0x100000 --reg x0=1000 --reg x30=0x1f0000 --until 0x1f0000")
    {
        foreach (Option option in _blob.All)
            Options.Add(option);
    }

    protected override int Run(ParseResult line)
    {
        if (line.GetValue(_blob.Blob) is null)
            throw new UserErrorException("nothing to run: name --blob FILE; see 'rcuemu run --help'");

        BlobProgram program = _blob.Read(line, Terminal);
        BlobResult result = BlobRun.Run(program, Terminal.Stopped);
        if (line.GetValue(Json))
            BlobReport.PrintJson(Terminal, program, result);
        else
            BlobReport.Print(Terminal, program, result);

        return BlobReport.Code(result);
    }
}
