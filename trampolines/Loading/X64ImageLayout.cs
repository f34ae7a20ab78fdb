using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>An amd64 kernel: an ELF executable whose allocated sections go to their link addresses.</summary>
/// <remarks>
/// The per-CPU template of 6.1 and 6.12 is linked at 0 and is put where boot maps it, at its physical address above
/// __START_KERNEL_map (arch/x86/kernel/vmlinux.lds.S (6.12), PERCPU_VADDR). The relocation list behind the ELF file
/// serves a moved kernel only and is not read.
/// </remarks>
internal static class X64ImageLayout
{
    /// <summary>__START_KERNEL_map. Documentation/arch/x86/x86_64/mm.rst (6.12).</summary>
    private const ulong KernelMap = 0xffffffff80000000;
    private const ulong LargestImage = 512ul << 20;

    public static ImageLayout Read(InputBytes payload)
    {
        ElfFile elf = ElfFile.Read(payload);
        if (elf.Type != ElfFile.Executable || elf.Machine != ElfFile.MachineX64)
            throw payload.Error(16, $"ELF type {elf.Type}, machine {elf.Machine}: an x86-64 kernel is type 2, machine 62");

        ulong? perCpu = null;
        var sections = new List<LoadedSection>();
        foreach (ElfSection section in elf.Sections)
        {
            if (section.IsAllocated && section.Size != 0)
                sections.Add(Place(elf, section, ref perCpu));
        }

        LoadedSection[] placed = Order(payload, sections);
        ElfSection readOnly = elf.Sections.FirstOrDefault(section => section.Name == ".rodata" && section.HasBytes);
        if (readOnly.Name is null)
            throw payload.Error("no section .rodata, so no symbols: not a kernel?");

        KernelSymbols symbols = KallsymsReader.Read(
            payload, readOnly.Offset, elf.BytesOf(readOnly).Length, readOnly.Address, (placed[0].Address, placed[^1].End), Architecture.X64);
        return new ImageLayout(Architecture.X64, placed, symbols, perCpu);
    }

    private static LoadedSection Place(ElfFile elf, in ElfSection section, ref ulong? perCpu)
    {
        ulong address = section.Address;
        SectionRights rights = SectionRights.Read;
        bool writable = (section.Flags & ElfSection.FlagWrite) != 0;
        foreach (ElfSegment segment in elf.Segments)
        {
            if (segment.Type != ElfSegment.Load || !segment.Contains(section))
                continue;

            // .rodata carries the write flag, but lies in a segment without it
            if (writable && (segment.Flags & ElfSegment.FlagWrite) != 0)
                rights |= SectionRights.Write;
            if (segment.Address == 0)
            {
                address += KernelMap + segment.PhysicalAddress;
                perCpu = KernelMap + segment.PhysicalAddress;
            }
        }

        // .data of 7.2 carries the execute flag; no writable section holds kernel text
        if ((section.Flags & ElfSection.FlagExec) != 0 && !writable)
            rights |= SectionRights.Execute;
        return new LoadedSection(section.Name, address, elf.BytesOf(section), section.Size, rights);
    }

    private static LoadedSection[] Order(InputBytes payload, List<LoadedSection> sections)
    {
        LoadedSection[] placed = [.. sections.OrderBy(section => section.Address)];
        if (placed.Length == 0)
            throw payload.Error("no allocated section: not a kernel?");

        foreach (LoadedSection section in placed)
        {
            if (section.Address < KernelMap || section.Address - KernelMap > LargestImage || section.Length > LargestImage)
                throw payload.Error($"section {section.Name} at 0x{section.Address:x}, 0x{section.Length:x} bytes: outside of a kernel's addresses");
        }

        for (int i = 1; i < placed.Length; i++)
        {
            if (placed[i].Address < placed[i - 1].End)
                throw payload.Error($"sections {placed[i - 1].Name} and {placed[i].Name} overlap at 0x{placed[i].Address:x}");
        }

        return placed;
    }
}
