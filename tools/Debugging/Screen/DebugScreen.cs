using RcuEmu.Emulator.Debugging;
using RcuEmu.Tools.Shell;
using Spectre.Console;

namespace RcuEmu.Tools.Debugging.Screen;

/// <summary><c>debug --tui</c>: the session on the whole terminal, driven by single keys.</summary>
internal sealed class DebugScreen(DebugShell shell, IAnsiConsole console) : IDisposable
{
    private const int Page = 10;
    private readonly ScreenView _view = new(shell.Session);
    private CancellationTokenSource _stop = new();

    private SessionMoves Moves => shell.Session.Moves;

    /// <summary>Shows it until the user quits.</summary>
    public int Run()
    {
        Console.CancelKeyPress += Interrupt;
        console.AlternateScreen(() =>
        {
            console.Cursor.Hide();
            Draw();
            while (!shell.IsOver && console.Input.ReadKey(intercept: true) is { } key)
            {
                _stop = new CancellationTokenSource();
                shell.Cancel = _stop.Token;
                Press(key);
                Draw();
            }

            console.Cursor.Show();
        });
        Console.CancelKeyPress -= Interrupt;
        return ExitCode.Holds;
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <summary>Does what a key stands for.</summary>
    public void Press(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.RightArrow or ConsoleKey.Spacebar:
                Tell(Moves.Forward());
                break;
            case ConsoleKey.LeftArrow or ConsoleKey.Backspace:
                Tell(Moves.Back(1));
                break;
            case ConsoleKey.PageDown:
                Do($"forward {Page}");
                break;
            case ConsoleKey.PageUp:
                Tell(Moves.Back(Page));
                break;
            case ConsoleKey.Home:
                Tell(Moves.GoTo(0));
                break;
            case ConsoleKey.End:
                Tell(Moves.GoTo(shell.Session.Timeline.Length));
                break;
            case ConsoleKey.UpArrow:
                _view.Marked--;
                break;
            case ConsoleKey.DownArrow:
                _view.Marked++;
                break;
            case ConsoleKey.Tab:
                shell.Session.SelectCore((shell.Session.SelectedCore + 1) % shell.Session.Machine.Cores.Count);
                break;
            case ConsoleKey.Enter:
                Take(_view.Marked);
                break;
            default:
                Letter(key.KeyChar);
                break;
        }
    }

    private void Letter(char letter)
    {
        switch (letter)
        {
            case 's':
                Tell(Moves.StepCore(shell.Session.SelectedCore));
                break;
            case 'n':
                Tell(Moves.NextInstruction(shell.Session.SelectedCore, shell.Cancel));
                break;
            case 'c':
                Tell(Moves.Continue(shell.Cancel));
                break;
            case 'r':
                Tell(Moves.ContinueBack(shell.Cancel));
                break;
            case 'q':
                shell.IsOver = true;
                break;
            case ':':
                Command();
                break;
            case >= '1' and <= '9':
                Take(letter - '1');
                break;
            default:
                break;
        }
    }

    private void Take(int index)
    {
        if (index >= 0 && index < _view.Offered.Count)
            Tell(Moves.Take(_view.Offered[index]));
    }

    // What stopped is told below the cores; an ordinary step shows itself.
    private void Tell(DebugStop stop)
    {
        if (stop.Reason != StopReason.Stuck)
            _view.Marked = 0;

        var output = new StringWriter { NewLine = "\n" };
        (TextWriter before, Paint paint) = (shell.Out, shell.Paint);
        (shell.Out, shell.Paint) = (output, new Paint(false));
        shell.TellFork();
        if (stop.Reason != StopReason.Done)
            shell.Printer.Print(stop, tellsStep: false);
        else if (stop.Core >= 0)
            shell.Session.SelectCore(stop.Core);

        (shell.Out, shell.Paint) = (before, paint);
        _view.Said = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void Command()
    {
        console.Cursor.SetPosition(1, Math.Max(1, console.Profile.Height));
        console.Cursor.Show();
        console.Write(":");
        string line = "";
        while (console.Input.ReadKey(intercept: true) is { } key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Escape)
                return;

            if (key.Key == ConsoleKey.Backspace)
                line = line.Length > 0 ? line[..^1] : "";
            else if (!char.IsControl(key.KeyChar))
                line += key.KeyChar;

            console.Write($"\r:{line} \b");
        }

        console.Cursor.Hide();
        Do(line);
    }

    private void Do(string line)
    {
        var output = new StringWriter { NewLine = "\n" };
        (TextWriter before, Paint paint) = (shell.Out, shell.Paint);
        (shell.Out, shell.Paint) = (output, new Paint(false));
        shell.Execute(line);
        (shell.Out, shell.Paint) = (before, paint);
        _view.Said = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void Draw()
    {
        console.Cursor.SetPosition(1, 1);
        console.Write(_view.Render(console.Profile.Width, console.Profile.Height));
    }

    private void Interrupt(object? sender, ConsoleCancelEventArgs key)
    {
        key.Cancel = true;
        _stop.Cancel();
    }
}
