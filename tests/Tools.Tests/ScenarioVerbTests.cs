using System.Text.Json;
using System.Xml.Linq;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Tests;

public sealed class ScenarioVerbTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64")]
    public void A_violation_is_shown_verdict_first_with_a_short_witness_that_replays(string architecture)
    {
        string file = Shipped($"{architecture}/free-without-tasks-rcu.yaml");
        Invocation explore = Invocation.Of("explore", file);
        Assert.Equal((ExitCode.Violated, ""), (explore.Code, explore.Error));
        string[] lines = explore.Out.Split('\n');
        Assert.StartsWith("violated no-freed-text: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("step  c0 ", lines[1], StringComparison.Ordinal);
        int end = Array.FindIndex(lines, line => line.Contains(" states, ", StringComparison.Ordinal));
        Assert.InRange(end - 1, 3, 25);
        Assert.All(lines[1..end], line => Assert.InRange(line.Length, 1, 100));
        Assert.DoesNotContain("left out", explore.Out, StringComparison.Ordinal);

        string schedule = lines.Single(line => line.StartsWith("schedule: ", StringComparison.Ordinal))["schedule: ".Length..];
        Assert.Contains($"replay:   rcuemu run {file} --schedule '{schedule}'\n", explore.Out, StringComparison.Ordinal);
        Invocation replay = Invocation.Of("run", file, "--schedule", schedule);
        Assert.Equal(ExitCode.Violated, replay.Code);
        Assert.Contains($"\n{lines[0]}\n", replay.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_holds_says_for_how_many_executions()
    {
        Invocation explore = Invocation.Of("explore", Shipped("arm64/callsite-update.yaml"), "--strategy", "stateful");
        Assert.Equal((ExitCode.Holds, ""), (explore.Code, explore.Error));
        Assert.Matches("^holds for all [0-9,]+ executions\n[0-9,]+ states, ", explore.Out);
    }

    [Fact]
    public void The_json_form_has_the_documented_keys()
    {
        Invocation explore = Invocation.Of("explore", Shipped("arm64/free-without-tasks-rcu.yaml"), "--json");
        JsonElement json = explore.Json();
        Assert.Equal(ExitCode.Violated, explore.Code);
        Assert.Equal(1, json.GetProperty("format").GetInt32());
        Assert.Equal("explore", json.GetProperty("command").GetString());
        Assert.Equal("free-without-tasks-rcu", json.GetProperty("scenario").GetString());
        Assert.Equal("violated", json.GetProperty("verdict").GetString());
        Assert.Equal("no-freed-text", json.GetProperty("property").GetString());
        Assert.True(json.GetProperty("expected").GetBoolean());
        Assert.True(json.GetProperty("states").GetInt64() > 0);
        Assert.True(json.GetProperty("steps").GetInt64() > 0);
        Assert.True(json.GetProperty("executions").GetInt64() >= 0);
        Assert.True(json.GetProperty("seconds").GetDouble() >= 0);
        Assert.NotEmpty(json.GetProperty("message").GetString()!);
        Assert.StartsWith("free-without-tasks-rcu@", json.GetProperty("schedule").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bound_that_is_hit_is_no_verdict()
    {
        Invocation explore = Invocation.Of("explore", Shipped("x86-64/free-with-tasks-rcu.yaml"), "--depth", "3");
        Assert.Equal(ExitCode.NotFinished, explore.Code);
        Assert.StartsWith("not finished: depth 3: ", explore.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_repeatable_and_its_schedule_replays()
    {
        string file = Shipped("x86-64/static-ops-stay.yaml"), trace = Path.Combine(_scratch.Folder, "trace");
        Invocation first = Invocation.Of("run", file, "--seed", "7");
        Assert.Equal(ExitCode.Holds, first.Code);
        Assert.Equal(first, Invocation.Of("run", file, "--seed", "7"));
        Assert.Matches("^    1 c[01] ", first.Out);

        string[] lines = first.Out.TrimEnd('\n').Split('\n');
        string schedule = lines[^1]["schedule: ".Length..];
        Assert.Equal(first, Invocation.Of("run", file, "--schedule", schedule));

        Invocation quiet = Invocation.Of("run", file, "--seed", "7", "--trace", trace);
        Assert.Equal($"{lines[^2]}\n{lines[^1]}\n", quiet.Out);
        Assert.Equal(lines[..^2], File.ReadAllLines(trace));

        JsonElement json = Invocation.Of("run", file, "--seed", "7", "--json").Json();
        Assert.Equal("holds", json.GetProperty("verdict").GetString());
        Assert.Equal(lines.Length - 2, json.GetProperty("trace").GetArrayLength());
    }

    [Fact]
    public void A_schedule_that_does_not_fit_says_at_which_step()
    {
        string file = Shipped("x86-64/static-ops-stay.yaml");
        string schedule = Invocation.Of("run", file, "--json").Json().GetProperty("schedule").GetString()!;
        string name = schedule.Split(' ')[0];
        Assert.Equal($"rcuemu: {name.Split('@')[0]}, step 1: ", Invocation.Of("run", file, "--schedule", $"{name} c9").Error[..^0][..($"rcuemu: {name.Split('@')[0]}, step 1: ".Length)]);
        Assert.Equal(ExitCode.Usage, Invocation.Of("run", file, "--schedule", "other@00000000 c0").Code);
        Assert.Equal(ExitCode.Usage, Invocation.Of("run", file, "--schedule", "").Code);
        Assert.Equal(ExitCode.NotFinished, Invocation.Of("run", file, "--schedule", $"{name} c0").Code);
    }

    [Fact]
    public void Test_prints_ktap_and_writes_junit()
    {
        string junit = Path.Combine(_scratch.Folder, "r.xml");
        string holds = Shipped("arm64/callsite-update.yaml"), violated = Shipped("arm64/literal-left-out.yaml");
        Invocation test = Invocation.Of("test", holds, violated, "--junit", junit);
        Assert.Equal(
            new Invocation(ExitCode.Holds, $"KTAP version 1\n1..2\nok 1 {holds}\nok 2 {violated}\n# 2 passed, 0 failed\n", ""), test);
        XElement suites = XDocument.Load(junit).Root!;
        Assert.Equal(("testsuites", "2", "0"), (suites.Name.LocalName, suites.Attribute("tests")!.Value, suites.Attribute("failures")!.Value));

        JsonElement json = Invocation.Of("test", holds, "--json").Json();
        Assert.Equal(1, json.GetProperty("passed").GetInt32());
        Assert.Equal("holds", json.GetProperty("tests")[0].GetProperty("verdict").GetString());
    }

    // The three rows by hand: 6.12 has no lazy model, a step less is violated, all steps hold.
    [Fact]
    public void A_matrix_is_one_table_and_each_row_can_be_had_alone()
    {
        string text = File.ReadAllText(Shipped("arm64/static-ops-stay.yaml")).Replace("kind: static", "kind: dynamic", StringComparison.Ordinal)
            .Replace("expect: holds", "matrix: { preempt: [full, lazy], drop: [[synchronize_rcu_tasks, synchronize_rcu_tasks_rude], nothing] }", StringComparison.Ordinal);
        string file = _scratch.File("m.yaml", text);
        Invocation explore = Invocation.Of("explore", file);
        Assert.Equal(ExitCode.Violated, explore.Code);
        string[] lines = explore.Out.TrimEnd('\n').Split('\n');
        Assert.Matches("^preempt  drop +verdict +states$", lines[0]);
        Assert.Matches(@"^full     synchronize_rcu_tasks\+synchronize_rcu_tasks_rude  violated\(no-freed-text\) +[0-9,]+  expected holds$", lines[1]);
        Assert.Matches("^full     nothing +holds +[0-9,]+$", lines[2]);
        Assert.Matches("^lazy .* impossible +-  PREEMPT_LAZY came with 6.13", lines[3]);
        Assert.Equal("4 variants: 1 as expected, 1 not, 2 impossible", lines[5]);
        Assert.StartsWith($"to see the first of them: rcuemu explore {file} --variant ", lines[6], StringComparison.Ordinal);

        Assert.Equal(ExitCode.Holds, Invocation.Of("explore", file, "--variant", "preempt=full,drop=nothing").Code);
        Assert.Equal(ExitCode.Usage, Invocation.Of("explore", file, "--variant", "preempt=lazy").Code);
        JsonElement json = Invocation.Of("explore", file, "--json").Json();
        Assert.Equal("unexpected", json.GetProperty("verdict").GetString());
        JsonElement first = json.GetProperty("variants")[0];
        Assert.Equal(("full", "violated", "no-freed-text"), (first.GetProperty("axis:preempt").GetString(), first.GetProperty("verdict").GetString(), first.GetProperty("property").GetString()));
        Invocation replay = Invocation.Of("run", file, "--schedule", first.GetProperty("schedule").GetString()!);
        Assert.Equal(ExitCode.Violated, replay.Code);

        Invocation test = Invocation.Of("test", file);
        Assert.Equal(ExitCode.Violated, test.Code);
        Assert.Contains("  not ok 1 preempt=full,drop=synchronize_rcu_tasks+synchronize_rcu_tasks_rude\n  ok 2 preempt=full,drop=nothing\n  ok 3 ", test.Out, StringComparison.Ordinal);
        Assert.Contains("\n  # preempt  drop ", test.Out, StringComparison.Ordinal);
    }

    // Each with the exit code and the start of the line that a reader sees.
    [Theory]
    [InlineData("expect: holds", "expect: violated(no-freed-text)", ExitCode.Violated, "not ok 1 {0}\n", "# {0}: expected violated(no-freed-text), found holds")]
    [InlineData("expect: holds", "expect: perhaps", ExitCode.Usage, "not ok 1 {0} # ERROR\n", "# {0}: {0}:")]
    [InlineData("expect: holds", "image: amd64/2.4\nexpect: holds", ExitCode.Holds, "ok 1 {0} # SKIP amd64/2.4: not fetched yet", "")]
    public void Test_tells_failures_from_errors_from_what_cannot_run(string from, string to, int code, string result, string diagnostic)
    {
        string text = File.ReadAllText(Shipped("x86-64/static-ops-stay.yaml"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        string file = _scratch.File("s.yaml", text.Replace(from, to, StringComparison.Ordinal));
        Invocation test = Invocation.Of("test", _scratch.Folder);
        Assert.Equal(code, test.Code);
        Assert.Contains(string.Format(null, result, file), test.Out, StringComparison.Ordinal);
        Assert.Contains(string.Format(null, diagnostic, file), test.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_that_hits_a_bound_is_not_finished()
    {
        Invocation test = Invocation.Of("test", Shipped("x86-64/free-with-tasks-rcu.yaml"), "--depth", "3");
        Assert.Equal(ExitCode.NotFinished, test.Code);
        Assert.Contains(" # TIMEOUT not finished\n# 0 passed, 0 failed, 1 not finished\n", test.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explore", "required argument 'FILE' missing for command: 'explore'; see 'rcuemu explore --help'")]
    [InlineData("explore {s} --depth 0", "--depth: '0' is no whole number from 1 up")]
    [InlineData("explore {s} --preemptions -1", "--preemptions: '-1' is no whole number from 0 up")]
    [InlineData("explore {s} --time soon", "--time: 'soon' is no time; write seconds, as 10 or 0.5")]
    [InlineData("explore {s} --strategy luck", "--strategy: 'luck' is none; write reduced, stateful, plain, dpor, deepening, random or pct")]
    [InlineData("run", "run takes a scenario FILE or --blob FILE, one of them; see 'rcuemu run --help'")]
    [InlineData("run {s} --blob x", "run takes a scenario FILE or --blob FILE, one of them; see 'rcuemu run --help'")]
    [InlineData("run {s} --seed x", "--seed: 'x' is no seed; write a whole number from 0 to 2147483647")]
    [InlineData("run {s} --seed 1 --schedule x", "--schedule and --seed are two orders; give one")]
    [InlineData("test {folder}", "{folder}: there is no scenario (*.yaml) in it")]
    [InlineData("test {folder}/none", "{folder}/none: no such file or folder")]
    public void Bad_input_gets_one_line(string line, string message)
    {
        string Filled(string text) => text.Replace("{s}", Shipped("x86-64/static-ops-stay.yaml"), StringComparison.Ordinal)
            .Replace("{folder}", _scratch.Folder, StringComparison.Ordinal);

        Assert.Equal(new Invocation(ExitCode.Usage, "", $"rcuemu: {Filled(message)}\n"), Invocation.Of(Filled(line).Split(' ')));
    }

    [Theory]
    [InlineData("explore")]
    [InlineData("run")]
    public void A_scenario_that_cannot_be_read_gets_one_line_with_its_place(string verb)
    {
        string missing = Path.Combine(_scratch.Folder, "none.yaml"), broken = _scratch.File("b.yaml", "scenario: [");
        foreach (string file in (string[])[missing, broken, _scratch.Folder])
        {
            Invocation run = Invocation.Of(verb, file);
            Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Out));
            Assert.StartsWith($"rcuemu: {file}", run.Error, StringComparison.Ordinal);
            Assert.Equal(1, run.Error.Count(c => c == '\n'));
        }
    }

    private static string Shipped(string name) => Path.Combine(Repository.Root, "tests", "scenarios", name);
}
