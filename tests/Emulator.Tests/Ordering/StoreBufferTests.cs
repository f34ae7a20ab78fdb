using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Memory;
using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Ordering;

/// <summary>
/// The store buffers of <c>memory: tso</c>. SDM is Intel's Software Developer's Manual, Vol. 3A, "Memory Ordering"; x86-TSO is Sewell and
/// others, CACM 53(7), 2010. Each core has rcx = x, rdx = y.
/// </summary>
public sealed class StoreBufferTests
{
    private const ulong Text = 0x10000;
    private const ulong X = 0x20000;
    private const ulong Y = 0x20040;

    // SDM, "Loads May Be Reordered with Earlier Stores to Different Locations": both loads may give 0. Without buffers they cannot.
    [Theory]
    [InlineData(MemoryModel.Sc, "0 1|1 0|1 1")]
    [InlineData(MemoryModel.Tso, "0 0|0 1|1 0|1 1")]
    public void Two_cores_that_store_and_then_load_both_miss_each_other_under_tso_only(MemoryModel model, string expected) =>
        Ends(model, expected, "mov dword ptr [rcx], 1; mov eax, [rdx]", "mov dword ptr [rdx], 1; mov eax, [rcx]", "0:eax 1:eax");

    // SDM, "Loads and Stores Are Not Reordered with Locked Instructions" (XCHG implies LOCK); x86-TSO, rules for MFENCE and LOCK. LFENCE
    // and SFENCE are not among them.
    [Theory]
    [InlineData("mfence", "0 1|1 0|1 1")]
    [InlineData("lock add dword ptr [rsi], 1", "0 1|1 0|1 1")]
    [InlineData("xchg [rsi], edi", "0 1|1 0|1 1")]
    [InlineData("sfence", "0 0|0 1|1 0|1 1")]
    [InlineData("lfence", "0 0|0 1|1 0|1 1")]
    [InlineData("add dword ptr [rsi], 1", "0 0|0 1|1 0|1 1")]
    public void A_fence_or_a_locked_access_between_store_and_load_waits_for_the_store(string between, string expected) =>
        Ends(
            MemoryModel.Tso,
            expected,
            $"mov dword ptr [rcx], 1; {between}; mov eax, [rdx]",
            $"mov dword ptr [rdx], 1; {between}; mov eax, [rcx]",
            "0:eax 1:eax");

    // SDM, "Intra-Processor Forwarding Is Allowed": each core reads its own store, and both miss the other's.
    [Fact]
    public void A_load_sees_the_cores_own_buffered_store() =>
        Ends(
            MemoryModel.Tso,
            "1 0 1 0|1 0 1 1|1 1 1 0|1 1 1 1",
            "mov dword ptr [rcx], 1; mov eax, [rcx]; mov ebx, [rdx]",
            "mov dword ptr [rdx], 1; mov eax, [rdx]; mov ebx, [rcx]",
            "0:eax 0:ebx 1:eax 1:ebx");

    // SDM, "Neither Loads Nor Stores Are Reordered with Like Operations": never the second store without the first.
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Stores_reach_memory_in_their_order(MemoryModel model) =>
        Ends(model, "0 0|0 1|1 1", "mov dword ptr [rcx], 1; mov dword ptr [rdx], 1", "mov eax, [rdx]; mov ebx, [rcx]", "1:eax 1:ebx");

    // By hand: byte 1 comes from the buffer, the others from memory, where 0x11220644 may have been stored before: 0x0500 without
    // it, 0x11220544 with it, and 0x11220644 where the own store drained before the other one.
    [Fact]
    public void A_load_that_is_wider_than_the_buffered_store_takes_each_byte_where_it_is() =>
        Ends(
            MemoryModel.Tso,
            "1280|287442244|287442500",
            "mov byte ptr [rcx + 1], 5; mov eax, [rcx]",
            "mov dword ptr [rcx], 0x11220644",
            "0:eax");

    // By hand: bytes 44 33 22 11 from the lowest address on.
    [Fact]
    public void A_narrow_load_takes_its_bytes_out_of_a_wide_buffered_store() =>
        Ends(
            MemoryModel.Tso,
            "8755 34",
            "mov dword ptr [rcx], 0x11223344; movzx eax, word ptr [rcx + 1]; movzx ebx, byte ptr [rcx + 2]",
            "nop",
            "0:eax 0:ebx");

    // More stores than the buffer holds: the last must still find place, and memory ends up with all of them.
    [Fact]
    public void A_full_buffer_makes_room_for_the_next_store()
    {
        string stores = string.Join("; ", Enumerable.Range(0, StoreBuffers.Capacity + 2).Select(i => $"mov byte ptr [rcx + {i}], {i + 1}"));
        using Machine machine = Build(MemoryModel.Tso, [stores]);
        var actions = new List<MachineAction>();
        for (int i = 0; i < StoreBuffers.Capacity + 2; i++)
        {
            machine.Enabled(actions);
            Assert.Null(machine.Perform(actions[0]));
            Assert.Equal(Math.Min(i + 1, StoreBuffers.Capacity), ((StoreBuffers)machine.Ordering!).Waiting(machine.Cores[0]));
        }

        // Two had to leave: bytes 1 and 2, little-endian.
        Assert.Equal(0x0201UL, machine.Memory.Peek64(X));
        Drain(machine);
        Assert.Equal(0x0807060504030201UL, machine.Memory.Peek64(X));
        Assert.Equal(0x0a09UL, machine.Memory.Peek64(X + 8));
    }

    [Fact]
    public void A_buffered_store_touches_the_buffer_and_its_drain_touches_memory()
    {
        using Machine machine = Build(MemoryModel.Tso, ["mov dword ptr [rcx], 1"]);
        var actions = new List<MachineAction>();
        machine.Enabled(actions);
        Assert.Equal(["c0"], actions.Select(machine.Key));
        machine.Perform(actions[0]);
        Assert.DoesNotContain(machine.Footprint.Touches.ToArray(), touch => !touch.IsCell && touch.Kind == TouchKind.Write);
        Assert.Equal(0UL, machine.Memory.Peek64(X));

        machine.Enabled(actions);
        Assert.Equal(["c0~"], actions.Select(machine.Key));
        machine.Perform(actions[0]);
        Assert.Contains(new Touch(X, 4, TouchKind.Write, false), machine.Footprint.Touches.ToArray());
        Assert.Equal(1UL, machine.Memory.Peek64(X));
    }

    // SDM, "Store Buffer": drained when an exception is generated and by a serialising instruction. CPUID is one, UD2 raises #UD.
    [Theory]
    [InlineData("cpuid")]
    [InlineData("ud2")]
    public void Exceptions_and_serialising_instructions_empty_the_buffer(string instruction)
    {
        using Machine machine = Build(MemoryModel.Tso, [$"mov dword ptr [r8], 1; {instruction}"]);
        var actions = new List<MachineAction>();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(0UL, machine.Memory.Peek64(X));
            machine.Enabled(actions);
            machine.Perform(actions[0]);
        }

        Assert.Equal(1UL, machine.Memory.Peek64(X));
    }

    [Fact]
    public void Arm64_refuses_tso()
    {
        using var machine = new Machine(Architecture.Arm64);
        UserErrorException error = Assert.Throws<UserErrorException>(() => machine.UseMemoryModel(MemoryModel.Tso));
        Assert.Contains("arm64 takes sc", error.Message, StringComparison.Ordinal);
    }

    // All three searches must reach exactly the expected ends.
    private static void Ends(MemoryModel model, string expected, string first, string second, string registers)
    {
        foreach (SearchStrategy strategy in (SearchStrategy[])[SearchStrategy.Stateful, SearchStrategy.Plain, SearchStrategy.Dpor])
        {
            var ends = new SortedSet<string>(StringComparer.Ordinal);
            ExploreResult result = new Explorer(() => Watched(model, [first, second], registers, ends), "tso")
                .Explore(new ExploreOptions { Strategy = strategy });
            Assert.Equal(Verdict.Holds, result.Verdict);
            Assert.Equal(expected, string.Join("|", ends));
        }
    }

    private static Machine Watched(MemoryModel model, string[] programs, string registers, SortedSet<string> ends)
    {
        Machine machine = Build(model, programs, seal: false);
        machine.AddMonitor(new AtEnd(() => ends.Add(string.Join(
            ' ',
            registers.Split(' ').Select(name => machine.Engine.ReadRegister(machine.Contexts[name[0] - '0'], name[2..]))))));
        machine.Seal();
        return machine;
    }

    private static Machine Build(MemoryModel model, string[] programs, bool seal = true)
    {
        var machine = new Machine(Architecture.X64);
        machine.UseMemoryModel(model);
        machine.Memory.Map("text", Text, 0x1000, Rights.Read | Rights.Execute);
        machine.Memory.Map("data", X, 0x1000, Rights.Read | Rights.Write);
        for (int i = 0; i < programs.Length; i++)
            AddCore(machine, Text + ((ulong)i * 0x100), programs[i]);

        if (seal)
            machine.Seal();

        return machine;
    }

    private static void AddCore(Machine machine, ulong at, string text)
    {
        byte[] bytes = new EmbeddedAssembler()
            .Assemble(Architecture.X64, text.Replace("; ", "\n", StringComparison.Ordinal), at).Bytes;
        machine.Memory.Poke(at, bytes);
        Core core = machine.AddCore();
        Context context = machine.AddContext($"t{core.Index}");
        core.Switch(context);
        machine.Engine.SetPc(context, at);
        foreach ((string name, ulong value) in ((string, ulong)[])[("rcx", X), ("r8", X), ("rdx", Y), ("rsi", X + 0x80 + ((ulong)core.Index * 64))])
            Assert.True(machine.Engine.WriteRegister(context, name, value));

        machine.AddAgent(new CoreAgent(machine, core, at + (ulong)bytes.Length));
    }

    private static void Drain(Machine machine)
    {
        var actions = new List<MachineAction>();
        for (machine.Enabled(actions); actions.Count != 0; machine.Enabled(actions))
            machine.Perform(actions[0]);
    }

    private sealed class AtEnd(Action note) : IMonitor
    {
        public string Name => "ends";

        public string? AfterStep(Machine machine, in StepInfo step) => null;

        string? IMonitor.AtEnd(Machine machine)
        {
            note();
            return null;
        }
    }
}
