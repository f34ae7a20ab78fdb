using System.Globalization;
using System.Text;

namespace RcuEmu.Emulator.Exploration;

/// <summary>Prints the rows of a witness with one column for each agent, in plain ASCII.</summary>
public static class WitnessColumns
{
    private const int LeastColumn = 18;
    private const string Gap = "  ";

    /// <summary>The lines, without line ends and without trailing blanks.</summary>
    /// <param name="rows">The rows, oldest first.</param>
    /// <param name="width">Characters in a line, from 40 up.</param>
    /// <remarks>
    /// Where the columns would be narrower than 18 characters, the agent's name stands in front of its text instead.
    /// </remarks>
    public static IReadOnlyList<string> ToColumns(IReadOnlyList<WitnessRow> rows, int width = 100)
    {
        width = Math.Max(width, 40);
        List<string> agents = [.. rows.Select(row => row.Agent).Where(agent => agent.Length > 0).Distinct()];
        agents.Sort(string.CompareOrdinal);
        int number = Math.Max(4, (rows.Count == 0 ? 0 : rows[^1].Step).ToString(CultureInfo.InvariantCulture).Length);
        int room = width - number;
        int column = agents.Count == 0 ? 0 : (room / agents.Count) - Gap.Length;
        var lines = new List<string>();
        if (column >= LeastColumn)
            Columns(lines, rows, agents, number, column, room);
        else
            List(lines, rows, number, room);

        return lines;
    }

    private static void Columns(
        List<string> lines, IReadOnlyList<WitnessRow> rows, List<string> agents, int number, int column, int room)
    {
        lines.Add(("step".PadLeft(number) + string.Concat(agents.Select(agent => Gap + Fit(agent, column)))).TrimEnd());
        foreach (WitnessRow row in rows)
        {
            int at = agents.IndexOf(row.Agent);
            string indent = new(' ', Math.Max(at, 0) * (column + Gap.Length));
            Add(lines, row, number, indent, at < 0 ? room - Gap.Length : column, row.Text);
        }
    }

    private static void List(List<string> lines, IReadOnlyList<WitnessRow> rows, int number, int room)
    {
        lines.Add("step".PadLeft(number));
        foreach (WitnessRow row in rows)
            Add(lines, row, number, "", room - Gap.Length, row.Agent.Length > 0 ? $"{row.Agent}: {row.Text}" : row.Text);
    }

    private static void Add(List<string> lines, WitnessRow row, int number, string indent, int width, string text)
    {
        string head = (row.Steps == 0 ? "" : row.Step.ToString(CultureInfo.InvariantCulture)).PadLeft(number);
        foreach (string part in Wrap(Ascii(text), width))
        {
            lines.Add((head + Gap + indent + part).TrimEnd());
            head = new string(' ', number);
        }
    }

    // Breaks at blanks; a word that is longer than the line is broken where the line ends. Lines behind the first are set in by 2.
    private static IEnumerable<string> Wrap(string text, int width)
    {
        string indent = "";
        for (string rest = text; ;)
        {
            int room = width - indent.Length;
            if (rest.Length <= room)
            {
                yield return indent + rest;
                yield break;
            }

            int at = rest.LastIndexOf(' ', room);
            at = at <= 0 ? room : at;
            yield return indent + rest[..at];
            rest = rest[at..].TrimStart();
            indent = "  ";
        }
    }

    private static string Fit(string text, int width)
    {
        string ascii = Ascii(text);
        return ascii.Length <= width ? ascii.PadRight(width) : ascii[..width];
    }

    private static string Ascii(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char letter in text)
            plain.Append(letter is >= ' ' and <= '~' ? letter : letter is '\n' or '\t' ? ' ' : '?');

        return plain.ToString();
    }
}
