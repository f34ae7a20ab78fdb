using System.Buffers.Binary;
using System.Text;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>The smallest relocatable objects, made byte by byte from the System V ABI: needs no assembler.</summary>
internal static class SyntheticObject
{
    public const ushort X64 = 62, Arm64 = 183;
    private const int Headers = 0x200, TextAt = 0x40, RelaAt = 0x80, SymbolsAt = 0xe0, StringsAt = 0x140;

    /// <summary>
    /// An object with 32 bytes of .text, a local label <c>here</c> at 8, an undefined <c>there</c>, and relocations
    /// (offset, type, symbol: 1 here, 2 there; addend).
    /// </summary>
    public static byte[] Make(ushort machine, ReadOnlySpan<byte> text, params (ulong Offset, uint Type, uint Symbol, long Addend)[] relocations)
    {
        byte[] file = new byte[Headers + 6 * 64];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        Put16(file, 16, 1);
        Put16(file, 18, machine);
        Put64(file, 40, Headers);
        Put16(file, 52, 64);
        Put16(file, 58, 64);
        Put16(file, 60, 6);
        Put16(file, 62, 5);
        text.CopyTo(file.AsSpan(TextAt, 32));
        for (int i = 0; i < relocations.Length; i++)
        {
            (ulong offset, uint type, uint symbol, long addend) = relocations[i];
            Put64(file, RelaAt + 24 * i, offset);
            Put64(file, RelaAt + 24 * i + 8, ((ulong)symbol << 32) | type);
            Put64(file, RelaAt + 24 * i + 16, (ulong)addend);
        }

        Symbol(file, 1, name: 1, info: 0, section: 1, value: 8);
        Symbol(file, 2, name: 6, info: 0x10, section: 0, value: 0);
        byte[] names = Encoding.ASCII.GetBytes("\0here\0there\0.text\0.rela.text\0.symtab\0.strtab\0");
        names.CopyTo(file, StringsAt);
        Section(file, 1, name: 12, type: 1, flags: 6, TextAt, 32, link: 0, info: 0);
        Section(file, 2, name: 18, type: 4, flags: 0, RelaAt, 24 * relocations.Length, link: 3, info: 1);
        Section(file, 3, name: 29, type: 2, flags: 0, SymbolsAt, 72, link: 4, info: 2);
        Section(file, 4, name: 37, type: 3, flags: 0, StringsAt, names.Length, link: 0, info: 0);
        Section(file, 5, name: 37, type: 3, flags: 0, StringsAt, names.Length, link: 0, info: 0);
        return file;
    }

    private static void Symbol(byte[] file, int number, uint name, byte info, ushort section, ulong value)
    {
        int at = SymbolsAt + 24 * number;
        Put32(file, at, name);
        file[at + 4] = info;
        Put16(file, at + 6, section);
        Put64(file, at + 8, value);
    }

    private static void Section(byte[] file, int number, uint name, uint type, ulong flags, int offset, int size, uint link, uint info)
    {
        int at = Headers + 64 * number;
        Put32(file, at, name);
        Put32(file, at + 4, type);
        Put64(file, at + 8, flags);
        Put64(file, at + 24, (ulong)offset);
        Put64(file, at + 32, (ulong)size);
        Put32(file, at + 40, link);
        Put32(file, at + 44, info);
        Put64(file, at + 48, 8);
    }

    private static void Put16(byte[] bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), value);

    private static void Put32(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Put64(byte[] bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
}
