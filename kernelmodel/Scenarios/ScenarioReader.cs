using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Tracing;
using YamlDotNet.RepresentationModel;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Reads scenario files; what is wrong is said with line and column.</summary>
internal static class ScenarioReader
{
    private const long SizeLimit = 1 << 20;

    /// <summary>The text of a scenario file.</summary>
    public static string Text(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > SizeLimit } info
                ? throw new UserErrorException($"{path}: found {info.Length} bytes; a scenario has at most {SizeLimit}")
                : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Reads one scenario. <paramref name="variant"/> is what a matrix has put into it: it becomes part of the name, and picks
    /// the expectation.
    /// </summary>
    public static Scenario Read(string file, YamlNode node, IReadOnlyList<(string Axis, string Value)> variant)
    {
        var root = new YamlMap(file, node, "a scenario");
        string name = root.Text("scenario") ?? throw new ScenarioException(file, 1, 1, "found no 'scenario:'; a scenario has a name");
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw root.Error(root.Find("scenario")!, $"found '{name}'; a name is made of letters, digits, '-', '_' and '.'");

        if (variant.Count > 0)
            name += $"[{ScenarioVariant.LabelOf(variant)}]";

        YamlMap? machine = root.Map("machine");
        Architecture architecture = Architecture.X64;
        int cores = 2;
        MemoryModel memory = MemoryModel.Sc;
        FetchSettings? fetch = null;
        if (machine is not null)
        {
            architecture = machine.Choice("arch", Architecture.X64, ("x86-64", Architecture.X64), ("arm64", Architecture.Arm64));
            cores = machine.Number("cores", 2, 1, 16);
            memory = ReadMemory(machine, architecture);
            fetch = FetchReader.Read(machine, architecture);
            machine.Finish("machine");
        }

        (KernelConfig config, int ticks, bool allowsImpossible) = KernelReader.Read(root.Map("kernel"), architecture);
        List<TaskSpec> tasks = [.. root.List("tasks").Select(node => ReadTask(file, node, cores))];
        if (root.Find("programs") is { } programs)
        {
            tasks.Add(new TaskSpec(
                "updater", cores - 1, [], [.. root.List("programs").Select(node => ReadProcedure(root, node))], programs.Start.Line));
        }

        var scenario = new Scenario
        {
            Name = name,
            File = file,
            About = root.Text("about") ?? "",
            Cores = cores,
            Memory = memory,
            Fetch = fetch,
            Config = config,
            Ticks = ticks,
            AllowsImpossible = allowsImpossible,
            Classified = root.Map("kernel") is { } kernel ? Places(kernel, "classified") : [],
            Image = root.Text("image"),
            ImageLine = root.Find("image")?.Start.Line ?? 1,
            Code = [.. root.List("code").Select(node => ReadCode(file, node, architecture))],
            Data = ReadData(root),
            Objects = [.. root.List("objects").Select(node => ObjectSpec.Read(file, node, architecture))],
            Ops = [.. root.List("ops").Select(node => ReadOps(file, node, architecture))],
            Tasks = tasks,
            Drop = Places(root, "drop"),
            Necessary = Places(root, "necessary"),
            Always = Places(root, "always"),
            Nevers = Places(root, "never"),
            Sometimes = Places(root, "sometimes"),
            Eventually = Places(root, "eventually"),
            Expect = ExpectReader.Read(root, variant),
        };
        root.Finish("a scenario");
        return scenario;
    }

    private static MemoryModel ReadMemory(YamlMap machine, Architecture architecture)
    {
        MemoryModel model = machine.Choice("memory", MemoryModel.Sc, ("sc", MemoryModel.Sc), ("tso", MemoryModel.Tso));
        return model == MemoryModel.Tso && architecture != Architecture.X64
            ? throw machine.Error(machine.Find("memory")!, "found 'tso', which is the order of x86-64 (arm64 allows more than that); arm64 takes sc")
            : model;
    }

    private static CodeSpec ReadCode(string file, YamlNode node, Architecture architecture)
    {
        var map = new YamlMap(file, node, "an entry of code");
        string name = map.Text("function") ?? throw map.Error(node, "found no 'function:'; each entry of code has a name");
        (string Word, bool Value) own = architecture == Architecture.X64 ? ("fentry", true) : ("call-ops", true);
        bool hasCallsite = map.Choice("callsite", true, own, ("none", false));
        (CodeSource Source, string Key)[] keys = [(CodeSource.Assembly, "asm"), (CodeSource.Bytes, "bytes"), (CodeSource.Blob, "blob")];
        (CodeSource Source, string Text, YamlNode Node)[] given =
        [
            .. from key in keys
               let value = map.Find(key.Key)
               where value is not null
               let text = key.Source == CodeSource.Assembly && value is YamlMappingNode ? OfArchitecture(map, value, architecture) : value
               select (key.Source, map.Scalar(text, key.Key), text),
        ];
        if (given.Length != 1)
            throw map.Error(node, $"found {given.Length} of asm, bytes and blob; {name} has exactly one");

        map.Finish("an entry of code");
        return new CodeSpec(name, hasCallsite, given[0].Source, given[0].Text, given[0].Node.Start.Line + (given[0].Node is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Literal } ? 1 : 0));
    }

    /// <summary>An assembly text of <paramref name="map"/>, or null: one text, or one for each architecture.</summary>
    public static (string Text, long Line)? Assembly(YamlMap map, string key, Architecture architecture)
    {
        if (map.Find(key) is not { } value)
            return null;

        YamlNode text = value is YamlMappingNode ? OfArchitecture(map, value, architecture, key) : value;
        bool isBlock = text is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Literal };
        return (map.Scalar(text, key), text.Start.Line + (isBlock ? 1 : 0));
    }

    // asm: { x86-64: ..., arm64: ... }: what a matrix over architectures needs.
    private static YamlNode OfArchitecture(YamlMap map, YamlNode texts, Architecture architecture, string key = "asm")
    {
        YamlMap both = map.Map(key)!;
        (YamlNode? x64, YamlNode? arm64) = (both.Find("x86-64"), both.Find("arm64"));
        both.Finish(key);
        return (architecture == Architecture.X64 ? x64 : arm64)
            ?? throw map.Error(texts, $"found no text for {(architecture == Architecture.X64 ? "x86-64" : "arm64")}; asm is a text, or one for each architecture");
    }

    private static List<(string Name, long Line)> ReadData(YamlMap root)
    {
        const int Most = 64;
        var words = new List<(string, long)>();
        foreach ((string name, YamlNode node) in root.Words("data"))
        {
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                throw root.Error(node, $"found '{name}'; a word of data is named by letters, digits and '_'");

            if (words.Count == Most)
                throw root.Error(node, $"found more than {Most} words of data");

            words.Add((name, node.Start.Line));
        }

        return words;
    }

    private static OpsSpec ReadOps(string file, YamlNode node, Architecture architecture)
    {
        (string name, YamlNode key, YamlMap body) = YamlMap.Named(file, node, "an entry of ops");
        OpsKind kind = body.Choice("kind", OpsKind.Dynamic, ("dynamic", OpsKind.Dynamic), ("static", OpsKind.Static), ("direct", OpsKind.Direct));
        YamlNode traces = body.Find("traces") ?? throw body.Error(key, $"found no 'traces:'; {name} traces at least one function");
        List<string> functions = traces is YamlSequenceNode
            ? [.. body.Words("traces").Select(word => word.Text)]
            : [body.Scalar(traces, "traces")];
        (string Text, long Line)? callback = Assembly(body, "callback", architecture);
        body.Finish("an entry of ops");
        return new OpsSpec(name, kind, functions, key.Start.Line) { Callback = callback?.Text, CallbackLine = callback?.Line ?? 1 };
    }

    private static TaskSpec ReadTask(string file, YamlNode node, int cores)
    {
        (string name, YamlNode key, YamlMap body) = YamlMap.Named(file, node, "an entry of tasks");
        int core = body.Number("core", 0, 0, cores - 1);
        var task = new TaskSpec(
            name, core, [.. body.Words("runs").Select(word => word.Text)],
            [.. body.List("does").Select(entry => ReadProcedure(body, entry))], key.Start.Line);
        if (task.Runs.Count == 0 == (task.Does.Count == 0))
            throw body.Error(key, $"{name} has either 'runs:' with functions to call or 'does:' with kernel procedures");

        body.Finish("an entry of tasks");
        return task;
    }

    private static (string Procedure, string Ops, long Line) ReadProcedure(YamlMap map, YamlNode node)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } alone })
            return (alone, "", node.Start.Line);

        if (node is YamlMappingNode { Children.Count: 1 } entry
            && entry.Children.First() is { Key: YamlScalarNode { Value: { } procedure }, Value: YamlScalarNode { Value: { } ops } })
        {
            return (procedure, ops, node.Start.Line);
        }

        throw map.Error(node, "a procedure is written 'ftrace.register: OPS'");
    }

    private static List<(string Text, long Line)> Places(YamlMap map, string key) =>
        [.. map.Words(key).Select(word => (word.Text, word.Node.Start.Line))];
}
