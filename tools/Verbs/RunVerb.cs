using System.CommandLine;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu run</c>: one order of a scenario, or a hand-assembled blob.</summary>
internal sealed class RunVerb : Verb
{
    private readonly Argument<string?> _file;
    private readonly RunScenario _scenario;
    private readonly BlobOptions _blob = new();

    public RunVerb(Terminal terminal)
        : base(
            terminal,
            "run",
            "Runs a scenario in one order and prints each step, or runs a hand-assembled blob",
            "rcuemu run tests/scenarios/x86-64/free-without-tasks-rcu.yaml --seed 1",
            "rcuemu run --blob alu.bin --arch arm64 --base 0x100000 --reg x0=1000 --reg x30=0x1f0000 --until 0x1f0000")
    {
        _file = AddArgument<string?>("FILE", ScenarioFile.Help);
        _file.Arity = ArgumentArity.ZeroOrOne;
        _scenario = new RunScenario(terminal);
        foreach (Option option in _scenario.All.Concat(_blob.All))
            Options.Add(option);
    }

    protected override int Run(ParseResult line)
    {
        string? file = line.GetValue(_file);
        bool hasBlob = line.GetValue(_blob.Blob) is not null;
        if ((file is not null) == hasBlob)
            throw new UserErrorException("run takes a scenario FILE or --blob FILE, one of them; see 'rcuemu run --help'");

        return hasBlob ? RunBlob(line) : _scenario.Run(line, file!, line.GetValue(Json));
    }

    private int RunBlob(ParseResult line)
    {
        BlobProgram program = _blob.Read(line, Terminal);
        BlobResult result = BlobRun.Run(program, Terminal.Stopped);
        if (line.GetValue(Json))
            BlobReport.PrintJson(Terminal, program, result);
        else
            BlobReport.Print(Terminal, program, result);

        return BlobReport.Code(result);
    }
}
