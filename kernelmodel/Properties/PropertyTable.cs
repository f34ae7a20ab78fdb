using RcuEmu.Emulator.Execution;

namespace RcuEmu.KernelModel.Properties;

/// <summary>The named properties that a scenario can ask for with <c>always:</c>.</summary>
public static class PropertyTable
{
    private static readonly (string Name, string About, Func<Kernel, IMonitor> Make)[] Rows =
    [
        ("no-freed-text", "nobody executes or returns into freed text", kernel => new NoFreedText(kernel)),
        ("no-freed-data", "no instruction touches a freed object", kernel => new NoFreedData(kernel)),
        ("own-ops", "a callback gets the ops it belongs to, and an ip that ops traces", kernel => new OwnOps(kernel)),
        ("registers-preserved", "a callsite changes no register that its function may expect", CallsiteTransparent.Registers),
        ("stack-balanced", "a callsite leaves the stack pointer as it was", CallsiteTransparent.Stack),
        ("intended-instruction", "at a patched callsite only intended instructions are executed", kernel => new IntendedInstruction(kernel)),
        ("no-oops", "no task faults or traps without a handler; always watched", kernel => new NoOops(kernel)),
    ];

    /// <summary>All names with a line about each.</summary>
    public static IEnumerable<(string Name, string About)> All => Rows.Select(row => (row.Name, row.About));

    /// <summary>Makes the property of this name, or null where there is none.</summary>
    public static IMonitor? Make(string name, Kernel kernel)
    {
        foreach ((string known, string _, Func<Kernel, IMonitor> make) in Rows)
        {
            if (known == name)
                return make(kernel);
        }

        return null;
    }
}
