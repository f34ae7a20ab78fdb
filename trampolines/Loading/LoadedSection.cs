namespace RcuEmu.Trampolines.Loading;

/// <summary>What code may do with a section's bytes.</summary>
[Flags]
public enum SectionRights : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Loads.</summary>
    Read = 1,

    /// <summary>Stores.</summary>
    Write = 2,

    /// <summary>Instruction fetches.</summary>
    Execute = 4,
}

/// <summary>One range of addresses that a loaded file fills.</summary>
/// <param name="Name">The section's name in the file, or the loader's name for the range.</param>
/// <param name="Address">Where its first byte belongs.</param>
/// <param name="Bytes">The bytes that the file gives.</param>
/// <param name="Length">Bytes in all, at least those of <paramref name="Bytes"/>; the rest is zero.</param>
/// <param name="Rights">What code may do with it. Sections of different rights may share a page.</param>
public sealed record LoadedSection(string Name, ulong Address, ReadOnlyMemory<byte> Bytes, ulong Length, SectionRights Rights)
{
    /// <summary>The address behind the last byte.</summary>
    public ulong End => Address + Length;

    /// <summary>Whether <paramref name="address"/> lies inside.</summary>
    public bool Contains(ulong address) => address - Address < Length;
}
