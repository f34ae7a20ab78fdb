using System.Text;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Frames put together by hand from the LZ4 block format: token, literals, distance, length of the match less 4.</summary>
public class Lz4LegacyTests
{
    // 3 literals "abc", a match of 9 at distance 3 (it repeats itself), then "!" alone.
    private static readonly byte[] Repeating = [0x35, (byte)'a', (byte)'b', (byte)'c', 3, 0, 0x10, (byte)'!'];

    [Fact]
    public void A_match_may_overlap_what_it_writes() => Assert.Equal("abcabcabcabc!", Unpack(13, Repeating));

    [Fact]
    public void Blocks_follow_each_other() => Assert.Equal("abcabcabcabc!abcabcabcabc!", Unpack(26, Repeating, Repeating));

    // 15 + 255 + 0 literals; then 15 + 1 + 4 bytes at distance 1.
    [Fact]
    public void Long_lengths_go_on_in_further_bytes()
    {
        byte[] block = [0xff, 255, 0, .. Enumerable.Repeat((byte)'x', 270), 1, 0, 1, 0x10, (byte)'y'];

        Assert.Equal(new string('x', 290) + "y", Unpack(291, block));
    }

    [Theory]
    [InlineData(new byte[] { 0x35, 1, 2, 3, 4, 0, 0x10, 9 })]  // a distance before the block's start
    [InlineData(new byte[] { 0x35, 1, 2, 3, 0, 0, 0x10, 9 })]  // no distance
    [InlineData(new byte[] { 0x35, 1, 2, 3, 3 })]              // half a distance
    [InlineData(new byte[] { 0x35, 1, 2, 3, 3, 0 })]           // no literals at the end
    [InlineData(new byte[] { 0x50, 1, 2 })]                    // fewer literals than said
    [InlineData(new byte[] { 0xf0, 255, 255 })]                // a length without its end
    [InlineData(new byte[] { 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 })] // more than there is room for
    public void A_malformed_block_is_refused(byte[] block) => Assert.Null(Unpack(13, block));

    [Fact]
    public void A_match_does_not_reach_into_the_block_before()
    {
        byte[] reaching = [0x15, (byte)'z', 3, 0, 0x10, (byte)'!'];

        Assert.Null(Unpack(64, Repeating, reaching));
    }

    private static string? Unpack(int room, params byte[][] blocks)
    {
        byte[] frame = [0x02, 0x21, 0x4c, 0x18, .. blocks.SelectMany(block => (byte[])[.. BitConverter.GetBytes(block.Length), .. block])];
        byte[] output = new byte[room];
        int written = Lz4Legacy.Unpack(frame, output);
        return written < 0 ? null : Encoding.ASCII.GetString(output, 0, written);
    }
}
