using System.Globalization;
using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>What a schedule ran on: a replay elsewhere must mean the same machine.</summary>
/// <param name="Name">The scenario's name, without white space.</param>
/// <param name="Hash">Stands for the machine as it was when it started.</param>
public readonly record struct ScheduleOrigin(string Name, uint Hash)
{
    /// <summary>The origin of a sealed machine that has done nothing yet.</summary>
    /// <param name="name">The scenario's name. White space in it becomes <c>-</c>.</param>
    /// <param name="machine">Its cells, and the names of its agents, properties and allocations, make the hash.</param>
    public static ScheduleOrigin Of(string name, Machine machine)
    {
        uint hash = Cells(machine.State);
        foreach (IAgent agent in machine.Agents)
            hash = Mix(hash, agent.Name);

        foreach (IMonitor monitor in machine.Monitors)
            hash = Mix(hash, monitor.Name);

        foreach (Memory.Allocation allocation in machine.Allocations.All)
            hash = Mix(hash, allocation.Name);

        return new ScheduleOrigin(OneWord(name), hash);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}@{Hash:x8}");

    private static string OneWord(string name)
    {
        string word = string.Join('-', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return word.Length == 0 ? "unnamed" : word;
    }

    // CRC-32C of the cells that are not 0, with their numbers: a hardware instruction, and empty memory costs little.
    private static uint Cells(State state)
    {
        uint hash = Step(0, (ulong)state.Count);
        for (int cell = 0; cell < state.Count; cell++)
        {
            if (state[cell] is not 0 and ulong value)
                hash = Step(Step(hash, (ulong)cell), value);
        }

        return hash;
    }

    private static uint Mix(uint hash, string name)
    {
        foreach (char letter in name)
            hash = Step(hash, letter);

        return Step(hash, (ulong)name.Length);
    }

    private static uint Step(uint hash, ulong value) => BitOperations.Crc32C(hash, value);
}
