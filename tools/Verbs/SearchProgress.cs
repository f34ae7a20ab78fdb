using System.Globalization;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>Shows how far a search is, on a terminal.</summary>
internal sealed class SearchProgress(Terminal terminal, string name) : IProgress<ExploreProgress>
{
    /// <inheritdoc/>
    public void Report(ExploreProgress value) => terminal.Progress(() => Line(name, value));

    /// <summary>One line: what was gone through, how fast, where it stands, and how long it will take where that is known.</summary>
    public static string Line(string name, ExploreProgress value)
    {
        var text = new System.Text.StringBuilder($"{name}: ");
        text.Append(CultureInfo.InvariantCulture, $"{value.Executions:N0} executions");
        if (value.States > 0)
            text.Append(CultureInfo.InvariantCulture, $", {value.States:N0} states");

        text.Append(CultureInfo.InvariantCulture, $", {value.Steps / Math.Max(value.Seconds, 0.001):N0} steps/s, depth {value.Depth}");
        if (value.Frontier is { } frontier)
            text.Append(CultureInfo.InvariantCulture, $", {frontier:N0} parts open");
        if (value.Total is { } total && value.Executions > 0)
            text.Append(CultureInfo.InvariantCulture, $", about {value.Seconds * (total - value.Executions) / value.Executions:N0} s left");

        return text.Append(CultureInfo.InvariantCulture, $", {value.Seconds:0} s").ToString();
    }
}
