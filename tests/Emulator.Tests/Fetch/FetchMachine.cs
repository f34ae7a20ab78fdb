using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Fetch;

/// <summary>
/// Cores that run through one piece of assembly text, each from its label <c>P0</c>, <c>P1</c>, ... to <c>E0</c>, <c>E1</c>, ...; text is
/// writable. <c>F0</c>, if there, is where core 0 goes on after an event.
/// </summary>
internal sealed class FetchMachine
{
    public const ulong Text = 0x10_0000;
    public const ulong Data = 0x20_0000;

    private readonly AssembledCode _code;

    public FetchMachine(Architecture architecture, FetchSettings? settings, string text, params string[] registers)
    {
        Machine = new Machine(architecture);
        _code = new EmbeddedAssembler().Assemble(architecture, text, Text);
        Machine.Memory.Map("text", Text, 0x1000, Rights.Read | Rights.Write | Rights.Execute);
        Machine.Memory.Map("data", Data, 0x1000, Rights.Read | Rights.Write);
        Machine.Memory.Map("stacks", 0x30_0000, 0x8000, Rights.Read | Rights.Write);
        Machine.Memory.Poke(Text, _code.Bytes);
        if (settings is not null)
            Machine.UseFetch(settings);

        for (int i = 0; _code.Labels.TryGetValue($"P{i}", out ulong entry); i++)
        {
            Core core = Machine.AddCore();
            Context context = Machine.AddContext($"t{i}");
            core.Switch(context);
            Machine.Engine.SetPc(context, entry);
            Machine.Engine.WriteRegister(context, architecture == Architecture.X64 ? "rsp" : "sp", 0x30_1000 + ((ulong)i * 0x1000));
            ulong? handler = _code.Labels.TryGetValue($"F{i}", out ulong at) ? at : null;
            Machine.AddAgent(new Runner(Machine, core, this[$"E{i}"], handler));
        }

        foreach (string register in registers)
            SetRegister(register);
    }

    public Machine Machine { get; }

    /// <summary>The address of a label, or of the data words x, y, z.</summary>
    public ulong this[string label] => label switch
    {
        "x" => Data,
        "y" => Data + 8,
        "z" => Data + 16,
        _ => _code.Labels[label],
    };

    /// <summary>A register: <c>1:x9</c>.</summary>
    public ulong Register(string name)
    {
        string[] parts = name.Split(':');
        return Machine.Engine.ReadRegister(Machine.Contexts[int.Parse(parts[0])], parts[1]);
    }

    /// <summary>
    /// All final values of some registers (<c>1:x9</c>) and data words (<c>x</c>), over all executions; and violations. The search of
    /// states and the reduced one must find the same.
    /// </summary>
    public SortedSet<string> Outcomes(params string[] names)
    {
        Machine.Seal();
        SortedSet<string> outcomes = Outcomes(names, new StatefulStrategy(new ExploreOptions { Exact = true }));
        Assert.Equal(outcomes, Outcomes(names, new DporStrategy(Machine)));
        return outcomes;
    }

    private SortedSet<string> Outcomes(string[] names, IStrategy strategy)
    {
        var outcomes = new SortedSet<string>(StringComparer.Ordinal);
        var search = new Search(Machine, new ExploreOptions(), strategy, () => 0, default, null)
        {
            OnEnd = _ => outcomes.Add(string.Join(' ', names.Select(Value))),
            OnViolation = violation => outcomes.Add(violation.Property) || true,
        };
        search.Run();
        return outcomes;
    }

    private string Value(string name) =>
        (name.Contains(':') ? Register(name) : Machine.Memory.Peek64(this[name])).ToString();

    // "0:x1=f": the address of a label; "0:w0=b .+8": the word of an instruction; "0:x2=5": a number; "z=l" a data word.
    private void SetRegister(string text)
    {
        string[] sides = text.Split('=');
        string value = sides[1];
        ulong number = ulong.TryParse(value, out ulong plain) ? plain
            : value is "x" or "y" or "z" || _code.Labels.ContainsKey(value) ? this[value]
            : BitConverter.ToUInt32(new EmbeddedAssembler().Assemble(Machine.Architecture, value, Text).Bytes);
        string[] place = sides[0].Split(':');
        if (place.Length == 1)
            Machine.Memory.Poke(this[place[0]], BitConverter.GetBytes(number));
        else
            Assert.True(Machine.Engine.WriteRegister(Machine.Contexts[int.Parse(place[0])], place[1], number));
    }

    private sealed class Runner(Machine machine, Core core, ulong until, ulong? handler) : IAgent
    {
        public string Name => $"c{core.Index}";

        public void Offer(int agent, List<MachineAction> actions)
        {
            if (core.ContextNumber >= 0 && machine.Engine.Pc(machine.Contexts[core.ContextNumber]) != until)
                actions.Add(new MachineAction(agent, 0, 0));
        }

        public void Perform(MachineAction action)
        {
            if (machine.Execute(core).Flow != Flow.Event)
                return;

            if (handler is { } address)
                machine.Engine.SetPc(machine.Contexts[core.ContextNumber], address);
            else
                core.Switch(null);
        }

        public string Key(MachineAction action) => Name;

        public bool IsPreemption(MachineAction action) => false;
    }
}
