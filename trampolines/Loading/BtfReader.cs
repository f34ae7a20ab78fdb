using System.Buffers.Binary;
using System.Text;

namespace RcuEmu.Trampolines.Loading;

/// <summary>What a BTF type is. Documentation/bpf/btf.rst (6.12), "Type Encoding".</summary>
internal enum BtfKind
{
    Void = 0,
    Int = 1,
    Pointer = 2,
    Array = 3,
    Struct = 4,
    Union = 5,
    Enum = 6,
    Forward = 7,
    Typedef = 8,
    Volatile = 9,
    Const = 10,
    Restrict = 11,
    Function = 12,
    Prototype = 13,
    Variable = 14,
    DataSection = 15,
    Float = 16,
    DeclarationTag = 17,
    TypeTag = 18,
    Enum64 = 19,
}

/// <summary>One BTF type as it stands in the file: struct btf_type.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="NameOffset">Of its name in the string section; 0 for none.</param>
/// <param name="Flag">kind_flag: bit-field members, signed enumerators.</param>
/// <param name="Entries">vlen: members, enumerators or parameters.</param>
/// <param name="SizeOrType">Bytes, or the number of the type it is made from.</param>
/// <param name="Tail">Offset of what follows, in the file.</param>
internal readonly record struct BtfType(BtfKind Kind, uint NameOffset, bool Flag, int Entries, int SizeOrType, int Tail);

/// <summary>The two sections of a BTF blob, every access checked.</summary>
internal sealed class BtfReader : INamed
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderLength = 24;
    private const int MostTypes = 1_000_000;
    private const int LongestName = 512;

    /// <summary>Bytes behind the 12 common ones, by kind: fixed, and for each entry; -1 for a kind that does not exist.</summary>
    private static readonly (int Fixed, int PerEntry)[] Tails =
    [
        (-1, 0), (4, 0), (0, 0), (12, 0), (0, 12), (0, 12), (0, 8), (0, 0), (0, 0), (0, 0),
        (0, 0), (0, 0), (0, 0), (0, 8), (4, 0), (0, 12), (0, 0), (4, 0), (0, 0), (0, 12),
    ];

    private readonly InputBytes _file;
    private readonly int _strings;
    private readonly int _stringsEnd;
    private readonly int[] _types;

    public BtfReader(InputBytes file)
    {
        _file = file;
        if (file.U16(0, "the BTF magic") != Magic || file.Slice(2, 1, "the BTF version")[0] != 1)
            throw file.Error(0, "not BTF of version 1");

        ulong header = file.U32(4, "the BTF header length");
        ulong types = header + file.U32(8, "type_off"), typesLength = file.U32(12, "type_len");
        ulong strings = header + file.U32(16, "str_off"), stringsLength = file.U32(20, "str_len");
        if (header < HeaderLength)
            throw file.Error(4, $"a BTF header of {header} bytes");

        _ = file.Slice(types, typesLength, "the BTF types");
        _ = file.Slice(strings, stringsLength, "the BTF strings");
        (_strings, _stringsEnd) = ((int)strings, (int)(strings + stringsLength));
        _types = Walk((int)types, (int)(types + typesLength));
    }

    /// <summary>How many types there are, <c>void</c> (number 0) included.</summary>
    public int Count => _types.Length;

    /// <summary>Whether BTF as a kernel carries it begins here: types first, strings right behind.</summary>
    public static bool BeginsAt(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < HeaderLength || !bytes.StartsWith((ReadOnlySpan<byte>)[0x9f, 0xeb, 1, 0, HeaderLength, 0, 0, 0, 0, 0, 0, 0]))
            return false;

        uint typesLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]), strings = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        long end = HeaderLength + (long)strings + BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        length = (int)Math.Min(end, int.MaxValue);
        return typesLength == strings && end <= bytes.Length;
    }

    /// <summary>The type of this number; <c>void</c> for 0.</summary>
    public BtfType this[int number]
    {
        get
        {
            if (number == 0)
                return default;
            if ((uint)number >= (uint)_types.Length)
                throw _file.Error($"BTF refers to type {number}, there are {_types.Length}");

            int at = _types[number];
            uint info = U32(at + 4);
            return new BtfType((BtfKind)((info >> 24) & 31), U32(at), info >> 31 != 0, (int)(info & 0xffff), (int)U32(at + 8), at + 12);
        }
    }

    /// <summary>A word behind a type: <paramref name="offset"/> is one in the file, from <see cref="BtfType.Tail"/> on.</summary>
    public uint U32(int offset) => _file.U32((ulong)offset, "a BTF type");

    /// <summary>The name at an offset of the string section.</summary>
    public string Name(uint offset) => Encoding.Latin1.GetString(NameBytes(offset));

    /// <summary>Whether the name at an offset of the string section is this one.</summary>
    public bool NameIs(uint offset, ReadOnlySpan<byte> name) => NameBytes(offset).SequenceEqual(name);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> NameAt(int index) => index == 0 ? "void"u8 : NameBytes(U32(_types[index]));

    private ReadOnlySpan<byte> NameBytes(uint offset)
    {
        if (offset >= (uint)(_stringsEnd - _strings))
            throw _file.Error((ulong)_strings, $"BTF strings end before 0x{offset:x}");

        int start = _strings + (int)offset;
        ReadOnlySpan<byte> rest = _file.Span[start..Math.Min(_stringsEnd, start + LongestName)];
        int end = rest.IndexOf((byte)0);
        return end >= 0 ? rest[..end] : throw _file.Error((ulong)start, $"a BTF name of more than {LongestName} bytes");
    }

    private int[] Walk(int start, int end)
    {
        var types = new List<int> { start };
        for (int at = start; at < end;)
        {
            if (types.Count > MostTypes)
                throw _file.Error((ulong)at, $"more than {MostTypes} BTF types");

            types.Add(at);
            uint info = U32(at + 4);
            int kind = (int)((info >> 24) & 31);
            if (kind >= Tails.Length || Tails[kind].Fixed < 0)
                throw _file.Error((ulong)at + 4, $"BTF kind {kind}: kinds 1 to {Tails.Length - 1} are known");

            at += 12 + Tails[kind].Fixed + Tails[kind].PerEntry * (int)(info & 0xffff);
            if (at > end)
                throw _file.Error((ulong)at, "the last BTF type is cut off");
        }

        return [.. types];
    }
}
