using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Tests;

public class JsonReportTests
{
    [Fact]
    public void A_report_is_one_line_that_begins_with_format_and_command()
    {
        using var report = new JsonReport("explore");
        var text = new StringWriter { NewLine = "\n" };
        report.Add("scenario", "free <too> early")
            .Add("schedule", null)
            .Add("states", 12)
            .AddSeconds(0.1234567)
            .Add("exact", true)
            .AddWord("address", 0xffff800008000000)
            .AddTexts("reached", ["a", "b"])
            .AddList("list", [1L, 2L], (inner, item) => inner.Add("n", item))
            .Print(text);
        Assert.Equal(
            """
            {"format":1,"command":"explore","scenario":"free <too> early","states":12,"seconds":0.123457,"exact":true,"address":"0xffff800008000000","reached":["a","b"],"list":[{"n":1},{"n":2}]}

            """,
            text.ToString());
    }
}
