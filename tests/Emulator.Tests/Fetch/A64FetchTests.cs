using RcuEmu.Emulator.Fetch;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Fetch;

/// <summary>
/// The verdicts of B. Simner and others, "ARMv8-A System Semantics: Instruction Fetch in Relaxed Architectures" (ESOP 2020), and of
/// herdtools7's ifetch catalogue, for each CTR_EL0: is the relaxed outcome reachable? A shape whose outcome needs relaxed data accesses as
/// well is forbidden here in every column; those in the table are forbidden on the architecture too.
/// </summary>
public sealed class A64FetchTests
{
    private const string CacheSync = "dc cvau, x1; dsb ish; ic ivau, x1; dsb ish; ";

    private static readonly string[] SelfRegisters = ["0:w0=nop", "0:x1=f"];
    private static readonly string[] MessageRegisters = ["0:w0=nop", "0:x1=f", "0:w2=1", "0:x3=z", "1:x1=f", "1:x3=z"];
    private static readonly string[] TwoRegisters = ["0:w0=nop", "0:x1=f", "0:x3=g", "1:x1=f"];

    // Core 0 stores NOP over its own branch and goes on there.
    private static string SelfModified(string between) => $"P0: str w0, [x1]; {between} f: b old; mov w9, #2; b E0; old: mov w9, #1; E0: nop";

    // Core 0 patches f and does its part, then writes z; core 1 sees that, does its own, and executes f.
    private static string MessagePassing(string writer, string reader) =>
        $"P0: str w0, [x1]; {writer} str w2, [x3]; E0: nop; "
        + $"P1: ldr w4, [x3]; cbz w4, E1; {reader} f: b old; mov w9, #2; b E1; old: mov w9, #1; E1: nop";

    // Core 0 patches f, does its part, and patches g; core 1 executes g, does its own, and executes f. 1: new, 0: old.
    private static string TwoWords(string writer, string reader) =>
        $"P0: str w0, [x1]; {writer} str w0, [x3]; E0: nop; "
        + $"P1: g: b 1f; mov w8, #1; 1: {reader} f: b 2f; mov w9, #1; 2: E1: nop";


    /// <summary>A: allowed, f: forbidden, -: not in the table; for DIC0 IDC0, DIC0 IDC1, DIC1 IDC1.</summary>
    [Theory]
    [InlineData("", "AAA")] // SM
    [InlineData("isb;", "AAA")] // SM.B+isb
    [InlineData("dsb ish; isb;", "AAf")] // SM.B+dsb.ish-isb
    [InlineData("dc cvau, x1; dsb ish; isb;", "AAf")] // SM.B+dc.cvau-dsb.ish-isb
    [InlineData("dsb ish; ic ivau, x1; dsb ish; isb;", "Aff")] // SM.B+dsb.ish-ic.ivau-dsb.ish-isb
    [InlineData(CacheSync + "isb;", "fff")] // SM.B+cachesync-isb
    [InlineData(CacheSync, "AAA")] // SM+cachesync, no ISB: the words were fetched ahead (ESOP 2020 and herd7)
    [InlineData("dc cvau, x1; dmb ish; ic ivau, x1; dsb ish; isb;", "A--")] // SM+dc-dmb-ic-dsb-isb: DMB does not hold IC
    [InlineData("ic ivau, x1; dsb ish; isb;", "AAf")] // IC not behind the store
    [InlineData("dc cvau, x1; dsb ish; ic ivau, x1; isb;", "AAf")] // IC not completed
    public void A_core_that_changes_its_own_code(string between, string verdicts) =>
        Check(verdicts, SelfModified(between), SelfRegisters, ["0:x9"], "1");

    [Theory]
    [InlineData("dmb ishst;", "isb;", "A-f")] // MP.RF+dmb.st+ctrlisb
    [InlineData(CacheSync, "isb;", "f-f")] // MP.RF+cachesync+ctrlisb
    [InlineData(CacheSync, "", "A-A")] // MP.RF+cachesync+switch-ctrl, and the missing IPI of a jump label (cfb00a357864)
    [InlineData("dmb ishst;", "ic ivau, x1; dsb ish; isb;", "Aff")] // MP.RF+dmb.st+ctrlisb-ic-dsb-isb: no DC
    [InlineData("dmb ishst;", "dmb ishld; " + CacheSync + "isb;", "fff")] // the reader does it all, in order
    [InlineData("dc cvau, x1; dmb ish;", "dsb ish; ic ivau, x1; dsb ish; isb;", "f--")] // DMB orders the writer's DC with its flag
    [InlineData("dc cvau, x1; dmb ishst;", "dsb ish; ic ivau, x1; dsb ish; isb;", "A--")] // DMB ST does not
    [InlineData("dc cvau, x1; dsb ish; ic ivau, x1;", "isb;", "AA-")] // the writer's IC is not completed when the flag is seen
    public void A_core_that_is_told_of_new_code(string writer, string reader, string verdicts) =>
        Check(verdicts, MessagePassing(writer, reader), MessageRegisters, ["1:x4", "1:x9"], "1 1");

    [Fact]
    public void A_branch_to_new_code_is_no_synchronisation() // MP.RF+dc-dsb-ic-dsb+addr
    {
        const string Text = "P0: str w0, [x1]; " + CacheSync + "str x1, [x3]; E0: nop; "
            + "P1: ldr x4, [x3]; br x4; f: b E1; mov w9, #1; E1: cmp x4, x1; nop";
        Check("A-A", Text, ["0:w0=nop", "0:x1=f", "0:x3=z", "1:x1=f", "1:x3=z", "z=E1"], ["1:x9", "1:x4"], $"0 {FetchMachine.Text + 36}");
    }

    [Theory]
    [InlineData("dmb ishst;", "", "A-f")] // MP.FF+dmb.st+po
    [InlineData(CacheSync, "", "f--")] // MP.FF+dc.cvau-dsb.ish-ic.ivau-dsb.ish+po
    [InlineData("dmb ishst;", CacheSync, "A-f")] // MP.FF+dmb.st+cachesync
    [InlineData("dmb ishst;", CacheSync + "isb;", "f-f")] // MP.FF+dmb.st+cachesync-isb
    [InlineData("dmb ishst;", "ic ivau, x1; dsb ish; isb;", "A--")] // MP.FF+dmb.st+ic-dsb-isb
    [InlineData("dc cvau, x1; dsb ish;", "ic ivau, x1; dsb ish; isb;", "f--")] // MP.FF+dc-dsb+ic-dsb-isb
    public void A_core_that_fetches_two_changed_words(string writer, string reader, string verdicts) =>
        Check(verdicts, TwoWords(writer, reader), TwoRegisters, ["1:x8", "1:x9"], "1 0");

    [Theory]
    [InlineData("str w0, [x1];", "AAf")] // CoFF
    [InlineData("str w2, [x1]; " + CacheSync + "str w0, [x1];", "fff")] // coFF+cachesync: new, then older than what was synchronised
    public void A_core_that_fetches_one_word_twice(string writer, string verdicts)
    {
        string text = "P0: " + writer + " E0: nop; P1: bl f; mov w1, w9; bl f; mov w2, w9; b E1; "
            + "f: b j0; mov w9, #2; ret; j1: mov w9, #1; ret; j0: mov w9, #3; ret; E1: nop";
        Check(verdicts, text, ["0:w0=nop", "0:x1=f", "0:w2=b .+12"], ["1:x1", "1:x2"], "2 3");
    }

    [Fact]
    public void Three_fetches_may_go_back_in_time() // MP.RF+dc+ctrl-isb-isb
    {
        const string Text = "P0: str w2, [x1]; dc cvau, x1; dmb ish; str w0, [x1]; dmb ishst; str w4, [x3]; E0: nop; "
            + "P1: ldr w4, [x3]; cbz w4, E1; isb; bl f; mov w1, w9; isb; bl f; mov w2, w9; isb; bl f; mov w5, w9; b E1; "
            + "f: b j0; mov w9, #3; ret; j1: mov w9, #2; ret; j0: mov w9, #1; ret; E1: nop";
        Check("A--", Text, ["0:w0=nop", "0:x1=f", "0:w2=b .+12", "0:w4=1", "0:x3=z", "1:x3=z"], ["1:x1", "1:x2", "1:x5"], "3 2 1");
    }

    // MP.RF-line+dc-po+dsb-ic-dsb-isb: the second store is behind the DC of its line, so the reader that has seen it fetches the first word or the
    // second, but no older one. herd7: Never.
    [Fact]
    public void A_store_is_behind_the_maintenance_of_its_line() =>
        Check(
            "fff",
            "P0: str w0, [x1]; dc cvau, x1; str w2, [x1]; E0: nop; "
            + "P1: ldr w4, [x1]; dsb ish; ic ivau, x1; dsb ish; isb; f: b j0; j0: mov w9, #1; b E1; mov w9, #2; b E1; mov w9, #3; E1: nop",
            ["0:w0=b .+12", "0:w2=b .+20", "0:x1=f", "1:x1=f"],
            ["1:x4", "1:x9"],
            $"{0x14000005} 1");

    [Fact]
    public void A_load_says_nothing_about_a_fetch() => // CoRF
        Check(
            "A--", "P0: str w0, [x1]; E0: nop; P1: ldr w8, [x1]; f: b old; mov w9, #2; b E1; old: mov w9, #1; E1: nop",
            ["0:w0=nop", "0:x1=f", "1:x1=f"], ["1:x8", "1:x9"], $"{0xd503201f} 1");

    [Fact]
    public void Running_new_code_and_invalidating_it_makes_nobody_else_run_it() => // SM.F+ic
        Check(
            "A--",
            "P0: str w0, [x1]; ldr w4, [x3]; cbz w4, E0; isb; bl f; E0: nop; "
            + "P1: bl f; ic ivau, x1; dsb ish; str w9, [x3]; E1: nop; b E1; f: b old; mov w9, #2; ret; old: mov w9, #1; ret",
            ["0:w0=nop", "0:x1=f", "0:x3=z", "1:x1=f", "1:x3=z"], ["0:x4", "0:x9"], "2 1");

    [Fact]
    public void Two_readers_may_disagree_on_the_order_of_two_writes() // FOW
    {
        const string Text = "P0: str w0, [x1]; E0: nop; P1: str w0, [x1]; E1: nop; "
            + "P2: bl f; mov w1, w9; bl f; E2: nop; P3: bl f; mov w1, w9; bl f; E3: nop; b E3; "
            + "f: b j0; mov w9, #2; ret; j1: mov w9, #1; ret; j0: mov w9, #3; ret";
        Check(
            "A--", Text, ["0:w0=nop", "0:x1=f", "1:w0=b .+12", "1:x1=f"], ["2:x1", "2:x9", "3:x1", "3:x9"], "2 1 1 2");
    }

    // Forbidden everywhere: having fetched the new word, a core's later accesses are behind its store.
    [Theory]
    [InlineData( // MP.FR+dmb.st+po
        "P0: str w2, [x3]; dmb ishst; str w0, [x1]; E0: nop; P1: f: b 1f; mov w9, #1; 1: ldr w8, [x3]; E1: nop", "1:x9 1:x8", "1 0")]
    [InlineData( // MP.FW+dmb.st+po
        "P0: str w2, [x3]; dmb ishst; str w0, [x1]; E0: nop; P1: f: b 1f; mov w9, #1; 1: mov w8, #2; str w8, [x3]; E1: nop", "1:x9 z", "1 1")]
    [InlineData( // LB.RF+dmb.sy+po
        "P0: ldr w8, [x3]; dmb sy; str w0, [x1]; E0: nop; P1: f: b 1f; mov w9, #1; 1: mov w8, #1; str w8, [x3]; E1: nop", "0:x8 1:x9", "1 1")]
    [InlineData( // S-self+dmb.st+fault
        "P0: str w2, [x3]; dmb ishst; str wzr, [x1]; E0: nop; P1: f: b E1; F1: mov w9, #2; str w9, [x3]; E1: nop", "1:x9 z", "2 1", "x", "")]
    public void Accesses_behind_a_new_word_are_behind_its_store(
        string text, string names, string relaxed, string unpredictable = "", string verdicts = "fff")
    {
        string[] registers = ["0:w0=nop", "0:x1=f", "0:w2=1", "0:x3=z", "1:x3=z"];
        if (unpredictable.Length == 0)
        {
            Check(verdicts, text, registers, names.Split(' '), relaxed);
            return;
        }

        // B to UDF is no change that may be made under a running core, whatever the models say of its outcome.
        SortedSet<string> outcomes = Outcomes(new FetchSettings(), text, registers, names.Split(' '));
        Assert.Contains("constrained-unpredictable", outcomes);
        Assert.DoesNotContain(relaxed, outcomes);
    }

    // A PLT that is written, and then branched to (b6143d10d23e): its words are none of those that may be changed under a running core.
    [Theory]
    [InlineData("", true)] // no instruction-side coherence
    [InlineData("dc cvau, x1; dsb ish;", true)]
    [InlineData(CacheSync, false)] // having fetched the branch, a core fetches nothing older than what was forced before it
    public void New_code_is_coherent_before_a_branch_leads_to_it(string maintenance, bool isUnpredictable)
    {
        // f was: mov x9, #1; becomes: mov x9, #2. g becomes b f.
        string text = "P0: str w0, [x1]; " + maintenance + " str w2, [x3]; E0: nop; "
            + "P1: g: nop; b E1; nop; f: mov x9, #1; E1: nop";
        string[] registers = ["0:w0=mov x9, #2", "0:x1=f", "0:w2=b .+12", "0:x3=g"];
        SortedSet<string> outcomes = Outcomes(new(), text, registers, ["1:x9"]);

        Assert.Equal(isUnpredictable, outcomes.Contains("constrained-unpredictable"));
        Assert.Equal(isUnpredictable, outcomes.Contains("1"));
        Assert.Contains("2", outcomes);
    }

    // Words from the manual's list, DDI 0487, B2.2.5; the others are examples of the same encoding groups. Words from aarch64-linux-gnu-as.
    [Theory]
    [InlineData(0xd503201fu, 0x94000004u, null)] // nop, bl
    [InlineData(0xd4200000u, 0x14000001u, null)] // brk, b
    [InlineData(0x34000041u, 0xb5000041u, null)] // cbz, cbnz
    [InlineData(0x36000041u, 0xb7f80041u, null)] // tbz, tbnz
    [InlineData(0xd4000002u, 0xd4000003u, null)] // hvc, smc
    [InlineData(0xd4000001u, 0xd5033fdfu, null)] // svc, isb
    [InlineData(0xd503201fu, 0x54000040u, null)] // nop, b.eq
    [InlineData(0x54000041u, 0x54000060u, "b.")] // b.ne, b.eq: condition of one, target of the other
    [InlineData(0xd503201fu, 0xaa1e03e9u, "aa1e03e9")] // nop, mov x9, x30
    [InlineData(0x94000004u, 0xd65f03c0u, "d65f03c0")] // bl, ret
    [InlineData(0xd503203fu, 0x14000001u, "d503203f")] // yield, b
    public void Only_listed_instructions_may_be_changed_under_a_running_core(uint old, uint changed, string? error)
    {
        string? found = A64Concurrent.Error([old, changed]);

        if (error is null)
            Assert.Null(found);
        else
            Assert.Contains(error == "b." ? "target of another" : $"{error} is none", found);
    }

    private static void Check(string verdicts, string text, string[] registers, string[] names, string relaxed)
    {
        FetchSettings[] machines = [new(), new() { Idc = true }, new() { Dic = true, Idc = true }];
        for (int i = 0; i < machines.Length; i++)
        {
            if (verdicts[i] == '-')
                continue;

            SortedSet<string> outcomes = Outcomes(machines[i], text, registers, names);
            Assert.DoesNotContain("constrained-unpredictable", outcomes);
            Assert.True(
                outcomes.Contains(relaxed) == (verdicts[i] == 'A'),
                $"{machines[i]}: {relaxed} is {(verdicts[i] == 'A' ? "allowed" : "forbidden")}, found {string.Join(" | ", outcomes)}");
        }

        // A coherent fetch shows none of the forbidden outcomes, and none of those that need stale text.
        Assert.DoesNotContain(relaxed, Outcomes(null, text, registers, names));
    }

    private static SortedSet<string> Outcomes(FetchSettings? settings, string text, string[] registers, string[] names)
    {
        var machine = new FetchMachine(Architecture.Arm64, settings, text, registers);
        using (machine.Machine)
            return machine.Outcomes(names);
    }
}
