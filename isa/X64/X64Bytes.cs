using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>Encodes one instruction at a time with Iced and puts its prefixes in the order of GNU as.</summary>
internal sealed class X64Bytes
{
    private readonly Writer _writer = new();
    private readonly Encoder _encoder;
    private readonly List<byte> _bytes = [];

    /// <summary>Makes an encoder for 64-bit mode.</summary>
    public X64Bytes() => _encoder = Encoder.Create(64, _writer);

    /// <summary>The length of the last instruction.</summary>
    public int Length => _bytes.Count;

    /// <summary>How many bytes of the last instruction came from the prefixes of the text; REX bits go into a REX that is there.</summary>
    public int ExtraBytes { get; private set; }

    /// <summary>Encodes. Returns the encoder's complaint, or null.</summary>
    public string? TryEncode(in Instruction instruction, ulong address, byte[] prefixes)
    {
        _writer.Bytes.Clear();
        _bytes.Clear();
        if (!_encoder.TryEncode(instruction, address, out _, out string? problem))
            return problem;
        Arrange(prefixes);
        return null;
    }

    /// <summary>True if the last bytes are one whole instruction of that form: an operand-size or address-size prefix can change it.</summary>
    public bool IsOne(Code code)
    {
        Instruction read = Decoder.Create(64, _bytes.ToArray()).Decode();
        return !read.IsInvalid && read.Length == _bytes.Count && (read.Code == code || read.Mnemonic == code.Mnemonic());
    }

    /// <summary>Copies the last instruction.</summary>
    public void CopyTo(Span<byte> into) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes).CopyTo(into);

    // gas/config/tc-i386.c (2.40) keeps one place for each group of prefixes and writes them in this order.
    private static int Group(byte prefix) => prefix switch
    {
        0x9b => 0,
        0x26 or 0x2e or 0x36 or 0x3e or 0x64 or 0x65 => 1,
        0x67 => 2,
        0x66 => 3,
        0xf2 or 0xf3 => 4,
        0xf0 => 5,
        _ => 6,
    };

    private void Arrange(byte[] prefixes)
    {
        List<byte> encoded = _writer.Bytes;
        int count = 0;
        while (count < encoded.Count && Group(encoded[count]) < 6)
            count++;
        if (count == encoded.Count) // WAIT alone
            count--;
        byte rex = 0;
        foreach (byte prefix in prefixes)
            rex |= (prefix & 0xf0) == 0x40 ? prefix : (byte)0;

        _bytes.AddRange(encoded.Take(count).Concat(prefixes.Where(prefix => (prefix & 0xf0) != 0x40)).OrderBy(Group));
        if (rex != 0)
        {
            if ((encoded[count] & 0xf0) == 0x40)
                rex |= encoded[count++];
            _bytes.Add(rex);
        }

        for (int i = count; i < encoded.Count; i++)
            _bytes.Add(encoded[i]);
        ExtraBytes = _bytes.Count - encoded.Count;
    }

    private sealed class Writer : CodeWriter
    {
        public List<byte> Bytes { get; } = [];

        public override void WriteByte(byte value) => Bytes.Add(value);
    }
}
