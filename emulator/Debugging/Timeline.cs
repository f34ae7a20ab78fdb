using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Debugging;

/// <summary>
/// A run of a machine with a position in it: steps are performed forwards and taken back, one by one or by the million, and a
/// step that differs from what is recorded behind the position begins another timeline.
/// </summary>
/// <remarks>
/// The steps are kept in segments of <see cref="TimelineSegment.Steps"/>. Inside the segment in hand the machine's journal goes back step by
/// step. Of every other segment the cells that it changes are kept, each once, so that jumping over it costs one exchange of them;
/// then its steps are performed again from its beginning. Ten million steps so need tens of bytes for each changed cell of a
/// segment and 4 bytes for a step, not a journal of all changes.
/// </remarks>
public sealed class Timeline : IChooser
{
    private const int MostTails = 16;

    private readonly Machine _machine;
    private readonly List<TimelineSegment> _segments = [];
    private readonly List<TimelineStep> _table = [];
    private readonly Dictionary<MachineAction, int> _kinds = [];
    private readonly List<TimelineTail> _tails = [];
    private readonly Mark[] _marks = new Mark[TimelineSegment.Steps + 1];
    private readonly int[] _callMarks = new int[TimelineSegment.Steps + 1];
    private readonly List<(int Taken, int Alternatives, string Reason)> _choices = [];
    private readonly ulong[] _seen;
    private IReadOnlyList<int> _given = [];
    private int _open;
    private int _at;
    private int _numbers = 1;

    /// <summary>Begins at the present state of a sealed machine; its journal is forgotten.</summary>
    public Timeline(Machine machine)
    {
        _machine = machine;
        _machine.Chooser = this;
        _seen = new ulong[(machine.State.Count >> 6) + 1];
        Calls = new CallStacks(machine);
        _segments.Add(Segment(machine.State.Hash));
        Open(_segments[0], 0);
    }

    /// <summary>Steps from the beginning to where the machine stands.</summary>
    public long Position => ((long)_open * TimelineSegment.Steps) + _at;

    /// <summary>Steps that are recorded, before and behind <see cref="Position"/>.</summary>
    public long Length { get; private set; }

    /// <summary>What people call the timeline in hand; 1 for the first.</summary>
    public int Number { get; private set; } = 1;

    /// <summary>The timelines that were left: number, how many steps they have in common with this one, and their length.</summary>
    public IEnumerable<(int Number, long Common, long Length)> Others => _tails.Select(tail => (tail.Number, tail.Common, tail.Length));

    /// <summary>True where a step in hand before <see cref="Position"/> is a write of a debugger's.</summary>
    public bool HasEdits => _table.Any(step => step.Edit is not null);

    /// <summary>The calls that have not returned.</summary>
    public CallStacks Calls { get; }

    /// <summary>What the last performed step asked for while it ran.</summary>
    public IReadOnlyList<(int Taken, int Alternatives, string Reason)> LastChoices => _choices;

    /// <summary>The write that the last performed step was, or null.</summary>
    public DebugEdit? LastEdit { get; private set; }

    /// <summary>True: steps say all that they have to say. False for going through many quickly.</summary>
    public bool ReadsReasons { get; set; } = true;

    /// <summary>Answers choices that are neither given nor recorded: of how many alternatives, which. The first, where nobody sets another.</summary>
    public Func<int, int>? Chooses { get; set; }

    /// <summary>The recorded step behind <see cref="Position"/>, or null at the end.</summary>
    public TimelineStep? Next => Position < Length ? _table[_segments[SegmentAt(Position, out int offset)].Kinds[offset]] : null;

    /// <summary>Performs the recorded step behind <see cref="Position"/>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Violation? Forward()
    {
        if (Position >= Length)
            throw new InvalidOperationException("nothing is recorded behind this step");

        if (_at == TimelineSegment.Steps)
            CloseForward();

        TimelineSegment segment = _segments[_open];
        int first = segment.FirstChoice(_at), end = segment.FirstChoice(_at + 1);
        _given = first == end ? [] : [.. segment.Choices.GetRange(first, end - first).Select(choice => choice.Taken)];
        return Do(_table[segment.Kinds[_at]]);
    }

    /// <summary>
    /// Performs an action. Where another step is recorded behind <see cref="Position"/>, that future is put aside and
    /// <see cref="Number"/> changes.
    /// </summary>
    /// <param name="action">Must be enabled.</param>
    /// <param name="choices">The answers to what it asks for; null: as recorded, or as <see cref="Chooses"/> says.</param>
    public Violation? Perform(MachineAction action, IReadOnlyList<int>? choices = null)
    {
        if (Position < Length)
        {
            if (Next is { Edit: null } next && next.Action == action && (choices is null || choices.SequenceEqual(RecordedChoices())))
                return Forward();

            Fork();
        }

        if (_at == TimelineSegment.Steps)
            CloseForward();

        if (!_kinds.TryGetValue(action, out int kind))
        {
            _kinds[action] = kind = _table.Count;
            _table.Add(new TimelineStep(action, null));
        }

        _given = choices ?? [];
        Violation? violation = Do(_table[kind]);
        Append(kind);
        return violation;
    }

    /// <summary>Makes a write of a debugger's a step: it is journaled, can be taken back, and begins another timeline in the past.</summary>
    /// <param name="text">For people.</param>
    /// <param name="bytes">The bytes of memory that it writes, or length 0.</param>
    /// <param name="write">Changes the state through the machine's own means.</param>
    public void Edit(string text, (ulong Address, int Length) bytes, Action write)
    {
        if (Position < Length)
            Fork();

        if (_at == TimelineSegment.Steps)
            CloseForward();

        Mark before = _machine.State.Mark();
        write();
        int[] cells = ChangedSince(before.Entries);
        var edit = new DebugEdit(text, cells, [.. cells.Select(cell => _machine.State[cell])], bytes);
        _machine.State.UndoTo(before);
        _table.Add(new TimelineStep(default, edit));
        Do(_table[^1]);
        Append(_table.Count - 1);
    }

    /// <summary>Takes the last step back. False at the beginning.</summary>
    public bool Back()
    {
        if (Position == 0)
            return false;

        Seek(Position - 1);
        return true;
    }

    /// <summary>Goes to the state behind step <paramref name="position"/> of the recorded ones.</summary>
    public void Seek(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Length);
        int wanted = SegmentAt(position, out int offset);
        if (wanted != _open && position == Position)
            return;

        if (wanted < _open)
            JumpBack(wanted);

        while (wanted > _open)
            CloseForwardAtEnd();

        if (offset < _at)
            UndoTo(offset);

        bool reads = ReadsReasons;
        ReadsReasons = false;
        while (_at < offset)
        {
            ReadsReasons = reads && _at == offset - 1;
            Forward();
        }

        ReadsReasons = reads;
    }

    /// <summary>
    /// Looks backwards for the last step up to <see cref="Position"/> that <paramref name="probe"/> stops at. The machine is left
    /// where it was; the result counts from 1, 0 where there is none.
    /// </summary>
    public long FindLast(StepProbe probe, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(probe);
        long here = Position, found = 0;
        bool reads = ReadsReasons;
        ReadsReasons = false;
        for (long end = here; end > 0 && found == 0 && !cancel.IsCancellationRequested;)
        {
            long start = (end - 1) / TimelineSegment.Steps * TimelineSegment.Steps;
            Seek(start);
            probe.Begin(_machine);
            while (Position < end)
            {
                probe.Before(_machine, Next!.Value);
                Forward();
                if (probe.Behind(_machine, LastEdit))
                    found = Position;
            }

            end = start;
        }

        Seek(here);
        ReadsReasons = reads;
        cancel.ThrowIfCancellationRequested();
        return found;
    }

    /// <summary>Leaves this timeline for one that was left before, and goes to its end.</summary>
    /// <returns>False where there is none of this number.</returns>
    public bool SwitchTo(int number)
    {
        int index = _tails.FindIndex(tail => tail.Number == number);
        if (index < 0)
            return false;

        TimelineTail tail = _tails[index];
        _tails.RemoveAt(index);
        Seek(tail.Common);
        if (Position < Length)
            PutAside();

        Number = tail.Number;
        int choice = 0;
        for (int i = 0; i < tail.Kinds.Length; i++)
        {
            var given = new List<int>();
            for (; choice < tail.Choices.Length && tail.Choices[choice].Index == i; choice++)
                given.Add(tail.Choices[choice].Taken);

            if (_at == TimelineSegment.Steps)
                CloseForward();

            _given = given;
            Do(_table[tail.Kinds[i]]);
            Append(tail.Kinds[i]);
        }

        return true;
    }

    /// <summary>The recorded steps, oldest first, with what they asked for.</summary>
    public IEnumerable<(TimelineStep Step, IReadOnlyList<int> Choices)> Steps()
    {
        foreach (TimelineSegment segment in _segments)
        {
            int choice = 0;
            for (int i = 0; i < segment.Count; i++)
            {
                List<int> taken = [];
                for (; choice < segment.Choices.Count && segment.Choices[choice].Offset == i; choice++)
                    taken.Add(segment.Choices[choice].Taken);

                yield return (_table[segment.Kinds[i]], taken);
            }
        }
    }

    /// <inheritdoc/>
    int IChooser.Choose(int alternatives, string reason)
    {
        int taken = _choices.Count < _given.Count ? _given[_choices.Count] : Chooses?.Invoke(alternatives) ?? 0;
        taken = Math.Clamp(taken, 0, alternatives - 1);
        _choices.Add((taken, alternatives, reason));
        return taken;
    }

    private Violation? Do(in TimelineStep step)
    {
        _choices.Clear();
        Violation? violation = null;
        LastEdit = step.Edit;
        if (step.Edit is { } edit)
        {
            edit.Apply(_machine);
        }
        else
        {
            violation = _machine.Perform(step.Action);
            Calls.Follow(in _machine.LastStep);
        }

        _given = [];
        _at++;
        _marks[_at] = _machine.State.Mark();
        _callMarks[_at] = Calls.Changes;
        return violation;
    }

    // The step was just performed, and nothing was recorded behind it.
    private void Append(int kind)
    {
        TimelineSegment segment = _segments[_open];
        segment.Kinds[_at - 1] = kind;
        segment.Count = _at;
        foreach ((int taken, int _, string _) in _choices)
            segment.Choices.Add((_at - 1, taken));

        Length++;
    }

    private int[] ChangedSince(int entries)
    {
        var cells = new SortedSet<int>();
        for (int i = entries; i < _machine.State.JournalLength; i++)
            cells.Add(_machine.State.JournalEntry(i).Cell);

        return [.. cells];
    }

    private IEnumerable<int> RecordedChoices()
    {
        TimelineSegment segment = _segments[SegmentAt(Position, out int offset)];
        return segment.Choices.Skip(segment.FirstChoice(offset)).TakeWhile(choice => choice.Offset == offset).Select(choice => choice.Taken);
    }

    private void Fork()
    {
        PutAside();
        Number = ++_numbers;
    }

    // Keeps what is recorded behind the position as a tail, and cuts it off. Tails that began behind the cut take along what they lose.
    private void PutAside()
    {
        long from = Position;
        (int[] kinds, (int, int)[] choices) = Recorded(from, Length);
        for (int i = 0; i < _tails.Count; i++)
        {
            TimelineTail tail = _tails[i];
            if (tail.Common <= from)
                continue;

            int moved = (int)(tail.Common - from);
            _tails[i] = tail with
            {
                Common = from,
                Kinds = [.. kinds[..moved], .. tail.Kinds],
                Choices =
                [
                    .. choices.TakeWhile(choice => choice.Item1 < moved),
                    .. tail.Choices.Select(choice => (choice.Index + moved, choice.Taken)),
                ],
            };
        }

        _tails.Add(new TimelineTail(Number, from, kinds, choices));
        if (_tails.Count > MostTails)
            _tails.RemoveAt(0);

        _segments.RemoveRange(_open + 1, _segments.Count - _open - 1);
        _segments[_open].Cut(_at);
        Length = from;
    }

    private (int[] Kinds, (int Index, int Taken)[] Choices) Recorded(long from, long end)
    {
        int[] kinds = new int[end - from];
        var choices = new List<(int, int)>();
        for (int i = 0; i < kinds.Length; i++)
        {
            long at = from + i;
            TimelineSegment segment = _segments[(int)(at / TimelineSegment.Steps)];
            int offset = (int)(at % TimelineSegment.Steps);
            kinds[i] = segment.Kinds[offset];
            for (int choice = segment.FirstChoice(offset); choice < segment.Choices.Count && segment.Choices[choice].Offset == offset; choice++)
                choices.Add((i, segment.Choices[choice].Taken));
        }

        return (kinds, [.. choices]);
    }

    // A position between two segments belongs to the later one where that exists.
    private int SegmentAt(long position, out int offset)
    {
        int segment = (int)(position / TimelineSegment.Steps);
        offset = (int)(position % TimelineSegment.Steps);
        if (segment < _segments.Count)
            return segment;

        offset = TimelineSegment.Steps;
        return segment - 1;
    }

    private TimelineSegment Segment(StateHash hash) => new(hash, Calls.Save());

    private void Open(TimelineSegment segment, int number)
    {
        _machine.State.Forget();
        Calls.Restore(segment.StartCalls);
        (_open, _at) = (number, 0);
        (_marks[0], _callMarks[0]) = (_machine.State.Mark(), 0);
    }

    private void UndoTo(int offset)
    {
        _machine.State.UndoTo(_marks[offset]);
        Calls.UndoTo(_callMarks[offset]);
        _at = offset;
    }

    // The machine stands at the end of the whole segment in hand: the next one is begun.
    private void CloseForward()
    {
        _segments[_open].Fold(_machine.State, _seen);
        if (_open + 1 == _segments.Count)
            _segments.Add(Segment(_machine.State.Hash));

        Open(_segments[_open + 1], _open + 1);
    }

    // Behind the segment in hand, in the fastest way.
    private void CloseForwardAtEnd()
    {
        if (_segments[_open].IsFolded)
        {
            UndoTo(0);
            _machine.State.Forget();
            _segments[_open].Jump(_machine.State, _segments[_open + 1].StartHash);
            Open(_segments[_open + 1], _open + 1);
            return;
        }

        while (_at < TimelineSegment.Steps)
            Forward();

        CloseForward();
    }

    private void JumpBack(int wanted)
    {
        UndoTo(0);
        _machine.State.Forget();
        while (_open > wanted)
        {
            _open--;
            _segments[_open].Jump(_machine.State, _segments[_open].StartHash);
        }

        Open(_segments[_open], _open);
    }
}
