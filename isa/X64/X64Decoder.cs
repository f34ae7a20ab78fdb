using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>Bytes to <see cref="X64Operation"/> and <see cref="X64Insn"/>, over Iced's decoder.</summary>
public static class X64Decoder
{
    /// <summary>The longest instruction, in bytes.</summary>
    public const int MaxLength = 15;

    [ThreadStatic]
    private static Reader? _reader;

    /// <summary>
    /// The operation for bytes that ended before the instruction did. It raises <see cref="GuestEventKind.FetchFault"/> at the first
    /// missing byte; the instruction's length is the number of bytes that there were.
    /// </summary>
    public static X64Operation Incomplete { get; } = X64Operation.Of<IncompleteInstruction>();

    /// <summary>
    /// Decodes the instruction at <paramref name="rip"/> from the up to 15 bytes that can be fetched there. Never null and never throws:
    /// an encoding that is none gives an operation that raises <see cref="GuestEventKind.Undefined"/>, a valid one that is not modelled one
    /// that raises <see cref="GuestEventKind.NotModelled"/>, too few bytes <see cref="Incomplete"/>. Allocates nothing once warm.
    /// Left out: an opcode that is none, as the very last byte that can be fetched, counts as incomplete too; a processor may give either.
    /// </summary>
    public static X64Operation Decode(ReadOnlySpan<byte> bytes, ulong rip, out X64Insn insn)
    {
        DecodeIced(bytes, rip, out Instruction iced, out bool incomplete);
        if (incomplete)
        {
            insn = new X64Insn { Length = (byte)Math.Min(bytes.Length, MaxLength), Base = X64Insn.None, Index = X64Insn.None };
            return Incomplete;
        }

        X64Shape shape = X64Lowering.Lower(iced, out insn);
        return X64Table.Find(iced.Code, shape);
    }

    /// <summary>Whether a decoded instruction has semantics: false for bytes that are none, and for what is left out.</summary>
    public static bool IsModelled(X64Operation operation, in X64Insn insn) =>
        operation != Incomplete && operation != X64Table.NotModelled && insn.Code != (ushort)Code.INVALID;

    /// <summary>Iced's instruction. <paramref name="incomplete"/>: it ends behind the last byte.</summary>
    internal static void DecodeIced(ReadOnlySpan<byte> bytes, ulong rip, out Instruction iced, out bool incomplete)
    {
        Reader reader = _reader ??= new Reader();
        incomplete = !reader.Decode(bytes, rip, out iced);
    }

    /// <summary>Feeds Iced's decoder from a copy of the bytes, so that one decoder serves every call of a thread.</summary>
    private sealed class Reader : CodeReader
    {
        private readonly byte[] _bytes = new byte[MaxLength];
        private readonly Decoder _decoder;
        private int _next, _end;

        public Reader() => _decoder = Decoder.Create(64, this);

        public bool Decode(ReadOnlySpan<byte> bytes, ulong rip, out Instruction iced)
        {
            _next = 0;
            _end = Math.Min(bytes.Length, MaxLength);
            bytes[.._end].CopyTo(_bytes);
            _decoder.IP = rip;
            _decoder.Decode(out iced);
            return _decoder.LastError != DecoderError.NoMoreBytes;
        }

        public override int ReadByte() => _next < _end ? _bytes[_next++] : -1;
    }
}
