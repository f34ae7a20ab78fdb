using RadLine;

namespace RcuEmu.Tools.Debugging;

/// <summary>The keys of readline that the library does not have by itself.</summary>
internal static class PromptKeys
{
    /// <summary>What Ctrl-D on an empty line gives.</summary>
    public const string EndOfInput = "\u0004";

    public static void Bind(KeyBindings keys, PromptHistory history)
    {
        keys.Add<PreviousHistoryCommand>(ConsoleKey.UpArrow);
        keys.Add<NextHistoryCommand>(ConsoleKey.DownArrow);
        keys.Add<PreviousHistoryCommand>(ConsoleKey.P, ConsoleModifiers.Control);
        keys.Add<NextHistoryCommand>(ConsoleKey.N, ConsoleModifiers.Control);
        keys.Add<MoveHomeCommand>(ConsoleKey.A, ConsoleModifiers.Control);
        keys.Add<MoveEndCommand>(ConsoleKey.E, ConsoleModifiers.Control);
        keys.Add<MoveLeftCommand>(ConsoleKey.B, ConsoleModifiers.Control);
        keys.Add<MoveRightCommand>(ConsoleKey.F, ConsoleModifiers.Control);
        keys.Add(ConsoleKey.U, ConsoleModifiers.Control, () => new Edit(buffer => buffer.Clear(0, buffer.Position), moveBy: -1));
        keys.Add(ConsoleKey.K, ConsoleModifiers.Control, () => new Edit(buffer => buffer.Clear(buffer.Position, buffer.Length - buffer.Position), moveBy: 0));
        keys.Add(ConsoleKey.D, ConsoleModifiers.Control, () => new EndOrDelete());
        keys.Add(ConsoleKey.R, ConsoleModifiers.Control, () => new Search(history));
    }

    private sealed class Edit(Action<LineBuffer> edit, int moveBy) : LineEditorCommand
    {
        public override void Execute(LineEditorContext context)
        {
            edit(context.Buffer);
            if (moveBy < 0)
                context.Buffer.Move(0);
        }
    }

    private sealed class EndOrDelete : LineEditorCommand
    {
        public override void Execute(LineEditorContext context)
        {
            if (context.Buffer.Length > 0)
            {
                context.Execute(new DeleteCommand());
                return;
            }

            context.Buffer.Insert(EndOfInput);
            context.Submit(SubmitAction.Submit);
        }
    }

    // The last line of the history that holds what was typed; again: the one before it.
    private sealed class Search(PromptHistory history) : LineEditorCommand
    {
        public override void Execute(LineEditorContext context)
        {
            string found = history.Search(context.Buffer.Content);
            if (found.Length == 0)
                return;

            context.Buffer.Clear(0, context.Buffer.Length);
            context.Buffer.Move(0);
            context.Buffer.Insert(found);
            context.Buffer.Move(context.Buffer.Length);
        }
    }
}

/// <summary>The lines of earlier sessions, in the user's state folder.</summary>
internal sealed class PromptHistory
{
    private const int Most = 1000;
    private readonly List<string> _lines = [];
    private readonly string? _path;
    private string _wanted = "";
    private int _at;

    public PromptHistory()
    {
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string? folder = state is { Length: > 0 } ? state : home.Length > 0 ? Path.Combine(home, ".local", "state") : null;
        _path = folder is null ? null : Path.Combine(folder, "rcuemu", "debug_history");
        try
        {
            if (_path is not null && File.Exists(_path))
                _lines.AddRange(File.ReadLines(_path).TakeLast(Most));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A history that cannot be read is none.
        }
    }

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line) => (_wanted, _at) = ("", Kept(line));

    /// <summary>The next older line that holds a text; the text of the first call stays the one that is looked for.</summary>
    public string Search(string text)
    {
        if (_wanted.Length == 0 || _at >= _lines.Count || _at < 0 || _lines[_at] != text)
            (_wanted, _at) = (text, _lines.Count);

        int found = _at == 0 ? -1 : _lines.FindLastIndex(_at - 1, line => line.Contains(_wanted, StringComparison.Ordinal));
        if (found < 0)
            return "";

        _at = found;
        return _lines[found];
    }

    public void Save()
    {
        try
        {
            if (_path is null)
                return;

            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            File.WriteAllLines(_path, _lines.TakeLast(Most));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is a convenience: a folder that cannot be written is no error of the session.
        }
    }

    private int Kept(string line)
    {
        _lines.Add(line);
        return _lines.Count;
    }
}
