using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>Applies the relocations of an object file. System V ABI, "Relocation": Elf64_Rela.</summary>
internal static class ObjectRelocator
{
    private const ulong EntrySize = 24;
    private const ulong MostRelocations = 1_000_000;
    private static readonly Dictionary<uint, Relocation> X64 = X64Relocations.All.ToDictionary(kind => kind.Type);
    private static readonly Dictionary<uint, Relocation> A64 = A64Relocations.All.ToDictionary(kind => kind.Type);

    public static void Apply(
        ElfFile elf, PlacedSection[] placed, ObjectSymbols symbols, Architecture architecture, Func<string, ulong?> externalSymbols)
    {
        ulong count = 0;
        foreach (ElfSection section in elf.Sections)
        {
            if (section.Type is not (ElfSection.Rela or ElfSection.Rel) || section.Info >= placed.Length || !placed[section.Info].IsPlaced)
                continue; // of a debug section
            if (section.Type == ElfSection.Rel || section.Link != symbols.Table)
                throw elf.File.Error($"section {section.Name}: relocations without addends, or for another symbol table");

            _ = elf.BytesOf(section);
            count += section.Size / EntrySize;
            if (count > MostRelocations)
                throw elf.File.Error($"section {section.Name}: more than {MostRelocations} relocations in all");

            var loader = new Target(elf.File, placed[section.Info], symbols, architecture, externalSymbols);
            for (ulong at = section.Offset; at + EntrySize <= section.Offset + section.Size; at += EntrySize)
                loader.Apply(at);
        }
    }

    /// <summary>One section that is being relocated.</summary>
    private sealed class Target(
        InputBytes file, PlacedSection section, ObjectSymbols symbols, Architecture architecture, Func<string, ulong?> externalSymbols)
    {
        /// <summary>Applies the entry at a file offset.</summary>
        public void Apply(ulong at)
        {
            ulong offset = file.U64(at, "r_offset"), info = file.U64(at + 8, "r_info"), addend = file.U64(at + 16, "r_addend");
            uint type = (uint)info, number = (uint)(info >> 32);
            string where = $"{file.Name}, {section.Name}+0x{offset:x}";
            if (type == 0 || (type == 256 && architecture == Architecture.Arm64))
                return; // NONE
            if (!(architecture == Architecture.X64 ? X64 : A64).TryGetValue(type, out Relocation? kind))
                throw InputBytes.ErrorAt(where, $"{(architecture == Architecture.X64 ? X64Relocations.Refusal(type) : A64Relocations.Refusal(type))}");
            if (offset > (ulong)section.Bytes.Length || (ulong)section.Bytes.Length - offset < (ulong)kind.Size)
                throw InputBytes.ErrorAt(where, $"{kind.Name} outside of the section's 0x{section.Bytes.Length:x} bytes");
            if (number >= (uint)symbols.Count)
                throw InputBytes.ErrorAt(where, $"{kind.Name} against symbol {number}, there are {symbols.Count}");

            ObjectSymbols.Entry symbol = symbols[(int)number];
            Int128 value = kind.Value(AddressOf(symbol, where) + addend, section.Address + offset);
            if (!kind.Fits(value))
                throw InputBytes.ErrorAt(where, $"{kind.Name} against {symbol.Name} does not fit: {Relocation.Hex(value)} is not in {kind.Range}");

            kind.Write(section.Bytes.AsSpan((int)offset, kind.Size), (ulong)value);
        }

        private ulong AddressOf(ObjectSymbols.Entry symbol, string where)
        {
            if (symbol.Address is { } own)
                return own;
            if (symbol.Name.Length == 0)
                return 0; // symbol 0: the addend alone

            ulong? address = externalSymbols(symbol.Name);
            if (address is null && !symbol.IsWeak)
                throw InputBytes.ErrorAt(where, $"undefined symbol {symbol.Name}");

            return address ?? 0;
        }
    }
}
