namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Answers "what next?" and nothing else. Performing, undoing, judging and bounding are <see cref="Search"/>'s and
/// <see cref="SearchPath"/>'s.
/// </summary>
internal interface IStrategy
{
    /// <summary>True where every answer to an action's inner choices is to be tried; otherwise one answer is.</summary>
    bool TriesAllChoices { get; }

    /// <summary>A state was reached: the deepest node of the path is new. False: it is not gone on from.</summary>
    bool Enter(SearchPath path);

    /// <summary>The index of the deepest node's action that is taken next, or -1: go back.</summary>
    int Next(SearchPath path);

    /// <summary>The first answer to an inner choice with this many alternatives.</summary>
    int Choose(int alternatives);

    /// <summary>The deepest node is about to be left for good.</summary>
    void Leave(SearchPath path);
}
