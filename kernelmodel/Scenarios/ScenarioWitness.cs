using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Prints a schedule of a scenario in columns, one for each core, short enough for a mail.</summary>
public static class ScenarioWitness
{
    private const int LeastRows = 4;

    /// <summary>The lines, without line ends.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="schedule">One of its schedules; it is performed up to the first violation.</param>
    /// <param name="lines">
    /// How many lines are wanted at most, from 8 up. Where merging stretches of instructions does not suffice, lines behind the
    /// heading are left out, and one line says how many.
    /// </param>
    /// <param name="width">Characters in a line.</param>
    public static IReadOnlyList<string> Lines(Scenario scenario, Schedule schedule, int lines = 25, int width = 100)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        using Kernel kernel = scenario.Build();
        Mark start = kernel.Machine.State.Mark();
        IReadOnlyList<string> printed = [];
        for (int rows = lines - 1; rows >= LeastRows; rows -= 2)
        {
            var formatter = new WitnessFormatter(
                kernel.Symbols.Show,
                (in ExecutedInstruction executed) =>
                    Named(InstructionText.Of(scenario.Architecture, executed, kernel.Symbols.Format)),
                rows);
            printed = WitnessColumns.ToColumns(formatter.Rows(kernel.Machine, schedule), width);
            if (printed.Count <= lines)
                return printed;

            kernel.Machine.State.UndoTo(start);
        }

        int left = printed.Count - lines + 1;
        return [printed[0], $"      ({left} lines left out)", .. printed.Skip(1 + left)];
    }

    // "call 0xffffffffa0000000 <traced>": where a target has a name, the name is enough.
    private static string Named(string text)
    {
        int open = text.LastIndexOf(" <", StringComparison.Ordinal);
        int number = open < 0 ? -1 : text.LastIndexOf("0x", open, StringComparison.Ordinal);
        return number >= 0 && text.EndsWith('>') && !text.AsSpan(number, open - number).Contains(' ')
            ? string.Concat(text.AsSpan(0, number), text.AsSpan(open + 2, text.Length - open - 3))
            : text;
    }
}
