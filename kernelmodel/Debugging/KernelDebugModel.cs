using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Debugging;

/// <summary>A scenario under a debugger: tasks, grace periods, trampolines.</summary>
public sealed class KernelDebugModel : IDebugModel
{
    private readonly KernelFacts _facts;

    /// <summary>Builds the scenario.</summary>
    public KernelDebugModel(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        Scenario = scenario;
        Kernel = scenario.Build();
        Origin = ScheduleOrigin.Of(scenario.Name, Kernel.Machine);
        Values = MakeValues();
        _facts = new KernelFacts(Kernel);
    }

    /// <summary>The scenario.</summary>
    public Scenario Scenario { get; }

    /// <summary>What was built from it.</summary>
    public Kernel Kernel { get; }

    /// <inheritdoc/>
    public string Name => Scenario.Name;

    /// <inheritdoc/>
    public Machine Machine => Kernel.Machine;

    /// <inheritdoc/>
    public ScheduleOrigin Origin { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Func<ulong>> Values { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, ulong Address, ulong Length)> Symbols =>
        Kernel.Symbols.Names.Select(named => (named.Key, named.Value, Kernel.Symbols.Range(named.Key)?.Length ?? 0)).OrderBy(symbol => symbol.Value);

    /// <inheritdoc/>
    public IReadOnlyList<string> Catches => KernelCatches.Forms;

    /// <inheritdoc/>
    public IReadOnlyList<string> Topics => KernelFacts.Topics;

    /// <inheritdoc/>
    public string? Format(ulong address) => Kernel.Symbols.Format(address);

    /// <inheritdoc/>
    public ulong? Find(string symbol) => Kernel.Symbols.Find(symbol);

    /// <inheritdoc/>
    public (ulong Start, ulong Length)? Range(string symbol) => Kernel.Symbols.Range(symbol);

    /// <inheritdoc/>
    public IEnumerable<string> SymbolsLike(string beginning) =>
        Kernel.Symbols.Names.Keys.Where(name => name.StartsWith(beginning, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(100);

    /// <inheritdoc/>
    public string Running(int core) => Kernel.Cpus[core].PeekCurrent?.Name ?? "idle";

    /// <inheritdoc/>
    public string Status(int core) => KernelFacts.Status(Kernel.Cpus[core]);

    /// <inheritdoc/>
    public string? Doing(int core) => KernelFacts.Doing(Kernel.Cpus[core]);

    /// <inheritdoc/>
    public Context? ContextOf(string task) => FindTask(task)?.Context;

    /// <summary>A task by its name or number, or null.</summary>
    public KernelTask? FindTask(string task) => Kernel.Tasks.FirstOrDefault(known =>
        known.Name == task || known.Number.ToString(CultureInfo.InvariantCulture) == task);

    /// <inheritdoc/>
    public DebugCatch? Catch(string text, out string error) => KernelCatches.Parse(text, Kernel, out error);

    /// <inheritdoc/>
    public FactTable? Facts(string topic) => _facts.Table(topic);

    /// <inheritdoc/>
    public IReadOnlyList<UnwoundFrame>? Unwind(Context context) => new KernelUnwinder(Machine, null).Unwind(context);

    /// <inheritdoc/>
    public IDebugModel Rebuild() => new KernelDebugModel(Scenario);

    /// <inheritdoc/>
    public void Dispose() => Kernel.Dispose();

    private SortedDictionary<string, Func<ulong>> MakeValues()
    {
        var values = new SortedDictionary<string, Func<ulong>>(StringComparer.Ordinal)
        {
            ["grace"] = () => Kernel.TasksRcu.Number,
            ["grace_runs"] = () => Kernel.TasksRcu.IsRunning ? 1UL : 0,
            ["tasks_gp_seq"] = () => Kernel.TasksRcu.Sequence,
            ["holdouts"] = () => (ulong)Kernel.TasksRcu.Holdouts.Count(),
        };
        foreach (Cpu cpu in Kernel.Cpus)
            values[$"current{cpu.Core.Index}"] = () => (ulong)((cpu.PeekCurrent?.Number ?? -1) + 1);

        foreach (KernelTask task in Kernel.Tasks)
        {
            string name = string.Concat(task.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
            values[$"holdout_{name}"] = () => task.Holdout.Peek;
            values[$"state_{name}"] = () => (ulong)task.PeekState;
        }

        return values;
    }
}
