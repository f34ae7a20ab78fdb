using System.Numerics;
using RcuEmu.Emulator.Execution;
using static RcuEmu.Emulator.Exploration.DporTree;

namespace RcuEmu.Emulator.Exploration;

/// <summary>A reduced search in parts as bytes: the open parts, the states that they need, and what the others found.</summary>
internal static class DporCheckpoint
{
    /// <summary>Writes a search between two rounds.</summary>
    public static void Write(BinaryWriter to, DporTree tree, Findings? sum, BigInteger executions, long redundant)
    {
        to.Write(tree.Limit);
        WriteSum(to, sum, executions, redundant);
        List<TreeState> states = [];
        var numbers = new Dictionary<TreeState, int>();
        foreach (Open open in tree.Opens)
            Number(open.State, states, numbers);

        to.Write(states.Count);
        foreach (TreeState state in states)
        {
            to.Write(state.Before is { } before ? numbers[before] : -1);
            Write(to, state.Step);
            Write(to, state.SleepOfStep);
            to.Write(state.Enabled);
            Write(to, state.Sleep);
            Write(to, [.. state.Tried]);
            to.Write(state.HasOpenAgent);
            to.Write(state.Waiting);
            to.Write(state.Covered);
        }

        to.Write(tree.Count);
        foreach (Open open in tree.Opens)
        {
            to.Write(open.State is { } state ? numbers[state] : -1);
            to.Write(open.Agent);
            to.Write(open.Step is not null);
            if (open.Step is { } step)
                Write(to, step);

            Write(to, open.Sleep);
        }
    }

    /// <summary>Reads what <see cref="Write(BinaryWriter, DporTree, Findings?, BigInteger, long)"/> wrote.</summary>
    public static (DporTree Tree, Findings? Sum, BigInteger Executions, long Redundant) Read(BinaryReader from)
    {
        int limit = from.ReadInt32();
        (Findings? sum, BigInteger executions, long redundant) = ReadSum(from);
        var states = new TreeState[from.ReadInt32()];
        for (int i = 0; i < states.Length; i++)
        {
            int before = from.ReadInt32();
            states[i] = new TreeState(before < 0 ? null : states[before], ReadStep(from), ReadSleep(from), from.ReadUInt64(), ReadSleep(from));
            states[i].Tried.AddRange(ReadSleep(from));
            states[i].HasOpenAgent = from.ReadBoolean();
            (states[i].Waiting, states[i].Covered) = (from.ReadUInt64(), from.ReadUInt64());
        }

        var opens = new Open[from.ReadInt32()];
        for (int i = 0; i < opens.Length; i++)
        {
            int state = from.ReadInt32();
            int agent = from.ReadInt32();
            RecordedStep? step = from.ReadBoolean() ? ReadStep(from) : null;
            opens[i] = new Open(state < 0 ? null : states[state], agent, step, ReadSleep(from));
        }

        return (new DporTree(limit, opens), sum, executions, redundant);
    }

    // States before those that lead on from them.
    private static void Number(TreeState? state, List<TreeState> states, Dictionary<TreeState, int> numbers)
    {
        if (state is null || numbers.ContainsKey(state))
            return;

        Number(state.Before, states, numbers);
        numbers.Add(state, states.Count);
        states.Add(state);
    }

    private static void WriteSum(BinaryWriter to, Findings? sum, BigInteger executions, long redundant)
    {
        to.Write(sum is not null);
        if (sum is null)
            return;

        byte[] count = executions.ToByteArray();
        to.Write(count.Length);
        to.Write(count);
        to.Write(redundant);
        to.Write(sum.Steps);
        to.Write(sum.MaxDepth);
        to.Write(sum.Reached.Length);
        foreach (bool reached in sum.Reached)
            to.Write(reached);

        to.Write(sum.Bounds.Count);
        foreach (string bound in sum.Bounds)
            to.Write(bound);
    }

    private static (Findings? Sum, BigInteger Executions, long Redundant) ReadSum(BinaryReader from)
    {
        if (!from.ReadBoolean())
            return (null, 0, 0);

        var executions = new BigInteger(from.ReadBytes(from.ReadInt32()));
        long redundant = from.ReadInt64();
        var sum = new Findings
        {
            Executions = executions,
            ExecutionsExact = true,
            States = 0,
            Steps = from.ReadInt64(),
            Seconds = 0,
            MaxDepth = from.ReadInt32(),
            Reached = [.. Enumerable.Range(0, from.ReadInt32()).Select(_ => from.ReadBoolean())],
            Bounds = [.. Enumerable.Range(0, from.ReadInt32()).Select(_ => from.ReadString())],
            CountsClasses = true,
        };
        return (sum, executions, redundant);
    }

    private static void Write(BinaryWriter to, RecordedStep step)
    {
        to.Write(step.Action.Agent);
        to.Write(step.Action.Code);
        to.Write(step.Action.Argument);
        to.Write(step.Choices?.Length ?? 0);
        foreach (int choice in step.Choices ?? [])
            to.Write(choice);
    }

    private static RecordedStep ReadStep(BinaryReader from)
    {
        var action = new MachineAction(from.ReadInt32(), from.ReadInt32(), from.ReadInt32());
        return new RecordedStep(action, [.. Enumerable.Range(0, from.ReadInt32()).Select(_ => from.ReadInt32())]);
    }

    private static void Write(BinaryWriter to, Sleeper[] sleep)
    {
        to.Write(sleep.Length);
        foreach (Sleeper sleeper in sleep)
        {
            to.Write(sleeper.Agent);
            to.Write(sleeper.Touches.Length);
            foreach (Touch touch in sleeper.Touches)
            {
                to.Write(touch.Address);
                to.Write(touch.Length);
                to.Write((byte)touch.Kind);
                to.Write(touch.IsCell);
            }
        }
    }

    private static Sleeper[] ReadSleep(BinaryReader from)
    {
        var sleep = new Sleeper[from.ReadInt32()];
        for (int i = 0; i < sleep.Length; i++)
        {
            int agent = from.ReadInt32();
            var touches = new Touch[from.ReadInt32()];
            for (int k = 0; k < touches.Length; k++)
                touches[k] = new Touch(from.ReadUInt64(), from.ReadInt32(), (TouchKind)from.ReadByte(), from.ReadBoolean());

            sleep[i] = new Sleeper(agent, touches);
        }

        return sleep;
    }
}
