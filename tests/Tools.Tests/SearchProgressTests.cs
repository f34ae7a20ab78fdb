using RcuEmu.Emulator.Exploration;
using RcuEmu.Tools.Verbs;

namespace RcuEmu.Tools.Tests;

public sealed class SearchProgressTests
{
    // By hand: 3,000,000 steps in 2 s; 10,000 executions of which 2,500 took 2 s take 6 s more.
    [Fact]
    public void The_line_says_what_was_gone_through_and_how_fast()
    {
        var states = new ExploreProgress(12, 34_567, 3_000_000, 57, 2);
        Assert.Equal("s: 12 executions, 34,567 states, 1,500,000 steps/s, depth 57, 2 s", SearchProgress.Line("s", states));
        var parts = new ExploreProgress(2500, 0, 3_000_000, 57, 2) { Frontier = 1234 };
        Assert.Equal("s: 2,500 executions, 1,500,000 steps/s, depth 57, 1,234 parts open, 2 s", SearchProgress.Line("s", parts));
        var random = new ExploreProgress(2500, 0, 3_000_000, 57, 2) { Total = 10_000 };
        Assert.Equal("s: 2,500 executions, 1,500,000 steps/s, depth 57, about 6 s left, 2 s", SearchProgress.Line("s", random));
    }
}
