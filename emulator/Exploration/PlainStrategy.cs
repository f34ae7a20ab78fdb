namespace RcuEmu.Emulator.Exploration;

/// <summary>All executions, each once, first offered first; nothing is remembered of the states on the way.</summary>
internal sealed class PlainStrategy : IStrategy
{
    public bool TriesAllChoices => true;

    public bool Enter(SearchPath path) => true;

    public int Next(SearchPath path)
    {
        ref Node node = ref path.Top;
        return node.Taken + 1 < node.ActionCount ? node.Taken + 1 : -1;
    }

    public int Choose(int alternatives) => 0;

    public void Leave(SearchPath path)
    {
    }
}
