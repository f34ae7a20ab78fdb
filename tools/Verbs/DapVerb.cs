using System.CommandLine;
using System.Text.Json.Nodes;
using RcuEmu.Isa;
using RcuEmu.Tools.Debugging;
using RcuEmu.Tools.Debugging.Dap;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu dap</c>: the debugger for an editor.</summary>
internal sealed class DapVerb : Verb
{
    public DapVerb(Terminal terminal)
        : base(
            terminal,
            "dap",
            "Speaks the Debug Adapter Protocol on standard input and output, for VS Code and other editors",
            "rcuemu dap --color never")
    {
        Json.Description = "Means nothing: the protocol is JSON";
    }

    protected override int Run(ParseResult line)
    {
        using var session = new DapSession(new DapWire(Terminal.In, Terminal.Out), Open);
        session.Run();
        return ExitCode.Holds;
    }

    // What "launch" says: { "scenario": FILE, "schedule": LINE, "at": "end" }.
    private Emulator.Debugging.DebugSession Open(JsonObject launch) => DebugTarget.Open(
        Terminal,
        (string?)launch["scenario"] ?? (string?)launch["program"] ?? throw new UserErrorException("launch needs a scenario: the path of a YAML file"),
        (string?)launch["schedule"],
        launch["at"]?.ToString());
}
