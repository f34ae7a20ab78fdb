using System.CommandLine;
using RcuEmu.Isa;
using RcuEmu.KernelModel;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Scheduling;
using RcuEmu.Tools.Reports;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary><c>rcuemu model</c>: what the kernel model consists of, read off the code.</summary>
internal sealed class ModelVerb(Terminal terminal) : Verb(
    terminal,
    "model",
    "Prints docs/model.md: every program of the kernel model with its steps, and everything that is left out",
    "rcuemu model --json")
{
    private static readonly PreemptionModel[] Models = [PreemptionModel.None, PreemptionModel.Voluntary, PreemptionModel.Full, PreemptionModel.Lazy];

    protected override int Run(ParseResult line)
    {
        IReadOnlyList<CatalogueProgram> programs = ProgramCatalogue.All();
        LeftOut[] leftOuts = LeftOuts.Root() is { } root ? [.. LeftOuts.Find(root)] : [];
        if (line.GetValue(Json))
            PrintJson(programs, leftOuts);
        else
            Print(programs, leftOuts);

        return ExitCode.Holds;
    }

    private void Print(IReadOnlyList<CatalogueProgram> programs, LeftOut[] leftOuts)
    {
        TextWriter output = Terminal.Out;
        output.WriteLine("""
            # rcuemu model: what the kernel model consists of

            Printed by `rcuemu model` from the code itself; a test compares this page with what it prints. After a change of the model:
            `./rcuemu model > docs/model.md`. `--json` prints one object: `programs` with `name` and `steps` (`name`, `function`, `droppable`, `x86-64`,
            `arm64`), `gates` (`name`, `source`), `left_out` (`file`, `text`).

            ## Programs

            A program is a list of atomic steps; between any two of them everybody else may run. A step has the name that `drop:` takes (in brackets: bookkeeping, which
            cannot be dropped), the kernel function that it stands for, and the series that have it.
            """);
        foreach (CatalogueProgram program in programs)
        {
            output.WriteLine();
            output.WriteLine($"### {program.Name}");
            output.WriteLine();
            if (program.Steps.Count == 0)
            {
                output.WriteLine("No step: it returns at once.");
                continue;
            }

            output.WriteLine("| Step | Kernel function | x86-64 | arm64 |");
            output.WriteLine("| --- | --- | --- | --- |");
            foreach (CatalogueStep step in program.Steps)
                output.WriteLine($"| {(step.Droppable ? $"`{step.Name}`" : $"({step.Name})")} | {step.Function} | {Versions(step.X64)} | {Versions(step.Arm64)} |");
        }

        PrintGates();
        PrintPreemption();
        output.WriteLine("""

            ## Left out

            Every simplification, in the words that stand where it is made.
            """);
        foreach (IGrouping<string, LeftOut> file in leftOuts.GroupBy(left => left.File))
        {
            output.WriteLine();
            output.WriteLine($"`{file.Key}`");
            output.WriteLine();
            foreach (LeftOut left in file)
                output.WriteLine($"* {left.Text}");
        }
    }

    private void PrintGates()
    {
        Terminal.Out.WriteLine("""

            ## Gates

            What guest code asks of the kernel around it: `gate NAME` in a scenario's text, or a word of `runs:`. Each is one step.

            | Gate | Kernel function |
            | --- | --- |
            """);
        foreach (GateRow gate in Gates.All)
            Terminal.Out.WriteLine($"| `{gate.Name}` | {gate.Source} |");
    }

    private void PrintPreemption()
    {
        Terminal.Out.WriteLine("""

            ## Where a task can be preempted

            With a request to reschedule, `preempt_count` 0 and interrupts on; kernel/sched/core.c: sched_dynamic_update(), kernel/entry/common.c. rt is as full.

            | Point | none | voluntary | full | lazy |
            | --- | --- | --- | --- | --- |
            """);
        foreach (PreemptionPoint point in Enum.GetValues<PreemptionPoint>())
            Terminal.Out.WriteLine($"| {point} | {string.Join(" | ", Models.Select(model => Strikes(point, model)))} |");
    }

    private static string Strikes(PreemptionPoint point, PreemptionModel model)
    {
        bool On(Architecture architecture, Series series) => PreemptionPoints.Strikes(point, model, false, architecture, series);

        return (On(Architecture.X64, Series.V6_12), On(Architecture.Arm64, Series.V6_12), On(Architecture.Arm64, Series.V7_2)) switch
        {
            (true, true, true) => "yes",
            (true, false, true) => "yes; arm64 only in 7.2",
            _ => "no",
        };
    }

    private static string Versions(IReadOnlyList<string> series) => series.Count == 0 ? "-" : string.Join(' ', series);

    private void PrintJson(IReadOnlyList<CatalogueProgram> programs, LeftOut[] leftOuts)
    {
        using var report = new JsonReport("model");
        report.AddList("programs", programs, (inner, program) => inner.Add("name", program.Name)
                .AddList("steps", program.Steps, (row, step) => row.Add("name", step.Name).Add("function", step.Function).Add("droppable", step.Droppable)
                    .AddTexts("x86-64", step.X64).AddTexts("arm64", step.Arm64)))
            .AddList("gates", Gates.All, (inner, gate) => inner.Add("name", gate.Name).Add("source", gate.Source))
            .AddList("left_out", leftOuts, (inner, left) => inner.Add("file", left.File).Add("text", left.Text))
            .Print(Terminal.Out);
    }
}
