using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>
/// The usual benchmarks of partial-order reduction as real instructions on both instruction sets: the number of classes of executions is
/// known by hand or published, and the search goes through exactly one execution of each.
/// </summary>
/// <remarks>
/// Source sets with sleep sets give some explorations up half-way where a race is seen only on some ways (last zero) or cores wait (lock
/// hand-over); optimal reduction with wakeup trees would not begin them. They are counted apart and end no execution; in the other families
/// there is none.
/// </remarks>
public sealed class FamilyTests
{
    private const ulong Text = 0x10_0000;
    private const ulong Data = 0x20_0000;
    private const int Stride = 8;

    // Each order of the writes is a class: n!. What a core does to its registers multiplies nothing.
    [Theory]
    [InlineData(Architecture.Arm64, 2, 2)]
    [InlineData(Architecture.Arm64, 5, 120)]
    [InlineData(Architecture.X64, 3, 6)]
    [InlineData(Architecture.X64, 6, 720)]
    public void Writers(Architecture architecture, int n, int classes) => Pin(
        architecture, classes, n, 1, _ => architecture == Architecture.Arm64 ? "mov x0, #7; str x0, [x1]" : "mov eax, 7; mov [rcx], rax");

    // Each reader comes before or behind the writer, whatever the others do: 2^n.
    [Theory]
    [InlineData(Architecture.Arm64, 3, 8)]
    [InlineData(Architecture.Arm64, 7, 128)]
    [InlineData(Architecture.X64, 3, 8)]
    [InlineData(Architecture.X64, 7, 128)]
    public void Readers_and_one_writer(Architecture architecture, int readers, int classes) => Pin(
        architecture, classes, readers + 1, 1,
        core => (architecture, core) switch
        {
            (Architecture.Arm64, 0) => "mov x0, #7; str x0, [x1]",
            (Architecture.Arm64, _) => "ldr x0, [x1]; add x0, x0, #1",
            (_, 0) => "mov eax, 7; mov [rcx], rax",
            _ => "mov rax, [rcx]; add rax, 1",
        });

    // Each core waits until the lock is free (a guard of its first step, as the kernel's blocking locks are), takes it by one atomic
    // exchange, adds to a counter and frees the lock by a store: the order of the takings is all there is, n!.
    [Theory]
    [InlineData(Architecture.Arm64, 2, 2)]
    [InlineData(Architecture.Arm64, 4, 24)]
    [InlineData(Architecture.X64, 3, 6)]
    [InlineData(Architecture.X64, 5, 120)]
    public void Lock_hand_over(Architecture architecture, int n, int classes) => Pin(
        architecture, classes, n, 2,
        _ => architecture == Architecture.Arm64
            ? "mov x3, #1; L: swpa x3, x4, [x1]; ldr x0, [x2]; add x0, x0, #1; str x0, [x2]; stlr xzr, [x1]"
            : "mov r8d, 1; L: xchg [rcx], r8; mov rax, [rdx]; add rax, 1; mov [rdx], rax; mov qword ptr [rcx], 0",
        givesUp: true);

    // Each core tries the lock once and goes away if it is taken. By hand for two cores: the first to exchange gets it, and the other
    // tries before the unlocking store or behind it: 2 * 2. For three: the first of three gets it (3). Of the two others, with the exchanges
    // of the lock in a total order with the stores that free it: both before the first store, in either order, then it (2); one before
    // (2 of them), and the other behind, who gets it, where nothing is left to race (2 * 1); both behind, where it is as for two (4): 8. 3 * 8.
    [Theory]
    [InlineData(Architecture.Arm64, 2, 4)]
    [InlineData(Architecture.Arm64, 3, 24)]
    [InlineData(Architecture.X64, 2, 4)]
    [InlineData(Architecture.X64, 3, 24)]
    public void Lock_that_is_tried_once(Architecture architecture, int n, int classes) => Pin(
        architecture, classes, n, 1,
        _ => architecture == Architecture.Arm64
            ? "mov x3, #1; swpa x3, x4, [x1]; cbnz x4, E; stlr xzr, [x1]"
            : "mov r8d, 1; xchg [rcx], r8; test r8, r8; jnz E; mov qword ptr [rcx], 0");

    // "lastzero": core 0 looks for the last 0 in a[0..n], from n down; core j makes a[j] = a[j-1] + 1. Abdulla, Aronis, Jonsson and
    // Sagonas, "Optimal Dynamic Partial Order Reduction" (POPL 2014), table 2: 64 and 3328 traces for n = 5 and 10: (n + 3) 2^(n-2).
    [Theory]
    [InlineData(Architecture.Arm64, 3, 12)]
    [InlineData(Architecture.Arm64, 5, 64)]
    [InlineData(Architecture.X64, 4, 28)]
    [InlineData(Architecture.X64, 10, 3328)]
    public void Last_zero(Architecture architecture, int n, int classes) => Pin(
        architecture, classes, n + 1, n + 1,
        core => (architecture, core) switch
        {
            (Architecture.Arm64, 0) => $"add x0, x1, #{Stride * n}; L0: ldr x3, [x0], #-8; cbnz x3, L0",
            (Architecture.Arm64, _) => $"ldr x3, [x1, #{Stride * (core - 1)}]; add x3, x3, #1; str x3, [x1, #{Stride * core}]",
            (_, 0) => $"lea rsi, [rcx+{Stride * (n + 1)}]; L0: sub rsi, 8; cmp qword ptr [rsi], 0; jnz L0",
            _ => $"mov rax, [rcx+{Stride * (core - 1)}]; add rax, 1; mov [rcx+{Stride * core}], rax",
        },
        givesUp: true);

    // "indexer" of Flanagan and Godefroid (POPL 2005): each core puts four values into a table of 128 by compare-and-swap, at
    // w * 7 mod 128 for w = 11 (m + 1) + tid, or behind it where that is taken. As published: no conflict up to 11 cores, 8 traces for 12, 64 for 13.
    [Theory]
    [InlineData(Architecture.Arm64, 11, 1)]
    [InlineData(Architecture.Arm64, 12, 8)]
    [InlineData(Architecture.X64, 11, 1)]
    [InlineData(Architecture.X64, 13, 64)]
    public void Indexer(Architecture architecture, int cores, int classes) => Pin(
        architecture, classes, cores, 129,
        tid => architecture == Architecture.Arm64
            ? $"mov x5, #4; mov x6, #{tid}; mov x7, #7; M: add x6, x6, #11; mul x3, x6, x7; "
                + "T: and x3, x3, #127; add x4, x1, x3, lsl #3; mov x0, #0; cas x0, x6, [x4]; add x3, x3, #1; cbnz x0, T; "
                + "sub x5, x5, #1; cbnz x5, M"
            : $"mov r9d, 4; mov r10d, {tid}; M: add r10, 11; imul rsi, r10, 7; "
                + "T: and rsi, 127; xor eax, eax; lock cmpxchg [rcx+rsi*8], r10; lea rsi, [rsi+1]; jnz T; sub r9, 1; jnz M");

    // Sharing nothing: one class.
    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void Cores_of_their_own(Architecture architecture) => Pin(
        architecture, 1, 6, 6,
        core => architecture == Architecture.Arm64
            ? $"ldr x0, [x1, #{8 * core}]; add x0, x0, #1; str x0, [x1, #{8 * core}]"
            : $"mov rax, [rcx+{8 * core}]; add rax, 1; mov [rcx+{8 * core}], rax");

    private static void Pin(Architecture architecture, int classes, int cores, int words, Func<int, string> text, bool givesUp = false)
    {
        AssembledCode[] codes = [.. Enumerable.Range(0, cores).Select(core => Assemble(architecture, core, text(core)))];
        ExploreResult result = new Explorer(() => Build(architecture, codes, words), "family")
            .Explore(new ExploreOptions { Strategy = SearchStrategy.Dpor });

        Assert.Equal((Verdict.Holds, classes, true), (result.Verdict, (int)result.Executions, result.ExecutionsExact));
        Assert.True(result.CountsClasses);
        Assert.True(givesUp || result.Redundant == 0);
        foreach (int jobs in (int[])[2, 3])
        {
            ExploreResult inParts = new Explorer(() => Build(architecture, codes, words), "family")
                .Explore(new ExploreOptions { Strategy = SearchStrategy.Dpor, Jobs = jobs });
            Assert.Equal((result.Verdict, result.Executions, result.MaxDepth), (inParts.Verdict, inParts.Executions, inParts.MaxDepth));
        }
    }

    private static AssembledCode Assemble(Architecture architecture, int core, string text) =>
        new EmbeddedAssembler().Assemble(architecture, $"{text}; E: nop", Text + ((ulong)core * 0x100));

    private static Machine Build(Architecture architecture, AssembledCode[] codes, int words)
    {
        var machine = new Machine(architecture);
        machine.Memory.Map("text", Text, (ulong)codes.Length * 0x100, Rights.Read | Rights.Execute);
        machine.Memory.Map("data", Data, (ulong)words * Stride, Rights.Read | Rights.Write);
        foreach (AssembledCode code in codes)
        {
            machine.Memory.Poke(code.Address, code.Bytes);
            Core core = machine.AddCore();
            Context context = machine.AddContext(core.Index.ToString(CultureInfo.InvariantCulture));
            core.Switch(context);
            machine.Engine.SetPc(context, code.Address);
            string[] registers = architecture == Architecture.X64 ? ["rcx", "rdx"] : ["x1", "x2"];
            Assert.True(machine.Engine.WriteRegister(context, registers[0], Data));
            Assert.True(machine.Engine.WriteRegister(context, registers[1], Data + Stride));
            machine.AddAgent(new LockingCore(machine, context, code));
        }

        machine.Seal();
        return machine;
    }

    /// <summary>A core that executes its instruction <c>L</c>, if it has one, only where the first word of data is 0.</summary>
    private sealed class LockingCore(Machine machine, Context context, AssembledCode code) : IAgent
    {
        private readonly ulong _lock = code.Labels.TryGetValue("L", out ulong at) ? at : ulong.MaxValue;
        private readonly ulong _end = code.Labels["E"];

        public string Name { get; } = $"c{context.Name}";

        public void Offer(int agent, List<MachineAction> actions)
        {
            ulong pc = machine.Engine.Pc(context);
            if (pc == _lock)
                machine.Footprint.Memory(Data, Stride, TouchKind.Read);

            if (pc != _end && (pc != _lock || machine.Memory.Peek64(Data) == 0))
                actions.Add(new MachineAction(agent, 0, 0));
        }

        public void Perform(MachineAction action) =>
            Assert.NotEqual(Flow.Event, machine.Execute(machine.Cores[context.Number]).Flow);

        public string Key(MachineAction action) => Name;

        public bool IsPreemption(MachineAction action) => false;
    }
}
