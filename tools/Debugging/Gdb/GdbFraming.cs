using System.Globalization;

namespace RcuEmu.Tools.Debugging.Gdb;

/// <summary>What came in.</summary>
internal enum GdbInputKind
{
    /// <summary>A packet with a right checksum.</summary>
    Packet,

    /// <summary>A packet with a wrong one.</summary>
    Damaged,

    /// <summary>A packet that was longer than <see cref="GdbFraming.PacketBytes"/>.</summary>
    Oversize,

    /// <summary>Ctrl-C.</summary>
    Interrupt,

    /// <summary>The last reply did not arrive whole.</summary>
    Again,
}

/// <summary>One thing that came in.</summary>
/// <param name="Kind">What.</param>
/// <param name="Data">The packet's bytes, one a character, escapes undone; empty otherwise.</param>
internal readonly record struct GdbInput(GdbInputKind Kind, string Data);

/// <summary>
/// Bytes to packets and back: <c>$data#checksum</c>, acknowledgements, escapes. Knows no machine. GDB manual, "Overview" of the
/// remote protocol.
/// </summary>
internal sealed class GdbFraming
{
    /// <summary>The longest packet, in bytes between $ and #.</summary>
    public const int PacketBytes = 0x4000;

    private readonly char[] _data = new char[PacketBytes];
    private State _state;
    private int _length;
    private int _sum;
    private int _given;
    private bool _isEscaped;
    private bool _isTooLong;

    private enum State
    {
        Outside,
        Inside,
        FirstDigit,
        SecondDigit,
    }

    /// <summary>True once the client wants no acknowledgements; checksums are not looked at then, as the protocol has it.</summary>
    public bool NoAck { get; set; }

    /// <summary>A reply as it goes out.</summary>
    public static byte[] Frame(string data)
    {
        var framed = new List<byte>(data.Length + 8) { (byte)'$' };
        int sum = 0;
        foreach (char letter in data)
        {
            if (letter is '$' or '#' or '}' or '*')
            {
                Add('}');
                Add((char)(letter ^ 0x20));
            }
            else
            {
                Add(letter);
            }
        }

        string checksum = (sum & 0xff).ToString("x2", CultureInfo.InvariantCulture);
        framed.AddRange([(byte)'#', (byte)checksum[0], (byte)checksum[1]]);
        return [.. framed];

        void Add(char letter)
        {
            framed.Add((byte)letter);
            sum += (byte)letter;
        }
    }

    /// <summary>Takes the next byte. True where something is complete with it.</summary>
    public bool Take(byte value, out GdbInput input)
    {
        input = default;
        switch (_state)
        {
            case State.Outside:
                return Outside(value, out input);
            case State.Inside:
                Inside(value);
                return false;
            case State.FirstDigit:
                _given = Digit(value) << 4;
                _state = State.SecondDigit;
                return false;
            default:
                _given |= Digit(value);
                _state = State.Outside;
                input = Complete();
                return true;
        }
    }

    private bool Outside(byte value, out GdbInput input)
    {
        input = default;
        if (value == '$')
        {
            (_state, _length, _sum, _isEscaped, _isTooLong) = (State.Inside, 0, 0, false, false);
            return false;
        }

        // An acknowledgement needs no answer; what is outside of packets and none of these is noise.
        input = new GdbInput(value == 3 ? GdbInputKind.Interrupt : GdbInputKind.Again, "");
        return value is 3 or (byte)'-';
    }

    private void Inside(byte value)
    {
        if (value == '#')
        {
            _state = State.FirstDigit;
            return;
        }

        // A packet that was cut off: the next one begins.
        if (value == '$')
        {
            (_length, _sum, _isEscaped, _isTooLong) = (0, 0, false, false);
            return;
        }

        _sum += value;
        if (value == '}' && !_isEscaped)
        {
            _isEscaped = true;
            return;
        }

        if (_length == _data.Length)
            _isTooLong = true;
        else
            _data[_length++] = (char)(_isEscaped ? value ^ 0x20 : value);

        _isEscaped = false;
    }

    private GdbInput Complete()
    {
        if (_given != (_sum & 0xff) && !NoAck)
            return new GdbInput(GdbInputKind.Damaged, "");

        return _isTooLong ? new GdbInput(GdbInputKind.Oversize, "") : new GdbInput(GdbInputKind.Packet, new string(_data, 0, _length));
    }

    // A checksum of anything but digits is a wrong one.
    private static int Digit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => 0x1000,
    };
}
