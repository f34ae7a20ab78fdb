namespace RcuEmu.Emulator.Exploration;

/// <summary>All beginnings of executions of a certain length, in the order of the plain search: where its parts begin.</summary>
internal sealed class Prefixes(int length) : IStrategy
{
    private readonly PlainStrategy _plain = new();

    /// <summary>The beginnings that go on. Those that end before are gone through already.</summary>
    public List<RecordedStep[]> Open { get; } = [];

    public bool TriesAllChoices => true;

    public bool Enter(SearchPath path)
    {
        if (path.Depth == length && path.Top.ActionCount > 0)
        {
            Open.Add(path.Record());
            return false;
        }

        return true;
    }

    public int Next(SearchPath path) => _plain.Next(path);

    public int Choose(int alternatives) => 0;

    public void Leave(SearchPath path)
    {
    }
}
