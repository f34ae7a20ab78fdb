using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using static RcuEmu.Emulator.Tests.Exploration.Toy;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>A search that is interrupted and goes on from its file ends as one that never stopped.</summary>
public sealed class CheckpointTests : IDisposable
{
    private static readonly ExploreOptions Dpor = new() { Strategy = SearchStrategy.Dpor };
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"rcuemu-checkpoint-{Environment.ProcessId}-{Guid.CreateVersion7():n}");

    public void Dispose()
    {
        File.Delete(_file);
        File.Delete(_file + ".new");
    }

    // Five threads that read and write three variables: hundreds of parts.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 70)]
    [InlineData(3, 200)]
    public void An_interrupted_search_goes_on_where_it_stopped(int jobs, int partsBetween)
    {
        Explorer explorer = Six();
        ExploreResult whole = explorer.Explore(Dpor with { Jobs = 2 });
        ExploreResult sequential = explorer.Explore(Dpor);
        ExploreOptions kept = Dpor with { Jobs = jobs, Checkpoint = _file };
        ExploreResult result;
        int interruptions = -1;
        do
        {
            using var cancel = new CancellationTokenSource();
            result = explorer.Explore(kept, new After(partsBetween, cancel), cancel.Token);
            Assert.True(++interruptions < 1000);
        }
        while (result.Verdict == Verdict.NotFinished && result.Bound == "interrupted" && File.Exists(_file));

        Assert.True(interruptions > 3);
        Assert.Equal((Verdict.Holds, sequential.Executions, true, sequential.MaxDepth), (result.Verdict, result.Executions, result.ExecutionsExact, result.MaxDepth));
        Assert.Equal((whole.Executions, whole.Steps, whole.Redundant), (result.Executions, result.Steps, result.Redundant));
        Assert.False(File.Exists(_file));
    }

    [Fact]
    public void A_checkpoint_of_another_search_is_refused()
    {
        Interrupt(Six(), Dpor);

        string error = Assert.Throws<UserErrorException>(() => SearchTests.Free(2, 2).Explore(Dpor with { Checkpoint = _file })).Message;
        Assert.Matches("found a checkpoint of six@[0-9a-f]{8}, dpor; this search is free@[0-9a-f]{8}, dpor$", error);
        error = Assert.Throws<UserErrorException>(() => Six().Explore(Dpor with { Checkpoint = _file, Depth = 9 })).Message;
        Assert.Matches("dpor; this search is six@[0-9a-f]{8}, dpor, depth 9$", error);
        error = Assert.Throws<UserErrorException>(() => Six().Explore(new ExploreOptions { Checkpoint = _file })).Message;
        Assert.Equal("a checkpoint is kept of --strategy dpor, without --all-violations and --executions", error);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        Interrupt(Six(), Dpor);
        byte[] bytes = File.ReadAllBytes(_file);

        for (int at = 0; at < bytes.Length; at += Math.Max(1, bytes.Length / 50))
        {
            byte[] other = [.. bytes];
            other[at] ^= 0x10;
            File.WriteAllBytes(_file, other);
            Assert.Throws<UserErrorException>(() => Six().Explore(Dpor with { Checkpoint = _file }));
            File.WriteAllBytes(_file, bytes[..at]);
            Assert.Throws<UserErrorException>(() => Six().Explore(Dpor with { Checkpoint = _file }));
        }
    }

    private void Interrupt(Explorer explorer, ExploreOptions options)
    {
        using var cancel = new CancellationTokenSource();
        explorer.Explore(options with { Checkpoint = _file }, new After(1, cancel), cancel.Token);
        Assert.True(File.Exists(_file));
    }

    private static Explorer Six() => new(
        () => new Toy(
            3,
            [W(0), R(1), R(2)], [W(1), R(0), R(2)], [R(0), W(2), R(1)], [R(1), W(2), W(0)], [W(1), R(2)]).Sealed(),
        "six");

    private sealed class After(int parts, CancellationTokenSource cancel) : IProgress<ExploreProgress>
    {
        private int _seen;

        public void Report(ExploreProgress value)
        {
            if (++_seen == parts)
                cancel.Cancel();
        }
    }
}
