using System.Text;
using RcuEmu.Tools.Debugging.Gdb;

namespace RcuEmu.Tools.Tests.Debugging;

public class GdbFramingTests
{
    // Checksums by hand: the sum of the characters, modulo 256. GDB manual, "Overview" of the remote protocol.
    [Theory]
    [InlineData("$OK#9a", "OK")]
    [InlineData("$#00", "")]
    [InlineData("+$g#67", "g")]
    [InlineData("noise$g#67", "g")]
    [InlineData("$g$g#67", "g")]           // cut off, then whole
    [InlineData("$a}\u0003b#43", "a#b")]   // } escapes the character xor 0x20
    public void A_packet_comes_out_whole(string bytes, string data)
    {
        GdbInput input = Assert.Single(Inputs(new GdbFraming(), bytes));
        Assert.Equal((GdbInputKind.Packet, data), (input.Kind, input.Data));
    }

    [Theory]
    [InlineData("$g#68")]
    [InlineData("$g#zz")]
    [InlineData("$g#6")]   // the second digit is the next packet's beginning
    public void A_wrong_checksum_is_told(string bytes) =>
        Assert.Equal(GdbInputKind.Damaged, Inputs(new GdbFraming(), bytes + "$")[0].Kind);

    [Fact]
    public void Without_acknowledgements_checksums_are_not_looked_at() =>
        Assert.Equal(GdbInputKind.Packet, Assert.Single(Inputs(new GdbFraming { NoAck = true }, "$g#00")).Kind);

    [Fact]
    public void A_packet_that_is_too_long_takes_no_more_memory_and_is_told()
    {
        string data = new('a', 3 * GdbFraming.PacketBytes);
        int sum = data.Sum(c => c) & 0xff;
        Assert.Equal(GdbInputKind.Oversize, Assert.Single(Inputs(new GdbFraming(), $"${data}#{sum:x2}")).Kind);
    }

    [Fact]
    public void Ctrl_C_and_a_request_to_send_again_are_told_and_acknowledgements_are_not() =>
        Assert.Equal(
            [GdbInputKind.Interrupt, GdbInputKind.Again],
            Inputs(new GdbFraming(), "+\u0003+-+").Select(input => input.Kind));

    [Theory]
    [InlineData("OK", "$OK#9a")]
    [InlineData("a#b", "$a}\u0003b#43")]
    [InlineData("", "$#00")]
    public void A_reply_is_framed(string data, string bytes) =>
        Assert.Equal(bytes, Encoding.Latin1.GetString(GdbFraming.Frame(data)));

    [Fact]
    public void No_bytes_make_it_fail()
    {
        var random = new Random(3);
        var framing = new GdbFraming();
        byte[] likely = [.. "$#}+-*\u0003gmM0123,:;"u8];
        for (int i = 0; i < 1_000_000; i++)
            framing.Take(random.Next(2) == 0 ? likely[random.Next(likely.Length)] : (byte)random.Next(256), out GdbInput _);
    }

    private static List<GdbInput> Inputs(GdbFraming framing, string bytes)
    {
        var inputs = new List<GdbInput>();
        foreach (byte value in Encoding.Latin1.GetBytes(bytes))
        {
            if (framing.Take(value, out GdbInput input))
                inputs.Add(input);
        }

        return inputs;
    }
}
