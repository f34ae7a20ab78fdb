using System.Text;
using RcuEmu.Tools.Reports;

namespace RcuEmu.Tools.Tests;

public class JUnitWriterTests
{
    // Elements and attributes as GitLab, Jenkins and the GitHub reporters read them: testsuites > testsuite > testcase with
    // properties, failure, error, skipped.
    [Fact]
    public void Suites_cases_and_witnesses_are_written_in_full()
    {
        var suites = new CaseSuite[]
        {
            new("a.yaml",
            [
                new CaseResult("one", CaseStatus.Passed, "")
                {
                    Seconds = 0.25,
                    Facts = [KeyValuePair.Create("executions", "70"), KeyValuePair.Create("states", "25")],
                },
                new CaseResult("two", CaseStatus.Failed, "expected holds") { Seconds = 1, Witness = ["c0 <a>", "c1 & b"] },
            ]),
            new("b.yaml",
            [
                new CaseResult("b", CaseStatus.Skipped, "no image"),
                new CaseResult("c", CaseStatus.Error, "b.yaml:1:1: bad\u0001"),
                new CaseResult("d", CaseStatus.NotFinished, "depth 10"),
            ]),
        };
        using var bytes = new MemoryStream();
        JUnitWriter.Write(bytes, suites);
        Assert.Equal(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <testsuites name="rcuemu" tests="5" failures="2" errors="1" skipped="1" time="1.250">
              <testsuite name="a.yaml" tests="2" failures="1" errors="0" skipped="0" time="1.250">
                <testcase classname="a.yaml" name="one" time="0.250">
                  <properties>
                    <property name="executions" value="70" />
                    <property name="states" value="25" />
                  </properties>
                </testcase>
                <testcase classname="a.yaml" name="two" time="1.000">
                  <failure message="expected holds">c0 &lt;a&gt;
            c1 &amp; b</failure>
                </testcase>
              </testsuite>
              <testsuite name="b.yaml" tests="3" failures="1" errors="1" skipped="1" time="0.000">
                <testcase classname="b.yaml" name="b" time="0.000">
                  <skipped message="no image" />
                </testcase>
                <testcase classname="b.yaml" name="c" time="0.000">
                  <error message="b.yaml:1:1: bad?" />
                </testcase>
                <testcase classname="b.yaml" name="d" time="0.000">
                  <failure message="depth 10" />
                </testcase>
              </testsuite>
            </testsuites>

            """,
            Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
