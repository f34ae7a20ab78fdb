using System.Numerics;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using static RcuEmu.Emulator.Tests.Exploration.Toy;

namespace RcuEmu.Emulator.Tests.Exploration;

public sealed class SearchTests
{
    private static readonly ExploreOptions Plain = new() { Reduction = false };
    private static readonly ExploreOptions Stateful = new() { Strategy = SearchStrategy.Stateful };

    // Two threads of m and n steps that touch nothing in common: the orders are the choices of m places among m + n.
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(2, 2, 6)] // by hand: AABB ABAB ABBA BAAB BABA BBAA
    [InlineData(3, 3, 20)]
    [InlineData(1, 5, 6)]
    [InlineData(8, 8, 12870)]
    public void Two_free_threads_have_binomially_many_executions(int m, int n, int count)
    {
        Explorer explorer = Free(m, n);

        ExploreResult plain = explorer.Explore(Plain);
        ExploreResult stateful = explorer.Explore(Stateful);

        Assert.Equal((Verdict.Holds, count, true), (plain.Verdict, plain.Executions, plain.ExecutionsExact));
        Assert.Equal((Verdict.Holds, count, true), (stateful.Verdict, stateful.Executions, stateful.ExecutionsExact));
        Assert.Equal((m + 1) * (n + 1), stateful.States); // the grid of the two program counters
        Assert.Equal(m + n, stateful.MaxDepth);
    }

    // 300 choose 100 = 41 times 10^81 and some: more than 128 bits. Value from Pascal's rule in BigInteger, below.
    [Fact]
    public void The_count_of_executions_has_no_upper_end()
    {
        ExploreResult result = Free(200, 100).Explore(Stateful);

        BigInteger expected = 1;
        for (int i = 1; i <= 100; i++)
            expected = expected * (200 + i) / i;

        Assert.Equal(expected, result.Executions);
        Assert.True(expected > (BigInteger)UInt128.MaxValue);
        Assert.Equal(201 * 101, result.States);
    }

    // One step with 3 answers, then one with 2: 6 executions, whatever the other thread's one step does: 3 places, but its
    // place between a choice and the next does not multiply answers, so 3 * 6.
    [Fact]
    public void Inner_choices_are_explored_too()
    {
        var explorer = new Explorer(
            () => new Toy(1, [new ToyOp(ToyKind.Choose, 0, 3), new ToyOp(ToyKind.Choose, 0, 2)], [W(0)]).Sealed(), "choices");

        Assert.Equal(18, explorer.Explore(Plain).Executions);
        Assert.Equal(18, explorer.Explore(Stateful).Executions);
    }

    // Both threads read 0 before either writes: found, and the schedule shows it again.
    [Fact]
    public void A_lost_update_is_found_and_its_witness_replays()
    {
        Explorer explorer = new(() => LostUpdate().Sealed(), "lost");
        foreach (ExploreOptions options in (ExploreOptions[])[Plain, Stateful])
        {
            ExploreResult result = explorer.Explore(options);

            Assert.Equal(Verdict.Violated, result.Verdict);
            Assert.Equal("no-lost-update", result.Violation!.Property);
            Assert.False(result.ExecutionsExact);
            var replay = new Replay(LostUpdate().Sealed(), Schedule.Parse(result.Witness!.ToString()));
            Assert.Equal("the counter is 1", replay.Run()!.Message);
            Assert.True(replay.IsOver);
        }
    }

    // By hand: t0 writes 1 and then 2, t1 writes 5. "x is 1", "x is 2" and "x is 5" come about first; "x is 5" behind nothing takes t1's one step. The message
    // of the property "counted" differs by the step number alone: one kind.
    [Theory]
    [InlineData(SearchStrategy.Plain)]
    [InlineData(SearchStrategy.Stateful)]
    [InlineData(SearchStrategy.Dpor)]
    public void All_violations_are_told_apart_with_the_shortest_witness_each(SearchStrategy strategy)
    {
        static Machine Build()
        {
            var toy = new Toy(1, [W(0, 1), W(0, 2)], [W(0, 5)]);
            toy.Machine.AddMonitor(new ToyProperty("x", _ => toy[0] == 0 ? null : $"x is {toy[0]}"));
            toy.Machine.AddMonitor(new ToyProperty("counted", _ => null, _ => $"x was last written in step {(toy[0] == 2 ? 3 : 12)} of three"));
            return toy.Sealed();
        }

        ExploreResult result = new Explorer(Build, "kinds").Explore(new ExploreOptions { Strategy = strategy, AllViolations = true });

        Assert.Equal((Verdict.Violated, new Violation("x", "x is 1")), (result.Verdict, result.Violation));
        Assert.Equal(
            [("x is 1", "t0", false), ("x is 5", "t1", false), ("x is 2", "t0*2", true)],
            result.Violations.Where(one => one.Violation.Property == "x")
                .Select(one => (one.Violation.Message, one.Witness.ToString().Split(' ', 2)[1], one.IsConsequence)));
        DistinctViolation counted = Assert.Single(result.Violations, one => one.Violation.Property == "counted");
        Assert.True(counted.IsConsequence);
        Assert.Equal(3, counted.Witness.Actions);
    }

    // By hand: t0 waits for 1, which nobody writes: 1 execution, of 1 step.
    [Fact]
    public void A_thread_that_waits_for_ever_ends_the_run()
    {
        ExploreResult result = new Explorer(() => new Toy(2, [Wait(0)], [W(1)]).Sealed(), "wait").Explore(Plain);

        Assert.Equal((1, 1), (result.Executions, result.MaxDepth));
    }

    [Fact]
    public void What_must_be_reachable_and_is_not_is_a_violation()
    {
        static Machine Build()
        {
            var toy = new Toy(1, [W(0, 1)], [W(0, 2)]);
            toy.Machine.AddReach(new ToyProperty("two", _ => toy[0] == 2 ? "" : null));
            toy.Machine.AddReach(new ToyProperty("three", _ => toy[0] == 3 ? "" : null));
            return toy.Sealed();
        }

        ExploreResult result = new Explorer(Build, "reach").Explore(Stateful);

        Assert.Equal(Verdict.Violated, result.Verdict);
        Assert.Equal(new Violation("three", "never reached, though the search covered every execution"), result.Violation);
        Assert.Null(result.Witness);
        Assert.Equal([("two", true), ("three", false)], result.Sometimes);
    }

    [Fact]
    public void A_bound_that_was_hit_is_never_success()
    {
        Explorer explorer = Free(3, 3);

        ExploreResult depth = explorer.Explore(Stateful with { Depth = 5 });
        ExploreResult states = explorer.Explore(Stateful with { MaxStates = 5 });
        ExploreResult executions = explorer.Explore(Plain with { MaxExecutions = 5 });

        Assert.Equal((Verdict.NotFinished, Verdict.NotFinished, Verdict.NotFinished), (depth.Verdict, states.Verdict, executions.Verdict));
        Assert.StartsWith("depth 5: ", depth.Bound);
        Assert.Equal("states: 5", states.Bound);
        Assert.Equal(("executions: 5", 5), (executions.Bound, executions.Executions));
        Assert.Equal(Verdict.Holds, explorer.Explore(Stateful with { Depth = 6 }).Verdict);
    }

    [Theory]
    [InlineData(SearchStrategy.Plain)]
    [InlineData(SearchStrategy.Stateful)]
    [InlineData(SearchStrategy.Dpor)]
    public void Running_out_of_memory_is_a_bound_with_the_counts_so_far(SearchStrategy strategy)
    {
        var explorer = new Explorer(
            () => new Toy(2, [.. Enumerable.Range(0, 6).Select(i => new ToyOp[] { R(0), W(0, i), R(1), W(1, i) })]).Sealed(), "large");

        ExploreResult result = explorer.Explore(new ExploreOptions { Strategy = strategy, MaxMemory = 1 << 20 });

        Assert.Equal((Verdict.NotFinished, "memory: 1 MiB", false), (result.Verdict, result.Bound, result.ExecutionsExact));
        Assert.True(result.Steps > 0);
    }

    // Executions of 3 and 3 free steps cut off behind step k are the words of k letters with at most 3 of each:
    // 4: 2^4 - 2 = 14; 5: the 20 that end behind 6 steps, each cut by its last step, which is forced, so 20.
    [Theory]
    [InlineData(4, 14)]
    [InlineData(5, 20)]
    public void Executions_are_counted_up_to_the_bound_of_steps(int depth, int count)
    {
        Assert.Equal(count, Free(3, 3).Explore(Plain with { Depth = depth }).Executions);
        Assert.Equal(count, Free(3, 3).Explore(Stateful with { Depth = depth }).Executions);
    }

    // 3 and 3 free steps. No preemption: one thread runs to its end, then the other: 2. One preemption: A* B* A* with B whole
    // (A split in 2 ways) ends with 1; A splits, B splits needs 2. So 2 + 2*2 = 6.
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 6)]
    public void Preemptions_are_bounded(int preemptions, int count)
    {
        Assert.Equal(count, Free(3, 3).Explore(Plain with { Preemptions = preemptions }).Executions);
        ExploreResult stateful = Free(3, 3).Explore(Stateful with { Preemptions = preemptions });
        Assert.Equal(count, stateful.Executions);
        Assert.Equal(Verdict.NotFinished, stateful.Verdict);
        Assert.StartsWith($"preemptions {preemptions}: ", stateful.Bound);
    }

    // t0: 0: skip the jump unless x is 0; 1: jump to 0. It spins until t1 has written.
    [Fact]
    public void A_run_that_need_not_end_is_told_and_does_not_hurt_safety()
    {
        Explorer explorer = new(() => Spin().Sealed(), "spin");

        ExploreResult result = explorer.Explore(Stateful);

        Assert.Equal(Verdict.Holds, result.Verdict);
        Assert.False(result.ExecutionsExact);
        Assert.Equal(2, result.Cycle!.Length);
        var replay = new Replay(Spin().Sealed(), result.Cycle.Schedule);
        Assert.Null(replay.Run());
    }

    [Fact]
    public void Cancelling_keeps_what_was_found()
    {
        ExploreResult result = Free(14, 14).Explore(Plain, null, new CancellationToken(true));

        Assert.Equal((Verdict.NotFinished, "interrupted"), (result.Verdict, result.Bound));
        Assert.True(result.Steps > 0 && !result.ExecutionsExact);
    }

    [Fact]
    public void Exact_mode_compares_states_cell_by_cell()
    {
        ExploreResult result = Free(5, 5).Explore(Stateful with { Exact = true });

        Assert.Equal((36, 252), (result.States, result.Executions));
    }

    internal static Explorer Free(int m, int n) => new(
        () => new Toy(2, [.. Enumerable.Repeat(new ToyOp(ToyKind.Add, 0, 1), m)], [.. Enumerable.Repeat(new ToyOp(ToyKind.Add, 1, 1), n)])
            .Sealed(),
        "free");

    internal static Toy LostUpdate()
    {
        var toy = new Toy(1, [R(0), S(0, 1)], [R(0), S(0, 1)]);
        toy.Machine.AddMonitor(new ToyProperty("no-lost-update", _ => null, _ => toy[0] == 2 ? null : $"the counter is {toy[0]}"));
        return toy;
    }

    private static Toy Spin() => new(1, [new ToyOp(ToyKind.SkipUnless, 0, 0), new ToyOp(ToyKind.Jump, 0)], [W(0)]);
}
