using System.Buffers.Binary;
using System.Text;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>The three layouts of the table, by scripts/kallsyms.c (6.1, 6.12, 7.2): write_src().</summary>
internal enum KallsymsLayout
{
    OffsetsFirst,
    OffsetsLast,
    OwnPlace,
}

/// <summary>Writes a kernel's own symbol table for made-up symbols.</summary>
internal static class SyntheticKallsyms
{
    /// <summary>The bytes of the table, to lie at <paramref name="address"/>. Symbols must be in address order.</summary>
    public static byte[] Write(
        IReadOnlyList<(ulong Address, string Name)> symbols, KallsymsLayout layout, ulong address, ulong relativeBase, bool perCpuAbsolute)
    {
        int alignment = layout == KallsymsLayout.OwnPlace ? 4 : 8;
        var table = new List<byte>();
        int Align()
        {
            while (table.Count % alignment != 0)
                table.Add(0);
            return table.Count;
        }

        void U32(uint value) => table.AddRange(BitConverter.GetBytes(value));
        void Offsets()
        {
            int start = Align();
            for (int i = 0; i < symbols.Count; i++)
                U32(Offset(symbols[i].Address, address + (ulong)(start + 4 * i)));
        }

        uint Offset(ulong target, ulong place) => layout == KallsymsLayout.OwnPlace ? (uint)(target - place)
            : !perCpuAbsolute ? (uint)(target - relativeBase)
            : target <= int.MaxValue ? (uint)target : (uint)(relativeBase - 1 - target);

        if (layout == KallsymsLayout.OffsetsFirst)
        {
            Offsets();
            Align();
            table.AddRange(BitConverter.GetBytes(relativeBase));
        }

        Align();
        U32((uint)symbols.Count);
        Align();
        uint[] markers = Names(table, symbols);
        Align();
        foreach (uint marker in markers)
            U32(marker);
        if (layout == KallsymsLayout.OffsetsFirst)
            Sequence();
        Align();
        Tokens(table, alignment);
        if (layout != KallsymsLayout.OffsetsFirst)
        {
            Offsets();
            Align();
            if (layout == KallsymsLayout.OffsetsLast)
                table.AddRange(BitConverter.GetBytes(relativeBase));
            Sequence();
        }

        return [.. table];

        void Sequence()
        {
            Align();
            for (int i = 0; i < symbols.Count; i++)
                table.AddRange((ReadOnlySpan<byte>)[(byte)(i >> 16), (byte)(i >> 8), (byte)i]);
        }
    }

    /// <summary>Each name: a length, then tokens. "t_" is token 1, every other character its own; long names need two length bytes.</summary>
    private static uint[] Names(List<byte> table, IReadOnlyList<(ulong Address, string Name)> symbols)
    {
        int start = table.Count;
        var markers = new List<uint>();
        for (int i = 0; i < symbols.Count; i++)
        {
            if (i % 256 == 0)
                markers.Add((uint)(table.Count - start));

            byte[] text = [.. Encoding.ASCII.GetBytes("t" + symbols[i].Name)];
            byte[] tokens = text.AsSpan().StartsWith("t_"u8) ? [1, .. text[2..]] : text;
            if (tokens.Length >= 0x80)
                table.Add((byte)(0x80 | (tokens.Length & 0x7f)));
            table.Add((byte)(tokens.Length >= 0x80 ? tokens.Length >> 7 : tokens.Length));
            table.AddRange(tokens);
        }

        return [.. markers];
    }

    private static void Tokens(List<byte> table, int alignment)
    {
        int start = table.Count;
        byte[] index = new byte[512];
        for (int token = 0; token < 256; token++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(index.AsSpan(2 * token), (ushort)(table.Count - start));
            string text = token == 1 ? "t_" : token is > 32 and < 127 ? ((char)token).ToString() : "x" + token;
            table.AddRange(Encoding.ASCII.GetBytes(text));
            table.Add(0);
        }

        while (table.Count % alignment != 0)
            table.Add(0);
        table.AddRange(index);
    }
}
