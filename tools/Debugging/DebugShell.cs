using System.Globalization;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Debugging.Expressions;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging;

/// <summary>
/// Executes command lines on a session and prints what comes of it. The terminal, a script and gdb's <c>monitor</c> all end here.
/// </summary>
internal sealed class DebugShell : IDisposable
{
    private const int DeepestScript = 20;
    private readonly Dictionary<string, string[]> _defined = new(StringComparer.Ordinal);
    private string _repeat = "";
    private int _scripts;

    /// <summary>Drives a session.</summary>
    public DebugShell(DebugSession session, Paint paint, TextWriter output)
    {
        (Session, Paint, Out) = (session, paint, output);
        Printer = new StopPrinter(this);
        Memory = new MemoryText(this);
    }

    /// <summary>The session in hand; <see cref="Replace"/> puts another in its place.</summary>
    public DebugSession Session { get; private set; }

    /// <summary>Colours, or none.</summary>
    public Paint Paint { get; set; }

    /// <summary>Where results go.</summary>
    public TextWriter Out { get; set; }

    /// <summary>Prints stops and places.</summary>
    public StopPrinter Printer { get; }

    /// <summary>Prints memory.</summary>
    public MemoryText Memory { get; }

    /// <summary>Stops the command in hand.</summary>
    public CancellationToken Cancel { get; set; }

    /// <summary>True once <c>quit</c> was said.</summary>
    public bool IsOver { get; set; }

    /// <summary>Reads the next line of what is being executed, or null at its end: for commands that take several lines.</summary>
    public Func<string?> NextLine { get; set; } = () => null;

    /// <summary>Expressions that are shown at every stop: number, format, text.</summary>
    public List<(int Number, string Format, string Text)> Displays { get; } = [];

    /// <summary>What to do at the stop of a stop point, by its number.</summary>
    public Dictionary<int, string[]> AtStops { get; } = [];

    /// <summary>What <c>schedule</c> offered last, or null where the machine has moved since.</summary>
    public IReadOnlyList<OfferedStep>? Offered { get; set; }

    /// <summary>A witness that a search found and that waits to be walked, with the place it begins at.</summary>
    public (Emulator.Exploration.Schedule Witness, int Timeline, long Position)? Found { get; set; }

    /// <summary>The names that <c>define</c> made.</summary>
    public IEnumerable<string> Defined => _defined.Keys;

    /// <summary>The name of the file of the scenario, for lines that start the tool again; null where there is none.</summary>
    public string? File { get; init; }

    /// <summary>Executes a line, and prints an error of the user's. False where there was one.</summary>
    public bool Execute(string line)
    {
        try
        {
            Do(line);
            return true;
        }
        catch (UserErrorException error)
        {
            Say(Paint.Bad(error.Message.ReplaceLineEndings(" ")));
            return false;
        }
    }

    /// <summary>Executes a line. An empty one does the last again, where that can be repeated.</summary>
    /// <exception cref="UserErrorException">It is none, or cannot be done.</exception>
    public void Do(string line)
    {
        line = line.Trim();
        if (line.StartsWith('#'))
            return;

        if (line.Length == 0)
            line = _repeat;

        if (line.Length == 0)
            return;

        _repeat = "";
        if (line.All(char.IsAsciiDigit))
        {
            Commands.ScheduleCommands.TakeNumber(this, line);
            return;
        }

        string name = line.Split(' ', 2)[0];
        if (_defined.TryGetValue(name, out string[]? body))
        {
            string[] arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
            RunLines([.. body.Select(text => Filled(text, arguments))], name);
            return;
        }

        // gdb users write "monitor core 1" from habit.
        DebugCommand command = CommandTable.Find(line, out string rest);
        command.Do(this, rest);
        if (command.Repeats && _scripts == 0)
            _repeat = command.Name == "x" && rest.StartsWith('/') ? $"x{rest.Split(' ')[0]}" : command.Name == "x" ? "x" : line;
    }

    /// <summary>Executes lines one after the other.</summary>
    /// <exception cref="UserErrorException">At the first that fails; the message says which.</exception>
    public void RunLines(IReadOnlyList<string> lines, string name)
    {
        if (_scripts == DeepestScript)
            throw new UserErrorException($"{name}: scripts and definitions call each other more than {DeepestScript} deep");

        int at = 0;
        Func<string?> outer = NextLine;
        NextLine = () => at < lines.Count ? lines[at++] : null;
        _scripts++;
        try
        {
            while (!IsOver && NextLine() is { } line)
                DoLineOf(name, at, line);
        }
        finally
        {
            _scripts--;
            NextLine = outer;
        }
    }

    /// <summary>Executes the lines of a script's file.</summary>
    public void RunScript(string path)
    {
        string[] lines;
        try
        {
            lines = System.IO.File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(error is FileNotFoundException or DirectoryNotFoundException ? $"{path}: no such file" : $"{path}: it cannot be read");
        }

        RunLines(lines, path);
    }

    /// <summary>Keeps a command of the user's.</summary>
    public void Define(string name, string[] body) => _defined[name] = body;

    /// <summary>Lines up to one that says <c>end</c>.</summary>
    public string[] Body()
    {
        var body = new List<string>();
        while (NextLine() is { } line && line.Trim() != "end")
            body.Add(line);

        return [.. body];
    }

    /// <summary>Prints a line.</summary>
    public void Say(string line) => Out.WriteLine(line);

    /// <summary>An expression's value.</summary>
    public DebugValue Evaluate(string text) => DebugExpression.Parse(text, Session.Scope).Value;

    /// <summary>A number that an argument gives, or what stands for none.</summary>
    public long Count(string text, long otherwise = 1)
    {
        if (text.Length == 0)
            return otherwise;

        long count = (long)Evaluate(text).Bits;
        return count > 0 ? count : throw new UserErrorException($"'{text}' is no count; write a whole number from 1 up");
    }

    /// <summary>A place: <c>*0x1000</c>, a symbol, or any expression.</summary>
    public ulong Place(string text)
    {
        string place = text.StartsWith('*') ? text[1..].Trim() : text;
        if (place.Length == 0)
            throw new UserErrorException("a place is missing: a symbol or *ADDRESS");

        return Evaluate(place).Bits;
    }

    /// <summary>Puts another session in place of this one, which is gone.</summary>
    public void Replace(DebugSession session)
    {
        Session.Dispose();
        Session = session;
        Offered = null;
        AtStops.Clear();
    }

    /// <summary>Tells that another timeline was begun, where one was.</summary>
    public void TellFork()
    {
        if (Session.TakeForkNotice() is { } notice)
            Say(Paint.Doubtful(notice));
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();

    private void DoLineOf(string name, int number, string line)
    {
        try
        {
            Do(line);
        }
        catch (UserErrorException error)
        {
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"{name}:{number}: {error.Message}"), error);
        }
    }

    private static string Filled(string line, string[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
            line = line.Replace(string.Create(CultureInfo.InvariantCulture, $"$arg{i}"), arguments[i], StringComparison.Ordinal);

        return line.Replace("$argc", arguments.Length.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}

/// <summary>Colours for what is told in words too.</summary>
/// <param name="IsOn">Whether there are any.</param>
internal sealed record Paint(bool IsOn)
{
    public string Good(string text) => With("32", text);

    public string Bad(string text) => With("31", text);

    public string Doubtful(string text) => With("33", text);

    public string Strong(string text) => With("1", text);

    public string Place(string text) => With("36", text);

    private string With(string style, string text) => IsOn && text.Length > 0 ? $"\u001b[{style}m{text}\u001b[0m" : text;
}
