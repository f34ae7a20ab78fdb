using System.Globalization;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Exploration;

/// <summary>Reads the line that <see cref="Schedule.ToString"/> prints.</summary>
internal sealed class ScheduleParser(string text)
{
    private readonly List<ScheduleEntry> _entries = [];
    private int _at;

    public Schedule Parse()
    {
        ScheduleOrigin origin = Origin(Word());
        for (ReadOnlySpan<char> word = Word(); word.Length > 0; word = Word())
            _entries.Add(word[0] == '?' ? Choice(word) : Action(word));

        return new Schedule(origin, _entries);
    }

    private ReadOnlySpan<char> Word()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;

        int start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]))
            _at++;

        return text.AsSpan(start, _at - start);
    }

    private ScheduleOrigin Origin(ReadOnlySpan<char> word)
    {
        int at = word.LastIndexOf('@');
        if (at <= 0)
            throw Wrong(word, 0, "a schedule begins with NAME@ and eight hexadecimal digits");

        ReadOnlySpan<char> digits = word[(at + 1)..];
        if (digits.Length != 8 || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint hash))
            throw Wrong(word, at + 1, "eight hexadecimal digits follow the @");

        return new ScheduleOrigin(word[..at].ToString(), hash);
    }

    private ScheduleEntry Choice(ReadOnlySpan<char> word)
    {
        if (_entries.Count == 0)
            throw Wrong(word, 0, "a choice follows the action that asked for it");

        return TryNumber(word[1..], 0, out int taken)
            ? new ScheduleEntry(null, taken)
            : throw Wrong(word, 1, "? and the number of an alternative, counted from 0");
    }

    private ScheduleEntry Action(ReadOnlySpan<char> word)
    {
        int star = word.IndexOf('*');
        if (star < 0)
            return new ScheduleEntry(word.ToString(), 1);

        if (star == 0)
            throw Wrong(word, 0, "the key of an action stands before the *");

        return TryNumber(word[(star + 1)..], 1, out int times)
            ? new ScheduleEntry(word[..star].ToString(), times)
            : throw Wrong(word, star + 1, "how many times in a row follows the *, from 1 to 2147483647");
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, int least, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least;

    private UserErrorException Wrong(ReadOnlySpan<char> word, int offset, string right)
    {
        int column = _at - word.Length + offset + 1;
        string found = word.Length > offset ? $"'{Short(word[offset..])}'" : "nothing";
        return new UserErrorException($"schedule, column {column}: found {found}; {right}");
    }

    private static string Short(ReadOnlySpan<char> word) =>
        word.Length <= 40 ? word.ToString() : string.Concat(word[..40], "...");
}
