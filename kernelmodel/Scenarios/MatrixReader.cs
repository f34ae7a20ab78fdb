using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Reads <c>matrix:</c> and makes a scenario of each combination of its values.</summary>
/// <remarks>A variant is the file's YAML tree with some values replaced, read as any other: what is wrong in it is said at its own place.</remarks>
internal static partial class MatrixReader
{
    private static readonly string[] OfKernel = ["series", "preempt", "ticks", "design", "classified", "wrong"];
    private static readonly string[] OfMachine = ["arch", "cores", "memory", "fetch"];
    private static readonly string[] OfRoot = ["image", "drop"];

    private sealed record Axis(string Name, IReadOnlyList<YamlNode> Values, long Place);

    public static ScenarioMatrix Read(string file, string text) => Read(file, text, mayListFiles: true);

    private static ScenarioMatrix Read(string file, string text, bool mayListFiles)
    {
        YamlNode node = YamlMap.Parse(file, text);
        var root = new YamlMap(file, node, "a scenario");
        string name = root.Text("scenario") ?? "";
        if (root.Map("matrix") is not { } matrix)
            return new ScenarioMatrix(name, file, false, [new([], ScenarioReader.Read(file, node, []), null)]);

        if (matrix.Find("files") is { } files)
        {
            if (!mayListFiles)
                throw matrix.Error(files, "found a matrix of files in a file of a matrix; it takes scenarios only");

            return new ScenarioMatrix(name, file, true, [.. Files(file, root, matrix)]);
        }

        Axis[] axes = [.. matrix.Node.Children.Select(child => ReadAxis(matrix, (YamlScalarNode)child.Key, child.Value))];
        if (axes.Length == 0)
            throw matrix.Error(root.Find("matrix")!, "found an empty matrix; it has one axis at least, as preempt: [full, lazy]");

        long count = axes.Aggregate(1L, (product, axis) => Math.Min(ScenarioMatrix.Most + 1, product * axis.Values.Count));
        return count <= ScenarioMatrix.Most
            ? new ScenarioMatrix(name, file, true, [.. Combinations(axes, 0, []).Select(chosen => Variant(file, text, (YamlMappingNode)node, chosen))])
            : throw matrix.Error(root.Find("matrix")!, $"found more than {ScenarioMatrix.Most} combinations; a matrix has fewer");
    }

    private static IEnumerable<ScenarioVariant> Files(string file, YamlMap root, YamlMap matrix)
    {
        List<(string Text, YamlNode Node)> paths = [.. matrix.Words("files")];
        matrix.Finish("a matrix of files");
        root.Text("about");
        root.Finish("a scenario with a matrix of files");
        if (paths.Count is 0 or > ScenarioMatrix.Most)
            throw matrix.Error(root.Find("matrix")!, $"found {paths.Count} files; a matrix has 1 to {ScenarioMatrix.Most}");

        int total = 0;
        foreach ((string relative, YamlNode node) in paths)
        {
            string path = Path.Combine(Path.GetDirectoryName(file) ?? "", relative);
            ScenarioMatrix read = Read(path, ScenarioReader.Text(path), mayListFiles: false);
            total += read.Variants.Count;
            if (total > ScenarioMatrix.Most)
                throw matrix.Error(node, $"found more than {ScenarioMatrix.Most} variants; a matrix has fewer");

            foreach (ScenarioVariant variant in read.Variants)
                yield return variant with { Values = [("file", Path.ChangeExtension(relative, null)), .. variant.Values] };
        }
    }

    private static Axis ReadAxis(YamlMap matrix, YamlScalarNode key, YamlNode values)
    {
        string name = key.Value!;
        bool isSymbol = name is ['$', _, ..] || name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_') || name == "allow";
        if (!isSymbol && !OfKernel.Contains(name) && !OfMachine.Contains(name) && !OfRoot.Contains(name))
        {
            throw matrix.Error(key, $"found axis '{name}'; axes are {string.Join(", ", OfKernel.Concat(OfMachine).Concat(OfRoot))}, " +
                "the symbols of config, $NAME for a word that stands for its value everywhere, or files alone");
        }

        return values is YamlSequenceNode { Children: { Count: > 0 } list }
            ? new Axis(name, [.. list], key.Start.Index)
            : throw matrix.Error(values, $"{name} is a list of the values that it takes in turn");
    }

    private static IEnumerable<(Axis Axis, YamlNode Value)[]> Combinations(Axis[] axes, int at, (Axis Axis, YamlNode Value)[] chosen)
    {
        if (at == axes.Length)
        {
            yield return chosen;
            yield break;
        }

        foreach (YamlNode value in axes[at].Values)
        {
            foreach ((Axis Axis, YamlNode Value)[] whole in Combinations(axes, at + 1, [.. chosen, (axes[at], value)]))
                yield return whole;
        }
    }

    private static ScenarioVariant Variant(string file, string text, YamlMappingNode root, (Axis Axis, YamlNode Value)[] chosen)
    {
        YamlMappingNode changed = root;
        (string Axis, string Value)[] values = [.. chosen.Select(one => (one.Axis.Name.TrimStart('$'), Show(file, one.Axis.Name, one.Value)))];
        if (chosen.Any(one => one.Axis.Name[0] == '$'))
        {
            // $NAME, but for the key of the axis itself, stands for the value. The lines stay where they are.
            Dictionary<string, string> words = chosen.Zip(values).Where(one => one.First.Axis.Name[0] == '$')
                .ToDictionary(one => one.First.Axis.Name, one => one.Second.Value, StringComparer.Ordinal);
            var keys = chosen.Select(one => one.Axis.Place).ToHashSet();
            text = Word().Replace(text, match => words.TryGetValue(match.Value, out string? value) && !keys.Contains(match.Index) ? value : match.Value);
            changed = (YamlMappingNode)YamlMap.Parse(file, text);
        }

        foreach ((Axis axis, YamlNode value) in chosen.Where(one => one.Axis.Name[0] != '$'))
            changed = Put(file, changed, Place(axis.Name), axis.Name == "drop" ? Dropped(file, changed, value) : axis.Name == "classified" ? Listed(value) : value);

        changed.Children.Remove(new YamlScalarNode("matrix"));
        try
        {
            return new ScenarioVariant(values, ScenarioReader.Read(file, changed, values), null);
        }
        catch (ImpossibleException impossible)
        {
            return new ScenarioVariant(values, null, impossible.Reason);
        }
    }

    private static string[] Place(string axis) => axis switch
    {
        _ when OfRoot.Contains(axis) => [axis],
        _ when OfMachine.Contains(axis) => ["machine", axis],
        _ when OfKernel.Contains(axis) => ["kernel", axis],
        _ => ["kernel", "config", axis],
    };

    // A copy of the tree's spine with one value replaced; the branches beside it are shared.
    private static YamlMappingNode Put(string file, YamlMappingNode node, ReadOnlySpan<string> path, YamlNode value)
    {
        var copy = new YamlMappingNode(node.Children.Select(child => child));
        var key = new YamlScalarNode(path[0]);
        if (path.Length > 1)
        {
            YamlNode? inner = node.Children.TryGetValue(key, out YamlNode? found) ? found : null;
            value = inner switch
            {
                null => Put(file, new YamlMappingNode(), path[1..], value),
                YamlMappingNode map => Put(file, map, path[1..], value),
                _ => throw YamlMap.Error(file, inner, $"{path[0]} is a mapping of keys to values"),
            };
        }

        copy.Children[key] = value;
        return copy;
    }

    // drop: the scenario's own, and behind them the axis' value: a step, a list of steps, or nothing.
    private static YamlSequenceNode Dropped(string file, YamlMappingNode root, YamlNode value)
    {
        IEnumerable<YamlNode> own = root.Children.TryGetValue("drop", out YamlNode? found) && found is YamlSequenceNode list ? list.Children : [];
        return value switch
        {
            YamlScalarNode { Value: "nothing" } => new YamlSequenceNode(own),
            YamlScalarNode => new YamlSequenceNode(own.Append(value)),
            YamlSequenceNode steps => new YamlSequenceNode(own.Concat(steps.Children)),
            _ => throw YamlMap.Error(file, value, "a value of drop is a step, a list of steps, or nothing"),
        };
    }

    // classified: a name, a list of names, or nothing.
    private static YamlNode Listed(YamlNode value) => value is YamlScalarNode { Value: var text }
        ? new YamlSequenceNode(text == "nothing" ? [] : [value])
        : value;

    private static string Show(string file, string axis, YamlNode value)
    {
        string word = value switch
        {
            YamlScalarNode { Value: { Length: > 0 } text } => text,
            YamlSequenceNode list when axis is "drop" or "classified" => string.Join('+', list.Children.Select(child => (child as YamlScalarNode)?.Value)),
            _ => throw YamlMap.Error(file, value, $"a value of {axis} is one word"),
        };
        return word.Any(c => char.IsWhiteSpace(c) || c is ',' or '@' or '[' or ']')
            ? throw YamlMap.Error(file, value, $"found '{word}'; a value of a matrix has no white space and none of , @ [ ]")
            : word;
    }

    [GeneratedRegex(@"\$\w+")]
    private static partial Regex Word();
}
