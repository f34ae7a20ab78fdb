using RadLine;
using RcuEmu.Tools.Shell;
using Spectre.Console;

namespace RcuEmu.Tools.Debugging;

/// <summary>The prompt on a terminal: line editing and completion by RadLine, with the keys of readline, and a history that is kept.</summary>
internal sealed class DebugPrompt(DebugShell shell) : IDisposable
{
    private readonly PromptHistory _history = new();
    private CancellationTokenSource _stop = new();

    /// <summary>Reads and does commands until <c>quit</c> or Ctrl-D.</summary>
    public int Run()
    {
        Console.CancelKeyPress += Interrupt;
        LineEditor editor = Editor();
        shell.NextLine = () => Read(editor);
        shell.Printer.Here();
        while (!shell.IsOver && Read(editor) is { } line)
        {
            _stop = new CancellationTokenSource();
            shell.Cancel = _stop.Token;
            shell.Execute(line);
        }

        Console.CancelKeyPress -= Interrupt;
        _history.Save();
        return ExitCode.Holds;
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    // Ctrl-C stops what runs and never the debugger.
    private void Interrupt(object? sender, ConsoleCancelEventArgs key)
    {
        key.Cancel = true;
        _stop.Cancel();
    }

    private string? Read(LineEditor editor)
    {
        while (true)
        {
            _stop = new CancellationTokenSource();
            string? line = null;
            try
            {
                line = editor.ReadLine(_stop.Token).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C at the prompt drops the line.
            }

            if (line == PromptKeys.EndOfInput)
                return null;

            if (line is not null)
            {
                if (line.Trim().Length > 0)
                {
                    editor.History.Add(line);
                    _history.Add(line);
                }

                return line;
            }

            shell.Say("Quit");
        }
    }

    private LineEditor Editor()
    {
        var editor = new LineEditor
        {
            MultiLine = false,
            Prompt = new LineEditorPrompt("(rcuemu)"),
            Completion = new PromptCompletion(shell),
        };
        PromptKeys.Bind(editor.KeyBindings, _history);
        foreach (string line in _history.Lines)
            editor.History.Add(line);

        return editor;
    }
}

/// <summary>Completes commands at a line's beginning, and what a command takes behind it.</summary>
internal sealed class PromptCompletion(DebugShell shell) : ITextCompletion
{
    /// <inheritdoc/>
    public IEnumerable<string>? GetCompletions(string prefix, string word, string suffix)
    {
        string before = prefix.TrimStart();
        if (word.StartsWith('$'))
            return Variables().Where(name => name.StartsWith(word, StringComparison.Ordinal));

        IEnumerable<string> commands = CommandTable.All.Select(command => command.Name).Concat(shell.Defined)
            .Where(name => name.StartsWith(before + word, StringComparison.Ordinal))
            .Select(name => name[before.Length..].Split(' ')[0]).Where(name => name.Length > 0).Distinct();
        List<string> found = [.. commands];
        return found.Count > 0 ? found : Arguments(before, word);
    }

    private IEnumerable<string> Variables() =>
        shell.Session.Machine.Engine.RegisterNames.Concat(["pc", "sp"]).Concat(shell.Session.Model.Values.Keys).Distinct().Select(name => "$" + name);

    private IEnumerable<string>? Arguments(string before, string word)
    {
        try
        {
            DebugCommand command = CommandTable.Find(before, out string _);
            return command.Completes?.Invoke(shell, word) ?? shell.Session.Model.SymbolsLike(word);
        }
        catch (Isa.UserErrorException)
        {
            return null;
        }
    }
}
