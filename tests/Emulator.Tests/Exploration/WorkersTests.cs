using RcuEmu.Emulator.Exploration;

namespace RcuEmu.Emulator.Tests.Exploration;

public sealed class WorkersTests
{
    [Theory]
    [InlineData(SearchStrategy.Plain)]
    [InlineData(SearchStrategy.Random)]
    [InlineData(SearchStrategy.Pct)]
    public void Any_number_of_jobs_counts_the_same(SearchStrategy strategy)
    {
        var options = new ExploreOptions { Strategy = strategy };
        ExploreResult one = SearchTests.Free(7, 7).Explore(options with { Jobs = 1 });

        foreach (int jobs in (int[])[2, 3, 8])
        {
            ExploreResult many = SearchTests.Free(7, 7).Explore(options with { Jobs = jobs });

            Assert.Equal(
                (one.Verdict, one.Executions, one.ExecutionsExact, one.Steps, one.MaxDepth, one.Bound),
                (many.Verdict, many.Executions, many.ExecutionsExact, many.Steps, many.MaxDepth, many.Bound));
        }
    }

    // 14 choose 7.
    [Fact]
    public void The_parts_of_a_plain_search_make_the_whole() =>
        Assert.Equal(3432, SearchTests.Free(7, 7).Explore(new ExploreOptions { Reduction = false, Jobs = 2 }).Executions);

    [Theory]
    [InlineData(SearchStrategy.Plain)]
    [InlineData(SearchStrategy.Random)]
    public void Any_number_of_jobs_finds_the_same_witness(SearchStrategy strategy)
    {
        var options = new ExploreOptions { Strategy = strategy, Shortest = false };
        var explorer = new Explorer(() => SearchTests.LostUpdate().Sealed(), "lost");
        string? one = explorer.Explore(options).Witness?.ToString();

        Assert.NotNull(one);
        Assert.Equal(one, explorer.Explore(options with { Jobs = 2 }).Witness?.ToString());
        Assert.Equal(one, explorer.Explore(options with { Jobs = 5 }).Witness?.ToString());
    }

    [Fact]
    public void A_bound_of_steps_holds_in_the_parts_too()
    {
        ExploreResult one = SearchTests.Free(5, 5).Explore(new ExploreOptions { Reduction = false, Depth = 8 });
        ExploreResult two = SearchTests.Free(5, 5).Explore(new ExploreOptions { Reduction = false, Depth = 8, Jobs = 2 });

        Assert.Equal((one.Verdict, one.Executions, one.MaxDepth), (two.Verdict, two.Executions, two.MaxDepth));
    }
}
