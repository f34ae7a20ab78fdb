using System.Globalization;
using System.Text.RegularExpressions;
using RcuEmu.Emulator.Fetch;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>Reads litmus files: header, meta lines, init section, code table, <c>locations</c>, condition.</summary>
public static partial class LitmusReader
{
    /// <summary>Reads a file's text.</summary>
    /// <exception cref="Isa.UserErrorException">The first thing that is wrong with it: <c>file:line:column</c>.</exception>
    public static LitmusTest Read(string file, string text)
    {
        var source = new LitmusText(file, text);
        string clean = source.Clean;
        Match header = Header().Match(clean);
        if (!header.Success)
            throw source.Error(0, $"found '{LitmusText.Clip(clean.Split('\n')[0])}'; a litmus file begins with X86, X86_64 or AArch64 and a name");

        LitmusDialect dialect = header.Groups[1].Value switch
        {
            "X86" => LitmusDialect.X86,
            "X86_64" => LitmusDialect.X64,
            "AArch64" => LitmusDialect.AArch64,
            _ => throw source.Error(header.Groups[1].Index, $"found '{LitmusText.Clip(header.Groups[1].Value)}'; known are X86, X86_64 and AArch64"),
        };
        int open = clean.IndexOf('{', header.Length);
        int close = open < 0 ? -1 : EndOfInit(clean, open);
        if (close < 0)
            throw source.Error(header.Length, "found no init section; it stands in { }");

        List<LitmusInit> init = ReadInit(source, dialect, open + 1, close);
        var code = new LitmusCodeReader(source, dialect);
        int behind = code.Read(close + 1);
        List<List<LitmusCell>> threads = code.Threads;
        var condition = new LitmusConditionReader(source, dialect, behind, threads.Count);
        condition.Read();
        string meta = clean[header.Length..open];
        return new LitmusTest(source)
        {
            Name = header.Groups[2].Value.Trim(),
            Dialect = dialect,
            Init = init,
            Threads = threads,
            Handlers = code.Handlers,
            Fetch = ReadCacheType(source, meta, header.Length),
            EndsAtFault = Fatal().IsMatch(meta),
            Observed = condition.Observed,
            Quantifier = condition.Quantifier,
            Proposition = condition.Proposition,
            Condition = condition.Text,
        };
    }

    // DIC is taken to imply IDC: what no IC is needed for, no DC is needed for.
    private static FetchSettings ReadCacheType(LitmusText source, string meta, int at)
    {
        Match type = CacheType().Match(meta);
        if (!type.Success)
            return new FetchSettings();

        string[] words = type.Groups[1].Value.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words.Any(word => word is not ("DIC" or "IDC")))
            throw source.Error(at + type.Index, $"found '{LitmusText.Clip(type.Value)}'; CacheType is IDC or DIC");

        bool dic = words.Contains("DIC");
        return new FetchSettings { Dic = dic, Idc = dic || words.Contains("IDC") };
    }

    internal static LitmusPlace Register(LitmusDialect dialect, int thread, string name)
    {
        string lower = name.ToLowerInvariant();
        string spelled = dialect switch
        {
            LitmusDialect.AArch64 => (lower[0] == 'w' ? "x" + lower[1..] : lower).ToUpperInvariant(),
            LitmusDialect.X86 => lower.ToUpperInvariant(),
            _ => lower[0] == 'e' ? "r" + lower[1..] : lower,
        };
        return new LitmusPlace(thread, spelled, -1);
    }

    internal static LitmusValue Value(LitmusText source, string text, int at)
    {
        text = text.Trim();
        if (text.StartsWith("instr:\"", StringComparison.Ordinal) && text.EndsWith('"'))
            return new LitmusValue(0, null, 0, text[7..^1], at);

        // &x is x's address, as is x.
        text = text.TrimStart('&');
        if (text == "NOP")
            return new LitmusValue(0, null, 0, text, at);

        if (text.StartsWith("label:\"", StringComparison.Ordinal) && text.EndsWith('"'))
            text = text[7..^1];

        if (Number(text, out ulong number))
            return new LitmusValue(number, null, 0, null, at);

        Match name = NamedValue().Match(text);
        return name.Success && int.TryParse(name.Groups[2].Success ? name.Groups[2].Value : "0", CultureInfo.InvariantCulture, out int index)
            ? new LitmusValue(0, name.Groups[1].Value, index, null, at)
            : throw source.Error(at, $"found '{LitmusText.Clip(text)}'; a value is a number, a location, P0:label or instr:\"...\"");
    }

    internal static bool Number(string text, out ulong value)
    {
        bool negative = text.StartsWith('-');
        string digits = negative ? text[1..] : text;
        bool done = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        value = negative ? 0 - value : value;
        return done;
    }

    internal static IReadOnlyList<LitmusValue> Values(LitmusText source, string text, int at)
    {
        string inner = text.Trim();
        return inner.StartsWith('{') && inner.EndsWith('}')
            ? [.. inner[1..^1].Split(',').Select(one => Value(source, one, at))]
            : [Value(source, inner, at)];
    }

    private static int EndOfInit(string text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            if (depth == 0)
                return i;
        }

        return -1;
    }

    private static List<LitmusInit> ReadInit(LitmusText source, LitmusDialect dialect, int start, int end)
    {
        List<LitmusInit> init = [];
        foreach ((string text, int at) in Parts(source.Clean, start, end, ';'))
        {
            if (text.Trim().Length == 0)
                continue;

            Match entry = Entry().Match(text);
            if (!entry.Success)
                throw source.Error(at, $"found '{LitmusText.Clip(text)}'; an entry is [TYPE] PLACE [= VALUE]");

            int count = 0;
            if (entry.Groups["count"].Success
                && (!int.TryParse(entry.Groups["count"].Value, CultureInfo.InvariantCulture, out count) || count is < 1 or > 64))
            {
                throw source.Error(at, "an array has 1 to 64 elements");
            }

            LitmusPlace place = entry.Groups["thread"].Success
                ? Register(dialect, int.Parse(entry.Groups["thread"].Value, CultureInfo.InvariantCulture), entry.Groups["register"].Value)
                : new LitmusPlace(-1, entry.Groups["name"].Value, -1);
            init.Add(new LitmusInit(
                place,
                Type(source, entry.Groups["type"].Value, entry.Groups["pointer"].Success, count, at),
                entry.Groups["value"].Success ? Values(source, entry.Groups["value"].Value, at) : []));
        }

        return init;
    }

    private static LitmusType? Type(LitmusText source, string name, bool isPointer, int count, int at) => (isPointer, name) switch
    {
        (true, _) => new LitmusType(8, false, count),
        (_, "") => count == 0 ? null : LitmusType.Int with { Count = count },
        (_, "int" or "int32_t") => new LitmusType(4, true, count),
        (_, "ins_t" or "uint32_t") => new LitmusType(4, false, count),
        (_, "int8_t" or "char") => new LitmusType(1, true, count),
        (_, "uint8_t") => new LitmusType(1, false, count),
        (_, "int16_t") => new LitmusType(2, true, count),
        (_, "uint16_t") => new LitmusType(2, false, count),
        (_, "int64_t") => new LitmusType(8, true, count),
        (_, "uint64_t" or "intptr_t" or "uintptr_t") => new LitmusType(8, false, count),
        _ => throw source.Error(at, $"found type '{LitmusText.Clip(name)}'; known are int, ins_t, int8_t to int64_t and uint8_t to uint64_t"),
    };

    // The parts between separators, each with the offset of its first character that is no blank.
    internal static IEnumerable<(string Text, int At)> Parts(string text, int start, int end, char separator)
    {
        for (int i = start; i <= end; i++)
        {
            int next = text.IndexOf(separator, i, end - i);
            next = next < 0 ? end : next;
            int at = i;
            while (at < next && char.IsWhiteSpace(text[at]))
                at++;

            yield return (text[i..next], at);
            i = next;
        }
    }

    [GeneratedRegex(@"^\s*(\w+)[ \t]+(\S[^\r\n]*)")]
    private static partial Regex Header();

    [GeneratedRegex(@"^\s*(?:(?<type>[A-Za-z]\w*)\s*(?:(?<pointer>\*)\s*|\s))?\s*(?:(?<thread>\d{1,2}):\s*(?<register>[A-Za-z]\w*)|\[?(?<name>[A-Za-z_]\w*)\]?)\s*(?:\[(?<count>\d+)\])?\s*(?:=(?<value>.*))?$", RegexOptions.Singleline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^((?:P\d+:)?[A-Za-z_]\w*)(?:\[(\d+)\])?$")]
    private static partial Regex NamedValue();

    [GeneratedRegex(@"^CacheType=([^\r\n]*)$", RegexOptions.Multiline)]
    private static partial Regex CacheType();

    [GeneratedRegex(@"^Variant=[^\r\n]*\bfatal\b", RegexOptions.Multiline)]
    private static partial Regex Fatal();
}
