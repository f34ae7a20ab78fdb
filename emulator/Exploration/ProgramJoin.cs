using System.Globalization;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Joins steps of one agent that are no instructions: what a procedure of the kernel did in a row. Interrupts that others take for
/// it in between (the IPIs of a synchronisation) are counted behind the text.
/// </summary>
internal sealed class ProgramJoin(List<Stretch> rows, int kept)
{
    /// <summary>Puts as many such steps of one agent in a row as fit <paramref name="characters"/>; nothing is left out.</summary>
    public static List<Stretch> Pack(List<Stretch> rows, int characters)
    {
        var packed = new List<Stretch>();
        foreach (Stretch row in rows)
        {
            if (packed.Count > 0 && packed[^1] is { IsProgram: true } last && row.IsProgram && row.Agent == last.Agent
                && last.Text.Length + row.Text.Length + 2 <= characters)
            {
                packed[^1] = last with { Text = $"{last.Text}; {row.Text}", Steps = last.Steps + row.Steps };
            }
            else
            {
                packed.Add(row);
            }
        }

        return packed;
    }

    /// <summary>The rows with every such run of steps made one.</summary>
    public List<Stretch> Join()
    {
        var joined = new List<Stretch>();
        for (int at = 0; at < rows.Count;)
        {
            int end = rows[at].IsProgram ? EndOfRun(at) : at + 1;
            joined.Add(end == at + 1 ? rows[at] : One(rows[at..end]));
            at = end;
        }

        return joined;
    }

    // A run goes on with steps of its agent, and over interrupts of others where a step of its agent follows.
    private int EndOfRun(int start)
    {
        int end = start + 1;
        for (int i = end; i < rows.Count && rows[i].IsProgram; i++)
        {
            if (rows[i].Agent == rows[start].Agent)
                end = i + 1;
            else if (!rows[i].IsInterrupt)
                break;
        }

        return end;
    }

    private Stretch One(List<Stretch> run)
    {
        string agent = run[0].Agent;
        List<string> texts = [.. run.Where(row => row.Agent == agent).Select(row => row.Text)];
        if (texts.Count > kept)
        {
            int head = (kept + 1) / 2, tail = kept - head, left = texts.Count - kept;
            texts = [.. texts.Take(head), string.Create(CultureInfo.InvariantCulture, $"... ({left} more)"), .. texts.TakeLast(tail)];
        }

        IEnumerable<string> others = run.Where(row => row.Agent != agent).GroupBy(row => $"{row.Agent} {row.Text}")
            .Select(group => string.Create(CultureInfo.InvariantCulture, $" [{group.Key}, {group.Count()} times]"));
        return run[0] with { Steps = run.Sum(row => row.Steps), Text = string.Join("; ", texts) + string.Concat(others) };
    }
}
