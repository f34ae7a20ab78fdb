using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Memory;

namespace RcuEmu.Emulator.Debugging;

/// <summary>A machine without a kernel: cores and memory. Names are those that somebody gives.</summary>
public class BlobDebugModel : IDebugModel
{
    private readonly Func<Machine> _build;

    /// <summary>Builds a machine.</summary>
    /// <param name="name">For schedules and messages.</param>
    /// <param name="build">Makes a sealed machine; the same one each time.</param>
    public BlobDebugModel(string name, Func<Machine> build)
    {
        (Name, _build) = (name, build);
        Machine = build();
        Origin = ScheduleOrigin.Of(name, Machine);
    }

    /// <summary>A hand-assembled blob.</summary>
    public static BlobDebugModel Of(string name, BlobProgram program) => new(name, () => BlobRun.Build(program));

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Machine Machine { get; }

    /// <inheritdoc/>
    public ScheduleOrigin Origin { get; }

    /// <inheritdoc/>
    public virtual IEnumerable<(string Name, ulong Address, ulong Length)> Symbols =>
        Machine.Memory.Regions.Where(IsNamed).Select(region => (region.Name, region.Address, region.Length));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Func<ulong>> Values { get; } = new Dictionary<string, Func<ulong>>();

    /// <inheritdoc/>
    public IReadOnlyList<string> Catches { get; } = ["stale [CORE]"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Topics { get; } = ["cores"];

    /// <inheritdoc/>
    public virtual string? Format(ulong address) =>
        Machine.Memory.Find(address) is { } region && IsNamed(region) ? $"{region.Name}{Offset(address - region.Address)}" : null;

    /// <inheritdoc/>
    public virtual ulong? Find(string symbol) => Machine.Memory.Regions.FirstOrDefault(region => region.Name == symbol)?.Address;

    /// <inheritdoc/>
    public virtual (ulong Start, ulong Length)? Range(string symbol) =>
        Machine.Memory.Regions.FirstOrDefault(region => region.Name == symbol) is { } found ? (found.Address, found.Length) : null;

    /// <inheritdoc/>
    public virtual IEnumerable<string> SymbolsLike(string beginning) =>
        Symbols.Select(symbol => symbol.Name).Where(name => name.StartsWith(beginning, StringComparison.Ordinal)).Take(100);

    /// <inheritdoc/>
    public string Running(int core) => Machine.Cores[core].ContextNumber is var number and >= 0 ? Machine.Contexts[number].Name : "idle";

    /// <inheritdoc/>
    public string Status(int core) => Machine.Cores[core].IsMasked ? "irq=off" : "irq=on";

    /// <inheritdoc/>
    public string? Doing(int core) => null;

    /// <inheritdoc/>
    public Context? ContextOf(string task) => Machine.Contexts.FirstOrDefault(context => context.Name == task);

    /// <inheritdoc/>
    public DebugCatch? Catch(string text, out string error) => StaleCatch.Parse(text, out error);

    /// <inheritdoc/>
    public FactTable? Facts(string topic) => topic != "cores" ? null : new FactTable(
        ["core", "runs", "pc", "state"],
        [.. Machine.Cores.Select(core => (IReadOnlyList<string>)
            [core.Index.ToString(CultureInfo.InvariantCulture), Running(core.Index), Pc(core), Status(core.Index)])]);

    /// <inheritdoc/>
    public virtual IReadOnlyList<UnwoundFrame>? Unwind(Context context) => null;

    /// <inheritdoc/>
    public virtual IDebugModel Rebuild() => new BlobDebugModel(Name, _build);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the machine.</summary>
    protected virtual void Dispose(bool disposing) => Machine.Dispose();

    private static string Offset(ulong offset) => offset == 0 ? "" : $"+0x{offset:x}";

    // Regions that a user mapped are called by their addresses: those say nothing more than the number does.
    private static bool IsNamed(MemoryRegion region) => !char.IsAsciiDigit(region.Name[0]);

    private string Pc(Core core) => core.ContextNumber >= 0 ? $"0x{Machine.Engine.Pc(Machine.Contexts[core.ContextNumber]):x}" : "-";
}

/// <summary>The catchpoint that every machine with a modelled fetch has.</summary>
public static class StaleCatch
{
    /// <summary>Understands <c>stale</c> and <c>stale CORE</c>.</summary>
    public static DebugCatch? Parse(string text, out string error)
    {
        error = $"'{text}' is nothing that can be caught; there is: stale [CORE]";
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int core = -1;
        bool isStale = words is ["stale"] || (words is ["stale", var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out core));
        if (!isStale)
            return null;

        return new DebugCatch(
            (Machine machine, in StepInfo step, Timeline timeline) =>
                step.IsInstruction && (core < 0 || step.Instruction.Core == core) && timeline.LastChoices.Any(choice => choice.Taken > 0)
                    ? $"core {step.Instruction.Core} fetched a stale version at 0x{step.Instruction.Address:x}"
                    : null,
            null,
            null);
    }
}
