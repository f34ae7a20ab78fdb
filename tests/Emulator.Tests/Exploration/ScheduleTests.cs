using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using static RcuEmu.Emulator.Tests.Exploration.Toy;

namespace RcuEmu.Emulator.Tests.Exploration;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("free-too-early@0badcafe c0*14 c1>kworker c1*3 ?1 c0")]
    [InlineData("a@00000000")]
    [InlineData("a@b@ffffffff c0!5 ?0 ?2147483647 x*2147483647")]
    public void A_schedule_prints_as_it_was_read(string line) => Assert.Equal(line, Schedule.Parse(line).ToString());

    [Fact]
    public void A_line_that_a_mailer_folded_still_parses() =>
        Assert.Equal(Schedule.Parse("a@00000001 c0*2 c1"), Schedule.Parse("  a@00000001\n    c0*2\r\n\tc1 "));

    [Fact]
    public void The_builder_counts_actions_in_a_row()
    {
        var builder = new ScheduleBuilder();
        builder.Action("c0");
        builder.Action("c0");
        builder.Choice(3);
        builder.Action("c0");
        builder.Action("c1");
        Schedule schedule = builder.Build(new ScheduleOrigin("a", 1));

        Assert.Equal("a@00000001 c0*2 ?3 c0 c1", schedule.ToString());
        Assert.Equal(4, schedule.Actions);
    }

    // Columns counted by hand, from 1.
    [Theory]
    [InlineData("", "column 1: found nothing; a schedule begins with NAME@ and eight hexadecimal digits")]
    [InlineData("c0 c1", "column 1: found 'c0'; a schedule begins with NAME@ and eight hexadecimal digits")]
    [InlineData("@00000000", "column 1: found '@00000000'; a schedule begins with NAME@ and eight hexadecimal digits")]
    [InlineData("a@123", "column 3: found '123'; eight hexadecimal digits follow the @")]
    [InlineData("a@0000000g", "column 3: found '0000000g'; eight hexadecimal digits follow the @")]
    [InlineData("a@00000000 c0*", "column 15: found nothing; how many times in a row follows the *, from 1 to 2147483647")]
    [InlineData("a@00000000 c0*0", "column 15: found '0'; how many times in a row follows the *, from 1 to 2147483647")]
    [InlineData("a@00000000 c0*2147483648", "column 15: found '2147483648'; how many times in a row follows the *, from 1 to 2147483647")]
    [InlineData("a@00000000 *3", "column 12: found '*3'; the key of an action stands before the *")]
    [InlineData("a@00000000 ?1", "column 12: found '?1'; a choice follows the action that asked for it")]
    [InlineData("a@00000000 c0 ?-1", "column 16: found '-1'; ? and the number of an alternative, counted from 0")]
    public void A_wrong_line_is_refused_with_its_column(string line, string message) =>
        Assert.Equal("schedule, " + message, Assert.Throws<UserErrorException>(() => Schedule.Parse(line)).Message);

    [Fact]
    public void A_schedule_of_another_scenario_is_refused()
    {
        Schedule schedule = Schedule.Parse("a@00000001 c0");

        schedule.CheckFits(new ScheduleOrigin("a", 1));
        Assert.Contains("is one of a, and this is b", Refusal(new ScheduleOrigin("b", 1)));
        Assert.Contains("ran on a@00000001, and this is a@00000002", Refusal(new ScheduleOrigin("a", 2)));

        string Refusal(ScheduleOrigin origin) => Assert.Throws<UserErrorException>(() => schedule.CheckFits(origin)).Message;
    }

    [Fact]
    public void The_origin_tells_machines_apart_and_knows_the_same_one_again()
    {
        ScheduleOrigin first = ScheduleOrigin.Of("two words", new Toy(2, [W(0)]).Sealed());

        Assert.Equal("two-words", first.Name);
        Assert.Equal(first, ScheduleOrigin.Of("two words", new Toy(2, [W(0)]).Sealed()));
        Assert.NotEqual(first, ScheduleOrigin.Of("two words", new Toy(2, [W(0)], [W(0)]).Sealed()));
    }

    [Fact]
    public void A_replay_performs_the_schedule()
    {
        var toy = new Toy(1, [R(0), S(0, 1)], [R(0), S(0, 1)]);
        var replay = new Replay(toy.Sealed(), Schedule.Parse("a@00000000 t0 t1*2 t0"));

        Assert.Null(replay.Run());
        Assert.Equal(4, replay.Steps);
        Assert.Equal("1|0,0", toy.Final()); // the lost update: both read 0
    }

    [Fact]
    public void A_replay_stops_where_the_action_is_not_enabled()
    {
        var toy = new Toy(1, [L(0), U(0)], [L(0), U(0)]);
        var replay = new Replay(toy.Sealed(), Schedule.Parse("a@00000000 t0 t1 t0"));

        var error = Assert.Throws<ReplayDivergedException>(() => replay.Run());

        Assert.Equal("a, step 2: the schedule wants t1, and enabled is t0", error.Message);
        Assert.Equal(1, replay.Steps);
    }

    [Theory]
    [InlineData("a@00000000 t0", "a, step 1: the action asks for one of 3 alternatives (toy), and the schedule has none here")]
    [InlineData("a@00000000 t0*2 ?1", "a, step 1: the action asks for one of 3 alternatives (toy), and the schedule has none here")]
    [InlineData("a@00000000 t0 ?3", "a, step 1: the schedule takes alternative 3, and there are 3, counted from 0 (toy)")]
    [InlineData("a@00000000 t0 ?1 ?0", "a, step 2: the schedule has a choice (?0) that the action before it did not ask for")]
    [InlineData("a@00000000 t0 ?1 t0 t0", "a, step 3: the schedule wants t0, and enabled is nothing")]
    public void A_replay_stops_where_the_choices_differ(string line, string message)
    {
        var toy = new Toy(1, [new ToyOp(ToyKind.Choose, 0, 3), S(0)]);
        var replay = new Replay(toy.Sealed(), Schedule.Parse(line));

        Assert.Equal(message, Assert.Throws<ReplayDivergedException>(() => replay.Run()).Message);
    }
}
