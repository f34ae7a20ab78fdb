using System.Globalization;
using System.Text;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Tools.Debugging;
using RcuEmu.Tools.Debugging.Gdb;

namespace RcuEmu.Tools.Tests.Debugging;

public sealed class GdbStubTests : IDisposable
{
    private readonly DebugShell _shell = new(Sessions.AtViolation("x86-64/free-without-tasks-rcu"), new Paint(false), TextWriter.Null);
    private readonly GdbStub _stub;
    private readonly StringBuilder _said = new();

    public GdbStubTests() => _stub = new GdbStub(_shell)
    {
        Send = packet => _said.Append(Encoding.UTF8.GetString(Convert.FromHexString(packet[1..]))),
    };

    public void Dispose() => _shell.Dispose();

    private DebugSession Session => _shell.Session;

    private ulong Traced => Session.Model.Find("traced")!.Value;

    // What gdb-multiarch 13.1 sends when it attaches, in its order.
    [Fact]
    public void Everything_that_gdb_asks_when_it_attaches_is_answered()
    {
        Assert.Contains("ReverseStep+;ReverseContinue+", _stub.Answer("qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+"), StringComparison.Ordinal);
        Assert.Equal("", _stub.Answer("vMustReplyEmpty"));
        Assert.Equal("OK", _stub.Answer("QStartNoAckMode"));
        Assert.True(_stub.NoAck);
        Assert.Equal("OK", _stub.Answer("Hg0"));
        Assert.StartsWith("l<?xml", _stub.Answer("qXfer:features:read:target.xml:0,3fff"), StringComparison.Ordinal);
        Assert.Contains("name=\"core0 worker\"", _stub.Answer("qXfer:threads:read::0,3fff"), StringComparison.Ordinal);
        Assert.StartsWith("l<?xml", _stub.Answer("qXfer:memory-map:read::0,3fff"), StringComparison.Ordinal);
        Assert.Equal(("m1,2", "l"), (_stub.Answer("qfThreadInfo"), _stub.Answer("qsThreadInfo")));
        Assert.Equal("", _stub.Answer("qTStatus"));
        Assert.Equal("1", _stub.Answer("qAttached"));
        Assert.StartsWith("T05thread:", _stub.Answer("?"), StringComparison.Ordinal);
        Assert.Equal("OK", _stub.Answer("Hc-1"));
        Assert.Equal("vCont;c;C;s;S", _stub.Answer("vCont?"));
    }

    // Parts of a text as gdb fetches it: m while more follows, l for the last.
    [Fact]
    public void A_long_text_is_given_in_parts()
    {
        string whole = _stub.Answer("qXfer:features:read:target.xml:0,3fff")[1..];
        var parts = new StringBuilder();
        for (int at = 0; ; at += 100)
        {
            string part = _stub.Answer($"qXfer:features:read:target.xml:{at:x},64");
            parts.Append(part[1..]);
            if (part[0] == 'l')
                break;
        }

        Assert.Equal(whole, parts.ToString());
        Assert.Equal("l", _stub.Answer("qXfer:features:read:target.xml:fffff,64"));
    }

    [Fact]
    public void Breakpoints_are_not_in_memory()
    {
        string before = _stub.Answer($"m{Traced:x},10");
        Assert.Equal("OK", _stub.Answer($"Z0,{Traced:x},1"));
        Assert.Equal("OK", _stub.Answer($"Z1,{Traced:x},1"));
        Assert.Equal(before, _stub.Answer($"m{Traced:x},10"));
        Assert.Equal("OK", _stub.Answer($"z0,{Traced:x},1"));
    }

    [Fact]
    public void A_watched_callsite_is_traced_back_to_the_core_that_patched_it()
    {
        Assert.Equal("OK", _stub.Answer($"Z2,{Traced:x},4"));
        Assert.Equal($"T05thread:2;core:1;watch:{Traced:x};", _stub.Answer("bc"));
        Assert.Equal($"T05thread:2;core:1;watch:{Traced:x};", _stub.Answer("bc"));
    }

    [Fact]
    public void Going_back_ends_at_the_beginning()
    {
        Assert.Contains("replaylog:begin;", _stub.Answer("bc"), StringComparison.Ordinal);
        Assert.Equal(0, Session.Timeline.Position);
        Assert.Contains("replaylog:begin;", _stub.Answer("bs"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_beside_a_continue_moves_one_core()
    {
        _stub.Answer("bc");
        ulong before = Session.PcOf(0)!.Value;
        Assert.Equal("T05thread:1;core:0;", _stub.Answer("vCont;s:1;c"));
        Assert.Equal(1, Session.Timeline.Position);
        Assert.NotEqual(before, Session.PcOf(0));
    }

    [Fact]
    public void A_violation_stops_with_a_signal_of_its_own_and_says_which()
    {
        _stub.Answer("bc");
        Assert.StartsWith("T06thread:1;", _stub.Answer("vCont;c"), StringComparison.Ordinal);
        Assert.Contains("violated no-freed-text: worker executes probe.trampoline", _said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_in_the_past_begins_another_timeline_and_says_so()
    {
        _stub.Answer("bs");
        Assert.Equal("OK", _stub.Answer("Hg1"));
        Assert.Equal("OK", _stub.Answer("P0=3412000000000000"));
        Assert.StartsWith("3412000000000000", _stub.Answer("g"), StringComparison.Ordinal);
        Assert.Contains("timeline 2 begins here", _said.ToString(), StringComparison.Ordinal);
        Assert.Equal("OK", _stub.Answer($"M{Session.Model.Find("probe"):x},2:abcd"));
        Assert.Equal("abcd", _stub.Answer($"m{Session.Model.Find("probe"):x},2"));
    }

    [Fact]
    public void Monitor_does_what_the_REPL_does()
    {
        Assert.Equal("OK", _stub.Answer("qRcmd," + Convert.ToHexStringLower("info cores"u8)));
        Assert.Contains("worker", _said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_is_a_number_unless_the_client_takes_text()
    {
        Assert.Equal("E01", _stub.Answer("Hg9"));
        _stub.Answer("qSupported:error-message+");
        Assert.Equal("E.no such thread", _stub.Answer("Hg9"));
    }

    // Nothing here is what gdb sends. An answer there must be: empty for what is not known.
    [Theory]
    [InlineData("")]
    [InlineData("vCont;")]
    [InlineData("vCont;q")]
    [InlineData("vCont;s:99")]
    [InlineData("m")]
    [InlineData("m,")]
    [InlineData("m0,ffffffffffffffff")]
    [InlineData("mffffffffffffffff,ffffffffffffffff")]
    [InlineData("M0,4:zz")]
    [InlineData("M0,4:00")]
    [InlineData("X0,ffffffffffffffff:")]
    [InlineData("P")]
    [InlineData("Pffff=00")]
    [InlineData("P0=")]
    [InlineData("G")]
    [InlineData("Gzz")]
    [InlineData("p-1")]
    [InlineData("Z9,0,0")]
    [InlineData("Z0")]
    [InlineData("Z2,0,ffffffffffffffff")]
    [InlineData("H")]
    [InlineData("Hx1")]
    [InlineData("Tzzz")]
    [InlineData("qRcmd,zz")]
    [InlineData("qRcmd,ff")]
    [InlineData("qXfer:features:read:target.xml:")]
    [InlineData("qXfer:features:read:target.xml:-1,-1")]
    [InlineData("qXfer:features:read:other.xml:0,1")]
    [InlineData("qThreadExtraInfo,")]
    [InlineData("QUnheardOf")]
    public void Hostile_packets_get_an_error_or_the_empty_answer(string packet)
    {
        string answer = _stub.Answer(packet);
        Assert.True(answer.Length == 0 || answer[0] is 'E' or 'T' || answer is "OK" or "l", answer);
    }

    [Fact]
    public void No_packet_makes_the_stub_fail()
    {
        var random = new Random(5);
        string[] beginnings = ["m", "M", "X", "g", "G", "p", "P", "Z0,", "z1,", "Z2,", "H", "T", "vCont;", "qXfer:", "q", "bs", "s", "?", "qThreadExtraInfo,"];
        for (int i = 0; i < 20_000; i++)
        {
            var packet = new StringBuilder(beginnings[random.Next(beginnings.Length)]);
            for (int n = random.Next(12); n > 0; n--)
                packet.Append("0123456789abcdef,:;=#\u00ff"[random.Next(22)]);

            string text = packet.ToString();
            Assert.NotNull(_stub.Answer(text));
        }

        Assert.Equal("1", _stub.Answer("qAttached"));
    }

    // The order of the g packet is that of target.xml: 31 x 8 bytes, sp, pc, 4 bytes of cpsr on arm64 (GDB manual, "AArch64 Features").
    [Fact]
    public void The_registers_of_arm64_lie_where_its_description_says()
    {
        using var shell = new DebugShell(Sessions.Of("arm64/free-without-tasks-rcu"), new Paint(false), TextWriter.Null);
        var stub = new GdbStub(shell);
        string registers = stub.Answer("g");
        string pc = Little(shell.Session.PcOf(0)!.Value);
        Assert.Equal(pc, registers.Substring(32 * 16, 16));
        Assert.Equal(registers.Substring(31 * 16, 16), Little(shell.Session.Machine.Engine.ReadRegister(shell.Session.ContextOf(0)!, "sp")));
        Assert.Equal(pc, stub.Answer("p20"));
    }

    private static string Little(ulong value) =>
        string.Concat(BitConverter.GetBytes(value).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
}
