using System.Buffers.Binary;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>The bytes of one file that the user gave. Every read is checked; a read outside is a user error.</summary>
internal sealed class InputBytes(string name, ReadOnlyMemory<byte> memory)
{
    /// <summary>How messages call the file.</summary>
    public string Name { get; } = name;

    public ReadOnlyMemory<byte> Memory { get; } = memory;

    public ReadOnlySpan<byte> Span => Memory.Span;

    public int Length => Memory.Length;

    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    public static InputBytes FromFile(string path, long limit)
    {
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > limit)
                throw new UserErrorException($"{path}: {info.Length} bytes, more than the {limit} that a file of this kind may have");

            return new InputBytes(path, File.ReadAllBytes(path));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException($"{path}: cannot read: {cause.Message}", cause);
        }
    }

    /// <summary>The bytes from <paramref name="offset"/> on; <paramref name="what"/> names them in the message.</summary>
    public ReadOnlySpan<byte> Slice(ulong offset, ulong length, string what) => SliceMemory(offset, length, what).Span;

    /// <inheritdoc cref="Slice"/>
    public ReadOnlyMemory<byte> SliceMemory(ulong offset, ulong length, string what)
    {
        if (offset > (ulong)Length || length > (ulong)Length - offset)
            throw Error(offset, $"{what} needs {length} bytes here, the file ends at 0x{Length:x}");

        return Memory.Slice((int)offset, (int)length);
    }

    public ushort U16(ulong offset, string what) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(offset, 2, what));

    public uint U32(ulong offset, string what) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(offset, 4, what));

    public ulong U64(ulong offset, string what) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(offset, 8, what));

    /// <summary>The error for something wrong at <paramref name="offset"/>.</summary>
    public UserErrorException Error(ulong offset, string message) => ErrorAt($"{Name}, offset 0x{offset:x}", message);

    /// <summary>The error for something wrong with the file as a whole.</summary>
    public UserErrorException Error(string message) => ErrorAt(Name, message);

    /// <summary>The error for something wrong at a place. Names out of a file may hold anything; a message is one line of printable text.</summary>
    public static UserErrorException ErrorAt(string where, string message) =>
        new(string.Concat($"{where}: {message}".Select(c => char.IsControl(c) ? '?' : c)));
}
