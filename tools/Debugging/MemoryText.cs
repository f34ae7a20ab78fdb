using System.Globalization;
using System.Text;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Debugging.Expressions;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging;

/// <summary>Prints memory as the command <c>x</c> does, with what a core would fetch beside what memory holds.</summary>
internal sealed class MemoryText(DebugShell shell)
{
    private const int MostItems = 10_000;
    private const int LongestInstruction = 15;
    private char _format = 'x';
    private int _unit = 8;
    private ulong _next;

    private DebugSession Session => shell.Session;

    /// <summary>Examines: <c>4i</c>, <c>2gx</c>; where <paramref name="text"/> is empty, goes on behind what was printed last.</summary>
    public void Examine(string format, string text)
    {
        int count = Read(format);
        DebugExpression? expression = text.Length == 0 ? null : DebugExpression.Parse(text, Session.Scope);
        ulong address = expression is null ? _next : expression.Address is { } place && !text.TrimStart().StartsWith('*') ? place() : expression.Value.Bits;
        if (_format == 'i')
            Instructions(address, count);
        else if (_format == 's')
            Strings(address, count);
        else
            Units(address, count);
    }

    /// <summary>Instructions from an address on. Lines that a core could fetch otherwise say how.</summary>
    public void Instructions(ulong address, int count)
    {
        Span<byte> bytes = stackalloc byte[LongestInstruction];
        for (int i = 0; i < count; i++)
        {
            int mapped = Session.Read(address, bytes);
            if (mapped == 0)
                throw new UserErrorException($"Cannot access memory at address 0x{address:x}");

            string text = InstructionText.Of(Session.Machine.Architecture, bytes[..mapped], address, out int length, Session.Model.Format);
            string mark = address == (Session.SelectedContext is { } context ? Session.Machine.Engine.Pc(context) : null) ? "=>" : "  ";
            shell.Say($"{mark} {shell.Paint.Place(ValueText.Address(Session.Model, address))}:\t{text}");
            Stale(address, bytes[..length]);
            address += (ulong)length;
        }

        _next = address;
        Session.Scope.Keep("_", new DebugValue(address, DebugType.Address));
    }

    /// <summary>The cores that could fetch something else than memory holds at this place, and what.</summary>
    public static IEnumerable<(int Core, byte[] Bytes, string Text)> Versions(DebugSession session, ulong address)
    {
        if (session.Machine.Fetch is not { } fetch)
            yield break;

        foreach (Core core in session.Machine.Cores)
        {
            foreach (byte[] version in fetch.Possible(core, address, session.Machine.Architecture == Architecture.X64 ? LongestInstruction : 4))
            {
                string text = InstructionText.Of(session.Machine.Architecture, version, address, out int length, session.Model.Format);
                yield return (core.Index, version[..Math.Min(length, version.Length)], text);
            }
        }
    }

    private void Stale(ulong address, ReadOnlySpan<byte> newest)
    {
        byte[] held = newest.ToArray();
        foreach (var group in Versions(Session, address).Where(version => !version.Bytes.AsSpan().SequenceEqual(held))
            .GroupBy(version => (Convert.ToHexStringLower(version.Bytes), version.Text)))
        {
            string cores = string.Join(", ", group.Select(version => version.Core).Distinct());
            shell.Say(shell.Paint.Doubtful($"     stale: core {cores} may fetch {group.Key.Item1}\t{group.Key.Text}"));
        }
    }

    private int Read(string format)
    {
        int digits = 0;
        while (digits < format.Length && char.IsAsciiDigit(format[digits]))
            digits++;

        int count = 1;
        if (digits > 0 && (!int.TryParse(format.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is 0 or > MostItems))
            throw new UserErrorException($"'{format[..digits]}' is no count; write 1 to {MostItems}");

        foreach (char letter in format[digits..])
        {
            if ("bhwg".Contains(letter))
                _unit = 1 << "bhwg".IndexOf(letter);
            else if ("xduotcazis".Contains(letter))
                _format = letter;
            else
                throw new UserErrorException($"'{letter}' is no format letter; formats are x d u o t c a z i s, sizes b h w g");
        }

        if (_format == 'a')
            _unit = 8;
        if (_format == 'c' && !format.Any("hwg".Contains))
            _unit = 1;

        return count;
    }

    private void Units(ulong address, int count)
    {
        int perLine = _unit switch { 1 => 8, 2 => 8, 4 => 4, _ => 2 };
        Span<byte> bytes = stackalloc byte[8];
        var line = new StringBuilder();
        for (int i = 0; i < count; i++, address += (ulong)_unit)
        {
            bytes.Clear();
            int mapped = Session.Read(address, bytes[.._unit]);
            if (mapped < _unit)
            {
                if (line.Length > 0)
                    shell.Say(line.ToString());

                throw new UserErrorException($"Cannot access memory at address 0x{address + (ulong)mapped:x}");
            }

            if (i % perLine == 0)
            {
                if (line.Length > 0)
                    shell.Say(line.ToString());

                line.Clear().Append(shell.Paint.Place(ValueText.Address(Session.Model, address))).Append(':');
            }

            ulong value = BitConverter.ToUInt64(bytes);
            line.Append('\t').Append(ValueText.Formatted(Session.Model, value, _unit, _format == 'x' ? 'z' : _format));
            Session.Scope.Keep("__", new DebugValue(value, new DebugType(_unit, false, 0)));
        }

        shell.Say(line.ToString());
        _next = address;
        Session.Scope.Keep("_", new DebugValue(address - (ulong)_unit, DebugType.Address));
    }

    private void Strings(ulong address, int count)
    {
        Span<byte> one = stackalloc byte[1];
        for (int i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            ulong at = address;
            while (true)
            {
                if (Session.Read(at, one) == 0)
                    throw new UserErrorException($"Cannot access memory at address 0x{at:x}");

                at++;
                if (one[0] == 0 || text.Length >= 200)
                    break;

                text.Append(one[0] is >= 32 and < 127 ? ((char)one[0]).ToString() : $"\\{Convert.ToString(one[0], 8).PadLeft(3, '0')}");
            }

            shell.Say($"{shell.Paint.Place(ValueText.Address(Session.Model, address))}:\t\"{text}\"{(one[0] == 0 ? "" : "...")}");
            address = at;
        }

        _next = address;
    }
}
