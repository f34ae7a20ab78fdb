using RcuEmu.Isa;
using YamlDotNet.RepresentationModel;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>What an object of a scenario is.</summary>
public enum ObjectKind
{
    /// <summary>Data: an ops, a hash, a table entry.</summary>
    Data,

    /// <summary>Text of a module: a callback, a program.</summary>
    Module,

    /// <summary>Generated text: a trampoline, an image. Protected by Tasks RCU.</summary>
    Generated,
}

/// <summary>Something that a scenario's writer can free (<c>objects:</c>). It is there from the beginning.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>kind: data</c>, <c>module</c> or <c>generated</c>.</param>
/// <param name="Text">Its assembly text, empty for data.</param>
/// <param name="Published"><c>published: WORD</c>: the word that holds its address at the beginning, or null.</param>
/// <param name="Line">The line where the text begins, counted from 1.</param>
public sealed record ObjectSpec(string Name, ObjectKind Kind, string Text, string? Published, long Line)
{
    internal static ObjectSpec Read(string file, YamlNode node, Architecture architecture)
    {
        (string name, YamlNode key, YamlMap body) = YamlMap.Named(file, node, "an entry of objects");
        ObjectKind kind = body.Choice("kind", ObjectKind.Data, ("data", ObjectKind.Data), ("module", ObjectKind.Module), ("generated", ObjectKind.Generated));
        string? published = body.Text("published");
        (string Text, long Line)? asm = ScenarioReader.Assembly(body, "asm", architecture);
        body.Finish("an entry of objects");
        return kind == ObjectKind.Data == asm is not null
            ? throw body.Error(key, $"{name} has 'asm:' where its kind is module or generated, and only there")
            : new ObjectSpec(name, kind, asm?.Text ?? "", published, asm?.Line ?? key.Start.Line);
    }
}
