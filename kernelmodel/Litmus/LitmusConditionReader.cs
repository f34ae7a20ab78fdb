using System.Globalization;
using System.Text.RegularExpressions;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>Reads <c>locations [...]</c> and the condition behind the code.</summary>
internal sealed partial class LitmusConditionReader(LitmusText source, LitmusDialect dialect, int start, int threads)
{
    private const int Deepest = 200;
    private readonly string _text = source.Clean;
    private int _at = start;
    private int _depth;

    public List<LitmusPlace> Observed { get; } = [];

    public LitmusQuantifier Quantifier { get; private set; } = LitmusQuantifier.Forall;

    public LitmusProposition Proposition { get; private set; } = new LitmusConstant(true);

    public string Text { get; private set; } = "forall (true)";

    public void Read()
    {
        if (Take("locations"))
            ReadLocations();

        Skip();
        if (_at == _text.Length)
            return;

        int begin = _at;
        Quantifier = Take("exists") ? LitmusQuantifier.Exists
            : Take("forall") ? LitmusQuantifier.Forall
            : Take("~") && Take("exists") ? LitmusQuantifier.NotExists
            : throw source.Error(begin, $"found '{LitmusText.Clip(_text[begin..])}'; right are exists, ~exists and forall");
        Proposition = Or();
        int end = _at;
        Take(";");
        Skip();
        if (_at != _text.Length)
            throw source.Error(_at, $"found '{LitmusText.Clip(_text[_at..])}' behind the condition; right is the end of the file");

        Text = string.Join(' ', _text[begin..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Observed.Sort(Compare);
    }

    private void ReadLocations()
    {
        if (!Take("["))
            throw source.Error(_at, "found no '['; right is locations [0:X0; x;]");

        while (!Take("]"))
        {
            Observe(Place());
            Take(";");
        }

        Observed.Sort(Compare);
    }

    private LitmusProposition Or()
    {
        if (++_depth > Deepest)
            throw source.Error(_at, $"found more than {Deepest} levels of parentheses");

        LitmusProposition left = And();
        while (Take("\\/"))
            left = new LitmusBinary(false, left, And());

        _depth--;
        return left;
    }

    private LitmusProposition And()
    {
        LitmusProposition left = Unary();
        while (Take("/\\"))
            left = new LitmusBinary(true, left, Unary());

        return left;
    }

    private LitmusProposition Unary()
    {
        if (Take("not") || Take("~"))
        {
            if (++_depth > Deepest)
                throw source.Error(_at, $"found more than {Deepest} levels of not");

            LitmusProposition operand = Unary();
            _depth--;
            return new LitmusNot(operand);
        }

        if (Take("true") || Take("false"))
            return new LitmusConstant(_text[_at - 2] == 'u');

        if (!Take("("))
            return Atom();

        LitmusProposition inner = Or();
        return Take(")") ? inner : throw source.Error(_at, $"found '{LitmusText.Clip(_text[_at..])}'; right is ')'");
    }

    private LitmusAtom Atom()
    {
        LitmusPlace place = Place();
        if (!Take("="))
            throw source.Error(_at, $"found '{LitmusText.Clip(_text[_at..])}'; right is '='");

        Skip();
        Match value = Value().Match(_text, _at);
        if (!value.Success)
            throw source.Error(_at, $"found '{LitmusText.Clip(_text[_at..])}'; a value is a number, a location, P0:label or instr:\"...\"");

        IReadOnlyList<LitmusValue> values = LitmusReader.Values(source, value.Value, _at);
        _at += value.Length;
        return new LitmusAtom(Observe(place), values);
    }

    private LitmusPlace Place()
    {
        Skip();
        Match match = PlaceForm().Match(_text, _at);
        if (!match.Success)
            throw source.Error(_at, $"found '{LitmusText.Clip(_text[_at..])}'; a place is 0:X1, x or x[1]");

        int at = _at;
        _at += match.Length;
        if (match.Groups["thread"].Success)
        {
            int thread = int.Parse(match.Groups["thread"].Value, CultureInfo.InvariantCulture);
            return thread < threads
                ? LitmusReader.Register(dialect, thread, match.Groups["register"].Value)
                : throw source.Error(at, $"found a register of thread {thread}; there are {threads} threads");
        }

        int index = match.Groups["index"].Success ? int.Parse(match.Groups["index"].Value, CultureInfo.InvariantCulture) : -1;
        return new LitmusPlace(-1, match.Groups["name"].Value, index);
    }

    private LitmusPlace Observe(LitmusPlace place)
    {
        if (!Observed.Contains(place))
            Observed.Add(place);

        return place;
    }

    // Registers first, by thread; then locations.
    private static int Compare(LitmusPlace a, LitmusPlace b)
    {
        int order = ((uint)a.Thread).CompareTo((uint)b.Thread);
        order = order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
        return order != 0 ? order : a.Index.CompareTo(b.Index);
    }

    private void Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
    }

    private bool Take(string word)
    {
        Skip();
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
            return false;

        int end = _at + word.Length;
        if (char.IsLetter(word[0]) && end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] == '_'))
            return false;

        _at = end;
        return true;
    }

    [GeneratedRegex("""\G(?:instr:"[^"]*"|label:"[^"]*"|\{[^}]*\}|-?\w+(?::\w+)?(?:\[\d{1,4}\])?)""")]
    private static partial Regex Value();

    [GeneratedRegex(@"\G(?:(?<thread>\d{1,2}):\s*(?<register>[A-Za-z]\w*)|\[(?<name>[A-Za-z_]\w*)(?:\[(?<index>\d{1,4})\])?\]|(?<name>[A-Za-z_]\w*)(?:\[(?<index>\d{1,4})\])?)")]
    private static partial Regex PlaceForm();
}
