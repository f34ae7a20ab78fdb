using RcuEmu.Tools.Reports;

namespace RcuEmu.Tools.Tests;

// The expected texts follow docs.kernel.org/dev-tools/ktap.html: version line, plan, "ok N name", directives behind #,
// diagnostics in front of their result, nested tests indented by two.
public class KtapWriterTests
{
    [Fact]
    public void One_test_for_each_file_makes_a_flat_list()
    {
        Assert.Equal(
            """
            KTAP version 1
            1..4
            ok 1 a.yaml
            # b.yaml: expected holds, found violated(no-freed-text)
            # core 0 | core 1
            # replay: rcuemu run b.yaml --schedule 'b@00000000 c0'
            not ok 2 b.yaml
            ok 3 c.yaml # SKIP no image amd64/6.12: rcuemu kernel fetch amd64 6.12
            # d.yaml: depth 10: 4 executions were cut off
            not ok 4 d.yaml # TIMEOUT not finished
            # 1 passed, 1 failed, 1 not finished, 1 skipped

            """,
            Written(
                Alone("a.yaml", CaseStatus.Passed, ""),
                Alone("b.yaml", CaseStatus.Failed, "expected holds, found violated(no-freed-text)",
                    "core 0 | core 1", "replay: rcuemu run b.yaml --schedule 'b@00000000 c0'"),
                Alone("c.yaml", CaseStatus.Skipped, "no image amd64/6.12: rcuemu kernel fetch amd64 6.12"),
                Alone("d.yaml", CaseStatus.NotFinished, "depth 10: 4 executions were cut off")));
    }

    [Fact]
    public void Variants_are_nested_and_the_worst_decides()
    {
        var suite = new CaseSuite("m.yaml", [
            new CaseResult("preempt=none", CaseStatus.Passed, ""),
            new CaseResult("preempt=full", CaseStatus.Error, "m.yaml:3:1: unknown key"),
            new CaseResult("preempt=rt", CaseStatus.Skipped, "no image")]);
        Assert.Equal(
            """
            KTAP version 1
            1..1
              KTAP version 1
              # Subtest: m.yaml
              1..3
              ok 1 preempt=none
              # preempt=full: m.yaml:3:1: unknown key
              not ok 2 preempt=full # ERROR
              ok 3 preempt=rt # SKIP no image
            not ok 1 m.yaml # ERROR
            # 1 passed, 1 failed, 1 skipped

            """,
            Written(suite));
    }

    [Fact]
    public void A_number_sign_in_a_name_begins_no_directive() =>
        Assert.Contains("\nok 1 a_SKIP.yaml\n", Written(Alone("a#SKIP.yaml", CaseStatus.Passed, "")), StringComparison.Ordinal);

    private static CaseSuite Alone(string name, CaseStatus status, string message, params string[] witness) =>
        new(name, [new CaseResult(name, status, message) { Witness = witness }]);

    private static string Written(params CaseSuite[] suites)
    {
        var text = new StringWriter { NewLine = "\n" };
        var counts = new CaseCounts();
        var writer = new KtapWriter(text, suites.Length);
        foreach (CaseSuite suite in suites)
        {
            writer.Write(suite);
            counts.Add(suite);
        }

        writer.End(counts);
        return text.ToString();
    }
}
