using System.CommandLine;
using System.Globalization;
using System.Net;
using RcuEmu.Isa;
using RcuEmu.Tools.Debugging;
using RcuEmu.Tools.Debugging.Gdb;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu gdbserver</c>: the debugger for a gdb.</summary>
internal sealed class GdbServerVerb : Verb
{
    private const int DefaultPort = 1234;
    private readonly Argument<string?> _file;
    private readonly DebugTarget _target = new();
    private readonly Option<string?> _port;
    private readonly Option<string?> _listen;
    private readonly Option<bool> _once;
    private readonly Option<string?> _symbols;

    public GdbServerVerb(Terminal terminal)
        : base(
            terminal,
            "gdbserver",
            "Lets a gdb step through a scenario, a blob or a kernel function, forwards and backwards",
            "rcuemu gdbserver tests/scenarios/x86-64/free-without-tasks-rcu.yaml --port 1234 --symbols scenario.elf")
    {
        _file = AddArgument<string?>("FILE", DebugTarget.FileHelp);
        _file.Arity = ArgumentArity.ZeroOrOne;
        _port = AddOption<string?>("--port", "N", $"Listen on this port; 0: any free one [default: {DefaultPort}]");
        _listen = AddOption<string?>("--listen", "ADDRESS", "Listen there in place of the loopback: whoever can connect controls this process");
        _once = AddFlag("--once", "End when the first gdb has gone");
        _symbols = AddOption<string?>("--symbols", "FILE", "Write the symbols as an ELF file that gdb can load");
        foreach (Option option in _target.All)
            Options.Add(option);
    }

    protected override int Run(ParseResult line)
    {
        using var shell = new DebugShell(_target.Open(line, line.GetValue(_file), Terminal), new Paint(false), TextWriter.Null);
        if (line.GetValue(_symbols) is { } path)
            InputFile.Write(path, stream => stream.Write(SymbolElf.Of(shell.Session.Model)));

        using var server = new GdbServer(new GdbStub(shell), Address(line), Port(line));
        if (!IPAddress.IsLoopback(server.Place.Address))
            Terminal.Error.WriteLine($"rcuemu: warning: {server.Place} can be reached from other machines; whoever connects controls this process");

        Announce(line, server, shell);
        server.Run(line.GetValue(_once), Terminal.Stopped);
        return ExitCode.Holds;
    }

    private void Announce(ParseResult line, GdbServer server, DebugShell shell)
    {
        string architecture = shell.Session.Machine.Architecture == Architecture.X64 ? "i386:x86-64" : "aarch64";
        if (line.GetValue(Json))
        {
            using var report = new JsonReport("gdbserver");
            report.Add("scenario", shell.Session.Model.Name).Add("host", server.Place.Address.ToString()).Add("port", server.Place.Port)
                .Add("architecture", architecture).Print(Terminal.Out);
        }
        else
        {
            Terminal.Out.WriteLine($"listening on {server.Place}; in gdb-multiarch: target remote {server.Place}");
        }

        Terminal.Out.Flush();
    }

    private int Port(ParseResult line)
    {
        string? text = line.GetValue(_port);
        if (text is null)
            return DefaultPort;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= IPEndPoint.MaxPort
            ? port
            : throw new UserErrorException($"{_port.Name}: '{text}' is no port; write 0 to {IPEndPoint.MaxPort}");
    }

    private IPAddress Address(ParseResult line)
    {
        if (line.GetValue(_listen) is not { } text)
            return IPAddress.Loopback;

        return IPAddress.TryParse(text, out IPAddress? address)
            ? address
            : throw new UserErrorException($"{_listen.Name}: '{text}' is no address; write 0.0.0.0 or ::1");
    }
}
