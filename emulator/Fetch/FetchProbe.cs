using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Fetch;

/// <summary>Gives every combination of answers in turn.</summary>
internal sealed class FetchProbe : IChooser
{
    public const int Most = 64;

    private readonly List<(int Taken, int Alternatives)> _asked = [];
    private int _given;

    bool IChooser.ReadsReasons => false;

    int IChooser.Choose(int alternatives, string reason)
    {
        if (_given == _asked.Count)
            _asked.Add((0, alternatives));

        return _asked[_given++].Taken;
    }

    /// <summary>Sets the next combination up. False when all were given.</summary>
    public bool MoveNext()
    {
        _given = 0;
        while (_asked.Count > 0 && _asked[^1].Taken + 1 == _asked[^1].Alternatives)
            _asked.RemoveAt(_asked.Count - 1);

        if (_asked.Count == 0)
            return false;

        _asked[^1] = (_asked[^1].Taken + 1, _asked[^1].Alternatives);
        return true;
    }
}
