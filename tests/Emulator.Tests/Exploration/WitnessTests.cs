using RcuEmu.Emulator.Exploration;
using static RcuEmu.Emulator.Tests.Exploration.Toy;

namespace RcuEmu.Emulator.Tests.Exploration;

public sealed class WitnessTests
{
    // By hand: 2 is lost where t1 writes between t0's read and write, or the other way round. With t0 R, t1 R S, t0 S there are 2
    // switches; one switch (t0 whole, then t1 whole) loses nothing. 4 steps in any case.
    [Fact]
    public void The_witness_of_a_lost_update_has_two_switches()
    {
        foreach (ExploreOptions options in Searches())
        {
            ExploreResult result = new Explorer(() => SearchTests.LostUpdate().Sealed(), "lost").Explore(options);

            Assert.Equal("t0 t1*2 t0", Actions(result.Witness!));
        }
    }

    // t0 may spin as long as it likes before it reads y behind x. Fewest steps: t1 writes x, t0 looks once, skips the jump, reads y = 0.
    [Fact]
    public void Of_witnesses_with_the_same_switches_the_one_with_fewest_steps_is_taken()
    {
        static Toy Build()
        {
            var toy = new Toy(2, [new(ToyKind.SkipUnless, 0, 0), new(ToyKind.Jump, 0), R(1), P], [P, P, W(0), W(1)]);
            toy.Machine.AddMonitor(new ToyProperty("sees-y", _ => null, _ => toy.Final().EndsWith("|0,0", StringComparison.Ordinal) ? "y was 0" : null));
            return toy;
        }

        ExploreResult result = new Explorer(() => Build().Sealed(), "spin").Explore(new ExploreOptions());

        Assert.Equal("t1*3 t0*3 t1", Actions(result.Witness!));
        Assert.Equal("y was 0", new Replay(Build().Sealed(), result.Witness!).Run()!.Message);
    }

    [Fact]
    public void The_witness_shows_the_property_that_was_found_first_and_not_another()
    {
        static Toy Build()
        {
            var toy = new Toy(2, [W(0), W(1)], [R(1), R(0)]);
            toy.Machine.AddMonitor(new ToyProperty("a", _ => toy[1] == 1 && toy.Final().EndsWith('1') ? "late" : null));
            return toy;
        }

        ExploreResult result = new Explorer(() => Build().Sealed(), "a").Explore(new ExploreOptions());

        Assert.Equal("a", result.Violation!.Property);
        Assert.Equal("t0*2 t1", Actions(result.Witness!)); // y is read as 1 behind both writes: 1 switch
    }

    [Fact]
    public void Rows_show_each_step_that_is_no_instruction_with_its_choices_and_the_violation()
    {
        var toy = new Toy(1, [new ToyOp(ToyKind.Choose, 0, 3), S(0)], [W(0, 7)]);
        toy.Machine.AddMonitor(new ToyProperty("small", _ => toy[0] == 2 ? "it is 2" : null));
        Schedule schedule = Schedule.Parse("a@00000000 t0 ?2 t1 t0");

        IReadOnlyList<WitnessRow> rows = new WitnessFormatter(_ => "", (in _) => "").Rows(toy.Sealed(), schedule);

        Assert.Equal(
            [
                new WitnessRow(1, "t0", "Choose 0 3 [toy: 2 of 3]", 1),
                new WitnessRow(2, "t1", "Write 0 7", 1),
                new WitnessRow(3, "t0", "Store 0 0", 1),
                new WitnessRow(3, "", "small: it is 2", 0),
            ],
            rows);
    }

    // Width 40: 4 for the number, 36 for two columns of 18 with their gaps: 16 letters is too few, so the names stand in front.
    [Fact]
    public void Columns_that_would_be_too_narrow_become_a_list()
    {
        WitnessRow[] rows = [new(1, "c0", "one", 1), new(2, "c1", "two \u2192 three", 2), new(3, "", "p: broken", 0)];

        Assert.Equal(["step", "   1  c0: one", "   2  c1: two ? three", "      p: broken"], WitnessColumns.ToColumns(rows, 40));
        Assert.Equal(
            [
                "step  c0                  c1",
                "   1  one",
                "   2                      two ? three",
                "      p: broken",
            ],
            WitnessColumns.ToColumns(rows, 44));
    }

    [Fact]
    public void Text_that_is_too_long_is_wrapped_inside_its_column()
    {
        WitnessRow[] rows = [new(1, "c0", "x", 1), new(12, "c1", "12 instructions, traced+0x4 .. trampoline+0x1b", 12)];

        Assert.Equal(
            [
                "step  c0                  c1",
                "   1  x",
                "  12                      12 instructions,",
                "                            traced+0x4 ..",
                "                            trampoline+0x1b",
            ],
            WitnessColumns.ToColumns(rows, 44));
        Assert.All(WitnessColumns.ToColumns(rows, 44), line => Assert.True(line.Length <= 44));
    }

    internal static string Actions(Schedule schedule) => string.Join(' ', schedule.Entries);

    private static IEnumerable<ExploreOptions> Searches() =>
        Enum.GetValues<SearchStrategy>().Select(strategy => new ExploreOptions { Strategy = strategy });
}
