using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Cores;

/// <summary>A machine with a page of text, two of data and a stack, and cores that execute at the text's beginning.</summary>
internal sealed class CoreMachine : IDisposable
{
    public const ulong Text = 0x10_0000;
    public const ulong Data = 0x20_0000;
    public const ulong Stack = 0x30_0000;
    public const ulong StackTop = Stack + 0x1000;

    private ExecutedInstruction _executed;

    public CoreMachine(Architecture architecture, ReadOnlySpan<byte> text, int cores = 1, Rights textRights = Rights.Read | Rights.Execute,
        CoreFeatures? features = null)
    {
        Machine = new Machine(architecture);
        Machine.UseFeatures(features ?? CoreFeatures.None);
        Machine.Memory.Map("text", Text, 0x2000, textRights);
        Machine.Memory.Map("data", Data, 0x2000, Rights.Read | Rights.Write);
        Machine.Memory.Map("stack", Stack, 0x1000, Rights.Read | Rights.Write);
        Machine.Memory.Poke(Text, text);
        for (int i = 0; i < cores; i++)
        {
            Core core = Machine.AddCore();
            Context context = Machine.AddContext($"t{i}");
            core.Switch(context);
            Machine.Engine.SetPc(context, Text);
            Machine.Engine.WriteRegister(context, architecture == Architecture.X64 ? "rsp" : "sp", StackTop);
        }

        Machine.Seal();
    }

    public Machine Machine { get; }

    public ref readonly ExecutedInstruction Executed => ref _executed;

    public ulong this[string register, int core = 0]
    {
        get => Machine.Engine.ReadRegister(Machine.Contexts[core], register);
        set => Assert.True(Machine.Engine.WriteRegister(Machine.Contexts[core], register, value));
    }

    public CoreMachine Step(int count = 1, int core = 0)
    {
        for (int i = 0; i < count; i++)
        {
            Machine.Footprint.Clear();
            Machine.Engine.Step(Machine.Cores[core], ref _executed);
        }

        return this;
    }

    public ulong[] Cells()
    {
        State state = Machine.State;
        return [.. Enumerable.Range(0, state.Count).Select(i => state[i])];
    }

    public void Dispose() => Machine.Dispose();
}
