namespace RcuEmu.Emulator.Exploration;

/// <summary>Executions <c>first</c> and following at random: each enabled action as likely as any other, at every step anew.</summary>
internal sealed class RandomStrategy(ulong seed, long first, long executions) : IStrategy
{
    private SeededRandom _random;
    private long _run;

    public bool TriesAllChoices => false;

    public bool Enter(SearchPath path) => true;

    public int Next(SearchPath path)
    {
        ref Node node = ref path.Top;
        if (node.ActionCount == 0)
            return -1;

        if (path.Depth == 0)
        {
            if (_run == executions)
                return -1;

            _random = new SeededRandom(seed, first + _run++);
        }
        else if (node.Taken >= 0)
        {
            return -1;
        }

        return _random.Below(node.ActionCount);
    }

    public int Choose(int alternatives) => _random.Below(alternatives);

    public void Leave(SearchPath path)
    {
    }
}
