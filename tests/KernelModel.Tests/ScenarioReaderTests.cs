using CsCheck;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Tests;

public class ScenarioReaderTests
{
    private const string Good = """
        scenario: good
        machine: { arch: x86-64, cores: 2 }
        code:
          - function: traced
            asm: ret
        ops:
          - probe: { traces: traced }
        tasks:
          - worker: { runs: [traced] }
        programs:
          - ftrace.register: probe
        """;

    // What a person reads when a file is wrong: where, what was found, what would be right.
    [Theory]
    [InlineData("cores: 2 }", "cores: 0 }", "s.yaml:2:33: found '0'; cores is a whole number from 1 to 16")]
    [InlineData("arch: x86-64", "arch: riscv", "s.yaml:2:18: found 'riscv'; arch is one of x86-64, arm64")]
    [InlineData("cores: 2 }", "coers: 2 }", "s.yaml:2:26: found key 'coers'; machine has arch, cores, fetch, memory")]
    [InlineData("cores: 2 }", "fetch: stale }", "s.yaml:2:33: found 'stale'; fetch is one of coherent, modelled")]
    [InlineData("x86-64, cores: 2 }", "arm64, memory: tso }", "s.yaml:2:33: found 'tso', which is the order of x86-64 (arm64 allows more than that); arm64 takes sc")]
    [InlineData("cores: 2 }", "memory: pso }", "s.yaml:2:34: found 'pso'; memory is one of sc, tso")]
    [InlineData("cores: 2 }", "dic: 1 }", "s.yaml:2:26: found 'dic'; it is for fetch: modelled")]
    [InlineData("cores: 2 }", "fetch: modelled, idc: 1 }", "s.yaml:2:43: found 'idc'; it is for arm64")]
    [InlineData("x86-64, cores: 2 }", "arm64, fetch: modelled, torn: report }", "s.yaml:2:42: found 'torn'; it is for x86-64")]
    [InlineData("x86-64, cores: 2 }", "arm64, fetch: modelled, dic: 1, idc: 0 }", "s.yaml:2:55: found dic: 1 with idc: 0; DIC implies IDC")]
    [InlineData("x86-64, cores: 2 }", "arm64, fetch: modelled, line: 48 }", "s.yaml:2:48: found lines of 48 bytes; a line has a power of two from 4 to 2048")]
    [InlineData("cores: 2 }", "fetch: modelled, block: 2 }", "s.yaml:2:50: found blocks of 2 bytes; right are 1, 8, 16 and 64")]
    [InlineData("scenario: good", "scenario: a b", "s.yaml:1:11: found 'a b'; a name is made of letters, digits, '-', '_' and '.'")]
    [InlineData("asm: ret", "asm: [ret]", "s.yaml:5:10: found a list; asm is one value")]
    [InlineData("    asm: ret\n", "", "s.yaml:4:5: found 0 of asm, bytes and blob; traced has exactly one")]
    [InlineData("asm: ret", "bytes: 0f0", "s.yaml:5:1: traced: bytes are pairs of hex digits")]
    [InlineData("{ traces: traced }", "{ traces: trace }", "s.yaml:7:1: probe traces 'trace'; functions with a callsite: traced")]
    [InlineData("runs: [traced]", "runs: [trace]", "s.yaml:9:1: worker runs 'trace'; that is neither a function of the scenario nor one of schedule, sleep, quiescent, spin")]
    [InlineData("ftrace.register: probe", "ftrace.register: prob", "s.yaml:11:1: found 'prob'; ops of the scenario: probe")]
    [InlineData("ftrace.register: probe", "ftrace.remove: probe", "s.yaml:11:1: found 'ftrace.remove: probe'; procedures are ftrace.register: OPS, ftrace.unregister: OPS, ")]
    [InlineData("tasks:", "drop: [nothing]\ntasks:", "s.yaml:8:1: found 'nothing'; steps that can be dropped: __register_ftrace_function, ")]
    [InlineData("tasks:", "always: [no-bugs]\ntasks:", "s.yaml:8:1: found 'no-bugs'; properties are no-freed-text, ")]
    [InlineData("tasks:", "sometimes: [worker preempted in traced]\ntasks:", "s.yaml:8:1: found 'worker preempted in traced', which can never hold: core 0 has no other task; one more with core: 0 can take its place")]
    [InlineData("tasks:", "kernel: { preempt: none }\nsometimes: [worker preempted in traced]\ntasks:", "s.yaml:9:1: found 'worker preempted in traced', which can never hold: this kernel preempts no kernel code; preempt: full, lazy or rt does")]
    [InlineData("tasks:", "kernel: { ticks: 0 }\nsometimes: [worker preempted in traced]\ntasks:", "s.yaml:9:1: found 'worker preempted in traced', which can never hold: no core has a tick; ticks: 1 gives each one")]
    [InlineData("tasks:", "sometimes: [probe.func freed]\ntasks:", "s.yaml:8:1: found 'probe.func freed', which can never hold: nobody frees it; a task or programs: with ftrace.unregister: probe does")]
    [InlineData("tasks:", "sometimes: [grace period ends]\ntasks:", "s.yaml:8:1: found 'grace period ends', which can never hold: nobody waits for a grace period; ftrace.unregister does")]
    [InlineData("tasks:", "data: [1x]\ntasks:", "s.yaml:8:8: found '1x'; a word of data is named by letters, digits and '_'")]
    [InlineData("tasks:", "data: [traced]\ntasks:", "s.yaml:5:1: there are two things named traced")]
    [InlineData("tasks:", "never: [x is 1]\ntasks:", "s.yaml:8:1: no word x; there are: ")]
    [InlineData("tasks:", "sometimes: [pigs fly]\ntasks:", "s.yaml:8:1: 'pigs fly' is no condition; there are: TASK in PLACE; ")]
    [InlineData("tasks:", "never: [wrker traps]\ntasks:", "s.yaml:8:1: no task wrker; there are: worker, updater")]
    [InlineData("tasks:", "expect: perhaps\ntasks:", "s.yaml:8:9: found 'perhaps'; expect is 'holds', 'violated' or 'violated(PROPERTY)'")]
    [InlineData("tasks:", "kernel: { preempt: lazy }\ntasks:", "s.yaml:8:20: found 'lazy'; PREEMPT_LAZY came with 6.13: of these series only 7.2 has it")]
    [InlineData("tasks:", "kernel: { series: \"7.2\", preempt: none }\ntasks:", "s.yaml:8:35: found 'none'; in 7.2 x86-64 and arm64 have full and lazy only")]
    [InlineData("tasks:", "about: *x\ntasks:", "s.yaml:8:8: found an alias; a scenario has none")]
    [InlineData("tasks:", "tasks:\ntasks:", "s.yaml:")]
    [InlineData("tasks:", "sometimes: [updater in traced]\ntasks:", "s.yaml:8:1: updater does kernel procedures and is at no place; ")]
    [InlineData("{ traces: traced }", "{ traces: [traced, traced] }", "s.yaml:7:1: probe traces 'traced' twice")]
    [InlineData("  - probe:", "  - traced:", "s.yaml:7:1: there are two things named traced")]
    [InlineData("  - worker:", "  - rcu_tasks:", "s.yaml:9:1: found 'rcu_tasks'; that is the name of the grace period's kthread")]
    [InlineData("  - worker:", "  - updater:", "s.yaml:11:1: there are two tasks named updater")]
    public void A_wrong_scenario_says_where_it_is_wrong_and_what_would_be_right(string from, string to, string message)
    {
        Assert.Contains(from, Good, StringComparison.Ordinal);
        var error = Assert.ThrowsAny<UserErrorException>(() => Scenario.Parse("s.yaml", Good.Replace(from, to, StringComparison.Ordinal)).Build());

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_arm64_image_without_literals_at_its_callsites_is_refused()
    {
        Images.SkipWithout("arm64/6.1.0-50");
        string text = "scenario: s\nmachine: { arch: arm64 }\nkernel: { series: \"6.1\" }\nimage: arm64/6.1.0-50\n";

        var error = Assert.Throws<UserErrorException>(() => Scenario.Parse("s.yaml", text).Build());

        Assert.Contains("DYNAMIC_FTRACE_WITH_CALL_OPS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_assembly_text_names_the_line_of_the_scenario_file()
    {
        string text = Good.Replace("asm: ret", "asm: |\n      ret\n      mvo eax, edi", StringComparison.Ordinal);

        var error = Assert.ThrowsAny<UserErrorException>(() => Scenario.Parse("s.yaml", text).Build());

        Assert.StartsWith("s.yaml:7:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_an_error_and_not_a_crash()
    {
        var error = Assert.Throws<ScenarioException>(() => Scenario.Parse("s.yaml", "scenario: " + new string('[', 100_000)));

        Assert.Contains("levels", error.Message, StringComparison.Ordinal);
    }

    // Bytes cut, doubled, exchanged: whatever comes out is a scenario or a user error.
    [Fact]
    public void Damaged_scenarios_are_read_or_refused() =>
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, Good.Length - 1], Gen.Char[' ', '~']).Sample(
            (at, other, found) =>
            {
                string text = (other % 3) switch
                {
                    0 => Good[..at],
                    1 => Good.Remove(at, 1).Insert(Math.Min(other, Good.Length - 1), found.ToString()),
                    _ => Good[..at] + Good[other..],
                };
                try
                {
                    Scenario.Parse("s.yaml", text).Build().Dispose();
                }
                catch (UserErrorException)
                {
                }
            },
            iter: 2_000);
}
