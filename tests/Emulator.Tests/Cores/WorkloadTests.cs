using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Cores;

/// <summary>
/// The benchmark programs, on the counts of instructions that Unicorn's per-instruction hook gave and the results that a
/// real core gave (bench/workloads/COUNTS.tsv).
/// </summary>
public sealed class WorkloadTests
{
    private const ulong Code = 0x10_0000;
    private const ulong Exit = 0x1f_0000;
    private const ulong Data = 0x20_0000;
    private const ulong StackPointer = 0x2f_ff00;

    [Theory]
    [InlineData("alu", "arm64", 1000, 10008, 0x07b0de161003f041)]
    [InlineData("alu", "x86_64", 1000, 15006, 0x07b0de161003f041)]
    [InlineData("mem", "arm64", 10, 174169, 0x000000000027e077)]
    [InlineData("mem", "x86_64", 10, 194618, 0x000000000027e077)]
    [InlineData("ftrace", "arm64", 1000, 197019, 0x5a2a0d0cf2b9bef4)]
    [InlineData("ftrace", "x86_64", 1000, 218024, 0x5a2a0d0cf2b9bef4)]
    [InlineData("patch", "arm64", 100, 143023, 0x0003458000001900)]
    [InlineData("patch", "x86_64", 100, 123420, 0x0003458000001900)]
    [InlineData("mixed", "arm64", 2, 2069795, 0xa41e2f88a4c805b4)]
    [InlineData("mixed", "x86_64", 2, 2539366, 0xa41e2f88a4c805b4)]
    public void A_run_has_the_known_count_and_result(string name, string arch, ulong n, long count, ulong result)
    {
        AssertRun(name, arch, n, count, result, isEager: false);
        AssertRun(name, arch, n, count, result, isEager: true);
    }

    private static void AssertRun(string name, string arch, ulong n, long count, ulong result, bool isEager)
    {
        using Machine machine = Load(name, arch, n);
        if (isEager)
            machine.Engine.Gear.TraceEagerly(50);

        ExecutedInstruction last = default;
        Core core = machine.Cores[0];
        Assert.Equal(count, machine.Engine.Run(core, long.MaxValue, Exit, ref last));
        Assert.Equal(GuestEventKind.None, last.Event);
        Assert.Equal(result, machine.Engine.ReadRegister(machine.Contexts[0], arch == "arm64" ? "x0" : "rax"));
        Assert.Equal(0, machine.Engine.Run(core, long.MaxValue, Exit, ref last));
        // Code that is patched again and again is not translated each time: the largest of them has some 200 instructions.
        Assert.InRange(machine.Engine.Gear.Traces, isEager ? 1 : 0, 200);
    }

    // The same run in pieces, in the search gear, and in both gears in turn, ends in the same state.
    [Theory]
    [InlineData("patch", "arm64", 3)]
    [InlineData("patch", "x86_64", 3)]
    [InlineData("ftrace", "arm64", 20)]
    [InlineData("ftrace", "x86_64", 20)]
    public void Both_gears_and_every_cut_of_a_run_end_in_the_same_state(string name, string arch, ulong n)
    {
        using Machine whole = Load(name, arch, n), single = Load(name, arch, n), turns = Load(name, arch, n);
        ExecutedInstruction last = default;
        long count = whole.Engine.Run(whole.Cores[0], long.MaxValue, Exit, ref last);
        for (long i = 0; i < count; i++)
            Assert.True(single.Engine.RunOne(single.Cores[0], ref last));

        // A run of nothing settles the flags.
        Assert.Equal(0, single.Engine.Run(single.Cores[0], 0, null, ref last));
        for (long i = 0; i < count;)
        {
            turns.Footprint.Clear();
            turns.Engine.Step(turns.Cores[0], ref last);
            i += 1 + turns.Engine.Run(turns.Cores[0], i % 7, Exit, ref last);
        }

        turns.Engine.Run(turns.Cores[0], 0, null, ref last);
        for (int cell = 0; cell < whole.State.Count; cell++)
        {
            if (whole.State[cell] != single.State[cell] || whole.State[cell] != turns.State[cell])
                Assert.Fail($"cell {cell}: {whole.State[cell]:x} {single.State[cell]:x} {turns.State[cell]:x}");
        }
    }

    [Fact]
    public void A_run_of_decoded_code_allocates_nothing()
    {
        using Machine machine = Load("ftrace", "arm64", 1_000_000);
        ExecutedInstruction last = default;
        machine.Engine.Run(machine.Cores[0], 100_000, Exit, ref last);
        long before = GC.GetAllocatedBytesForCurrentThread();
        machine.Engine.Run(machine.Cores[0], 100_000, Exit, ref last);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Machine Load(string name, string arch, ulong n)
    {
        var machine = new Machine(arch == "arm64" ? Architecture.Arm64 : Architecture.X64);
        machine.Memory.Map("ram", Code, 0x20_0000, Rights.Read | Rights.Write | Rights.Execute);
        machine.Memory.Poke(Code, Bytes(name, arch, machine.Architecture));
        Core core = machine.AddCore();
        Context context = machine.AddContext("main");
        core.Switch(context);
        foreach ((string register, ulong value) in Start(machine, arch, n))
            Assert.True(machine.Engine.WriteRegister(context, register, value), register);

        machine.Seal();
        return machine;
    }

    // The blobs that a toolchain built, where there are any; otherwise the sources that are assembly text, by our own assembler.
    private static byte[] Bytes(string name, string arch, Architecture architecture)
    {
        if (Environment.GetEnvironmentVariable("RCUEMU_TEST_BLOBS") is { } folder)
            return File.ReadAllBytes(Path.Combine(folder, $"{name}.{arch}.bin"));

        string source = Path.Combine(Root(), "bench", "workloads", $"{name}.{arch}.S");
        if (!File.Exists(source))
            Assert.Skip("this one is C: run bench/workloads/build.sh and set RCUEMU_TEST_BLOBS to its blobs folder");

        string syntax = architecture == Architecture.X64 ? ".att_syntax\n" : "";
        return new EmbeddedAssembler().Assemble(architecture, syntax + File.ReadAllText(source), Code, fileName: source).Bytes;
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RcuEmu.sln")))
            folder = Path.GetDirectoryName(folder);

        return folder ?? throw new InvalidOperationException("the tests run inside the repository");
    }

    private static (string Register, ulong Value)[] Start(Machine machine, string arch, ulong n)
    {
        if (arch == "arm64")
            return [("pc", Code), ("x0", n), ("x1", Data), ("sp", StackPointer), ("x30", Exit)];

        machine.Memory.Poke(StackPointer - 8, BitConverter.GetBytes(Exit));
        return [("rip", Code), ("rdi", n), ("rsi", Data), ("rsp", StackPointer - 8)];
    }
}
