using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>A machine for a generated program: its cores, an updater, and two properties.</summary>
internal static class CodeMachine
{
    private const ulong Text = 0x10_0000;
    private const ulong Data = 0x20_0000;
    private const ulong Stacks = 0x30_0000;

    public static Machine Build(CodeProgram program, AssembledCode code, Action<Machine> atEnd)
    {
        var machine = new Machine(program.Architecture);
        machine.Memory.Map("text", Text, 0x1000, Rights.Read | Rights.Execute);
        machine.Memory.Map("data", Data, 0x1000, Rights.Read | Rights.Write);
        machine.Memory.Map("stacks", Stacks, 0x8000, Rights.Read | Rights.Write);
        machine.Memory.Poke(Text, code.Bytes);
        machine.UseMemoryModel(program.Memory);
        if (program.Fetch is { } fetch)
            machine.UseFetch(fetch);

        for (int i = 0; i < program.Cores.Length; i++)
            AddCore(machine, program, code, i);

        if (program.Updates.Length > 0)
            machine.AddAgent(new Updater(machine, program, code));

        machine.AddMonitor(new ToyProperty("x-is-not-2", XIsTwo));
        machine.AddMonitor(new ToyProperty("no-event", Event, m =>
        {
            atEnd(m);
            return null;
        }));
        machine.Seal();
        return machine;
    }

    public static AssembledCode Assemble(CodeProgram program) => new EmbeddedAssembler().Assemble(program.Architecture, program.Text, Text);

    private static void AddCore(Machine machine, CodeProgram program, AssembledCode code, int i)
    {
        Core core = machine.AddCore();
        Context context = machine.AddContext($"t{i}");
        core.Switch(context);
        machine.Engine.SetPc(context, code.Labels[$"P{i}"]);
        string[] registers = program.Architecture == Architecture.X64
            ? ["rcx", "rdx", "r8", "r9", "rbp", "rsp"]
            : ["x1", "x2", "x10", "x11", "x4", "sp"];
        ulong[] values = [Data, Data + 8, 1, 2, code.Labels["f"], Stacks + ((ulong)(i + 1) * 0x1000)];
        for (int k = 0; k < values.Length; k++)
            Assert.True(machine.Engine.WriteRegister(context, registers[k], values[k]));

        var runner = new CodeCore(machine, core, code.Labels[$"E{i}"], code.Labels["h"], code.Labels["H"], program.DeliversApart);
        machine.AddAgent(runner);
        if (program.DeliversApart)
            machine.AddAgent(new Delivery(runner));
    }

    // Looks at x where it was written, and at y then: both are in the footprint. Peek sees what has reached memory.
    private static string? XIsTwo(Machine machine)
    {
        bool written = false;
        foreach (Touch touch in machine.Footprint.Touches)
            written |= touch is { IsCell: false, Kind: TouchKind.Write } && touch.Address == Data;

        if (!written || machine.Memory.Peek64(Data) != 2)
            return null;

        machine.Footprint.Memory(Data + 8, 8, TouchKind.Read);
        return $"x is 2 and y is {machine.Memory.Peek64(Data + 8)}";
    }

    private static string? Event(Machine machine) =>
        machine.LastStep is { IsInstruction: true, Instruction: { Flow: Flow.Event } executed }
            ? $"{executed.Event} at 0x{executed.Address:x}"
            : null;

    /// <summary>A core that takes interrupts: it goes through the handler's one instruction and back to where it was.</summary>
    private sealed class CodeCore(Machine machine, Core core, ulong until, ulong handler, ulong handlerEnd, bool deliversApart) : IAgent
    {
        private readonly Cell _interrupted = Cell.Of(machine);

        public string Name { get; } = $"c{core.Index}";

        public void Offer(int agent, List<MachineAction> actions)
        {
            machine.Footprint.Cells(core.ContextCell, 1, TouchKind.Read);
            if (core.ContextNumber < 0)
                return;

            Context context = machine.Contexts[core.ContextNumber];
            machine.Footprint.Cells(context.FirstCell, machine.Engine.RegisterCells, TouchKind.Read);
            if (machine.Engine.Pc(context) != until)
                actions.Add(new MachineAction(agent, 0, 0));

            if (!deliversApart)
                OfferDelivery(agent, actions);
        }

        public void OfferDelivery(int agent, List<MachineAction> actions)
        {
            machine.Footprint.Cells(core.ContextCell, 1, TouchKind.Read);
            machine.Footprint.Cells(core.PendingCell, 1, TouchKind.Read);
            if (core.ContextNumber >= 0 && core.Pending != 0 && _interrupted.Value == 0)
                actions.Add(new MachineAction(agent, 1, 0));
        }

        public void Perform(MachineAction action)
        {
            if (action.Code == 1)
            {
                Deliver();
                return;
            }

            Context context = machine.Contexts[core.ContextNumber];
            if (machine.Execute(core).Flow == Flow.Event)
                core.Switch(null);
            else if (machine.Engine.Pc(context) == handlerEnd)
                Return(context);
        }

        public string Key(MachineAction action) => action.Code == 1 ? $"{Name}!0" : Name;

        public bool IsPreemption(MachineAction action) => false;

        private void Deliver()
        {
            Context context = machine.Contexts[core.ContextNumber];
            core.Unpend(0);
            core.Synchronise();
            machine.Footprint.Cells(context.FirstCell, machine.Engine.RegisterCells, TouchKind.Write);
            _interrupted.Value = machine.Engine.Pc(context);
            machine.Engine.SetPc(context, handler);
        }

        private void Return(Context context)
        {
            core.Synchronise();
            machine.Engine.SetPc(context, _interrupted.Value);
            _interrupted.Value = 0;
        }
    }

    /// <summary>The delivery of a core's interrupts as an agent of its own.</summary>
    private sealed class Delivery(CodeCore core) : IAgent
    {
        public string Name { get; } = $"{core.Name}!";

        public void Offer(int agent, List<MachineAction> actions) => core.OfferDelivery(agent, actions);

        public void Perform(MachineAction action) => core.Perform(action);

        public string Key(MachineAction action) => $"{core.Name}!0";

        public bool IsPreemption(MachineAction action) => false;
    }

    private sealed class Updater(Machine machine, CodeProgram program, AssembledCode code) : IAgent
    {
        private readonly int _position = machine.State.Allocate(1);
        private readonly ulong _site = code.Labels["f"];
        private readonly byte[] _new = New(program.Architecture, (long)(code.Labels["g"] - code.Labels["f"]));

        public string Name => "updater";

        public void Offer(int agent, List<MachineAction> actions)
        {
            if (machine.State[_position] < (ulong)program.Updates.Length)
                actions.Add(new MachineAction(agent, 0, 0));
        }

        public void Perform(MachineAction action)
        {
            (UpdateOp op, int number) = program.Updates[machine.State[_position]];
            machine.State.Set(_position, machine.State[_position] + 1);
            Core core = machine.Cores[number % program.Cores.Length];
            switch (op)
            {
                case UpdateOp.Interrupt: core.Pend(0); break;
                case UpdateOp.Synchronise: core.Synchronise(); break;
                case UpdateOp.PokeFirst: machine.Memory.Poke(_site, program.Architecture == Architecture.X64 ? [0xcc] : [0x00, 0x00, 0x20, 0xd4]); break;
                case UpdateOp.PokeTail when program.Architecture == Architecture.X64: machine.Memory.Poke(_site + 1, _new.AsSpan(1)); break;
                case UpdateOp.PokeNew when program.Architecture == Architecture.X64: machine.Memory.Poke(_site, _new.AsSpan(0, 1)); break;
                default: machine.Memory.Poke(_site, _new); break;
            }
        }

        public string Key(MachineAction action) => Name;

        public bool IsPreemption(MachineAction action) => false;

        // B and JMP rel32 from f to g.
        private static byte[] New(Architecture architecture, long distance) => architecture == Architecture.Arm64
            ? BitConverter.GetBytes(0x1400_0000u | (uint)(distance / 4))
            : [0xe9, .. BitConverter.GetBytes((int)distance - 5)];
    }
}
