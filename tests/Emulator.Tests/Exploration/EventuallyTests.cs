using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>What every weakly fair execution must meet. The verdicts are decided by hand, from the definition of weak fairness.</summary>
public sealed class EventuallyTests
{
    private static readonly ToyOp[] Forever = [new ToyOp(ToyKind.SkipUnless, 0, 0), new ToyOp(ToyKind.Jump, 0)];

    // t1 can make y 7 all the time, so it does some time, though t0 could go round for ever.
    [Fact]
    public void Whoever_can_act_all_the_time_does() => Assert.Equal(
        (Verdict.Holds, null), Explore(toy => toy[1] == 7, Forever, [new(ToyKind.Write, 1, 7)]));

    // Nobody makes y 8: t0 goes round, t1 has acted.
    [Fact]
    public void A_round_that_leaves_nobody_out_is_a_violation()
    {
        ExploreResult result = Result(toy => toy[1] == 8, Forever, [new(ToyKind.Write, 1, 7)]);

        Assert.Equal((Verdict.Violated, "eventually goal"), (result.Verdict, result.Violation?.Property));
        Assert.Equal(2, result.Cycle!.Length);
        // t1's step, which must come, and once around t0's loop of two steps.
        Assert.Equal(3, result.Witness!.Actions);
    }

    // t1 waits until x is 1, which t0 makes it and unmakes for ever: t1 cannot act all the time, and weak fairness owes it nothing.
    [Fact]
    public void Whoever_can_act_now_and_then_may_be_left_out()
    {
        ExploreResult result = Result(
            toy => toy[1] == 7,
            [new(ToyKind.Write, 0, 1), new(ToyKind.Write, 0, 0), new(ToyKind.Jump, 0)],
            [new(ToyKind.Await, 0, 1), new(ToyKind.Write, 1, 7)]);

        Assert.Equal((Verdict.Violated, 3), (result.Verdict, result.Cycle?.Length));
    }

    // t0 makes x 1 and leaves it: t1 can act from then on.
    [Fact]
    public void Whoever_can_act_from_some_time_on_does() => Assert.Equal(
        (Verdict.Holds, null),
        Explore(toy => toy[1] == 7, [new(ToyKind.Write, 0, 1), new(ToyKind.Jump, 0)], [new(ToyKind.Await, 0, 1), new(ToyKind.Write, 1, 7)]));

    // t1 waits for what nobody makes: all comes to rest without the goal.
    [Fact]
    public void An_end_without_the_goal_is_a_violation()
    {
        ExploreResult result = Result(toy => toy[1] == 7, [new(ToyKind.Write, 0, 2)], [new(ToyKind.Await, 0, 1), new(ToyKind.Write, 1, 7)]);

        Assert.Equal("goal never comes: nothing can happen any more", result.Violation?.Message);
        Assert.Equal(1, result.Witness!.Actions);
    }

    // Two threads of two rounds that hand a token on: all three must act for the round to be fair, or be unable to somewhere.
    [Fact]
    public void A_round_goes_through_whatever_fairness_asks_for()
    {
        ExploreResult result = Result(
            toy => toy[2] == 1,
            [new(ToyKind.Await, 0, 0), new(ToyKind.Write, 0, 1), new(ToyKind.Jump, 0)],
            [new(ToyKind.Await, 0, 1), new(ToyKind.Write, 0, 0), new(ToyKind.Jump, 0)],
            [new(ToyKind.SkipUnless, 2, 0), new(ToyKind.Jump, 0)]);

        Assert.Equal(Verdict.Violated, result.Verdict);
        string round = string.Join(' ', result.Cycle!.Schedule.ToString().Split(' ')[1..]);
        foreach (string thread in (string[])["t0", "t1", "t2"])
            Assert.Contains(thread, round);
    }

    [Theory]
    [InlineData(SearchStrategy.Dpor)]
    [InlineData(SearchStrategy.Random)]
    public void A_search_that_cannot_judge_it_says_so(SearchStrategy strategy) => Assert.Contains(
        "eventually is judged by",
        Assert.ThrowsAny<RcuEmu.Isa.UserErrorException>(
            () => Result(toy => toy[1] == 7, new ExploreOptions { Strategy = strategy }, [new ToyOp(ToyKind.Write, 1, 7)])).Message);

    private static (Verdict Verdict, string? Property) Explore(Func<Toy, bool> goal, params ToyOp[][] threads)
    {
        ExploreResult result = Result(goal, threads);
        return (result.Verdict, result.Violation?.Property);
    }

    private static ExploreResult Result(Func<Toy, bool> goal, params ToyOp[][] threads) => Result(goal, new ExploreOptions(), threads);

    private static ExploreResult Result(Func<Toy, bool> goal, ExploreOptions options, params ToyOp[][] threads) => new Explorer(
        () =>
        {
            var toy = new Toy(3, threads);
            toy.Machine.AddGoal(new Goal(_ => goal(toy)));
            return toy.Sealed();
        },
        "goal").Explore(options);

    private sealed class Goal(Func<Machine, bool> holds) : IReach
    {
        public string Name => "goal";

        public bool Holds(Machine machine, in StepInfo step) => holds(machine);
    }
}
