using System.CommandLine;
using System.Text;
using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Litmus;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu litmus</c>: every execution of litmus tests, and their final states.</summary>
internal sealed class LitmusVerb : Verb
{
    private const long LargestFile = 1 << 20;
    private const long LargestTable = 64 << 20;
    private readonly Argument<string[]> _files;
    private readonly Option<string?> _memory;
    private readonly Option<string?> _expected;

    public LitmusVerb(Terminal terminal)
        : base(
            terminal,
            "litmus",
            "Explores litmus tests as real instructions and prints their final states",
            "rcuemu litmus SB.litmus",
            "rcuemu litmus SB.litmus --memory sc",
            "rcuemu litmus tests --expected expected.tsv")
    {
        _files = AddArgument<string[]>("FILE|DIR", "Litmus files (X86, X86_64, AArch64), or folders of them");
        _files.Arity = ArgumentArity.OneOrMore;
        _memory = AddOption<string?>("--memory", "sc|tso", "Memory model [default: tso for x86, sc for one thread of AArch64]");
        _expected = AddOption<string?>("--expected", "TSV", "Compare with a table of expected final states");
    }

    protected override int Run(ParseResult line)
    {
        MemoryModel? memory = line.GetValue(_memory) switch
        {
            null => null,
            "sc" => MemoryModel.Sc,
            "tso" => MemoryModel.Tso,
            { } other => throw new UserErrorException($"--memory: found '{other}'; right are sc and tso"),
        };
        LitmusExpected? table = line.GetValue(_expected) is { } path ? LitmusExpected.Read(path, Text(path, LargestTable)) : null;
        List<(string File, LitmusResult Result, string? Difference)> results = [];
        bool json = line.GetValue(Json);
        foreach (string file in Files(line.GetRequiredValue(_files)))
        {
            LitmusResult result = LitmusRun.Explore(LitmusReader.Read(file, Text(file, LargestFile)), memory, Terminal.Stopped);
            string? difference = result.IsComplete && table?.Find(Path.GetFullPath(file)) is { } row ? LitmusExpected.Difference(result, row) : null;
            results.Add((file, result, difference));
            if (json)
                continue;

            if (results.Count > 1)
                Terminal.Out.WriteLine();

            Print(result, difference);
        }

        if (json)
            PrintJson(results);
        else if (results.Count > 1)
            PrintSum(results, table);

        return results.Exists(one => one.Difference is not null) ? ExitCode.Violated
            : results.TrueForAll(one => one.Result.IsComplete) ? ExitCode.Holds : ExitCode.NotFinished;
    }

    private string Text(string path, long limit) => Encoding.UTF8.GetString(InputFile.Read(Terminal, path, limit));

    private static List<string> Files(IEnumerable<string> paths)
    {
        List<string> files = [];
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                files.Add(path);
                continue;
            }

            string[] found = Directory.GetFiles(path, "*.litmus", SearchOption.AllDirectories);
            if (found.Length == 0)
                throw new UserErrorException($"{path}: holds no .litmus file");

            Array.Sort(found, StringComparer.Ordinal);
            files.AddRange(found);
        }

        return files;
    }

    private void Print(LitmusResult result, string? difference)
    {
        TextWriter to = Terminal.Out;
        if (!result.IsComplete)
        {
            to.WriteLine($"Test {result.Test.Name} {(result.Refusal is { } reason ? $"refused: {reason}" : $"not finished: {result.Bound}")}");
            return;
        }

        int negative = result.States.Count - result.Positive;
        to.WriteLine($"Test {result.Test.Name} {result.Kind}");
        to.WriteLine($"States {result.States.Count}");
        foreach (string state in result.States)
            to.WriteLine(state);

        to.WriteLine(result.Holds ? "Ok" : "No");
        to.WriteLine("Witnesses");
        to.WriteLine($"Positive: {result.Positive} Negative: {negative}");
        to.WriteLine($"Condition {result.Test.Condition}");
        to.WriteLine($"Observation {result.Test.Name} {result.Observation} {result.Positive} {negative}");
        if (difference is not null)
            to.WriteLine($"Differs: {difference}");
    }

    private void PrintSum(List<(string File, LitmusResult Result, string? Difference)> results, LitmusExpected? table)
    {
        int complete = results.Count(one => one.Result.IsComplete);
        string rest = complete == results.Count ? "" : $", {results.Count - complete} refused or not finished";
        string compared = "";
        if (table is not null)
        {
            int rows = results.Count(one => one.Result.IsComplete && table.Find(Path.GetFullPath(one.File)) is not null);
            compared = $"; {rows - results.Count(one => one.Difference is not null)} of {rows} as expected";
        }

        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"{results.Count} tests: {complete} explored{rest}{compared}");
    }

    private void PrintJson(List<(string File, LitmusResult Result, string? Difference)> results)
    {
        using var report = new JsonReport("litmus");
        report.AddList("tests", results, (inner, one) =>
        {
            inner.Add("name", one.Result.Test.Name).Add("file", one.File);
            if (one.Result.IsComplete)
            {
                inner.Add("memory", one.Result.Memory == MemoryModel.Tso ? "tso" : "sc").Add("observation", one.Result.Observation)
                    .Add("holds", one.Result.Holds).AddTexts("states", one.Result.States).Add("differs", one.Difference);
            }
            else
            {
                inner.Add("refused", one.Result.Refusal).Add("bound", one.Result.Bound);
            }
        }).Print(Terminal.Out);
    }
}
