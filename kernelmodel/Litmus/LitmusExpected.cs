using System.Text.RegularExpressions;
using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>
/// A table of expected outcomes: tab-separated lines under a line of column names, of which <c>file</c>, <c>observation</c> and
/// <c>states</c> are used. States are parted by <c> | </c>, and within a state <c>location=value</c> by <c>; </c>.
/// </summary>
public sealed partial class LitmusExpected
{
    private static readonly string[] Columns = ["file", "observation", "states"];
    private readonly Dictionary<string, (string Observation, string States)> _rows = new(StringComparer.Ordinal);

    private LitmusExpected()
    {
    }

    /// <summary>Reads a table's text.</summary>
    /// <exception cref="UserErrorException">A column is missing, or a line has too few.</exception>
    public static LitmusExpected Read(string file, string text)
    {
        var table = new LitmusExpected();
        string[] lines = text.Split('\n');
        string[] columns = lines[0].TrimEnd('\r').Split('\t');
        int[] wanted = [.. Columns.Select(name => Array.IndexOf(columns, name))];
        if (wanted.Any(column => column < 0))
            throw new UserErrorException($"{file}:1:1: found columns {LitmusText.Clip(lines[0])}; right are file, observation and states, parted by tabs");

        for (int i = 1; i < lines.Length; i++)
        {
            string[] cells = lines[i].TrimEnd('\r').Split('\t');
            if (cells is [""])
                continue;

            if (cells.Length <= wanted.Max())
                throw new UserErrorException($"{file}:{i + 1}:1: found {cells.Length} columns; there are {columns.Length}");

            table._rows[cells[wanted[0]]] = (cells[wanted[1]], cells[wanted[2]]);
        }

        return table;
    }

    /// <summary>What is expected of the file at <paramref name="path"/>: the row whose <c>file</c> the path ends with. Null: no such row.</summary>
    public (string Observation, string States)? Find(string path)
    {
        string[] parts = path.Replace('\\', '/').Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            if (_rows.TryGetValue(string.Join('/', parts[i..]), out (string, string) row))
                return row;
        }

        return null;
    }

    /// <summary>How a complete result differs from a row, in a phrase; null where observation and the set of states are the same.</summary>
    public static string? Difference(LitmusResult result, (string Observation, string States) row)
    {
        ArgumentNullException.ThrowIfNull(result);
        HashSet<string> found = [.. result.Values.Select(Key)];
        HashSet<string> expected = [.. row.States.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(state => Key(State(result, state)))];
        string? observed = result.Observation == row.Observation ? null : $"observed {result.Observation}, expected {row.Observation}";
        if (row.States.Trim().Length == 0 && result.Test.Observed.Count == 0)
            return observed;

        int missing = expected.Count(state => !found.Contains(state)), more = found.Count(state => !expected.Contains(state));
        string? states = missing + more == 0 ? null : $"{missing} expected states were not reached, {more} states were not expected";
        return observed is null || states is null ? observed ?? states : $"{observed}; {states}";
    }

    private static string Key(ulong[] state) => string.Join(',', state);

    private static ulong[] State(LitmusResult result, string text)
    {
        LitmusLayout layout = result.Layout!;
        var state = new ulong[result.Values.Count == 0 ? 0 : result.Values[0].Length];
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Match match = Part().Match(part);
            LitmusPlace place = match.Groups["thread"].Success
                ? LitmusReader.Register(result.Test.Dialect, match.Groups["thread"].Value[0] - '0', match.Groups["name"].Value)
                : new LitmusPlace(-1, match.Groups["name"].Value, match.Groups["index"].Success ? int.Parse(match.Groups["index"].Value, System.Globalization.CultureInfo.InvariantCulture) : -1);
            (int first, int count) = LitmusValues.Find(result.Test, layout, place);
            if (!match.Success || first < 0)
                throw new UserErrorException($"{result.Test.Name}: the table expects '{LitmusText.Clip(part)}', which the test's condition does not name");

            IReadOnlyList<LitmusValue> values = LitmusReader.Values(result.Test.Source, match.Groups["value"].Value, 0);
            for (int i = 0; i < Math.Min(count, values.Count); i++)
                state[first + i] = LitmusValues.Normal(layout.TypeOf(place), layout.Resolve(values[i]));
        }

        return state;
    }

    [GeneratedRegex(@"^(?:(?<thread>\d):)?\[?(?<name>[A-Za-z_]\w*)(?:\[(?<index>\d{1,4})\])?\]?=(?<value>.*)$")]
    private static partial Regex Part();
}
