using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>A mapping of a scenario file that is read key by key; a key that nobody asked for is an error at its place.</summary>
internal sealed class YamlMap
{
    private const int DepthLimit = 24;
    private readonly string _file;
    private readonly YamlMappingNode _node;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public YamlMap(string file, YamlNode node, string what)
    {
        _file = file;
        _node = node as YamlMappingNode
            ?? throw Error(file, node, $"found {Describe(node)}; {what} is a mapping of keys to values");
        foreach (YamlNode key in _node.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: not null })
                throw Error(file, key, $"found {Describe(key)}; a key is a plain word");
        }
    }

    public YamlMappingNode Node => _node;

    public static ScenarioException Error(string file, YamlNode node, string message) =>
        new(file, node.Start.Line, node.Start.Column, message);

    public ScenarioException Error(YamlNode node, string message) => Error(_file, node, message);

    public ImpossibleException Impossible(YamlNode node, string message, string reason) =>
        new(_file, node.Start.Line, node.Start.Column, $"{message}; 'config: {{ allow: impossible }}' says that it is meant", reason);

    public YamlNode? Find(string key)
    {
        _asked.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;
    }

    public string? Text(string key) => Find(key) is { } node ? Scalar(node, key) : null;

    public string Scalar(YamlNode node, string what) => (node as YamlScalarNode)?.Value
        ?? throw Error(node, $"found {Describe(node)}; {what} is one value");

    public int Number(string key, int otherwise, int least, int most)
    {
        if (Find(key) is not { } node)
            return otherwise;

        string text = Scalar(node, key);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw Error(node, $"found '{text}'; {key} is a whole number from {least} to {most}");
    }

    /// <summary>One of a few words; their values stand beside them.</summary>
    public T Choice<T>(string key, T otherwise, params (string Word, T Value)[] choices)
    {
        if (Find(key) is not { } node)
            return otherwise;

        string text = Scalar(node, key);
        foreach ((string word, T value) in choices)
        {
            if (word == text)
                return value;
        }

        throw Error(node, $"found '{text}'; {key} is one of {string.Join(", ", choices.Select(choice => choice.Word))}");
    }

    public IEnumerable<YamlNode> List(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode sequence => sequence.Children,
        YamlScalarNode { Value: "" } => [],
        var other => throw Error(other, $"found {Describe(other)}; {key} is a list"),
    };

    public IEnumerable<(string Text, YamlNode Node)> Words(string key) =>
        List(key).Select(node => (Scalar(node, $"an entry of {key}"), node));

    public YamlMap Inner(YamlNode node, string what) => new(_file, node, what);

    public YamlMap? Map(string key) => Find(key) is { } node ? new YamlMap(_file, node, key) : null;

    /// <summary>An entry of the form <c>name: { … }</c>, as lists of named things have it.</summary>
    public static (string Name, YamlNode Key, YamlMap Body) Named(string file, YamlNode node, string what)
    {
        if (node is not YamlMappingNode { Children.Count: 1 } map || map.Children.First().Key is not YamlScalarNode { Value: { Length: > 0 } name } key)
            throw Error(file, node, $"found {Describe(node)}; {what} is written 'name: {{ key: value }}'");

        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
            throw Error(file, key, $"found '{name}'; a name is made of letters, digits, '_', '-' and '.'");

        return (name, key, new YamlMap(file, map.Children.First().Value, what));
    }

    /// <summary>Refuses keys that nobody asked for.</summary>
    public void Finish(string what)
    {
        foreach (YamlNode key in _node.Children.Keys)
        {
            string name = ((YamlScalarNode)key).Value!;
            if (!_asked.Contains(name))
                throw Error(key, $"found key '{name}'; {what} has {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
        }
    }

    public static YamlNode Parse(string file, string text)
    {
        Mark last = Mark.Empty;
        try
        {
            CheckShape(file, text, ref last);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 1
                ? stream.Documents[0].RootNode
                : throw new ScenarioException(file, 1, 1, $"found {stream.Documents.Count} documents; a scenario is one");
        }
        catch (YamlException e)
        {
            string message = e.Message.Split('\n')[0];
            throw new ScenarioException(file, Math.Max(1, e.Start.Line), Math.Max(1, e.Start.Column), $"no valid YAML: {message}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            // YamlDotNet's scanner answers some damaged documents with one of these instead of a YamlException.
            throw new ScenarioException(file, Math.Max(1, last.Line), Math.Max(1, last.Column), "no valid YAML behind this place");
        }
    }

    // The representation model is built by recursion and expands aliases: both are bounded before it is.
    private static void CheckShape(string file, string text, ref Mark last)
    {
        var parser = new Parser(new StringReader(text));
        int depth = 0;
        while (parser.MoveNext())
        {
            ParsingEvent found = parser.Current!;
            last = found.End;
            depth += found.NestingIncrease;
            if (depth > DepthLimit)
                throw new ScenarioException(file, found.Start.Line, found.Start.Column, $"found more than {DepthLimit} levels; a scenario has fewer");

            if (found is AnchorAlias)
                throw new ScenarioException(file, found.Start.Line, found.Start.Column, "found an alias; a scenario has none");
        }
    }

    private static string Describe(YamlNode node) => node switch
    {
        YamlScalarNode scalar => $"'{scalar.Value}'",
        YamlSequenceNode => "a list",
        _ => "a mapping",
    };
}
