using System.Globalization;
using System.Text;
using System.Xml;

namespace RcuEmu.Tools.Reports;

/// <summary>Results as JUnit XML, in the form that GitLab, Jenkins and GitHub reporters read. One testsuite per scenario file.</summary>
internal static class JUnitWriter
{
    /// <summary>Writes the whole document.</summary>
    public static void Write(Stream output, IReadOnlyList<CaseSuite> suites)
    {
        var settings = new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(false),
            Indent = true,
            NewLineChars = "\n",
            CheckCharacters = false,
        };
        using var xml = XmlWriter.Create(output, settings);
        xml.WriteStartElement("testsuites");
        xml.WriteAttributeString("name", "rcuemu");
        WriteCounts(xml, [.. suites.SelectMany(suite => suite.Results)]);
        foreach (CaseSuite suite in suites)
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Clean(suite.Name));
            WriteCounts(xml, suite.Results);
            foreach (CaseResult result in suite.Results)
                WriteCase(xml, suite, result);

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<CaseResult> results)
    {
        int Count(params CaseStatus[] statuses) => results.Count(result => statuses.Contains(result.Status));

        xml.WriteAttributeString("tests", Number(results.Count));
        xml.WriteAttributeString("failures", Number(Count(CaseStatus.Failed, CaseStatus.NotFinished)));
        xml.WriteAttributeString("errors", Number(Count(CaseStatus.Error)));
        xml.WriteAttributeString("skipped", Number(Count(CaseStatus.Skipped)));
        xml.WriteAttributeString("time", Time(results.Sum(result => result.Seconds)));
    }

    private static void WriteCase(XmlWriter xml, CaseSuite suite, CaseResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(suite.Name));
        xml.WriteAttributeString("name", Clean(result.Name));
        xml.WriteAttributeString("time", Time(result.Seconds));
        if (result.Facts.Count > 0)
        {
            xml.WriteStartElement("properties");
            foreach ((string name, string value) in result.Facts)
            {
                xml.WriteStartElement("property");
                xml.WriteAttributeString("name", Clean(name));
                xml.WriteAttributeString("value", Clean(value));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        if (Element(result.Status) is { } element)
        {
            xml.WriteStartElement(element);
            xml.WriteAttributeString("message", Clean(result.Message));
            if (result.Witness.Count > 0)
                xml.WriteString(Clean(string.Join('\n', result.Witness)));

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string? Element(CaseStatus status) => status switch
    {
        CaseStatus.Failed or CaseStatus.NotFinished => "failure",
        CaseStatus.Error => "error",
        CaseStatus.Skipped => "skipped",
        _ => null,
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML 1.0 has no way to write most control characters, escaped or not.
    private static string Clean(string text) =>
        text.All(XmlConvert.IsXmlChar) ? text : string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) ? c : '?'));
}
