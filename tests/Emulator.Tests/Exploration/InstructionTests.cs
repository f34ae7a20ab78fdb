using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>Searches over executed instructions of both instruction sets.</summary>
public sealed class InstructionTests
{
    private const ulong Text = 0x10000;
    private const ulong Data = 0x20000;
    private const ulong Other = Text + 0x100;

    // Each core adds 1 to the same word. By hand: two loads and two stores; both loads before both stores lose an update.
    private const string A64Add = "ldr x0, [x1]; add x0, x0, #1; str x0, [x1]";
    private const string X64Add = "mov rax, [rcx]; add rax, 1; mov [rcx], rax";

    [Theory]
    [InlineData(Architecture.Arm64, A64Add)]
    [InlineData(Architecture.X64, X64Add)]
    public void Two_cores_that_load_add_and_store_lose_an_update(Architecture architecture, string text)
    {
        // 3 and 3 steps: 6 choose 3 = 20 executions. Ends: 1 or 2.
        (ExploreResult plain, HashSet<ulong> ends) = Explore(architecture, text, text, new ExploreOptions { Reduction = false });
        Assert.Equal((20, true), (plain.Executions, plain.ExecutionsExact));
        Assert.Equal((ulong[])[1, 2], ends.Order());

        // Loads do not conflict with each other: what counts is the order of load 0 and store 1, load 1 and store 0, and of the
        // stores. 0 whole before 1; 1 whole before 0; both loads first and the stores in either order: 4 classes.
        (ExploreResult classes, HashSet<ulong> same) = Explore(architecture, text, text, new ExploreOptions { Strategy = SearchStrategy.Dpor });
        Assert.Equal((4, 0), (classes.Executions, classes.Redundant));
        Assert.Equal((ulong[])[1, 2], same.Order());

        (ExploreResult states, HashSet<ulong> again) = Explore(architecture, text, text, new ExploreOptions { Strategy = SearchStrategy.Stateful });
        Assert.Equal((20, true), (states.Executions, states.ExecutionsExact));
        Assert.Equal((ulong[])[1, 2], again.Order());

        (ExploreResult fewer, HashSet<ulong> still) =
            Explore(architecture, text, text, new ExploreOptions { Strategy = SearchStrategy.Reduced });
        Assert.True(fewer.States < states.States);
        Assert.Equal((ulong[])[1, 2], still.Order());
    }

    // One core pokes another's instruction while that core goes there: core 0 executes the old or the new one, nothing else.
    // mov of 1 becomes mov of 2; words from the assembler itself, so only the outcomes are checked.
    [Theory]
    [InlineData(Architecture.Arm64, "mov x0, #1; str x0, [x1]", "mov x0, #2; str x0, [x1]", 4)]
    [InlineData(Architecture.X64, "mov eax, 1; mov [rcx], rax", "mov eax, 2; mov [rcx], rax", 5)]
    public void Text_that_is_patched_is_executed_old_or_new(Architecture architecture, string old, string patched, int length)
    {
        byte[] bytes = Assemble(architecture, patched)[..length];
        foreach (SearchStrategy strategy in (SearchStrategy[])[SearchStrategy.Plain, SearchStrategy.Stateful, SearchStrategy.Dpor])
        {
            (ExploreResult result, HashSet<ulong> ends) =
                Explore(architecture, old, null, new ExploreOptions { Strategy = strategy }, bytes);

            Assert.Equal(Verdict.Holds, result.Verdict);
            Assert.Equal((ulong[])[1, 2], ends.Order());
            // The poke before or behind the fetch of the first instruction; and before or behind both for the orders: 3 places.
            Assert.Equal(strategy == SearchStrategy.Dpor ? 2 : 3, result.Executions);
        }
    }

    [Fact]
    public void A_witness_merges_straight_instructions_and_keeps_switches()
    {
        using Machine machine = Build(Architecture.Arm64, A64Add, A64Add, null);
        Schedule schedule = Schedule.Parse("lost@00000000 c0 c1*3 c0*2");

        IReadOnlyList<WitnessRow> rows = new WitnessFormatter(
            address => $"+0x{address & 0xff:x}", (in ExecutedInstruction insn) => $"{insn.Length} bytes").Rows(machine, schedule);

        Assert.Equal(
            [
                new WitnessRow(1, "c0", "+0x0: 4 bytes", 1),
                new WitnessRow(2, "c1", "3 instructions, +0x0 .. +0x8", 3),
                new WitnessRow(5, "c0", "+0x4: 4 bytes; +0x8: 4 bytes", 2),
            ],
            rows);
    }

    private static (ExploreResult Result, HashSet<ulong> Ends) Explore(
        Architecture architecture, string first, string? second, ExploreOptions options, byte[]? poke = null)
    {
        HashSet<ulong> ends = [];
        Machine Make()
        {
            Machine machine = Build(architecture, first, second, poke);
            machine.AddMonitor(new ToyProperty("end", _ => null, m =>
            {
                ends.Add(m.Memory.Peek64(Data));
                return null;
            }));
            return machine;
        }

        ExploreResult result = new Explorer(Make, "cores").Explore(options);
        return (result, ends);
    }

    private static Machine Build(Architecture architecture, string first, string? second, byte[]? poke)
    {
        var machine = new Machine(architecture);
        machine.Memory.Map("text", Text, 0x1000, Rights.Read | Rights.Execute);
        machine.Memory.Map("data", Data, 0x1000, Rights.Read | Rights.Write);
        AddCore(machine, Text, first);
        if (second is not null)
            AddCore(machine, Other, second);

        if (poke is not null)
            machine.AddAgent(new Poker(machine, Text, poke));

        machine.Seal();
        return machine;
    }

    private static void AddCore(Machine machine, ulong at, string text)
    {
        byte[] bytes = Assemble(machine.Architecture, text);
        machine.Memory.Poke(at, bytes);
        Core core = machine.AddCore();
        Context context = machine.AddContext($"t{core.Index}");
        core.Switch(context);
        machine.Engine.SetPc(context, at);
        Assert.True(machine.Engine.WriteRegister(context, machine.Architecture == Architecture.X64 ? "rcx" : "x1", Data));
        machine.AddAgent(new CoreAgent(machine, core, at + (ulong)bytes.Length));
    }

    private static byte[] Assemble(Architecture architecture, string text) =>
        new EmbeddedAssembler().Assemble(architecture, text.Replace("; ", "\n", StringComparison.Ordinal), Text).Bytes;

    private sealed class Poker(Machine machine, ulong address, byte[] bytes) : IAgent
    {
        private readonly int _done = machine.State.Allocate(1);

        public string Name => "poker";

        public void Offer(int agent, List<MachineAction> actions)
        {
            if (machine.State[_done] == 0)
                actions.Add(new MachineAction(agent, 0, 0));
        }

        public void Perform(MachineAction action)
        {
            machine.Memory.Poke(address, bytes);
            machine.State.Set(_done, 1);
        }

        public string Key(MachineAction action) => Name;

        public bool IsPreemption(MachineAction action) => false;
    }
}
