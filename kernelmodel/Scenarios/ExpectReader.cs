using YamlDotNet.RepresentationModel;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Reads <c>expect:</c>: a verdict, or, beside a matrix, verdicts with the values that they are for.</summary>
internal static class ExpectReader
{
    /// <summary>The expectation of one variant: of a list the first entry that fits it.</summary>
    public static Expectation Read(YamlMap root, IReadOnlyList<(string Axis, string Value)> variant)
    {
        if (root.Find("expect") is not YamlSequenceNode list)
            return Parse(root, root.Find("expect"), root.Text("expect") ?? "holds");

        if (variant.Count == 0)
            throw root.Error(list, "found a list; that is for a scenario with a matrix");

        Expectation? first = null;
        foreach (YamlNode entry in list.Children)
        {
            // All entries are read: one that is wrong is said even where an earlier one fits.
            Expectation? fitting = entry is YamlScalarNode { Value: { } always } ? Parse(root, entry, always) : Case(root, entry, variant);
            first ??= fitting;
        }

        return first ?? throw root.Error(list, $"found no entry for {ScenarioVariant.LabelOf(variant)}; end the list with one that is for all the rest, as - holds");
    }

    private static Expectation? Case(YamlMap root, YamlNode entry, IReadOnlyList<(string Axis, string Value)> variant)
    {
        if (entry is not YamlMappingNode)
            throw root.Error(entry, "an entry of expect is a verdict, or { AXIS: value or list, verdict: VERDICT }");

        YamlMap map = root.Inner(entry, "an entry of expect");
        string verdict = map.Text("verdict") ?? throw map.Error(entry, "found no 'verdict:'");
        bool fits = true;
        foreach ((string axis, string value) in variant)
        {
            YamlNode? wanted = map.Find(axis);
            fits &= wanted switch
            {
                null => true,
                YamlSequenceNode => map.Words(axis).Any(word => word.Text == value),
                _ => map.Scalar(wanted, axis) == value,
            };
        }

        map.Finish("an entry of expect");
        Expectation expectation = Parse(root, map.Find("verdict"), verdict);
        return fits ? expectation : null;
    }

    private static Expectation Parse(YamlMap map, YamlNode? node, string text)
    {
        if (text == "holds")
            return new Expectation(true, null);

        if (text == "violated")
            return new Expectation(false, null);

        return text.StartsWith("violated(", StringComparison.Ordinal) && text.EndsWith(')')
            ? new Expectation(false, text["violated(".Length..^1])
            : throw map.Error(node!, $"found '{text}'; expect is 'holds', 'violated' or 'violated(PROPERTY)'");
    }
}
