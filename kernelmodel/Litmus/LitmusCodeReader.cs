using System.Globalization;
using System.Text.RegularExpressions;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>Reads the code table: a column for each thread (<c>P0</c>) and for the exception handler of a thread (<c>P0.F</c>).</summary>
internal sealed partial class LitmusCodeReader(LitmusText source, LitmusDialect dialect)
{
    private const int MostThreads = 16;
    private const int MostRows = 1000;
    private readonly List<List<LitmusCell>> _columns = [];

    /// <summary>Each thread's code.</summary>
    public List<List<LitmusCell>> Threads { get; } = [];

    /// <summary>Each thread's handler; empty where it has none.</summary>
    public List<List<LitmusCell>> Handlers { get; } = [];

    /// <summary>Reads from an offset on; returns where the table ends.</summary>
    public int Read(int start)
    {
        int rows = 0;
        while (true)
        {
            while (start < source.Clean.Length && char.IsWhiteSpace(source.Clean[start]))
                start++;

            if (start >= source.Clean.Length || Keyword().IsMatch(source.Clean[start..Math.Min(start + 12, source.Clean.Length)]))
                break;

            int end = source.Clean.IndexOf(';', start);
            if (end < 0 || ++rows > MostRows)
                throw source.Error(start, $"found '{LitmusText.Clip(source.Clean[start..])}'; a row of the code table ends with ';' ({MostRows} rows at most)");

            ReadRow([.. LitmusReader.Parts(source.Clean, start, end, '|')]);
            start = end + 1;
        }

        return Threads.Count != 0 ? start : throw source.Error(start, "found no code table; it begins with P0 | P1 ;");
    }

    private void ReadRow(List<(string Text, int At)> cells)
    {
        if (_columns.Count == 0)
        {
            foreach ((string text, int at) in cells)
                AddColumn(text.Trim(), at);

            return;
        }

        if (cells.Count > _columns.Count)
            throw source.Error(cells[_columns.Count].At, $"found a cell for thread {_columns.Count}; there are {_columns.Count} threads");

        for (int i = 0; i < cells.Count; i++)
            AddCells(_columns[i], cells[i].Text, cells[i].At);
    }

    private void AddColumn(string name, int at)
    {
        int last = Threads.Count - 1;
        bool isHandler = last >= 0 && name == string.Create(CultureInfo.InvariantCulture, $"P{last}.F") && Handlers[last].Count == 0;
        if (isHandler && dialect != LitmusDialect.AArch64)
            throw source.Error(at, $"found '{name}'; exception handlers are for AArch64");

        if (isHandler)
        {
            _columns.Add(Handlers[last]);
        }
        else if (name != string.Create(CultureInfo.InvariantCulture, $"P{Threads.Count}") || Threads.Count == MostThreads)
        {
            throw source.Error(at, $"found '{LitmusText.Clip(name)}'; threads are P0, P1 and so on, {MostThreads} at most");
        }
        else
        {
            Threads.Add([]);
            Handlers.Add([]);
            _columns.Add(Threads[^1]);
        }
    }

    private static void AddCells(List<LitmusCell> column, string text, int at)
    {
        string rest = text.Trim();
        for (Match label = Label().Match(rest); label.Success; label = Label().Match(rest))
        {
            column.Add(new LitmusCell(label.Groups[1].Value + ":", at));
            rest = rest[label.Length..].Trim();
        }

        if (rest.Length != 0)
            column.Add(new LitmusCell(string.Join(' ', rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), at));
    }

    [GeneratedRegex(@"^([A-Za-z_.]\w*):")]
    private static partial Regex Label();

    [GeneratedRegex(@"^(locations\b|filter\b|exists\b|forall\b|~\s*exists\b)")]
    private static partial Regex Keyword();
}
