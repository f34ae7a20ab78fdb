namespace RcuEmu.Trampolines.Loading;

/// <summary>Cuts an arm64 Image into sections of different rights, by the bounds that kallsyms names.</summary>
/// <remarks>arch/arm64/kernel/vmlinux.lds.S (6.12): head, .text, read-only data, .init.text, the rest; .bss behind the file.</remarks>
internal static class Arm64Sections
{
    public static LoadedSection[] Divide(InputBytes file, ulong start, ulong size, KernelSymbols symbols)
    {
        ulong fileEnd = start + (ulong)file.Length;
        ulong textStart = Bound("_stext"), textEnd = Bound("_etext"), initStart = Bound("_sinittext"), initEnd = Bound("_einittext");
        if (textStart >= textEnd || textEnd > initStart || initStart >= initEnd || initEnd > fileEnd || textStart < start)
            throw file.Error("_stext, _etext, _sinittext and _einittext are not in this order");

        // Functions that end a kernel (.exit.text) follow .init.text up to __inittext_end, where that has a name.
        initEnd = Math.Min(Math.Max(initEnd, symbols.AddressOf("__inittext_end") ?? 0), fileEnd);
        var sections = new List<LoadedSection>();
        Add(".head.text", start, textStart, SectionRights.Read);
        Add(".text", textStart, textEnd, SectionRights.Read | SectionRights.Execute);
        Add(".rodata", textEnd, initStart, SectionRights.Read);
        Add(".init.text", initStart, initEnd, SectionRights.Read | SectionRights.Execute);
        Add(".data", initEnd, fileEnd, SectionRights.Read | SectionRights.Write);
        if (start + size > fileEnd)
            sections.Add(new LoadedSection(".bss", fileEnd, default, start + size - fileEnd, SectionRights.Read | SectionRights.Write));
        return [.. sections];

        ulong Bound(string name) =>
            symbols.AddressOf(name) ?? throw file.Error($"no symbol {name}, so its text cannot be told from its data");

        void Add(string name, ulong from, ulong to, SectionRights rights)
        {
            if (to > from)
                sections.Add(new LoadedSection(name, from, file.Memory.Slice((int)(from - start), (int)(to - from)), to - from, rights));
        }
    }
}
