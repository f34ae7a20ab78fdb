using System.Text.RegularExpressions;
using RcuEmu.KernelModel.Scenarios;

namespace RcuEmu.KernelModel.Programs;

/// <summary>One step of a program, over all kernels that have it.</summary>
/// <param name="Name">As <c>drop:</c> names it.</param>
/// <param name="Function">The kernel file and function that it stands for, without a version.</param>
/// <param name="Droppable">False for bookkeeping.</param>
/// <param name="X64">The series in which x86-64 has it.</param>
/// <param name="Arm64">The series in which arm64 has it.</param>
public sealed record CatalogueStep(string Name, string Function, bool Droppable, IReadOnlyList<string> X64, IReadOnlyList<string> Arm64);

/// <summary>A program of the kernel model, over all kernels that have it.</summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Steps">In order; the steps of one name and function in a row are one here.</param>
public sealed record CatalogueProgram(string Name, IReadOnlyList<CatalogueStep> Steps);

/// <summary>
/// Every program of the kernel model with its steps, read off kernels that are really built: one for each architecture and series, and one for the
/// proposed design.
/// </summary>
public static partial class ProgramCatalogue
{
    private static readonly string[] Series = ["6.1", "6.12", "7.2"];

    /// <summary>All programs, in the order in which they are first met.</summary>
    public static IReadOnlyList<CatalogueProgram> All()
    {
        var programs = new Dictionary<string, Merged>(StringComparer.Ordinal);
        foreach (string arch in (string[])["x86-64", "arm64"])
        {
            foreach (string series in Series)
                Add(programs, arch, series, "classic");
        }

        // The proposal of 2026 replaces one program; it is shown under a name of its own.
        Add(programs, "x86-64", "7.2", "readers");
        return [.. programs.Values.Select(program => program.Result)];
    }

    private static void Add(Dictionary<string, Merged> programs, string arch, string series, string design)
    {
        foreach (KernelProgram program in Programs(arch, series, design))
        {
            bool isProposal = design == "readers";
            if (isProposal && program.Name != "synchronize_rcu_tasks")
                continue;

            string name = isProposal ? $"{program.Name} (design: readers)" : program.Name;
            if (!programs.TryGetValue(name, out Merged? merged))
                programs.Add(name, merged = new Merged(name));

            merged.Add(program, arch, series);
        }
    }

    private static IReadOnlyList<KernelProgram> Programs(string arch, string series, string design)
    {
        string text = $$"""
            scenario: catalogue
            machine: { arch: {{arch}}, cores: 2 }
            kernel: { series: "{{series}}", preempt: full, design: {{design}} }
            data: [word]
            objects:
              - thing: { kind: data }
            code:
              - { function: traced, asm: ret }
            ops:
              - probe: { kind: dynamic, traces: traced }
            tasks:
              - writer:
                  core: 1
                  does: [ftrace.register: probe, ftrace.unregister: probe, rcu_barrier_tasks, synchronize_rcu, synchronize_rcu_tasks,
                    synchronize_rcu_tasks_rude, synchronize_rcu_tasks_trace, sync_core, bpf.image_put: thing, bpf.prog_put: thing]
              - caller: { core: 1, does: [call_rcu_tasks: probe, do_exit] }
            """;
        using Kernel kernel = Scenario.Parse("catalogue", text).Build();
        return [.. kernel.Procedures.DistinctBy(program => program.Name)];
    }

    [GeneratedRegex(@" \((6\.1|6\.12|7\.2)\)")]
    private static partial Regex Version();

    private sealed class Merged(string name)
    {
        private readonly List<(string Name, string Function, bool Droppable, SortedSet<string> X64, SortedSet<string> Arm64)> _steps = [];

        public CatalogueProgram Result => new(name,
            [.. _steps.Select(step => new CatalogueStep(step.Name, step.Function, step.Droppable, Ordered(step.X64), Ordered(step.Arm64)))]);

        public void Add(KernelProgram program, string arch, string series)
        {
            int at = 0;
            foreach (ProgramStep step in program.Steps)
            {
                string function = Version().Replace(step.Source, "");
                int found = _steps.FindIndex(known => known.Name == step.Name && known.Function == function);
                if (found < 0)
                {
                    found = Math.Min(at, _steps.Count);
                    _steps.Insert(found, (step.Name, function, step.Droppable, [], []));
                }

                (arch == "arm64" ? _steps[found].Arm64 : _steps[found].X64).Add(series);
                at = Math.Max(at, found + 1);
            }
        }

        private static IReadOnlyList<string> Ordered(SortedSet<string> series) => [.. Series.Where(series.Contains)];
    }
}
