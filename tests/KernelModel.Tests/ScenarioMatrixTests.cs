using RcuEmu.Isa;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Tests;

/// <summary>What a matrix makes of a scenario. Expected: the combinations, counted by hand.</summary>
public class ScenarioMatrixTests
{
    private const string Base = """
        scenario: m
        machine: { cores: 2 }
        code:
          - { function: traced, asm: { x86-64: ret, arm64: "add x0, x0, #1\n ret" } }
        ops:
          - probe: { traces: traced }
        tasks:
          - worker: { runs: [traced] }
        programs:
          - ftrace.unregister: probe
        drop: [free-ops]

        """;

    [Fact]
    public void A_matrix_is_every_combination_with_the_last_axis_fastest()
    {
        ScenarioMatrix matrix = Parse("matrix: { series: [\"6.1\", \"7.2\"], preempt: [none, full] }");

        Assert.Equal(["series", "preempt"], matrix.Axes);
        Assert.Equal(
            ["series=6.1,preempt=none", "series=6.1,preempt=full", "series=7.2,preempt=none", "series=7.2,preempt=full"],
            matrix.Variants.Select(variant => variant.Label));
        Assert.Equal((Series.V6_1, PreemptionModel.Full), (matrix.Variants[1].Scenario!.Config.Series, matrix.Variants[1].Scenario!.Config.Preempt));
        // 7.2 has no PREEMPT_NONE on x86-64: that row cannot be, and says why.
        Assert.Null(matrix.Variants[2].Scenario);
        Assert.Contains("full and lazy only", matrix.Variants[2].Impossible, StringComparison.Ordinal);
        Assert.Equal("m[series=7.2,preempt=full]", matrix.Variants[3].Scenario!.Name);
    }

    [Fact]
    public void Architectures_symbols_and_dropped_steps_are_axes_too()
    {
        ScenarioMatrix matrix = Parse(
            "matrix: { arch: [x86-64, arm64], TASKS_RCU: [y, n], allow: [impossible], drop: [nothing, free-callback, [free-callback, synchronize_rcu_tasks]] }");

        Assert.Equal(12, matrix.Variants.Count);
        Scenario last = matrix.Variants[^1].Scenario!;
        Assert.Equal((Architecture.Arm64, false), (last.Architecture, last.Config.TASKS_RCU));
        Assert.Equal(["free-ops", "free-callback", "synchronize_rcu_tasks"], last.Drop.Select(drop => drop.Step));
        Assert.Equal(["free-ops"], matrix.Variants[0].Scenario!.Drop.Select(drop => drop.Step));
        Assert.EndsWith("drop=free-callback+synchronize_rcu_tasks", matrix.Variants[^1].Label, StringComparison.Ordinal);
        foreach (ScenarioVariant variant in matrix.Variants)
            variant.Scenario!.Build().Dispose();
    }

    [Fact]
    public void The_first_entry_of_expect_that_fits_counts()
    {
        ScenarioMatrix matrix = Parse("""
            matrix: { preempt: [none, full], drop: [nothing, synchronize_rcu_tasks] }
            expect:
              - { preempt: none, verdict: holds }
              - { drop: [synchronize_rcu_tasks, free-ops], verdict: violated(no-freed-text) }
              - holds
            """);
        Assert.Equal(["holds", "holds", "holds", "violated(no-freed-text)"], matrix.Variants.Select(variant => variant.Scenario!.Expect.ToString()));
    }

    [Theory]
    [InlineData("preempt=full", "m[preempt=full,ticks=0]")]
    [InlineData("ticks=0,preempt=none", "m[preempt=none,ticks=0]")]
    public void A_variant_is_named_by_as_many_values_as_leave_one(string label, string name) =>
        Assert.Equal(name, Parse("matrix: { preempt: [none, full], ticks: [0] }").Select(label).Name);

    [Theory]
    [InlineData("matrix: { colour: [red] }", "s.yaml:12:11: found axis 'colour'; axes are series, ")]
    [InlineData("matrix: { preempt: full }", "s.yaml:12:20: preempt is a list of the values that it takes in turn")]
    [InlineData("matrix: { preempt: [] }", "s.yaml:12:20: preempt is a list of the values that it takes in turn")]
    [InlineData("matrix: { preempt: [[full]] }", "s.yaml:12:21: a value of preempt is one word")]
    [InlineData("matrix: { preempt: [fool] }", "s.yaml:12:21: found 'fool'; preempt is one of none, ")]
    [InlineData("matrix: { image: [a b] }", "s.yaml:12:19: found 'a b'; a value of a matrix has no white space")]
    [InlineData("matrix: {}", "s.yaml:12:9: found an empty matrix; ")]
    [InlineData("matrix: { cores: [1,2,3,4,5,6,7,8], ticks: [0,1,2,3,4,5,6,7], series: [\"6.1\",\"6.12\",\"7.2\"], preempt: [none,voluntary,full,lazy,rt,full] }", "s.yaml:12:9: found more than 1024 combinations; ")]
    [InlineData("matrix: { files: [x.yaml] }", "s.yaml:2:1: found key 'machine'; a scenario with a matrix of files has about, matrix, scenario")]
    [InlineData("expect: [holds]", "s.yaml:12:9: found a list; that is for a scenario with a matrix")]
    [InlineData("matrix: { ticks: [0, 1] }\nexpect: [{ ticks: 0, verdict: holds }]", "s.yaml:13:9: found no entry for ticks=1; ")]
    [InlineData("matrix: { ticks: [0, 1] }\nexpect: [{ tick: 0, verdict: holds }]", "s.yaml:13:12: found key 'tick'; an entry of expect has ticks, verdict")]
    [InlineData("matrix: { ticks: [0, 1] }\nexpect: [{ ticks: 0 }]", "s.yaml:13:10: found no 'verdict:'")]
    public void A_wrong_matrix_says_where_it_is_wrong(string text, string message)
    {
        var error = Assert.ThrowsAny<UserErrorException>(() => Parse(text));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "s.yaml: 2 variants fit; name one with --variant, as --variant ticks=0")]
    [InlineData("ticks=7", "s.yaml: no variant has ticks=7; the first is ticks=0")]
    public void Asking_for_one_of_many_says_how(string? label, string message) =>
        Assert.Equal(message, Assert.Throws<UserErrorException>(() => Parse("matrix: { ticks: [0, 1] }").Select(label)).Message);

    [Fact]
    public void A_matrix_of_files_is_the_variants_of_all_of_them()
    {
        string folder = Directory.CreateTempSubdirectory("rcuemu-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "one.yaml"), Base);
            File.WriteAllText(Path.Combine(folder, "two.yaml"), Base + "matrix: { ticks: [0, 1] }");
            string table = Path.Combine(folder, "table.yaml");
            File.WriteAllText(table, "scenario: t\nmatrix: { files: [one.yaml, two.yaml] }");
            Assert.Equal(["file=one", "file=two,ticks=0", "file=two,ticks=1"], ScenarioMatrix.Load(table).Variants.Select(variant => variant.Label));

            File.WriteAllText(table, "scenario: t\nmatrix: { files: [table.yaml] }");
            Assert.Contains("found a matrix of files in a file of a matrix", Assert.Throws<ScenarioException>(() => ScenarioMatrix.Load(table)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ScenarioMatrix Parse(string text) => ScenarioMatrix.Parse("s.yaml", Base + text);
}
