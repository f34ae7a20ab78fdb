using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>One row of a scenario's matrix.</summary>
/// <param name="Values">What it has on each axis, in the order of the axes; empty where there is no matrix.</param>
/// <param name="Scenario">The scenario with these values, or null where Kconfig cannot give such a build.</param>
/// <param name="Impossible">Then: why.</param>
public sealed record ScenarioVariant(IReadOnlyList<(string Axis, string Value)> Values, Scenario? Scenario, string? Impossible)
{
    /// <summary>The values in one word, <c>series=6.12,preempt=full</c>, as <c>--variant</c> takes them; empty without a matrix.</summary>
    public string Label => LabelOf(Values);

    /// <summary>The value on an axis, or an empty text.</summary>
    public string this[string axis] => Values.FirstOrDefault(value => value.Axis == axis).Value ?? "";

    internal static string LabelOf(IEnumerable<(string Axis, string Value)> values) =>
        string.Join(',', values.Select(value => $"{value.Axis}={value.Value}"));
}

/// <summary>
/// A scenario file with its <c>matrix:</c>: the same scenario over series, preemption models, architectures, configurations or dropped steps,
/// or several scenario files in one table.
/// </summary>
public sealed class ScenarioMatrix
{
    /// <summary>The most variants that a matrix has.</summary>
    public const int Most = 1024;

    internal ScenarioMatrix(string name, string file, bool isMatrix, IReadOnlyList<ScenarioVariant> variants)
    {
        (Name, File, IsMatrix, Variants) = (name, file, isMatrix, variants);
        Axes = [.. variants.SelectMany(variant => variant.Values.Select(value => value.Axis)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary><c>scenario:</c></summary>
    public string Name { get; }

    /// <summary>The file it came from.</summary>
    public string File { get; }

    /// <summary>False for an ordinary scenario, which is its own only variant.</summary>
    public bool IsMatrix { get; }

    /// <summary>Everything that some variant says, in the order in which it first appears.</summary>
    public IReadOnlyList<string> Axes { get; }

    /// <summary>All variants; the last axis changes fastest.</summary>
    public IReadOnlyList<ScenarioVariant> Variants { get; }

    /// <summary>Reads a scenario file with or without a matrix.</summary>
    /// <exception cref="ScenarioException">The file says something that cannot be.</exception>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public static ScenarioMatrix Load(string path) => MatrixReader.Read(path, ScenarioReader.Text(path));

    /// <summary>Reads one from text; <paramref name="file"/> names it in messages and is where relative paths begin.</summary>
    public static ScenarioMatrix Parse(string file, string text) => MatrixReader.Read(file, text);

    /// <summary>
    /// One scenario of the file: the only one, or the one whose values <paramref name="label"/> names, all or as many as leave one.
    /// </summary>
    /// <exception cref="UserErrorException">There is none, more than one, or it cannot be built.</exception>
    public Scenario Select(string? label)
    {
        if (!IsMatrix && label is null)
            return Variants[0].Scenario!;

        string[] wanted = label?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        ScenarioVariant[] fitting = [.. Variants.Where(variant => wanted.All(want => variant.Values.Any(value => $"{value.Axis}={value.Value}" == want)))];
        return fitting switch
        {
            [{ Scenario: { } only }] => only,
            [var impossible] => throw new UserErrorException($"{File}: {impossible.Label} cannot be built: {impossible.Impossible}"),
            [] => throw new UserErrorException($"{File}: no variant has {label}; the first is {Variants[0].Label}"),
            _ => throw new UserErrorException($"{File}: {fitting.Length} variants fit; name one with --variant, as --variant {fitting[0].Label}"),
        };
    }
}
