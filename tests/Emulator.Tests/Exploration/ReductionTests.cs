using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using static RcuEmu.Emulator.Tests.Exploration.Toy;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>Families of programs whose number of classes of executions is known: the search goes through that many.</summary>
public sealed class ReductionTests
{
    private static readonly ExploreOptions Dpor = new() { Strategy = SearchStrategy.Dpor };

    // Threads that touch nothing in common: one class, however many orders.
    [Theory]
    [InlineData(2, 5)]
    [InlineData(6, 6)]
    public void Free_threads_have_one_class(int threads, int steps) =>
        Assert.Equal((1, 0), Count(new Toy(threads, Each(threads, i => [.. Enumerable.Repeat(W(i), steps)]))));

    // Each order of the writes is a class of its own: n!.
    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 24)]
    [InlineData(6, 720)]
    public void Writers_of_one_variable_have_a_class_for_each_order(int n, int classes) =>
        Assert.Equal((classes, 0), Count(new Toy(1, Each(n, i => [W(0, i)]))));

    // Each reader comes before or behind the writer, and the readers among themselves do not matter: 2^n.
    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(8, 256)]
    public void Readers_come_before_or_behind_one_writer(int readers, int classes) =>
        Assert.Equal((classes, 0), Count(new Toy(1, [[W(0)], .. Each(readers, _ => [R(0)])])));

    // n threads lock, add and unlock: the order in which they get the lock is all there is, n!. Steps before the lock do not
    // matter: a thread that comes to a held lock has no class of its own.
    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 6)]
    [InlineData(5, 120)]
    public void A_lock_is_handed_over_in_any_order(int n, int classes) =>
        Assert.Equal(classes, Count(new Toy(2, Each(n, _ => [P, L(0), new ToyOp(ToyKind.Add, 1, 1), U(0)]))).Classes);

    // t0 makes x 1 and then 0, t1 makes y 1 and then 0, t2 waits for both to be 1. By hand: with t2 going on, x=1 and y=1 come
    // before it and x=0 and y=0 behind: 1 class. Without, no conflict is left between t0 and t1: 1 class.
    [Fact]
    public void A_thread_that_waits_for_two_at_once_gets_its_chance() =>
        Assert.Equal(2, Count(new Toy(2, [W(0, 1), W(0, 0)], [W(1, 1), W(1, 0)], [new(ToyKind.AwaitBoth, 0, 1)])).Classes);

    // "lastzero" of Abdulla, Aronis, Jonsson and Sagonas, "Optimal Dynamic Partial Order Reduction" (POPL 2014), table 2: 64, 3328 and
    // 147456 traces for n = 5, 10 and 15, which is (n + 3) 2^(n-2). Thread 0 looks for the last 0 in a[0..n], from n down; thread
    // j makes a[j] = a[j-1] + 1.
    [Theory]
    [InlineData(3, 12)]
    [InlineData(5, 64)]
    [InlineData(10, 3328)]
    public void Last_zero_has_as_many_classes_as_published(int n, int classes)
    {
        List<ToyOp> scan = [];
        for (int i = n; i >= 0; i--)
            scan.AddRange([new ToyOp(ToyKind.SkipUnless, i, 0), new ToyOp(ToyKind.Jump, 2 * (n + 1))]);

        Assert.Equal(classes, Count(new Toy(n + 1, [[.. scan], .. Each(n, j => [R(j), S(j + 1, 1)])])).Classes);
    }

    // "indexer" of Flanagan and Godefroid (POPL 2005), counts as in the paper above: 8 traces for 12 threads, 64 for 13. Each thread
    // puts four values into a table of 128 by compare-and-swap, at (11 (m + 1) + tid) * 7 mod 128, or behind it where that is taken.
    [Theory]
    [InlineData(11, 1)]
    [InlineData(12, 8)]
    [InlineData(13, 64)]
    public void Indexer_has_as_many_classes_as_published(int threads, int classes)
    {
        static ToyOp[] Thread(int tid)
        {
            List<ToyOp> ops = [];
            for (int m = 0; m < 4; m++)
            {
                int value = ((m + 1) * 11) + tid, end = 4 * (m + 1);
                for (int tries = 0; tries < 2; tries++)
                    ops.AddRange([new ToyOp(ToyKind.Claim, ((value * 7) + tries) % 128, value), new ToyOp(ToyKind.Jump, end)]);
            }

            return [.. ops];
        }

        Assert.Equal(classes, Count(new Toy(128, Each(threads, Thread))).Classes);
    }

    // Two threads of 9 private steps, a write to x each in the middle, and 9 more: all there is to order are the two writes. By hand:
    // without merging, the grid of 20 by 20 program counters, where both orders of the writes leave two values of x (and none while
    // x is unwritten): far more states than the path of either order.
    [Fact]
    public void Private_steps_are_taken_at_once()
    {
        static Machine Build()
        {
            ToyOp[] nine = [.. Enumerable.Repeat(P, 9)];
            return new Toy(1, [.. nine, W(0, 1), .. nine], [.. nine, W(0, 2), .. nine]).Sealed();
        }

        var explorer = new Explorer(Build, "private");
        ExploreResult all = explorer.Explore(new ExploreOptions { Strategy = SearchStrategy.Stateful });
        ExploreResult fewer = explorer.Explore(new ExploreOptions { Strategy = SearchStrategy.Reduced });

        Assert.Equal((Verdict.Holds, Verdict.Holds), (all.Verdict, fewer.Verdict));
        Assert.Equal(2, fewer.Executions);
        // Kept are the start and the states behind either write, where it is the first: all others have one way to go on.
        Assert.Equal(3, fewer.States);
        Assert.InRange(all.States, 400, 800);
    }

    // t0 may go round its private loop for ever; t1's step must be tried all the same.
    [Fact]
    public void A_round_of_private_steps_does_not_leave_the_others_out()
    {
        static Machine Build()
        {
            var toy = new Toy(2, [new(ToyKind.SkipUnless, 0, 0), new(ToyKind.Jump, 0)], [W(1, 7)]);
            toy.Machine.AddMonitor(new ToyProperty("y-is-0", _ => toy[1] == 7 ? "y is 7" : null));
            return toy.Sealed();
        }

        ExploreResult result = new Explorer(Build, "loop").Explore(new ExploreOptions { Strategy = SearchStrategy.Reduced });

        Assert.Equal("y is 7", result.Violation?.Message);
    }

    [Fact]
    public void A_bound_of_preemptions_is_refused() =>
        Assert.Throws<UserErrorException>(() => SearchTests.Free(2, 2).Explore(Dpor with { Preemptions = 1 }));

    [Fact]
    public void A_run_that_need_not_end_stops_the_searches_that_keep_no_states()
    {
        static Machine Build() => new Toy(1, [new(ToyKind.SkipUnless, 0, 0), new(ToyKind.Jump, 0)], [W(0)]).Sealed();
        var explorer = new Explorer(Build, "spin");
        foreach (ExploreOptions options in (ExploreOptions[])[Dpor, Dpor with { Reduction = false }])
        {
            ExploreResult result = explorer.Explore(options);

            Assert.Equal(Verdict.NotFinished, result.Verdict);
            Assert.StartsWith("depth: none was given, and a run need not end", result.Bound);
            Assert.Equal(2, result.Cycle!.Length);
        }
    }

    [Fact]
    public void An_offer_that_changes_behind_the_agents_back_is_a_defect()
    {
        static Machine Build()
        {
            var toy = new Toy(1, [W(0)]);
            toy.Machine.AddAgent(new SilentWaiter(toy.Machine, toy.Cell(0)));
            return toy.Sealed();
        }

        var error = Assert.Throws<InvalidOperationException>(() => new Explorer(Build, "silent").Explore(Dpor));
        Assert.StartsWith("silent offers other actions behind a step of t0 that wrote nothing", error.Message);
    }

    private static (long Classes, long Redundant) Count(Toy toy)
    {
        ExploreResult result = new Explorer(toy.Sealed, "family").Explore(Dpor);
        Assert.Equal((Verdict.Holds, true, true), (result.Verdict, result.ExecutionsExact, result.CountsClasses));
        return ((long)result.Executions, result.Redundant);
    }

    private static ToyOp[][] Each(int n, Func<int, ToyOp[]> thread) => [.. Enumerable.Range(0, n).Select(thread)];

    private sealed class SilentWaiter(Machine machine, int cell) : IAgent
    {
        public string Name => "silent";

        public void Offer(int agent, List<MachineAction> actions)
        {
            if (machine.State[cell] == 1)
                actions.Add(new MachineAction(agent, 0, 0));
        }

        public void Perform(MachineAction action) => machine.State.Set(cell, 2);

        public string Key(MachineAction action) => Name;

        public bool IsPreemption(MachineAction action) => false;
    }
}
