using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Litmus;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// Litmus tests. SDM is Intel's Software Developer's Manual, Vol. 3A, "Examples Illustrating the Memory-Ordering Principles"; x86-TSO is
/// Sewell and others, CACM 53(7), 2010. Under sc the states are counted by hand: the interleavings of the threads' accesses.
/// </summary>
public sealed class LitmusTests
{
    private static string Folder => Path.Combine(Repository.Root, "tests", "data", "litmus");

    [Theory]
    // SDM: loads may be reordered with earlier stores to different locations.
    [InlineData("sb", "Never 3", "Sometimes 4")]
    // SDM: loads are not reordered with earlier locked instructions; x86-TSO: MFENCE waits for the buffer.
    [InlineData("sb-mfence", "Never 3", "Never 3")]
    [InlineData("sb-lock", "Never 3", "Never 3")]
    [InlineData("sb-xchg", "Never 3", "Never 3")]
    // SDM: neither loads nor stores are reordered with like operations.
    [InlineData("mp", "Never 3", "Never 3")]
    // SDM: stores are not reordered with earlier loads.
    [InlineData("lb", "Never 3", "Never 3")]
    // SDM: stores keep their order, and all agree on it; by hand the three other ends.
    [InlineData("2+2w", "Never 3", "Never 3")]
    [InlineData("corr", "Never 3", "Never 3")]
    // SDM: intra-processor forwarding is allowed. By hand under sc: not both second loads give 0.
    [InlineData("forwarding", "Never 3", "Sometimes 4")]
    // x86-TSO, example n6: allowed. The states by hand: see States_are_printed_as_herd7_prints_them.
    [InlineData("n6", "Never 4", "Sometimes 5")]
    // SDM: stores are seen in one order by other processors. 15 of 16 combinations are left.
    [InlineData("iriw", "Never 15", "Never 15")]
    public void A_test_has_its_known_outcome(string name, string sc, string tso)
    {
        Assert.Equal(sc, Outcome(name, MemoryModel.Sc));
        Assert.Equal(tso, Outcome(name, MemoryModel.Tso));
    }

    // The verdicts of the ESOP 2020 fetch paper and of herd7 for SM, SM.B+cachesync-isb, SM.B+dsb.ish-ic.ivau-dsb.ish-isb and SM.B+dsb.ish-isb,
    // for each CTR_EL0; 1: the old instruction was executed. The handler: DDI 0487, D1.3: one exception, and ELR_EL1 the instruction's address.
    [Theory]
    [InlineData("a64-self-modified", "Sometimes", "0:X9=1; 0:X9=2;")]
    [InlineData("a64-synchronised", "Never", "0:X9=2;")]
    [InlineData("a64-no-clean", "Sometimes", "0:X9=1; 0:X9=2;")]
    [InlineData("a64-no-clean-idc", "Never", "0:X9=2;")]
    [InlineData("a64-dsb-isb-idc", "Sometimes", "0:X9=1; 0:X9=2;")]
    [InlineData("a64-dsb-isb-dic", "Never", "0:X9=2;")]
    [InlineData("a64-handler", "Always", "0:X2=1; 0:X3=label:\"P0:site\";")]
    [InlineData("a64-fault-after-store", "Never", "[x]=2;")] // SM+lob-fault
    [InlineData("a64-store-exclusive", "Always", "0:X2=0; [x]=3; 0:X2=1; [x]=2;")] // DDI 0487, B2.17: it may fail
    public void An_arm64_test_that_writes_code_has_its_known_states(string name, string observation, string states)
    {
        LitmusResult result = Run(name, null);
        Assert.Equal((observation, states), (result.Observation, string.Join(' ', result.States)));
    }

    // Words are shown as the file spells them.
    [Fact]
    public void An_instruction_word_is_shown_as_the_file_writes_it()
    {
        LitmusTest test = LitmusReader.Read(
            "t", "AArch64 a\n{ 0:X0=instr:\"B .+8\"; 0:X1=P0:f; 0:X2=0x14000002; }\n P0 ;\n STR W0,[X1] ;\n LDR W3,[X1] ;\n B end ;\n f: NOP ;\n end: ;\n"
            + "locations [0:X1; 0:X2; 0:X4;]\nexists (0:X3=NOP)");
        Assert.Equal(
            ["0:X1=label:\"P0:f\"; 0:X2=instr:\"B .+8\"; 0:X3=instr:\"B .+8\"; 0:X4=0;"],
            LitmusRun.Explore(test, null, TestContext.Current.CancellationToken).States);
    }

    // By hand. Under sc: P0 whole before P1's store to x gives eax 1, x 2, ebx 0 or 2; P1's store between P0's first two accesses gives
    // eax 2, ebx 2, x 2; P1's before P0's gives eax 1, ebx 2, x 1. Under tso also ebx 0 with x 1.
    [Fact]
    public void States_are_printed_as_herd7_prints_them()
    {
        Assert.Equal(
            ["0:rax=1; 0:rbx=0; [x]=1;", "0:rax=1; 0:rbx=0; [x]=2;", "0:rax=1; 0:rbx=2; [x]=1;", "0:rax=1; 0:rbx=2; [x]=2;", "0:rax=2; 0:rbx=2; [x]=2;"],
            Run("n6", MemoryModel.Tso).States);
        LitmusResult array = Run("a64-array", null);
        Assert.Equal(["0:X1=7; t={7,7};"], array.States);
        Assert.True(array.Holds);
    }

    // What a person reads when a file is wrong.
    [Theory]
    [InlineData("PPC a\n{}\nP0;\n", "t:1:1: found 'PPC'; known are X86, X86_64 and AArch64")]
    [InlineData("X86 a\nP0;\n", "t:1:6: found no init section; it stands in { }")]
    [InlineData("X86 a\n{ int128_t x; }\nP0;\nexists (x=1)", "t:2:3: found type 'int128_t'; known are int, ins_t, int8_t to int64_t and uint8_t to uint64_t")]
    [InlineData("X86 a\n{}\n P0 | P2 ;\n", "t:3:7: found 'P2'; threads are P0, P1 and so on, 16 at most")]
    [InlineData("X86 a\n{}\n P0 ;\n MFENCE\n", "t:4:2: found 'MFENCE'; a row of the code table ends with ';' (1000 rows at most)")]
    [InlineData("X86 a\n{}\n P0 ;\nexists (0:EAX 1)", "t:4:15: found '1)'; right is '='")]
    [InlineData("X86 a\n{}\n P0 ;\nexists (1:EAX=1)", "t:4:9: found a register of thread 1; there are 1 threads")]
    [InlineData("X86 a\n{}\n P0 ;\nexists (0:EAX=1", "t:4:16: found ''; right is ')'")]
    [InlineData("X86 a\n{}\n P0 | P0.F ;\n", "t:3:7: found 'P0.F'; exception handlers are for AArch64")]
    [InlineData("AArch64 a\nCacheType=FOO\n{}\n P0 ;\n", "t:2:1: found 'CacheType=FOO'; CacheType is IDC or DIC")]
    [InlineData("X86 a\n{} (* x", "t:2:4: found a comment that does not end; it ends with *)")]
    [InlineData("X86 a\n{ x=nosuch:1; }\n P0 ;\nexists (x=1)", "t:2:3: found 'nosuch:1'; a value is a number, a location, P0:label or instr:\"...\"")]
    public void A_wrong_file_is_told_with_its_place(string text, string message) =>
        Assert.Equal(message, Assert.Throws<UserErrorException>(() => LitmusReader.Read("t", text)).Message);

    [Fact]
    public void Code_that_does_not_assemble_is_told_with_its_place()
    {
        LitmusTest test = LitmusReader.Read("t", "AArch64 a\n{}\n P0 | P1 ;\n NOP | FROB X0 ;\nexists (0:X0=1)");
        UserErrorException error = Assert.Throws<UserErrorException>(() => LitmusRun.Explore(test, MemoryModel.Sc));
        Assert.StartsWith("t:4:8: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_modelled_is_refused_with_the_reason()
    {
        LitmusTest two = LitmusReader.Read("t", "AArch64 a\n{}\n P0 | P1 ;\n NOP | NOP ;\nexists (0:X0=1)");
        Assert.StartsWith("arm64's own order is not modelled", LitmusRun.Explore(two).Refusal, StringComparison.Ordinal);
        Assert.StartsWith("tso is the order of x86-64", LitmusRun.Explore(two, MemoryModel.Tso).Refusal, StringComparison.Ordinal);
        LitmusTest undefined = LitmusReader.Read("t", "AArch64 a\n{}\n P0 ;\n UDF #0 ;\nexists (0:X0=1)");
        Assert.StartsWith("P0 raises Undefined", LitmusRun.Explore(undefined).Refusal, StringComparison.Ordinal);
        LitmusTest fatal = LitmusReader.Read("t", "AArch64 a\nVariant=fatal\n{}\n P0 ;\n UDF #0 ;\n MOV X0,#1 ;\nforall (0:X0=0)");
        Assert.True(LitmusRun.Explore(fatal).Holds);
        LitmusTest changed = LitmusReader.Read("t", "AArch64 a\n{ 0:X0=NOP; 0:X1=P0:f; }\n P0 ;\n STR W0,[X1] ;\n f: MOV X2,#1 ;\nexists (0:X2=1)");
        Assert.Contains("none of the instructions that may be changed", LitmusRun.Explore(changed).Refusal, StringComparison.Ordinal);
    }

    // The states are herd7's, from expected.tsv of a collection that RCUEMU_LITMUS names.
    [Fact]
    public void A_collections_x86_and_single_threaded_arm64_tests_have_exactly_the_expected_states()
    {
        string? folder = Environment.GetEnvironmentVariable("RCUEMU_LITMUS");
        if (string.IsNullOrEmpty(folder))
            Assert.Skip("no collection of litmus tests; set RCUEMU_LITMUS to a folder with expected.tsv");

        string table = Path.Combine(folder, "expected.tsv");
        LitmusExpected expected = LitmusExpected.Read(table, File.ReadAllText(table));
        List<string> wrong = [];
        int compared = 0;
        foreach (string file in Directory.GetFiles(folder, "*.litmus", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            LitmusTest test = LitmusReader.Read(file, File.ReadAllText(file));
            if (test.Dialect == LitmusDialect.AArch64 && test.Threads.Count > 1)
                continue;

            LitmusResult result = LitmusRun.Explore(test, null, TestContext.Current.CancellationToken);
            compared++;
            string? difference = result.IsComplete ? LitmusExpected.Difference(result, expected.Find(file)!.Value) : result.Refusal ?? result.Bound;
            if (difference is not null)
                wrong.Add($"{Path.GetRelativePath(folder, file)}: {difference}");
        }

        Assert.Empty(wrong);
        Assert.NotEqual(0, compared);
    }

    // Sequential consistency with the fetch rules is stronger than the architecture: whatever it reaches is among herd7's states. IC IALLU, which herd7
    // takes for IC IALLUIS, is left out (the table's notes).
    [Fact]
    public void Whatever_arm64_reaches_under_sc_the_architecture_allows()
    {
        string? folder = Environment.GetEnvironmentVariable("RCUEMU_LITMUS");
        if (string.IsNullOrEmpty(folder))
            Assert.Skip("no collection of litmus tests; set RCUEMU_LITMUS to a folder with expected.tsv");

        string table = Path.Combine(folder, "expected.tsv");
        LitmusExpected expected = LitmusExpected.Read(table, File.ReadAllText(table));
        List<string> wrong = [];
        int compared = 0;
        foreach (string file in Directory.GetFiles(folder, "*.litmus", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            LitmusTest test = LitmusReader.Read(file, File.ReadAllText(file));
            if (test.Dialect != LitmusDialect.AArch64 || test.Threads.SelectMany(thread => thread).Any(cell => cell.Text.EndsWith("IALLU", StringComparison.Ordinal)))
                continue;

            LitmusResult result = LitmusRun.Explore(test, MemoryModel.Sc, TestContext.Current.CancellationToken);
            if (!result.IsComplete)
                continue;

            compared++;
            if (LitmusExpected.Difference(result, expected.Find(file)!.Value) is { } difference && !difference.EndsWith(" 0 states were not expected", StringComparison.Ordinal))
                wrong.Add($"{Path.GetRelativePath(folder, file)}: {difference}");
        }

        Assert.Empty(wrong);
        Assert.NotEqual(0, compared);
    }

    private static string Outcome(string name, MemoryModel memory)
    {
        LitmusResult result = Run(name, memory);
        return $"{result.Observation} {result.States.Count}";
    }

    private static LitmusResult Run(string name, MemoryModel? memory)
    {
        string file = Path.Combine(Folder, name + ".litmus");
        LitmusResult result = LitmusRun.Explore(LitmusReader.Read(file, File.ReadAllText(file)), memory, TestContext.Current.CancellationToken);
        Assert.True(result.IsComplete, result.Refusal ?? result.Bound);
        return result;
    }
}
