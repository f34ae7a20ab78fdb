using System.Text;
using System.Text.Json.Nodes;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Tests.Debugging;

/// <summary>A scripted client: requests written by hand from the specification of the Debug Adapter Protocol.</summary>
public class DapTests
{
    private static readonly string[] Beginning =
    [
        """{"command":"initialize","arguments":{"clientID":"vscode","adapterID":"rcuemu","linesStartAt1":true,"columnsStartAt1":true,"pathFormat":"path"}}""",
        """{"command":"launch","arguments":{"type":"rcuemu","request":"launch","scenario":"SCENARIO","schedule":"SCHEDULE","at":"end"}}""",
        """{"command":"setBreakpoints","arguments":{"source":{"path":"x.c"},"breakpoints":[{"line":3}]}}""",
        """{"command":"setExceptionBreakpoints","arguments":{"filters":[]}}""",
        """{"command":"configurationDone"}""",
        """{"command":"threads"}""",
    ];

    [Theory]
    [InlineData("x86-64", "rip")]
    [InlineData("arm64", "pc")]
    public void An_editor_attaches_at_a_violation_looks_around_and_steps_back(string architecture, string pc)
    {
        List<JsonObject> messages = Talk($"{architecture}/free-without-tasks-rcu",
        [
            .. Beginning,
            """{"command":"stackTrace","arguments":{"threadId":1}}""",
            """{"command":"scopes","arguments":{"frameId":1}}""",
            """{"command":"variables","arguments":{"variablesReference":100}}""",
            """{"command":"variables","arguments":{"variablesReference":101}}""",
            """{"command":"variables","arguments":{"variablesReference":102}}""",
            """{"command":"variables","arguments":{"variablesReference":103}}""",
            """{"command":"stepBack","arguments":{"threadId":1,"granularity":"instruction"}}""",
            """{"command":"evaluate","arguments":{"expression":"traced","context":"hover"}}""",
            """{"command":"evaluate","arguments":{"expression":"info cores","context":"repl"}}""",
            """{"command":"disassemble","arguments":{"memoryReference":"traced","instructionOffset":-2,"instructionCount":5}}""",
            """{"command":"readMemory","arguments":{"memoryReference":"traced","count":4}}""",
            """{"command":"completions","arguments":{"text":"rev","column":4}}""",
            """{"command":"disconnect"}""",
        ]);

        Assert.True((bool)Response(messages, "initialize")["supportsStepBack"]!);
        Assert.Contains(messages, message => (string?)message["event"] == "initialized");
        Assert.False((bool)Response(messages, "setBreakpoints")["breakpoints"]![0]!["verified"]!);
        Assert.Equal(["core 0: worker", "core 1: updater"], Response(messages, "threads")["threads"]!.AsArray().Select(thread => (string)thread!["name"]!));
        Assert.StartsWith("0x", (string)Response(messages, "stackTrace")["stackFrames"]![0]!["instructionPointerReference"]!, StringComparison.Ordinal);
        Assert.Equal(["Registers", "Task", "Grace period", "Fetch"], Response(messages, "scopes")["scopes"]!.AsArray().Select(scope => (string)scope!["name"]!));
        List<JsonObject> variables = [.. messages.Where(message => (string?)message["command"] == "variables").Select(message => message["body"]!.AsObject())];
        Assert.Contains(variables[0]["variables"]!.AsArray(), variable => (string)variable!["name"]! == pc);
        Assert.Contains(variables[1]["variables"]!.AsArray(), variable => (string)variable!["name"]! == "worker");
        Assert.Contains(variables[2]["variables"]!.AsArray(), variable => (string)variable!["name"]! == "tasks_gp_seq");
        Assert.NotEmpty(variables[3]["variables"]!.AsArray());
        Assert.Equal(["entry", "step"], Stops(messages).Select(stop => (string)stop["reason"]!));
        Assert.Contains("worker", (string)messages.Last(message => (string?)message["command"] == "evaluate")["body"]!["result"]!, StringComparison.Ordinal);
        JsonArray instructions = Response(messages, "disassemble")["instructions"]!.AsArray();
        Assert.Equal(5, instructions.Count);
        Assert.Equal("traced", (string?)instructions[2]!["symbol"]);
        Assert.Equal(8, ((string)Response(messages, "readMemory")["data"]!).Length);
        Assert.Contains(Response(messages, "completions")["targets"]!.AsArray(), target => (string)target!["label"]! == "reverse-stepi");
    }

    [Fact]
    public void Instruction_function_and_data_breakpoints_stop_in_both_directions()
    {
        List<JsonObject> messages = Talk("x86-64/free-without-tasks-rcu",
        [
            .. Beginning,
            """{"command":"dataBreakpointInfo","arguments":{"name":"traced","bytes":4}}""",
            """{"command":"setDataBreakpoints","arguments":{"breakpoints":[{"dataId":"0xffffffffa0000000,4","accessType":"write"}]}}""",
            """{"command":"reverseContinue","arguments":{"threadId":1}}""",
            """{"command":"setDataBreakpoints","arguments":{"breakpoints":[]}}""",
            """{"command":"restart"}""",
            """{"command":"setFunctionBreakpoints","arguments":{"breakpoints":[{"name":"traced"},{"name":"nowhere"}]}}""",
            """{"command":"continue","arguments":{"threadId":1}}""",
            """{"command":"setInstructionBreakpoints","arguments":{"breakpoints":[{"instructionReference":"0xffffffffa0100000"}]}}""",
            """{"command":"continue","arguments":{"threadId":1}}""",
            """{"command":"setVariable","arguments":{"variablesReference":100,"name":"rax","value":"0x1234"}}""",
            """{"command":"stepIn","arguments":{"threadId":1}}""",
            """{"command":"disconnect"}""",
        ]);

        Assert.Equal(
            [("entry", 1), ("data breakpoint", 2), ("step", 2), ("breakpoint", 1), ("breakpoint", 1), ("step", 1)],
            Stops(messages).Select(stop => ((string)stop["reason"]!, (int)stop["threadId"]!)));
        JsonArray functions = Response(messages, "setFunctionBreakpoints")["breakpoints"]!.AsArray();
        Assert.Equal([true, false], functions.Select(point => (bool)point!["verified"]!));
        Assert.StartsWith("0xffffffffa0000000,4", (string)Response(messages, "dataBreakpointInfo")["dataId"]!, StringComparison.Ordinal);
        Assert.Equal("0x1234", (string)Response(messages, "setVariable")["value"]!);
        Assert.Contains(messages, message => (string?)message["event"] == "output" && ((string)message["body"]!["output"]!).Contains("timeline 2 begins here", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"command":"frobnicate"}""", "'frobnicate' is no request that is known here")]
    [InlineData("""{"command":"threads"}""", "nothing is launched yet")]
    [InlineData("""{"command":"launch","arguments":{}}""", "launch needs a scenario: the path of a YAML file")]
    [InlineData("""{"command":"launch","arguments":{"scenario":"nowhere.yaml"}}""", "nowhere.yaml")]
    [InlineData("""{"command":"stackTrace","arguments":{}}""", null)]
    [InlineData("""{"command":"launch","arguments":{"scenario":7}}""", null)]
    public void A_request_that_cannot_be_done_is_answered(string request, string? message)
    {
        JsonObject answer = Talk("x86-64/free-without-tasks-rcu", [request])[0];
        Assert.False((bool)answer["success"]!);
        Assert.Contains(message ?? "", (string)answer["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nabcde")]
    [InlineData("Content-Length: x\r\n\r\n")]
    [InlineData("Content-Length: 99999999999\r\n\r\n")]
    [InlineData("Nothing: 1\r\n\r\n")]
    [InlineData("Content-Length: 2\r\n\r\n[]")]
    public void What_is_no_message_ends_with_one_line(string bytes)
    {
        Invocation run = Invocation.Of(Encoding.UTF8.GetBytes(bytes), "dap");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("rcuemu: dap: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Content-Length: 100\r\n\r\n{")]
    [InlineData("Content-")]
    public void A_client_that_vanishes_ends_it_quietly(string bytes) =>
        Assert.Equal(new Invocation(ExitCode.Holds, "", ""), Invocation.Of(Encoding.UTF8.GetBytes(bytes), "dap"));

    private static JsonObject Response(List<JsonObject> messages, string command) =>
        messages.First(message => (string?)message["command"] == command)["body"]!.AsObject();

    private static IEnumerable<JsonObject> Stops(List<JsonObject> messages) =>
        messages.Where(message => (string?)message["event"] == "stopped").Select(message => message["body"]!.AsObject());

    private static List<JsonObject> Talk(string scenario, string[] requests)
    {
        var input = new MemoryStream();
        for (int i = 0; i < requests.Length; i++)
        {
            string text = requests[i].Replace("SCENARIO", Sessions.PathOf(scenario), StringComparison.Ordinal)
                .Replace("SCHEDULE", requests[i].Contains("SCHEDULE", StringComparison.Ordinal) ? Sessions.Witness(scenario).ToString() : "", StringComparison.Ordinal);
            byte[] body = Encoding.UTF8.GetBytes($$"""{"seq":{{i + 1}},"type":"request",{{text[1..]}}""");
            input.Write(Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\n\r\n"));
            input.Write(body);
        }

        Invocation run = Invocation.Of(input.ToArray(), "dap");
        Assert.Equal((ExitCode.Holds, ""), (run.Code, run.Error));
        var messages = new List<JsonObject>();
        byte[] bytes = Encoding.UTF8.GetBytes(run.Out);
        for (int at = 0; at < bytes.Length;)
        {
            string header = Encoding.UTF8.GetString(bytes, at, Math.Min(40, bytes.Length - at)).Split("\r\n\r\n")[0];
            int length = int.Parse(header["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
            at += header.Length + 4;
            messages.Add(JsonNode.Parse(bytes.AsSpan(at, length))!.AsObject());
            at += length;
        }

        return messages;
    }
}
