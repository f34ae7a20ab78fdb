using System.Buffers.Binary;

namespace RcuEmu.Trampolines.Loading;

/// <summary>The LZ4 legacy frame: a magic number, then blocks of (u32 length, LZ4 block), each of up to 8 MiB unpacked.</summary>
internal static class Lz4Legacy
{
    /// <summary>The frame's first four bytes, as a little-endian number.</summary>
    public const uint Magic = 0x184c2102;

    /// <summary>Unpacks a frame. Gives the number of bytes written, or -1 for a malformed one or one that does not fit.</summary>
    public static int Unpack(ReadOnlySpan<byte> frame, Span<byte> output)
    {
        int read = 4, written = 0;
        while (read + 4 <= frame.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(frame[read..]);
            read += 4;
            if (length == 0 || length > (uint)(frame.Length - read))
                return -1;

            int block = UnpackBlock(frame.Slice(read, (int)length), output, written);
            if (block < 0)
                return -1;

            written = block;
            read += (int)length;
        }

        return written;
    }

    /// <summary>Unpacks one block behind the first <paramref name="to"/> bytes of the output; gives the new end, or -1.</summary>
    /// <remarks>LZ4 block format: a token, literals, a 16-bit distance, the length of a match; the last sequence has literals only.</remarks>
    private static int UnpackBlock(ReadOnlySpan<byte> block, Span<byte> output, int to)
    {
        int start = to, at = 0;
        while (at < block.Length)
        {
            int token = block[at++];
            int literals = Length(block, ref at, token >> 4);
            if (literals < 0 || literals > block.Length - at || literals > output.Length - to)
                return -1;

            block.Slice(at, literals).CopyTo(output[to..]);
            at += literals;
            to += literals;
            if (at == block.Length)
                return to;
            if (at + 2 > block.Length)
                return -1;

            int distance = BinaryPrimitives.ReadUInt16LittleEndian(block[at..]);
            at += 2;
            int match = Length(block, ref at, token & 15) + 4;
            if (match < 4 || distance == 0 || distance > to - start || match > output.Length - to)
                return -1;

            CopyMatch(output, to, distance, match);
            to += match;
        }

        return -1;
    }

    /// <summary>A length: four bits, and when they are all ones, further bytes up to one that is not 255. -1 when malformed.</summary>
    private static int Length(ReadOnlySpan<byte> block, ref int at, int length)
    {
        if (length != 15)
            return length;

        byte more;
        do
        {
            if (at == block.Length || length > int.MaxValue - 512)
                return -1;

            more = block[at++];
            length += more;
        }
        while (more == 255);
        return length;
    }

    /// <summary>Copies a match, which may overlap its own result: then it repeats with period <paramref name="distance"/>.</summary>
    private static void CopyMatch(Span<byte> output, int to, int distance, int length)
    {
        int from = to - distance;
        while (length > 0)
        {
            int piece = Math.Min(length, to - from);
            output.Slice(from, piece).CopyTo(output[to..]);
            to += piece;
            length -= piece;
        }
    }
}
