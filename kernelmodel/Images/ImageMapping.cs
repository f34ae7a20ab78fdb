using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Images;

/// <summary>Puts a kernel image into a machine's memory.</summary>
public static unsafe class ImageMapping
{
    /// <summary>
    /// Maps every section at its link address with its rights; text loses W. Sections that share a page share a region with the
    /// rights of both.
    /// </summary>
    public static void Map(Machine machine, KernelImage image)
    {
        LoadedSection[] sections = [.. image.Sections.Where(section => section.Length != 0).OrderBy(section => section.Address)];
        for (int i = 0; i < sections.Length;)
        {
            int first = i;
            ulong end = RoundUp(sections[i].End);
            Rights rights = Of(sections[i]);
            for (i++; i < sections.Length && sections[i].Address < end; i++)
            {
                end = Math.Max(end, RoundUp(sections[i].End));
                rights |= Of(sections[i]);
            }

            if ((rights & Rights.Execute) != 0)
                rights &= ~Rights.Write;

            machine.Memory.Map(sections[first].Name, sections[first].Address, end - sections[first].Address, rights);
        }

        foreach (LoadedSection section in sections)
        {
            ReadOnlySpan<byte> bytes = section.Bytes.Span;
            bytes.CopyTo(new Span<byte>(machine.Memory.Locate(section.Address), bytes.Length));
        }
    }

    private static ulong RoundUp(ulong address) => (address + 0xfff) & ~0xfffUL;

    private static Rights Of(LoadedSection section)
    {
        Rights rights = Rights.None;
        rights |= (section.Rights & SectionRights.Read) != 0 ? Rights.Read : Rights.None;
        rights |= (section.Rights & SectionRights.Write) != 0 ? Rights.Write : Rights.None;
        rights |= (section.Rights & SectionRights.Execute) != 0 ? Rights.Execute : Rights.None;
        return rights;
    }
}
