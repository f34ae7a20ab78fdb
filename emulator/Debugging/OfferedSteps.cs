using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>One thing that can happen next.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Action">The action.</param>
/// <param name="Choices">The answers to what it asks for while it runs; none where it asks for nothing.</param>
/// <param name="Key">As a schedule writes it, choices included: <c>c0 ?1</c>.</param>
/// <param name="Core">The core that acts, or -1.</param>
/// <param name="Text">What it would do.</param>
/// <param name="Violation">The property that it would violate, or null.</param>
public sealed record OfferedStep(
    int Number, MachineAction Action, IReadOnlyList<int> Choices, string Key, int Core, string Text, Violation? Violation);

/// <summary>Lists what can happen next by trying it and taking it back.</summary>
internal sealed class OfferedSteps(Machine machine, CoreKeys keys, Func<string> describe) : IChooser
{
    private const int MostVariants = 64;

    private readonly List<(int Taken, int Alternatives)> _asked = [];
    private int _given;

    /// <summary>All actions, each once for every combination of answers to what it asks for.</summary>
    public IReadOnlyList<OfferedStep> List()
    {
        var enabled = new List<MachineAction>();
        machine.Enabled(enabled);
        var offered = new List<OfferedStep>();
        IChooser chooser = machine.Chooser;
        machine.Chooser = this;
        foreach (MachineAction action in enabled)
            Try(action, offered);

        machine.Chooser = chooser;
        return offered;
    }

    /// <inheritdoc/>
    int IChooser.Choose(int alternatives, string reason)
    {
        if (_given == _asked.Count)
            _asked.Add((0, alternatives));

        return _asked[_given++].Taken;
    }

    private void Try(MachineAction action, List<OfferedStep> offered)
    {
        _asked.Clear();
        int variants = 0;
        do
        {
            _given = 0;
            Mark before = machine.State.Mark();
            Violation? violation = machine.Perform(action);
            string text = describe();
            machine.State.UndoTo(before);
            int[] choices = [.. _asked.Select(asked => asked.Taken)];
            string key = string.Concat(choices.Select(taken => $" ?{taken}").Prepend(keys.Key(action)));
            offered.Add(new OfferedStep(offered.Count + 1, action, choices, key, keys.Core(action), text, violation));
        }
        while (++variants < MostVariants && NextAnswers());
    }

    private bool NextAnswers()
    {
        while (_asked.Count > 0 && _asked[^1].Taken + 1 == _asked[^1].Alternatives)
            _asked.RemoveAt(_asked.Count - 1);

        if (_asked.Count == 0)
            return false;

        _asked[^1] = (_asked[^1].Taken + 1, _asked[^1].Alternatives);
        return true;
    }
}
