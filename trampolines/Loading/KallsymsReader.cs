using System.Buffers.Binary;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>Finds and reads the symbol table that a kernel carries for itself, without any symbol to start from.</summary>
/// <remarks>
/// scripts/kallsyms.c (6.12): write_src(); kernel/kallsyms.c (6.12): kallsyms_expand_symbol(), kallsyms_sym_address().
/// Three layouts are in use; they differ in the order of the tables and in how an address is stored.
/// </remarks>
internal ref struct KallsymsReader
{
    private const int FewestSymbols = 20_000;
    private const int MostSymbols = 600_000;
    private const int LargestTables = 12 << 20; // num_syms, names, markers and the 3-byte table, before the tokens
    private const int MostCandidates = 4096;    // places that look like the digits' tokens
    private const int LongestToken = 64;
    private const long MostNamesWalked = 50_000_000;
    private const long MostNameBytes = 64 << 20;

    private readonly InputBytes _file;
    private readonly ReadOnlySpan<byte> _data; // what is searched: read-only data of the image
    private readonly ulong _fileOffset;        // of _data in the file, for messages
    private readonly ulong _address;           // where _data is linked
    private readonly (ulong Start, ulong End) _image;
    private readonly Architecture _architecture;

    private int _tokens;                       // offset of token_table
    private int _tokenIndex;
    private int _count;
    private int _countAt;                      // offset of num_syms
    private int _names;
    private int _markersEnd;

    private KallsymsReader(InputBytes file, ulong fileOffset, int length, ulong address, (ulong Start, ulong End) image, Architecture architecture)
    {
        _file = file;
        _data = file.Slice(fileOffset, (ulong)length, "the symbol table");
        _fileOffset = fileOffset;
        _address = address;
        _image = image;
        _architecture = architecture;
    }

    /// <summary>Reads the table that lies somewhere in a range of the file.</summary>
    /// <param name="file">The unpacked image.</param>
    /// <param name="fileOffset">Where the range begins.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="address">Where its first byte is linked.</param>
    /// <param name="image">The addresses of the whole image; every symbol must lie between them (or be per-CPU).</param>
    /// <param name="architecture">Decides how layouts with a relative base store an address.</param>
    public static KernelSymbols Read(
        InputBytes file, ulong fileOffset, int length, ulong address, (ulong Start, ulong End) image, Architecture architecture)
    {
        var reader = new KallsymsReader(file, fileOffset, length, address, image, architecture);
        reader.FindTokens();
        reader.FindNames();
        ulong[] addresses = reader.ReadAddresses();
        byte[] names = reader.ExpandNames(out int[] starts);
        return new KernelSymbols(addresses, starts, names, image.End);
    }

    /// <summary>Finds token_table: the ten digits keep their own tokens, and token_index repeats where each token starts.</summary>
    private void FindTokens()
    {
        int from = 0;
        for (int candidate = 0; candidate < MostCandidates; candidate++)
        {
            int found = _data[from..].IndexOf("0\01\02\03\04\05\06\07\08\09\0"u8);
            if (found < 0)
                break;

            if (TokensAround(from + found))
                return;

            from += found + 1;
        }

        throw _file.Error("no symbol table (kallsyms) inside: was the kernel built with CONFIG_KALLSYMS?");
    }

    /// <summary>Tries the token table whose token '0' (number 48) is at <paramref name="digit"/>.</summary>
    private bool TokensAround(int digit)
    {
        int at = digit;
        for (int token = 47; token >= 1; token--) // to the beginning of token 1
        {
            int end = at - 1;
            if (end < 1 || _data[end] != 0)
                return false;

            int lowest = Math.Max(0, end - LongestToken);
            int zero = _data[lowest..end].LastIndexOf((byte)0);
            if (zero < 0)
                return false;

            at = lowest + zero + 1;
        }

        // Token 0 begins at some aligned place before; what is before it need not be zero.
        for (int start = (at - 2) & ~3; start >= 0 && start >= at - LongestToken; start -= 4)
        {
            if (IsTokenTable(start))
                return true;
        }

        return false;
    }

    private bool IsTokenTable(int start)
    {
        Span<ushort> starts = stackalloc ushort[256];
        int at = start;
        for (int token = 0; token < 256; token++)
        {
            starts[token] = (ushort)(at - start);
            int length = _data[at..Math.Min(_data.Length, at + LongestToken)].IndexOf((byte)0);
            if (length < 0)
                return false;

            at += length + 1;
        }

        int index = Align(at, 4);
        if (!IsTokenIndex(index, starts))
            index = Align(at, 8);
        if (!IsTokenIndex(index, starts))
            return false;

        _tokens = start;
        _tokenIndex = index;
        return true;
    }

    private readonly bool IsTokenIndex(int index, ReadOnlySpan<ushort> starts)
    {
        if (index + 512 > _data.Length)
            return false;

        for (int token = 0; token < 256; token++)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(_data[(index + 2 * token)..]) != starts[token])
                return false;
        }

        return true;
    }

    /// <summary>Finds num_syms and names: the only count behind which that many names end where the markers repeat their offsets.</summary>
    private void FindNames()
    {
        long budget = MostNamesWalked;
        int[] marked = new int[MostSymbols / 256 + 1];
        int markers = MarkersBeforeTokens();
        for (int at = Align(Math.Max(0, _tokens - LargestTables), 4); at < _tokens; at += 4)
        {
            uint count = BinaryPrimitives.ReadUInt32LittleEndian(_data[at..]);
            if (count is <= FewestSymbols or >= MostSymbols)
                continue;

            if (NamesBehind(at, (int)count, markers) is > 0 and int names && AreNames(names, (int)count, marked, ref budget))
            {
                _countAt = at;
                _count = (int)count;
                return;
            }

            if (budget < 0)
                break;
        }

        throw _file.Error(_fileOffset + (ulong)_tokens, "the symbol names (kallsyms_names) that belong to the tokens here are damaged");
    }

    /// <summary>
    /// Where names would begin if a count stood at an offset, or 0 when none can: tables at multiples of 8 have four zeros behind it;
    /// those at multiples of 4 have the markers right before the tokens, so that their number is known.
    /// </summary>
    private readonly int NamesBehind(int at, int count, int markers)
    {
        if ((at & 7) == 0 && BinaryPrimitives.ReadUInt32LittleEndian(_data[(at + 4)..]) == 0)
            return at + 8;

        return (count + 255) / 256 == markers ? at + 4 : 0;
    }

    /// <summary>How many words before the tokens fall, going back, down to 0: the markers, where they lie there.</summary>
    private readonly int MarkersBeforeTokens()
    {
        int at = _tokens - 4, count = 0;
        uint before = uint.MaxValue;
        for (; at >= 0 && count < MostSymbols / 256; at -= 4, count++)
        {
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(_data[at..]);
            if (value >= before)
                return 0;
            if (value == 0)
                return count + 1;

            before = value;
        }

        return 0;
    }

    private bool AreNames(int names, int count, int[] marked, ref long budget)
    {
        int at = names;
        for (int symbol = 0; symbol < count; symbol++)
        {
            if (symbol % 256 == 0)
                marked[symbol / 256] = at - names;
            if (--budget < 0 || !SkipName(ref at))
                return false;
        }

        int markers = (count + 255) / 256;
        return AreMarkers(Align(at, 4), marked.AsSpan(0, markers), names) || AreMarkers(Align(at, 8), marked.AsSpan(0, markers), names);
    }

    /// <summary>kernel/kallsyms.c (6.12): a length of one byte, or of two when the first has its top bit set.</summary>
    private readonly bool SkipName(ref int at)
    {
        if (at + 2 > _tokens)
            return false;

        int length = _data[at++];
        if ((length & 0x80) != 0)
            length = (length & 0x7f) | (_data[at++] << 7);

        at += length;
        return length != 0 && at <= _tokens;
    }

    private bool AreMarkers(int markers, ReadOnlySpan<int> marked, int names)
    {
        if (markers + 4 * marked.Length > _tokens)
            return false;

        for (int i = 0; i < marked.Length; i++)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(_data[(markers + 4 * i)..]) != marked[i])
                return false;
        }

        _names = names;
        _markersEnd = markers + 4 * marked.Length;
        return true;
    }

    /// <summary>Tries the layouts, in the order of their age. Wrong ones give addresses that fall or leave the image.</summary>
    private readonly ulong[] ReadAddresses()
    {
        // Up to 6.1: offsets, relative_base, num_syms. Its 3-byte table lies between the markers and the tokens.
        if (Align(_markersEnd, 8) != _tokens && _countAt >= 8 &&
            FromRelativeBase(Align(_countAt, 8) - 8 - Align(4 * _count, 8), Align(_countAt, 8) - 8) is { } oldest)
        {
            return oldest;
        }

        int after = _tokenIndex + 512;
        if (FromRelativeBase(Align(after, 8), Align(after, 8) + Align(4 * _count, 8)) is { } middle)
            return middle;

        return FromOwnPlace(Align(after, 4)) ?? throw _file.Error(
            _fileOffset + (ulong)_tokens, "the symbol addresses (kallsyms_offsets) that belong to the names here are damaged");
    }

    /// <summary>kernel/kallsyms.c (6.12): kallsyms_sym_address(); on amd64 with CONFIG_KALLSYMS_ABSOLUTE_PERCPU.</summary>
    private readonly ulong[]? FromRelativeBase(int offsets, int relativeBase)
    {
        if (offsets < 0 || relativeBase + 8 > _data.Length || offsets + 4 * _count > relativeBase)
            return null;

        ulong origin = BinaryPrimitives.ReadUInt64LittleEndian(_data[relativeBase..]);
        if (origin < _image.Start || origin > _image.End)
            return null;

        var addresses = new ulong[_count];
        for (int i = 0; i < _count; i++)
        {
            int offset = BinaryPrimitives.ReadInt32LittleEndian(_data[(offsets + 4 * i)..]);
            addresses[i] = _architecture == Architecture.X64
                ? offset >= 0 ? (ulong)offset : origin - 1 - (ulong)(long)offset
                : origin + (uint)offset;
        }

        return AreInOrder(addresses) ? addresses : null;
    }

    /// <summary>From 7.x on: each offset counts from its own place.</summary>
    private readonly ulong[]? FromOwnPlace(int offsets)
    {
        if (offsets + 4 * _count > _data.Length)
            return null;

        var addresses = new ulong[_count];
        for (int i = 0; i < _count; i++)
        {
            int at = offsets + 4 * i;
            addresses[i] = _address + (ulong)at + (ulong)(long)BinaryPrimitives.ReadInt32LittleEndian(_data[at..]);
        }

        return AreInOrder(addresses) ? addresses : null;
    }

    private readonly bool AreInOrder(ulong[] addresses)
    {
        ulong before = 0;
        foreach (ulong address in addresses)
        {
            bool isPerCpu = _architecture == Architecture.X64 && address <= int.MaxValue;
            if (address < before || (!isPerCpu && (address < _image.Start || address > _image.End)))
                return false;

            before = address;
        }

        return true;
    }

    /// <summary>All names one behind the other, each with its type letter first.</summary>
    private readonly byte[] ExpandNames(out int[] starts)
    {
        starts = new int[_count + 1];
        byte[] expanded = new byte[_count * 32];
        int to = 0, at = _names;
        for (int symbol = 0; symbol < _count; symbol++)
        {
            starts[symbol] = to;
            int length = _data[at++];
            if ((length & 0x80) != 0)
                length = (length & 0x7f) | (_data[at++] << 7);

            foreach (byte token in _data.Slice(at, length))
            {
                ReadOnlySpan<byte> text = Token(token);
                if (to + text.Length > expanded.Length)
                    Array.Resize(ref expanded, (int)Math.Min(2L * expanded.Length, MostNameBytes));
                if (!text.TryCopyTo(expanded.AsSpan(to)))
                    throw _file.Error(_fileOffset + (ulong)at, $"symbol names of more than {MostNameBytes} bytes in all");

                to += text.Length;
            }

            if (to == starts[symbol])
                throw _file.Error(_fileOffset + (ulong)at, "a symbol without a name");

            at += length;
        }

        starts[_count] = to;
        return expanded;
    }

    private readonly ReadOnlySpan<byte> Token(byte token)
    {
        ReadOnlySpan<byte> text = _data[(_tokens + BinaryPrimitives.ReadUInt16LittleEndian(_data[(_tokenIndex + 2 * token)..]))..];
        return text[..text.IndexOf((byte)0)];
    }

    private static int Align(int value, int alignment) => (value + alignment - 1) & -alignment;
}
