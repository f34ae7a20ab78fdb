namespace RcuEmu.Trampolines.Loading;

/// <summary>A section of an object file and the place it got; not placed when it is not allocated.</summary>
internal sealed record PlacedSection(string Name, bool IsPlaced, ulong Address, byte[] Bytes, ulong Length, SectionRights Rights)
{
    public LoadedSection ToLoaded() => new(Name, Address, Bytes, Length, Rights);
}

/// <summary>Gives the allocated sections of an object their addresses.</summary>
internal static class ObjectPlacement
{
    private const ulong PageSize = 4096;
    private const ulong LargestAlignment = 2 << 20;
    private const ulong LargestTotal = 64 << 20;

    /// <summary>One entry for each section of the file, in its order.</summary>
    public static PlacedSection[] Place(ElfFile elf, ulong baseAddress)
    {
        if (baseAddress % PageSize != 0 || baseAddress + LargestTotal < baseAddress)
            throw elf.File.Error($"cannot be loaded at 0x{baseAddress:x}: a multiple of 4096 at least 64 MiB before the last address is right");

        var placed = new PlacedSection[elf.Sections.Count];
        ulong cursor = baseAddress;
        SectionRights? before = null;
        for (int i = 0; i < placed.Length; i++)
        {
            ElfSection section = elf.Sections[i];
            SectionRights rights = RightsOf(section);
            if (!section.IsAllocated || section.Size == 0)
            {
                placed[i] = new PlacedSection(section.Name, section.IsAllocated, cursor, [], 0, rights);
                continue;
            }

            ulong alignment = AlignmentOf(elf, section);
            cursor = Align(cursor, before is null || before == rights ? alignment : Math.Max(alignment, PageSize));
            if (section.Size > LargestTotal || cursor - baseAddress > LargestTotal - section.Size)
                throw elf.File.Error($"section {section.Name}: 0x{section.Size:x} bytes, more than the 64 MiB that an object may take");

            placed[i] = new PlacedSection(section.Name, true, cursor, elf.BytesOf(section).ToArray(), section.Size, rights);
            cursor += section.Size;
            before = rights;
        }

        if (!placed.Any(section => section.IsPlaced && section.Length > 0))
            throw elf.File.Error("no code or data in it: every allocated section is empty");

        return placed;
    }

    private static SectionRights RightsOf(in ElfSection section) => SectionRights.Read
        | ((section.Flags & ElfSection.FlagWrite) != 0 ? SectionRights.Write : 0)
        | ((section.Flags & ElfSection.FlagExec) != 0 ? SectionRights.Execute : 0);

    private static ulong AlignmentOf(ElfFile elf, in ElfSection section)
    {
        ulong alignment = Math.Max(section.Alignment, 1);
        if ((alignment & (alignment - 1)) != 0 || alignment > LargestAlignment)
            throw elf.File.Error($"section {section.Name}: alignment 0x{alignment:x} is no power of two up to 0x{LargestAlignment:x}");
        if ((section.Flags & ElfSection.FlagCompressed) != 0)
            throw elf.File.Error($"section {section.Name} is compressed: only debug sections may be");

        return alignment;
    }

    private static ulong Align(ulong value, ulong alignment) => (value + alignment - 1) & ~(alignment - 1);
}
