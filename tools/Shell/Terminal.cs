using System.Diagnostics;
using System.Text;

namespace RcuEmu.Tools.Shell;

/// <summary>Where one invocation reads from and writes to. Tests give strings instead of the process's own streams.</summary>
/// <remarks>Results go to <see cref="Out"/>; progress, and only on a terminal, to <see cref="Error"/>.</remarks>
internal sealed class Terminal(TextWriter output, TextWriter error, Stream input, CancellationToken stopped) : IDisposable
{
    private const int NarrowColumns = 80;
    private readonly Stopwatch _sinceProgress = new();
    private bool _hasProgress;

    /// <summary>Results.</summary>
    public TextWriter Out { get; } = output;

    /// <summary>Errors, warnings and progress.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Standard input, for the file name <c>-</c>.</summary>
    public Stream In { get; } = input;

    /// <summary>Signalled by Ctrl-C.</summary>
    public CancellationToken Stopped { get; } = stopped;

    /// <summary>Whether <see cref="In"/> is a terminal: somebody types.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Whether <see cref="Out"/> is a terminal.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>The environment variable NO_COLOR is set, to anything.</summary>
    public bool NoColor { get; init; }

    /// <summary>Columns: the terminal's, 80 where there is none.</summary>
    public int Width { get; init; } = NarrowColumns;

    /// <summary>Whether results are coloured. Nothing is told by colour alone.</summary>
    public bool UsesColor { get; private set; }

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess(CancellationToken stopped)
    {
        bool outIsTerminal = !Console.IsOutputRedirected;
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var output = new StreamWriter(Console.OpenStandardOutput(), utf8, 1 << 16) { AutoFlush = outIsTerminal };
        var error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true };
        return new Terminal(output, error, Console.OpenStandardInput(), stopped)
        {
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = outIsTerminal,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            NoColor = Environment.GetEnvironmentVariable("NO_COLOR") is not null,
            Width = outIsTerminal ? Math.Max(NarrowColumns, Console.WindowWidth) : NarrowColumns,
        };
    }

    /// <summary>Decides about colour: <c>auto</c>, <c>always</c> or <c>never</c>.</summary>
    public void ChooseColor(string mode) =>
        UsesColor = mode == "always" || (mode == "auto" && OutIsTerminal && !NoColor);

    /// <summary>The text as something good: green.</summary>
    public string Good(string text) => Paint("32", text);

    /// <summary>The text as something bad: red.</summary>
    public string Bad(string text) => Paint("31", text);

    /// <summary>The text as something to look at: yellow.</summary>
    public string Doubtful(string text) => Paint("33", text);

    /// <summary>The text as a heading: bold.</summary>
    public string Strong(string text) => Paint("1", text);

    /// <summary>Shows how far the work is: one line that replaces itself, at most once a second, only on a terminal.</summary>
    public void Progress(Func<string> text)
    {
        if (ErrorIsTerminal && (!_sinceProgress.IsRunning || _sinceProgress.ElapsedMilliseconds >= 1000))
            ProgressNow(text());
    }

    /// <summary>The same at once, for what is said rarely.</summary>
    public void ProgressNow(string line)
    {
        if (!ErrorIsTerminal)
            return;

        Error.Write($"\r{(line.Length < Width ? line : line[..(Width - 1)])}\u001b[K");
        _hasProgress = true;
        _sinceProgress.Restart();
    }

    /// <summary>Takes the progress line away, before results are printed.</summary>
    public void EndProgress()
    {
        if (_hasProgress)
            Error.Write("\r\u001b[K");

        _hasProgress = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        EndProgress();
        Out.Flush();
        Error.Flush();
    }

    private string Paint(string style, string text) => UsesColor ? $"\u001b[{style}m{text}\u001b[0m" : text;
}
