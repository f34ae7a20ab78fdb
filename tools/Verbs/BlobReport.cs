using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>Prints what a blob did.</summary>
internal static class BlobReport
{
    private const int RegistersInRow = 3;

    /// <summary>As text: how it ended, how fast it was, and all registers.</summary>
    public static void Print(Terminal terminal, BlobProgram program, BlobResult result)
    {
        terminal.Out.WriteLine(End(terminal, program, result));
        terminal.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Instructions} instructions in {result.Seconds:0.000} s{Speed(result)}"));
        foreach (KeyValuePair<string, ulong>[] row in result.Registers.Chunk(RegistersInRow))
        {
            string line = string.Concat(row.Select(register => $"{register.Key,-8}{JsonReport.Hex(register.Value)}  "));
            terminal.Out.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>As one JSON object.</summary>
    public static void PrintJson(Terminal terminal, BlobProgram program, BlobResult result)
    {
        using var report = new JsonReport("run");
        report.Add("arch", ArchitectureNames.Of(program.Architecture))
            .Add("end", Word(result.End))
            .Add("instructions", result.Instructions)
            .AddSeconds(result.Seconds);
        if (result.End == BlobEnd.Event)
        {
            report.Writer.WriteStartObject("event");
            report.Add("kind", EventText.Name(result.Last.Event)).AddWord("address", result.Last.Address)
                .AddWord("detail", result.Last.EventDetail)
                .Add("instruction", InstructionText.Of(program.Architecture, result.Last));
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteStartObject("registers");
        foreach ((string name, ulong value) in result.Registers)
            report.AddWord(name, value);

        report.Writer.WriteEndObject();
        report.Print(terminal.Out);
    }

    /// <summary>The exit code that a result stands for.</summary>
    public static int Code(BlobResult result) => result.End switch
    {
        BlobEnd.Reached or BlobEnd.Waits => ExitCode.Holds,
        BlobEnd.Event => ExitCode.Violated,
        _ => ExitCode.NotFinished,
    };

    private static string End(Terminal terminal, BlobProgram program, BlobResult result) => result.End switch
    {
        BlobEnd.Reached => terminal.Good($"reached 0x{program.Until:x}"),
        BlobEnd.Waits => terminal.Good("waits for an interrupt") + $" behind 0x{result.Last.Address:x}",
        BlobEnd.Limit => terminal.Doubtful("not finished:") + $" --max {program.Maximum} instructions",
        BlobEnd.Stopped => terminal.Doubtful("not finished:") + " stopped",
        _ => terminal.Bad(EventText.Name(result.Last.Event)) + " " + EventText.Describe(program.Architecture, result.Last),
    };

    // Timing of a short run is mostly the runtime compiling the engine: no speed is better than a wrong one.
    private static string Speed(BlobResult result) => result.Instructions < 1_000_000
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {result.Instructions / result.Seconds / 1e6:0.0} M instructions/s");

    private static string Word(BlobEnd end) => end switch
    {
        BlobEnd.Reached => "reached",
        BlobEnd.Waits => "waits",
        BlobEnd.Limit => "limit",
        BlobEnd.Stopped => "stopped",
        _ => "event",
    };
}
