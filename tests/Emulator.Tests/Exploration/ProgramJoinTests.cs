using RcuEmu.Emulator.Exploration;

namespace RcuEmu.Emulator.Tests.Exploration;

public class ProgramJoinTests
{
    // By hand: a synchronisation of c1 with an interrupt on c0 in its middle is one row; what c0 does by itself ends the row.
    [Fact]
    public void Steps_of_one_program_are_one_row_with_the_interrupts_that_others_took_for_it() =>
        Assert.Equal(
            ["c1: writes cc; sends IPI; all have synced [c0 interrupt, 1 times]", "c0: mov", "c1: frees it"],
            Joined(10, Program("c1", "writes cc"), Program("c1", "sends IPI"), Interrupt("c0"), Program("c1", "all have synced"),
                Instruction("c0", "mov"), Program("c1", "frees it")));

    [Fact]
    public void A_preemption_and_a_trailing_interrupt_stay_rows_of_their_own() =>
        Assert.Equal(
            ["c1: a; b", "c0: tick", "c1: c", "c0: interrupt"],
            Joined(10, Program("c1", "a"), Program("c1", "b"), Program("c0", "tick"), Program("c1", "c"), Interrupt("c0")));

    [Fact]
    public void The_middle_of_a_long_row_is_counted() =>
        Assert.Equal(
            ["c1: a; b; ... (2 more); e"],
            Joined(3, Program("c1", "a"), Program("c1", "b"), Program("c1", "c"), Program("c1", "d"), Program("c1", "e")));

    private static IEnumerable<string> Joined(int kept, params Stretch[] rows)
    {
        List<Stretch> joined = new ProgramJoin([.. rows], kept).Join();
        Assert.Equal(rows.Sum(row => row.Steps), joined.Sum(row => row.Steps));
        return joined.Select(row => $"{row.Agent}: {row.Text}");
    }

    private static Stretch Program(string agent, string text) => new() { Agent = agent, Text = text, Steps = 1, IsProgram = true };

    private static Stretch Interrupt(string agent) => Program(agent, "interrupt") with { IsInterrupt = true };

    private static Stretch Instruction(string agent, string text) => new() { Agent = agent, Text = text, Steps = 1 };
}
