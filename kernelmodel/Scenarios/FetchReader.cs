using RcuEmu.Emulator.Fetch;
using RcuEmu.Isa;
using YamlDotNet.RepresentationModel;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Reads <c>fetch:</c> and what belongs to it from a scenario's <c>machine:</c>.</summary>
internal static class FetchReader
{
    private static readonly string[] OfArm64 = ["dic", "idc", "line"];
    private static readonly string[] OfX64 = ["block", "torn"];

    /// <summary>The fetch model, or null for a coherent fetch.</summary>
    public static FetchSettings? Read(YamlMap machine, Architecture architecture)
    {
        bool isModelled = machine.Choice("fetch", false, ("coherent", false), ("modelled", true));
        bool isArm = architecture == Architecture.Arm64;
        Refuse(machine, isModelled && isArm ? [] : OfArm64, isModelled ? "arm64" : "fetch: modelled");
        Refuse(machine, isModelled && !isArm ? [] : OfX64, isModelled ? "x86-64" : "fetch: modelled");
        if (!isModelled)
            return null;

        FetchSettings settings = isArm ? Arm64(machine) : X64(machine);
        string key = !isArm ? "block" : settings is { Dic: true, Idc: false } ? "idc" : "line";
        return settings.Error() is { } error ? throw machine.Error(machine.Find(key)!, error) : settings;
    }

    private static FetchSettings Arm64(YamlMap machine)
    {
        bool dic = machine.Number("dic", 0, 0, 1) == 1;
        return new FetchSettings
        {
            Dic = dic,
            Idc = machine.Number("idc", dic ? 1 : 0, 0, 1) == 1,
            LineBytes = machine.Number("line", 4, 4, 2048),
        };
    }

    private static FetchSettings X64(YamlMap machine) => new()
    {
        BlockBytes = machine.Number("block", 1, 1, 64),
        Torn = machine.Choice("torn", TornFetch.Report, ("report", TornFetch.Report), ("execute", TornFetch.Execute)),
    };

    private static void Refuse(YamlMap machine, string[] keys, string needed)
    {
        foreach (YamlNode node in machine.Node.Children.Keys)
        {
            if (node is YamlScalarNode { Value: { } key } && keys.Contains(key))
                throw machine.Error(node, $"found '{key}'; it is for {needed}");
        }
    }
}
