using System.Globalization;
using System.Text.Json.Nodes;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Dap;

/// <summary>
/// Answers an editor: requests of the Debug Adapter Protocol, each a row of a table, on the session that the REPL drives too. Threads are
/// cores, numbered from 1.
/// </summary>
/// <remarks>
/// Debug Adapter Protocol, "Types" and "Requests". There are no source files: frames carry an instruction's address, and the editor's
/// disassembly view shows the rest. A step moves the thread's core alone; a step back takes back the machine's last step.
/// </remarks>
internal sealed class DapSession : IDisposable
{
    private static readonly Dictionary<string, Func<DapSession, JsonObject, JsonNode?>> Requests = new(StringComparer.Ordinal)
    {
        ["initialize"] = (dap, args) => Capabilities(),
        ["launch"] = (dap, args) => dap.Launch(args),
        ["attach"] = (dap, args) => dap.Launch(args),
        ["configurationDone"] = (dap, args) => dap.After(() => dap.Stopped("entry", 0, null)),
        ["setBreakpoints"] = (dap, args) => Unverified(args),
        ["setExceptionBreakpoints"] = (dap, args) => null,
        ["setFunctionBreakpoints"] = (dap, args) => dap.SetBreakpoints(args, "name", dap._functions),
        ["setInstructionBreakpoints"] = (dap, args) => dap.SetBreakpoints(args, "instructionReference", dap._instructions),
        ["dataBreakpointInfo"] = (dap, args) => dap.DataInfo(args),
        ["setDataBreakpoints"] = (dap, args) => dap.SetDataBreakpoints(args),
        ["threads"] = (dap, args) => dap.Threads(),
        ["stackTrace"] = (dap, args) => dap.StackTrace(args),
        ["scopes"] = (dap, args) => Scopes(args),
        ["variables"] = (dap, args) => dap.Variables(args),
        ["setVariable"] = (dap, args) => dap.SetVariable(args),
        ["evaluate"] = (dap, args) => dap.Evaluate(args),
        ["completions"] = (dap, args) => dap.Completions(args),
        ["continue"] = (dap, args) => dap.Resume(token => dap.Moves.Continue(token), new JsonObject { ["allThreadsContinued"] = true }),
        ["next"] = (dap, args) => dap.Resume(token => dap.Moves.NextInstruction(dap.Core(args), token)),
        ["stepIn"] = (dap, args) => dap.Resume(_ => dap.Moves.StepCore(dap.Core(args))),
        ["stepOut"] = (dap, args) => dap.Resume(token => dap.Moves.Finish(dap.ContextOf(dap.Core(args)), token)),
        ["stepBack"] = (dap, args) => dap.Resume(_ => dap.Moves.Back(1)),
        ["reverseContinue"] = (dap, args) => dap.Resume(token => dap.Moves.ContinueBack(token)),
        ["goto"] = (dap, args) => dap.Resume(_ => dap.Moves.GoTo((long)args["targetId"]!)),
        ["pause"] = (dap, args) => null,
        ["disassemble"] = (dap, args) => dap.Disassemble(args),
        ["readMemory"] = (dap, args) => dap.ReadMemory(args),
        ["writeMemory"] = (dap, args) => dap.WriteMemory(args),
        ["restart"] = (dap, args) => dap.Resume(_ => dap.Moves.GoTo(0)),
        ["disconnect"] = (dap, args) => dap.End(),
        ["terminate"] = (dap, args) => dap.After(() => dap._wire.Event("terminated")),
    };

    private readonly DapWire _wire;
    private readonly Func<JsonObject, DebugSession> _open;
    private readonly List<StopPoint> _functions = [];
    private readonly List<StopPoint> _instructions = [];
    private readonly List<StopPoint> _data = [];
    private DebugShell? _shell;
    private Action? _after;
    private Task _running = Task.CompletedTask;
    private CancellationTokenSource _run = new();

    /// <summary>Answers on a wire; <paramref name="open"/> makes a session of what <c>launch</c> says.</summary>
    public DapSession(DapWire wire, Func<JsonObject, DebugSession> open) => (_wire, _open) = (wire, open);

    private bool IsOver { get; set; }

    private DebugShell Shell => _shell ?? throw new UserErrorException("nothing is launched yet");

    private DebugSession Session => Shell.Session;

    private SessionMoves Moves => Session.Moves;

    /// <summary>Answers requests until the editor disconnects or its stream ends.</summary>
    public void Run()
    {
        while (!IsOver && _wire.Read() is { } message)
        {
            if ((string?)message["type"] != "request")
                continue;

            // Requests wait for a run that goes on, but for those that end it.
            string command = (string?)message["command"] ?? "";
            if (command is "pause" or "disconnect" or "terminate")
                _run.Cancel();

            _running.Wait();
            Answer(command, message);
            _after?.Invoke();
            _after = null;
        }

        _run.Cancel();
        _running.Wait();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _shell?.Dispose();
        _run.Dispose();
    }

    private void Answer(string command, JsonObject message)
    {
        var response = new JsonObject { ["type"] = "response", ["request_seq"] = message["seq"]?.DeepClone(), ["command"] = command };
        try
        {
            if (!Requests.TryGetValue(command, out Func<DapSession, JsonObject, JsonNode?>? request))
                throw new UserErrorException($"'{command}' is no request that is known here");

            JsonNode? body = request(this, message["arguments"] as JsonObject ?? []);
            response["success"] = true;
            if (body is not null)
                response["body"] = body;
        }
        catch (Exception error) when (error is UserErrorException or InvalidOperationException or FormatException or NullReferenceException or OverflowException)
        {
            // A request without what it must have ends here too: the editor's mistake is answered, not ours.
            response["success"] = false;
            response["message"] = error.Message;
        }

        _wire.Send(response);
        if (command == "initialize")
            _wire.Event("initialized");
    }

    private static JsonObject Capabilities()
    {
        string[] supported =
        [
            "ConfigurationDoneRequest", "FunctionBreakpoints", "ConditionalBreakpoints", "EvaluateForHovers", "StepBack", "SetVariable", "RestartRequest",
            "CompletionsRequest", "DataBreakpoints", "ReadMemoryRequest", "WriteMemoryRequest", "DisassembleRequest", "SteppingGranularity",
            "InstructionBreakpoints", "SingleThreadExecutionRequests", "TerminateRequest",
        ];
        return new JsonObject(supported.Select(name => KeyValuePair.Create<string, JsonNode?>($"supports{name}", true)));
    }

    private JsonNode? Launch(JsonObject args)
    {
        _shell?.Dispose();
        _shell = new DebugShell(_open(args), new Paint(false), TextWriter.Null);
        return null;
    }

    private JsonNode? End()
    {
        IsOver = true;
        return null;
    }

    private JsonNode? After(Action action)
    {
        _after = action;
        return null;
    }

    // The response comes first, then the run, then the event of its end.
    private JsonObject Resume(Func<CancellationToken, DebugStop> move, JsonObject? body = null)
    {
        _run.Dispose();
        _run = new CancellationTokenSource();
        CancellationToken token = _run.Token;
        _ = Session;
        _after = () => _running = Task.Run(() => Stopped(move, token), CancellationToken.None);
        return body ?? [];
    }

    private void Stopped(Func<CancellationToken, DebugStop> move, CancellationToken token)
    {
        try
        {
            DebugStop stop = move(token);
            int core = stop.Core < 0 ? Session.SelectedCore : stop.Core;
            Session.SelectCore(core);
            Stopped(Reason(stop), core, Text(stop));
        }
        catch (UserErrorException error)
        {
            Output(error.Message);
            Stopped("pause", Session.SelectedCore, error.Message);
        }
    }

    private void Stopped(string reason, int core, string? text)
    {
        if (text is not null)
            Output(text);
        if (Session.TakeForkNotice() is { } notice)
            Output(notice);

        var body = new JsonObject { ["reason"] = reason, ["threadId"] = core + 1, ["allThreadsStopped"] = true };
        if (text is not null)
            (body["description"], body["text"]) = (text, text);

        _wire.Event("stopped", body);
    }

    private void Output(string text) => _wire.Event("output", new JsonObject { ["category"] = "console", ["output"] = text + "\n" });

    private static string Reason(DebugStop stop) => stop.Reason switch
    {
        StopReason.Breakpoint => "breakpoint",
        StopReason.Watchpoint => "data breakpoint",
        StopReason.Violation => "exception",
        StopReason.Interrupted => "pause",
        StopReason.Done => "step",
        _ => "pause",
    };

    private static string? Text(DebugStop stop) => stop.Reason switch
    {
        StopReason.Violation => $"violated {stop.Violation!.Property}: {stop.Violation.Message}",
        StopReason.End => "the run is over",
        StopReason.Beginning => "the beginning of the run",
        StopReason.Catchpoint => stop.Hit!.Message,
        _ => stop.Message,
    };

    private static JsonObject Unverified(JsonObject args) => new()
    {
        ["breakpoints"] = new JsonArray([.. (args["breakpoints"] as JsonArray ?? []).Select(_ =>
            new JsonObject { ["verified"] = false, ["message"] = "there are no source lines; set it in the disassembly or on a function" })]),
    };

    private JsonObject SetBreakpoints(JsonObject args, string key, List<StopPoint> kept)
    {
        Forget(kept);
        var answers = new JsonArray();
        foreach (JsonObject wanted in (args["breakpoints"] as JsonArray ?? []).OfType<JsonObject>())
        {
            try
            {
                ulong address = Shell.Place((string)wanted[key]!) + (ulong)((long?)wanted["offset"] ?? 0);
                StopPoint point = Session.Points.Break((string)wanted[key]!, address);
                if ((string?)wanted["condition"] is { Length: > 0 } condition)
                    point.If = () => Shell.Evaluate(condition).IsTrue;

                kept.Add(point);
                answers.Add(new JsonObject { ["verified"] = true, ["id"] = point.Number, ["instructionReference"] = Hex(address) });
            }
            catch (UserErrorException error)
            {
                answers.Add(new JsonObject { ["verified"] = false, ["message"] = error.Message });
            }
        }

        return new JsonObject { ["breakpoints"] = answers };
    }

    private void Forget(List<StopPoint> kept)
    {
        foreach (StopPoint point in kept)
            Session.Points.Remove(point);

        kept.Clear();
    }

    // The id of data is its address and length.
    private JsonObject DataInfo(JsonObject args)
    {
        string name = (string)args["name"]!;
        ulong address = Shell.Evaluate(name.StartsWith('&') ? name : Session.Model.Find(name) is null ? name : $"&{name}").Bits;
        long bytes = (long?)args["bytes"] ?? 8;
        return new JsonObject
        {
            ["dataId"] = $"{Hex(address)},{bytes}",
            ["description"] = $"{bytes} bytes at {ValueText.Address(Session.Model, address)}",
            ["accessTypes"] = new JsonArray("read", "write", "readWrite"),
        };
    }

    private JsonObject SetDataBreakpoints(JsonObject args)
    {
        Forget(_data);
        var answers = new JsonArray();
        foreach (JsonObject wanted in (args["breakpoints"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string[] words = ((string)wanted["dataId"]!).Split(',');
            StopPointKind kind = (string?)wanted["accessType"] switch
            {
                "read" => StopPointKind.ReadWatch,
                "readWrite" => StopPointKind.AccessWatch,
                _ => StopPointKind.Watch,
            };
            StopPoint point = Session.Points.Watch(kind, words[0], Shell.Evaluate(words[0]).Bits, int.Parse(words[1], CultureInfo.InvariantCulture));
            _data.Add(point);
            answers.Add(new JsonObject { ["verified"] = true, ["id"] = point.Number });
        }

        return new JsonObject { ["breakpoints"] = answers };
    }

    private JsonObject Threads() => new()
    {
        ["threads"] = new JsonArray([.. Session.Machine.Cores.Select(core =>
            new JsonObject { ["id"] = core.Index + 1, ["name"] = $"core {core.Index}: {Session.Model.Running(core.Index)}" })]),
    };

    private int Core(JsonObject args)
    {
        int core = (int)args["threadId"]! - 1;
        Session.SelectCore(core);
        return core;
    }

    private Context ContextOf(int core) => Session.ContextOf(core) ?? throw new UserErrorException($"core {core} executes no instructions now");

    // A frame's id is the core's number and its depth.
    private JsonObject StackTrace(JsonObject args)
    {
        int core = Core(args);
        var frames = new JsonArray();
        if (Session.ContextOf(core) is not { } context)
        {
            frames.Add(Frame(core, 0, Session.Model.Doing(core) ?? Session.Model.Running(core), null));
            return new JsonObject { ["stackFrames"] = frames, ["totalFrames"] = 1 };
        }

        ulong pc = Session.Machine.Engine.Pc(context);
        frames.Add(Frame(core, 0, Session.Model.Format(pc) ?? Hex(pc), pc));
        for (CallFrame? frame = Session.Timeline.Calls.Top(context); frame is not null; frame = frame.Outer)
            frames.Add(Frame(core, frames.Count, Session.Model.Format(frame.Return) ?? Hex(frame.Return), frame.Return));

        return new JsonObject { ["totalFrames"] = frames.Count, ["stackFrames"] = frames };
    }

    private static JsonObject Frame(int core, int depth, string name, ulong? address)
    {
        var frame = new JsonObject { ["id"] = (core * 1000) + depth + 1, ["name"] = name, ["line"] = 0, ["column"] = 0 };
        if (address is { } at)
            frame["instructionPointerReference"] = Hex(at);

        return frame;
    }

    // A scope's reference is the core's number plus 1 times 100, and which of these it is.
    private static readonly string[] ScopeNames = ["Registers", "Task", "Grace period", "Fetch"];

    private static JsonObject Scopes(JsonObject args)
    {
        int core = ((int)args["frameId"]! - 1) / 1000;
        return new JsonObject
        {
            ["scopes"] = new JsonArray([.. ScopeNames.Select((name, i) => new JsonObject
            {
                ["name"] = name,
                ["variablesReference"] = ((core + 1) * 100) + i,
                ["expensive"] = i == 3,
                ["presentationHint"] = i == 0 ? "registers" : "locals",
            })]),
        };
    }

    private JsonObject Variables(JsonObject args)
    {
        (int core, int scope) = Scope((int)args["variablesReference"]!);
        IEnumerable<(string Name, string Value)> values = scope switch
        {
            0 => Registers(core),
            1 => Rows("tasks", 1).Where(row => row.Name == Session.Model.Running(core)).Concat([("core", Session.Model.Status(core))]),
            2 => Rows("grace", 0),
            _ => Fetched(core),
        };
        return new JsonObject
        {
            ["variables"] = new JsonArray([.. values.Select(value => new JsonObject { ["name"] = value.Name, ["value"] = value.Value, ["variablesReference"] = 0 })]),
        };
    }

    private (int Core, int Scope) Scope(int reference)
    {
        int core = (reference / 100) - 1;
        Session.SelectCore(core);
        return (core, reference % 100);
    }

    private IEnumerable<(string, string)> Registers(int core) => Session.ContextOf(core) is { } context
        ? Session.Machine.Engine.RegisterNames.Select(name => (name, ValueText.Address(Session.Model, Session.Machine.Engine.ReadRegister(context, name))))
        : [];

    private IEnumerable<(string Name, string Value)> Rows(string topic, int name) => Session.Model.Facts(topic) is { } table
        ? table.Rows.Select(row => (row[name], string.Join(", ", row.Select((text, i) => i == name ? null : $"{table.Columns[i]} {text}").Where(text => text is not null))))
        : [];

    private List<(string, string)> Fetched(int core)
    {
        if (Session.PcOf(core) is not { } pc)
            return [];

        List<(string, string)> versions = [.. MemoryText.Versions(Session, pc).Where(version => version.Core == core)
            .Select((version, i) => (i == 0 ? "newest" : $"stale {i}", $"{Convert.ToHexStringLower(version.Bytes)} {version.Text}"))];
        return versions.Count > 0 ? versions : [("fetch", "coherent: what memory holds")];
    }

    private JsonObject SetVariable(JsonObject args)
    {
        (int core, int scope) = Scope((int)args["variablesReference"]!);
        string name = (string)args["name"]!;
        if (scope != 0 || !Session.WriteRegister(ContextOf(core), name, Shell.Evaluate((string)args["value"]!).Bits))
            throw new UserErrorException($"{name} cannot be written");

        if (Session.TakeForkNotice() is { } notice)
            Output(notice);

        return new JsonObject { ["value"] = ValueText.Address(Session.Model, Session.Machine.Engine.ReadRegister(ContextOf(core), name)) };
    }

    // In the debug console a line is a command of the REPL; elsewhere it is an expression.
    private JsonObject Evaluate(JsonObject args)
    {
        string text = (string)args["expression"]!;
        if ((int?)args["frameId"] is { } frame)
            Session.SelectCore((frame - 1) / 1000);

        if ((string?)args["context"] != "repl")
        {
            return new JsonObject { ["result"] = ValueText.Of(Session.Model, Shell.Evaluate(text.StartsWith('$') || Session.Model.Find(text) is not null ? text : $"${text}"), ""), ["variablesReference"] = 0 };
        }

        (int, long) before = (Session.Timeline.Number, Session.Timeline.Position);
        var output = new StringWriter { NewLine = "\n" };
        Shell.Out = output;
        Shell.Execute(text);
        if (before != (Session.Timeline.Number, Session.Timeline.Position))
            _after = () => Stopped("goto", Session.SelectedCore, null);

        return new JsonObject { ["result"] = output.ToString().TrimEnd('\n'), ["variablesReference"] = 0 };
    }

    private JsonObject Completions(JsonObject args)
    {
        string text = (string)args["text"]!;
        int blank = text.LastIndexOf(' ') + 1;
        IEnumerable<string> found = new PromptCompletion(Shell).GetCompletions(text[..blank], text[blank..], "") ?? [];
        return new JsonObject { ["targets"] = new JsonArray([.. found.Select(name => new JsonObject { ["label"] = name, ["start"] = blank, ["length"] = text.Length - blank })]) };
    }

    private JsonObject Disassemble(JsonObject args)
    {
        ulong address = Reference(args);
        int before = (int)-Math.Min(0, (long?)args["instructionOffset"] ?? 0), count = Math.Clamp((int)args["instructionCount"]!, 0, 2000);
        address += (ulong)Math.Max(0, (long?)args["instructionOffset"] ?? 0);
        List<ulong> places = InstructionWalk.Places(Session, address, before, count);
        var instructions = new JsonArray();
        foreach (ulong at in places)
        {
            byte[] bytes = new byte[15];
            int mapped = Session.Read(at, bytes);
            string text = mapped == 0 ? "(not mapped)" : InstructionText.Of(Session.Machine.Architecture, bytes.AsSpan(0, mapped), at, out int _, Session.Model.Format);
            InstructionText.Of(Session.Machine.Architecture, bytes.AsSpan(0, mapped), at, out int length);
            var instruction = new JsonObject { ["address"] = Hex(at), ["instruction"] = text, ["instructionBytes"] = Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(length, mapped))) };
            if (Session.Model.Format(at) is { } symbol)
                instruction["symbol"] = symbol;

            instructions.Add(instruction);
        }

        return new JsonObject { ["instructions"] = instructions };
    }

    private ulong Reference(JsonObject args) =>
        Shell.Evaluate((string)args["memoryReference"]!).Bits + (ulong)((long?)args["offset"] ?? 0);

    private JsonObject ReadMemory(JsonObject args)
    {
        ulong address = Reference(args);
        byte[] bytes = new byte[Math.Clamp((long)args["count"]!, 0, 1 << 20)];
        int mapped = Session.Read(address, bytes);
        return new JsonObject { ["address"] = Hex(address), ["data"] = Convert.ToBase64String(bytes, 0, mapped), ["unreadableBytes"] = bytes.Length - mapped };
    }

    private JsonObject WriteMemory(JsonObject args)
    {
        byte[] bytes = Convert.FromBase64String((string)args["data"]!);
        Session.Write(Reference(args), bytes);
        if (Session.TakeForkNotice() is { } notice)
            Output(notice);

        return new JsonObject { ["bytesWritten"] = bytes.Length };
    }

    private static string Hex(ulong address) => $"0x{address:x}";
}
