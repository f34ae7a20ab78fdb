using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using static RcuEmu.Emulator.Tests.Exploration.Toy;

namespace RcuEmu.Emulator.Tests.Exploration;

public sealed class RandomTests
{
    private static readonly ExploreOptions Some = new() { Strategy = SearchStrategy.Random, MaxExecutions = 200, Shortest = false };

    // First three outputs for seed 0 of the generator's published reference code: e220a8397b1dcdaf 6e789e6aa1b965f4 06c45d188009454f.
    [Fact]
    public void The_generator_is_SplitMix64()
    {
        SeededRandom random = default;

        Assert.Equal([0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f], (ulong[])[random.Next(), random.Next(), random.Next()]);
    }

    [Theory]
    [InlineData(SearchStrategy.Random, "200 executions at random, seed 1")]
    [InlineData(SearchStrategy.Pct, "200 executions at random, pct depth 3, seed 1")]
    public void Random_executions_never_prove_anything(SearchStrategy strategy, string bound)
    {
        ExploreResult result = SearchTests.Free(2, 2).Explore(Some with { Strategy = strategy });

        Assert.Equal((Verdict.NotFinished, bound, 200), (result.Verdict, result.Bound, result.Executions));
        Assert.Equal(800, result.Steps);
    }

    [Theory]
    [InlineData(SearchStrategy.Random)]
    [InlineData(SearchStrategy.Pct)]
    public void The_seed_alone_decides(SearchStrategy strategy)
    {
        string Found(ulong seed)
        {
            ExploreResult result = Ordered(6).Explore(Some with { Strategy = strategy, Seed = seed, MaxExecutions = 100_000 });
            return $"{result.Executions} {result.Witness}";
        }

        Assert.Equal(Found(5), Found(5));
        Assert.NotEqual(1, Enumerable.Range(1, 5).Select(seed => Found((ulong)seed)).Distinct().Count());
    }

    // t0 must make all of its n steps before t1's first one, and t1 is one of many: depth 1 for PCT, and a chance of 2^-n or so
    // for uniform choices.
    [Fact]
    public void Priorities_find_what_uniform_choices_hardly_find()
    {
        ExploreOptions pct = Some with { Strategy = SearchStrategy.Pct, PctDepth = 1 };

        Assert.Equal(Verdict.Violated, Ordered(40).Explore(pct).Verdict);
        Assert.Equal(Verdict.NotFinished, Ordered(40).Explore(pct with { Strategy = SearchStrategy.Random }).Verdict);
    }

    // A thread that waits by spinning has the highest priority half the time: it must fall for the run to end.
    [Fact]
    public void Priorities_do_not_let_a_spinning_thread_starve_the_others()
    {
        static Machine Build() => new Toy(1, [new(ToyKind.SkipUnless, 0, 0), new(ToyKind.Jump, 0)], [W(0)]).Sealed();

        ExploreResult result = new Explorer(Build, "spin").Explore(Some with { Strategy = SearchStrategy.Pct, Depth = 10_000 });

        Assert.Equal("200 executions at random, pct depth 3, seed 1", result.Bound);
    }

    // 3 and 3 free steps need at most 4 preemptions (ABABAB: the last switch is from an ended thread), 20 executions.
    [Fact]
    public void Deepening_ends_where_nothing_is_left_out()
    {
        ExploreResult result = SearchTests.Free(3, 3).Explore(new ExploreOptions { Strategy = SearchStrategy.Deepening });
        ExploreResult bounded = SearchTests.Free(3, 3).Explore(new ExploreOptions { Strategy = SearchStrategy.Deepening, Preemptions = 2 });

        Assert.Equal((Verdict.Holds, 20), (result.Verdict, result.Executions));
        Assert.Equal(Verdict.NotFinished, bounded.Verdict);
        Assert.StartsWith("preemptions 2: ", bounded.Bound);
    }

    [Fact]
    public void Interrupting_in_the_middle_keeps_the_counts()
    {
        using var source = new CancellationTokenSource();
        var progress = new Stopper(source);

        ExploreResult result = SearchTests.Free(14, 14).Explore(new ExploreOptions { Reduction = false }, progress, source.Token);

        Assert.Equal((Verdict.NotFinished, "interrupted"), (result.Verdict, result.Bound));
        Assert.InRange(result.Executions, 1, 40_116_599); // 28 choose 14 is 40,116,600
    }

    private static Explorer Ordered(int steps)
    {
        Machine Build()
        {
            var toy = new Toy(2, [.. Enumerable.Repeat(new ToyOp(ToyKind.Add, 0, 1), steps)], [R(0), W(1)]);
            toy.Machine.AddMonitor(new ToyProperty("early", _ => toy.Final().EndsWith($"{steps}", StringComparison.Ordinal) ? "late" : null));
            return toy.Sealed();
        }

        return new Explorer(Build, "ordered");
    }

    private sealed class Stopper(CancellationTokenSource source) : IProgress<ExploreProgress>
    {
        public void Report(ExploreProgress value)
        {
            if (value.Steps > 100_000)
                source.Cancel();
        }
    }
}
