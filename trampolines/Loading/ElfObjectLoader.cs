using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>Loads ELF64 relocatable objects (<c>as</c>, <c>gcc -c</c>) for x86-64 and arm64.</summary>
/// <remarks>
/// Allocated sections are placed in the file's order, each at its alignment; one whose rights differ from those of the section
/// before begins a page. Left out: common symbols, thread-local storage and global offset tables, which are refused.
/// </remarks>
public static class ElfObjectLoader
{
    private const long LargestFile = 16 << 20;

    /// <summary>Loads a file. See <see cref="Load(string, ReadOnlyMemory{byte}, ulong, Func{string, ulong?})"/>.</summary>
    /// <exception cref="UserErrorException">The file cannot be read or loaded.</exception>
    public static LoadedCode Load(string path, ulong baseAddress, Func<string, ulong?> externalSymbols) =>
        Load(InputBytes.FromFile(path, LargestFile), baseAddress, externalSymbols);

    /// <summary>Places the sections of an object from <paramref name="baseAddress"/> on and applies its relocations.</summary>
    /// <param name="fileName">For messages.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="baseAddress">Where the first section goes; a multiple of 4096.</param>
    /// <param name="externalSymbols">The address of a symbol that the object does not define, or null. Asked only for symbols that are used.</param>
    /// <exception cref="UserErrorException">The object is damaged, needs what is not supported, or a value does not fit.</exception>
    public static LoadedCode Load(string fileName, ReadOnlyMemory<byte> bytes, ulong baseAddress, Func<string, ulong?> externalSymbols) =>
        Load(new InputBytes(fileName, bytes), baseAddress, externalSymbols);

    private static LoadedCode Load(InputBytes file, ulong baseAddress, Func<string, ulong?> externalSymbols)
    {
        if (file.Length > LargestFile)
            throw file.Error($"{file.Length} bytes, more than the {LargestFile} that an object file may have");

        ElfFile elf = ElfFile.Read(file);
        if (elf.Type != ElfFile.Relocatable)
            throw file.Error(16, $"ELF type {elf.Type}: a relocatable object is type 1 (made by as or gcc -c, not linked)");

        Architecture architecture = elf.Machine switch
        {
            ElfFile.MachineX64 => Architecture.X64,
            ElfFile.MachineArm64 => Architecture.Arm64,
            _ => throw file.Error(18, $"ELF machine {elf.Machine}: x86-64 is 62, arm64 is 183"),
        };
        PlacedSection[] placed = ObjectPlacement.Place(elf, baseAddress);
        ObjectSymbols symbols = ObjectSymbols.Read(elf, placed);
        ObjectRelocator.Apply(elf, placed, symbols, architecture, externalSymbols);
        LoadedSection[] sections = [.. placed.Where(section => section.IsPlaced).Select(section => section.ToLoaded())];
        return new LoadedCode(file.Name, architecture, sections, symbols.Visible, Entry(sections, symbols.Visible));
    }

    private static ulong Entry(LoadedSection[] sections, IReadOnlyList<CodeSymbol> symbols)
    {
        CodeSymbol? start = symbols.FirstOrDefault(symbol => symbol.Name == "_start");
        LoadedSection first = sections.FirstOrDefault(section => (section.Rights & SectionRights.Execute) != 0) ?? sections[0];
        return start?.Address ?? first.Address;
    }
}
