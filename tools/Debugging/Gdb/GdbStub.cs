using System.Globalization;
using System.Text;
using System.Xml.Linq;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Gdb;

/// <summary>
/// Answers gdb's packets on a session: one row of a table, one method. Threads are cores, numbered from 1. GDB manual, "Packets",
/// "General Query Packets", "vCont".
/// </summary>
/// <remarks>
/// A step of one thread beside a continue of the others (<c>vCont;s:1;c</c>, what gdb's stepi sends) moves that core alone: otherwise
/// every stepi would scramble the schedule. A continue of all lets them run by the schedule.
/// On arm64 gdb takes it that a watchpoint stops before the access (gdbarch_have_nonsteppable_watchpoint) and makes the step itself, in
/// either direction; so it is stopped there.
/// </remarks>
internal sealed class GdbStub
{
    private const int SignalTrap = 5, SignalAbort = 6, SignalInterrupt = 2;
    private const int OutputChunk = 2000;

    private static readonly (string Prefix, Func<GdbStub, string, string> Answer)[] Packets =
    [
        ("?", (stub, rest) => stub._stop),
        ("qSupported", (stub, rest) => stub.Supported(rest)),
        ("QStartNoAckMode", (stub, rest) => stub.StartNoAck()),
        ("qXfer:features:read:target.xml:", (stub, rest) => stub.Part(stub._registers.Description(), rest)),
        ("qXfer:threads:read::", (stub, rest) => stub.Part(stub.Threads(), rest)),
        ("qXfer:memory-map:read::", (stub, rest) => stub.Part(stub.MemoryMap(), rest)),
        ("qfThreadInfo", (stub, rest) => "m" + string.Join(',', stub.AllThreads.Select(Hex))),
        ("qsThreadInfo", (stub, rest) => "l"),
        ("qThreadExtraInfo,", (stub, rest) => stub.Thread(rest) is { } thread ? ToHex(stub.Extra(thread - 1)) : stub.Error(1, "no such thread")),
        ("qAttached", (stub, rest) => "1"),
        ("qC", (stub, rest) => $"QC{Hex(stub._thread)}"),
        ("qSymbol", (stub, rest) => "OK"),
        ("qRcmd,", (stub, rest) => stub.Monitor(rest)),
        ("vCont?", (stub, rest) => "vCont;c;C;s;S"),
        ("vCont;", (stub, rest) => stub.Resume(rest)),
        ("vKill", (stub, rest) => stub.Kill("OK")),
        ("H", (stub, rest) => stub.ChooseThread(rest)),
        ("T", (stub, rest) => stub.Thread(rest) is not null ? "OK" : stub.Error(1, "no such thread")),
        ("g", (stub, rest) => rest.Length == 0 ? stub._registers.Read(stub._thread - 1) : ""),
        ("G", (stub, rest) => stub.WriteAll(rest)),
        ("p", (stub, rest) => Number(rest, out ulong n) && n < int.MaxValue && stub._registers.Read(stub._thread - 1, (int)n) is { } hex ? hex : stub.Error(1, "no such register")),
        ("P", (stub, rest) => stub.WriteOne(rest)),
        ("m", (stub, rest) => stub.ReadMemory(rest)),
        ("M", (stub, rest) => stub.WriteMemory(rest, isHex: true)),
        ("X", (stub, rest) => stub.WriteMemory(rest, isHex: false)),
        ("Z", (stub, rest) => stub.Insert(rest)),
        ("z", (stub, rest) => stub.Remove(rest)),
        ("bs", (stub, rest) => stub.Stopped(stub._session.Moves.Back(1))),
        ("bc", (stub, rest) => stub.Stopped(stub._session.Moves.ContinueBack(stub.Running()))),
        ("s", (stub, rest) => stub.Step(stub._continued)),
        ("S", (stub, rest) => stub.Step(stub._continued)),
        ("c", (stub, rest) => stub.Stopped(stub._session.Moves.Continue(stub.Running()))),
        ("C", (stub, rest) => stub.Stopped(stub._session.Moves.Continue(stub.Running()))),
        ("D", (stub, rest) => stub.Detach()),
        ("k", (stub, rest) => stub.Kill("")),
    ];

    private readonly DebugSession _session;
    private readonly DebugShell _shell;
    private readonly GdbRegisters _registers;
    private readonly Dictionary<string, StopPoint> _points = new(StringComparer.Ordinal);
    private readonly bool _stopsBeforeAccess;
    private string _stop;
    private int _thread = 1;
    private int _continued = 1;
    private bool _takesText;
    private bool _knowsSwbreak;
    private bool _knowsHwbreak;

    /// <summary>Answers for a session; <paramref name="shell"/> does what <c>monitor</c> asks for.</summary>
    public GdbStub(DebugShell shell)
    {
        (_shell, _session) = (shell, shell.Session);
        _registers = new GdbRegisters(_session);
        _stopsBeforeAccess = _session.Machine.Architecture == Architecture.Arm64;
        _thread = _continued = _session.SelectedCore + 1;
        _stop = $"T05thread:{Hex(_thread)};core:{Hex(_thread - 1)};";
    }

    /// <summary>The client wants no acknowledgements.</summary>
    public bool NoAck { get; private set; }

    /// <summary>The client has gone and may come back.</summary>
    public bool IsDetached { get; private set; }

    /// <summary>The client ended the run.</summary>
    public bool IsKilled { get; private set; }

    /// <summary>Sends a packet that is no answer: text for the user.</summary>
    public Action<string> Send { get; set; } = _ => { };

    /// <summary>Begins a run that Ctrl-C can stop.</summary>
    public Func<CancellationToken> Running { get; set; } = () => CancellationToken.None;

    private IEnumerable<int> AllThreads => Enumerable.Range(1, _session.Machine.Cores.Count);

    /// <summary>The answer to a packet; empty for one that is not known.</summary>
    public string Answer(string packet)
    {
        foreach ((string prefix, Func<GdbStub, string, string> answer) in Packets)
        {
            if (!packet.StartsWith(prefix, StringComparison.Ordinal))
                continue;

            try
            {
                return answer(this, packet[prefix.Length..]);
            }
            catch (UserErrorException error)
            {
                return Error(1, error.Message);
            }
        }

        return "";
    }

    /// <summary>A client has come: what the last one set is gone.</summary>
    public void Attach()
    {
        foreach (StopPoint point in _points.Values)
            _session.Points.Remove(point);

        _points.Clear();
        (NoAck, IsDetached, _takesText, _knowsSwbreak, _knowsHwbreak) = (false, false, false, false, false);
    }

    /// <summary>An error, as text where the client can show it.</summary>
    public string Error(int number, string text) => _takesText ? $"E.{text}" : $"E{number:x2}";

    private string Supported(string features)
    {
        string[] known = features.TrimStart(':').Split(';');
        (_takesText, _knowsSwbreak, _knowsHwbreak) = (known.Contains("error-message+"), known.Contains("swbreak+"), known.Contains("hwbreak+"));
        return $"PacketSize={GdbFraming.PacketBytes:x};QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;qXfer:memory-map:read+;"
            + "vContSupported+;ReverseStep+;ReverseContinue+;swbreak+;hwbreak+";
    }

    private string StartNoAck()
    {
        NoAck = true;
        return "OK";
    }

    // "OFFSET,LENGTH" of a text: l for its last part, m where more follows.
    private string Part(string text, string range)
    {
        string[] words = range.Split(',');
        if (words.Length != 2 || !Number(words[0], out ulong offset) || !Number(words[1], out ulong length))
            return Error(0, "a range is OFFSET,LENGTH");

        if (offset >= (ulong)text.Length)
            return "l";

        int count = (int)Math.Min(Math.Min(length, (ulong)text.Length - offset), GdbFraming.PacketBytes / 2);
        string part = text.Substring((int)offset, count);
        return (offset + (ulong)count < (ulong)text.Length ? "m" : "l") + part;
    }

    private string Threads() => new XElement("threads", AllThreads.Select(thread => new XElement(
        "thread", new XAttribute("id", Hex(thread)), new XAttribute("core", thread - 1), new XAttribute("name", $"core{thread - 1} {_session.Model.Running(thread - 1)}"),
        Extra(thread - 1)))).ToString(SaveOptions.DisableFormatting);

    private string Extra(int core)
    {
        string place = _session.PcOf(core) is { } pc ? _session.Model.Format(pc) ?? $"0x{pc:x}" : _session.Model.Doing(core) ?? "idle";
        return $"{_session.Model.Status(core)} [{place}]";
    }

    private string MemoryMap() => "<?xml version=\"1.0\"?><!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\" \"gdb-memory-map.dtd\">"
        + new XElement("memory-map", _session.Machine.Memory.Regions.Select(region => new XElement(
            "memory", new XAttribute("type", "ram"), new XAttribute("start", $"0x{region.Address:x}"), new XAttribute("length", $"0x{region.Length:x}"))))
            .ToString(SaveOptions.DisableFormatting);

    private string ChooseThread(string rest)
    {
        if (rest.Length < 2 || rest[0] is not ('g' or 'c'))
            return Error(1, "H takes g or c and a thread");

        // 0 is any thread, -1 all.
        bool isAny = rest[1..] is "0" or "-1";
        if (!isAny && Thread(rest[1..]) is null)
            return Error(1, "no such thread");

        int thread = isAny ? (rest[0] == 'g' ? _thread : _continued) : Thread(rest[1..])!.Value;
        if (rest[0] == 'c')
        {
            _continued = isAny ? _thread : thread;
        }
        else
        {
            _thread = thread;
            _session.SelectCore(thread - 1);
        }

        return "OK";
    }

    private int? Thread(string hex) =>
        Number(hex, out ulong thread) && thread >= 1 && thread <= (ulong)_session.Machine.Cores.Count ? (int)thread : null;

    private string WriteAll(string hex)
    {
        byte[] bytes = FromHex(hex);
        int at = 0, good = 0;
        for (int i = 0; i < _registers.All.Count && at + _registers.All[i].Bytes <= bytes.Length; at += _registers.All[i++].Bytes)
        {
            // What does not change is not written: each write is a step of the timeline.
            string now = _registers.Read(_thread - 1, i)!;
            string wanted = Convert.ToHexStringLower(bytes.AsSpan(at, _registers.All[i].Bytes));
            good += now == wanted || _registers.Write(_thread - 1, i, bytes.AsSpan(at)) ? 1 : 0;
        }

        Tell();
        return good > 0 ? "OK" : Error(1, "no register was given");
    }

    private string WriteOne(string rest)
    {
        string[] words = rest.Split('=', 2);
        if (words.Length != 2 || !Number(words[0], out ulong number) || number > int.MaxValue)
            return Error(1, "P takes NUMBER=VALUE");

        bool written = _registers.Write(_thread - 1, (int)number, FromHex(words[1]));
        Tell();
        return written ? "OK" : Error(1, "this register cannot be written here");
    }

    private string ReadMemory(string rest)
    {
        if (!Range(rest, out ulong address, out ulong length))
            return Error(1, "m takes ADDRESS,LENGTH");

        byte[] bytes = new byte[Math.Min(length, GdbFraming.PacketBytes / 2)];
        int mapped = _session.Read(address, bytes);
        return mapped == 0 && bytes.Length > 0 ? Error(14, "Cannot access memory") : Convert.ToHexStringLower(bytes.AsSpan(0, mapped));
    }

    private string WriteMemory(string rest, bool isHex)
    {
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Range(rest[..colon], out ulong address, out ulong length))
            return Error(1, "a write takes ADDRESS,LENGTH:DATA");

        byte[] bytes = isHex ? FromHex(rest[(colon + 1)..]) : Encoding.Latin1.GetBytes(rest[(colon + 1)..]);
        if ((ulong)bytes.Length != length)
            return Error(1, $"{length} bytes are announced and {bytes.Length} given");

        _session.Write(address, bytes);
        Tell();
        return "OK";
    }

    private string Insert(string rest)
    {
        if (_points.ContainsKey(Key(rest)))
            return "OK";
        if (!Point(rest, out char type, out ulong address, out int kind))
            return "";

        _points[Key(rest)] = type switch
        {
            '0' or '1' => _session.Points.Break($"*0x{address:x}", address, hidden: true),
            '2' => _session.Points.Watch(StopPointKind.Watch, "", address, kind, hidden: true),
            '3' => _session.Points.Watch(StopPointKind.ReadWatch, "", address, kind, hidden: true),
            _ => _session.Points.Watch(StopPointKind.AccessWatch, "", address, kind, hidden: true),
        };
        return "OK";
    }

    private string Remove(string rest)
    {
        if (!Point(rest, out char _, out ulong _, out int _))
            return "";
        if (_points.Remove(Key(rest), out StopPoint? point))
            _session.Points.Remove(point);

        return "OK";
    }

    private static string Key(string rest) => rest.Split(';')[0];

    private static bool Point(string rest, out char type, out ulong address, out int kind)
    {
        string[] words = Key(rest).Split(',');
        (type, address, kind) = ('\0', 0, 0);
        if (words.Length != 3 || words[0].Length != 1 || words[0][0] is < '0' or > '4' || !Number(words[1], out address) || !Number(words[2], out ulong length))
            return false;

        (type, kind) = (words[0][0], (int)Math.Min(length, 1 << 20));
        return true;
    }

    // "s:1;c", "c:2", "c": a step is of its thread alone; one thread's continue lets that core run alone; otherwise all run.
    private string Resume(string actions)
    {
        int only = 0;
        bool all = false;
        foreach (string action in actions.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = action.Split(':', 2);
            int? thread = words.Length == 1 || words[1] == "-1" ? null : Thread(words[1]) ?? (words[1] == "0" ? _continued : 0);
            if (thread == 0)
                return Error(1, "no such thread");

            switch (words[0].Length == 0 ? '\0' : words[0][0])
            {
                case 's' or 'S':
                    return Step(thread ?? _continued);
                case 'c' or 'C' when thread is null:
                    all = true;
                    break;
                case 'c' or 'C':
                    only = only == 0 ? thread!.Value : -1;
                    break;
                default:
                    return "";
            }
        }

        return only > 0 && !all
            ? Stopped(_session.Moves.StepCore(only - 1, long.MaxValue, Running()))
            : Stopped(_session.Moves.Continue(Running()));
    }

    private string Step(int thread) => Stopped(_session.Moves.StepCore(thread - 1));

    private string Stopped(DebugStop stop)
    {
        Tell();
        if (_stopsBeforeAccess && stop.Reason == StopReason.Watchpoint && _points.ContainsValue(stop.Hit!.Point))
            _session.Moves.GoTo(_session.Timeline.Position + (stop.IsBackwards ? 1 : -1));

        if (stop.Core >= 0)
            _thread = stop.Core + 1;

        _session.SelectCore(_thread - 1);
        _continued = _thread;
        int signal = stop.Reason switch
        {
            StopReason.Violation => SignalAbort,
            StopReason.Interrupted => SignalInterrupt,
            _ => SignalTrap,
        };
        string why = Why(stop);
        _stop = $"T{signal:x2}thread:{Hex(_thread)};core:{Hex(_thread - 1)};{why}";
        return _stop;
    }

    private string Why(DebugStop stop)
    {
        switch (stop.Reason)
        {
            case StopReason.Breakpoint when _points.ContainsValue(stop.Hit!.Point):
                bool isHard = _points.First(known => known.Value == stop.Hit.Point).Key[0] == '1';
                return isHard ? (_knowsHwbreak ? "hwbreak:;" : "") : _knowsSwbreak ? "swbreak:;" : "";
            case StopReason.Breakpoint:
                Say($"Breakpoint {stop.Hit!.Point.Number} of the REPL");
                return "";
            case StopReason.Watchpoint when stop.Hit!.Point.Length > 0:
                string kind = stop.Hit.Point.Kind switch
                {
                    StopPointKind.ReadWatch => "rwatch",
                    StopPointKind.AccessWatch => "awatch",
                    _ => "watch",
                };
                return $"{kind}:{stop.Hit.Point.Address:x};";
            case StopReason.Catchpoint:
                Say($"Catchpoint {stop.Hit!.Point.Number} ({stop.Hit.Message})");
                return "";
            case StopReason.Violation:
                Say($"violated {stop.Violation!.Property}: {stop.Violation.Message}");
                return "";
            case StopReason.End:
                Say("the run is over: nothing is enabled any more, and no property is violated");
                return "";
            case StopReason.Beginning:
                return "replaylog:begin;";
            case StopReason.Stuck:
                Say(stop.Message ?? "");
                return "";
            default:
                return "";
        }
    }

    private string Monitor(string hex)
    {
        var output = new StringWriter { NewLine = "\n" };
        TextWriter before = _shell.Out;
        Paint paint = _shell.Paint;
        (_shell.Out, _shell.Paint) = (output, new Paint(false));
        _shell.Cancel = Running();
        int timeline = _session.Timeline.Number;
        long position = _session.Timeline.Position;
        _shell.Execute(Encoding.UTF8.GetString(FromHex(hex)));
        (_shell.Out, _shell.Paint) = (before, paint);
        if (_shell.Session != _session)
            throw new UserErrorException("the session was replaced; connect again");

        _thread = _session.SelectedCore + 1;
        if ((timeline, position) != (_session.Timeline.Number, _session.Timeline.Position))
            output.WriteLine("(the machine has moved: 'maintenance flush register-cache' shows gdb its new state)");

        Say(output.ToString().TrimEnd('\n'));
        return "OK";
    }

    private string Detach()
    {
        IsDetached = true;
        return "OK";
    }

    private string Kill(string answer)
    {
        IsKilled = true;
        return answer;
    }

    private void Tell()
    {
        if (_session.TakeForkNotice() is { } notice)
            Say(notice);
    }

    private void Say(string text)
    {
        if (text.Length == 0)
            return;

        string line = text + "\n";
        for (int at = 0; at < line.Length; at += OutputChunk)
            Send("O" + ToHex(line.Substring(at, Math.Min(OutputChunk, line.Length - at))));
    }

    private static bool Range(string text, out ulong address, out ulong length)
    {
        string[] words = text.Split(',');
        (address, length) = (0, 0);
        return words.Length == 2 && Number(words[0], out address) && Number(words[1], out length);
    }

    private static bool Number(string hex, out ulong value) =>
        ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private static string Hex(int value) => value.ToString("x", CultureInfo.InvariantCulture);

    private static string ToHex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private static byte[] FromHex(string hex)
    {
        try
        {
            return Convert.FromHexString(hex);
        }
        catch (FormatException)
        {
            throw new UserErrorException("hex digits come in pairs");
        }
    }
}
