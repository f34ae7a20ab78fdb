using System.Globalization;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>The keys of actions, and which core each belongs to: that whose number follows the <c>c</c> at the key's beginning.</summary>
internal sealed class CoreKeys(Machine machine)
{
    private readonly Dictionary<MachineAction, (string Key, int Core)> _known = [];

    /// <summary>The key in a schedule.</summary>
    public string Key(MachineAction action) => Find(action).Key;

    /// <summary>The core, or -1 where the key names none.</summary>
    public int Core(MachineAction action) => Find(action).Core;

    /// <summary>True where the action is the core's ordinary step.</summary>
    public bool IsStep(MachineAction action)
    {
        (string key, int core) = Find(action);
        return core >= 0 && key.Length == 1 + core.ToString(CultureInfo.InvariantCulture).Length;
    }

    private (string Key, int Core) Find(MachineAction action)
    {
        if (_known.TryGetValue(action, out (string, int) known))
            return known;

        string key = machine.Key(action);
        return _known[action] = (key, CoreIn(key));
    }

    private int CoreIn(string key)
    {
        int end = 1;
        while (end < key.Length && char.IsAsciiDigit(key[end]))
            end++;

        return key.Length > 1 && key[0] == 'c' && int.TryParse(key.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int core)
            && core < machine.Cores.Count ? core : -1;
    }
}
