using System.Buffers.Binary;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>A distribution's kernel as its boot loader gets it: text and data at their link addresses, symbols, types, callsites.</summary>
/// <remarks>
/// What no boot has done is not done here: alternatives are not applied, amd64 callsites still call <c>__fentry__</c>, and
/// <c>.bss</c> is zero. Relocations that the link address needs (arm64) are applied.
/// </remarks>
public sealed class KernelImage
{
    private const long LargestFile = 256 << 20;
    private readonly LoadedSection[] _sections;
    private readonly Lazy<ulong[]> _callsites;
    private readonly Lazy<bool> _callsitesHaveLiterals;
    private readonly Lazy<string?> _banner;
    private readonly Lazy<BtfTypes?> _btf;

    private KernelImage(string fileName, ImageLayout layout, KernelConfig? config)
    {
        FileName = fileName;
        Architecture = layout.Architecture;
        Symbols = layout.Symbols;
        Config = config;
        _sections = layout.Sections;
        TextStart = Required("_stext");
        TextEnd = Required("_etext");
        PerCpu = ReadPerCpu(layout.PerCpuPlacedAt);
        _banner = new Lazy<string?>(FindBanner);
        _btf = new Lazy<BtfTypes?>(FindBtf);
        _callsites = new Lazy<ulong[]>(() => CallsiteTable.Read(this));
        _callsitesHaveLiterals = new Lazy<bool>(() => CallsiteTable.HasLiterals(this, Callsites));
    }

    /// <summary>The file it was read from, as given.</summary>
    public string FileName { get; }

    /// <summary>The instruction set, from the file's header.</summary>
    public Architecture Architecture { get; }

    /// <summary>What to map, by ascending address and without overlap. Sections of different rights may share a page.</summary>
    public IReadOnlyList<LoadedSection> Sections => _sections;

    /// <summary><c>_stext</c>: the first byte of the kernel's text.</summary>
    public ulong TextStart { get; }

    /// <summary><c>_etext</c>: behind the last byte of the text that stays after boot.</summary>
    public ulong TextEnd { get; }

    /// <summary>The symbols (kallsyms). arm64 6.1 has functions only.</summary>
    public KernelSymbols Symbols { get; }

    /// <summary>The build configuration, where a file <c>config</c> (or <c>config-ABI</c> for <c>vmlinuz-ABI</c>) lies beside the image.</summary>
    public KernelConfig? Config { get; }

    /// <summary>Where the per-CPU template is linked and where it lies; null where no symbol says (arm64 6.1).</summary>
    public PerCpuPlacement? PerCpu { get; }

    /// <summary>The types (BTF), read when first asked for; null in a kernel without CONFIG_DEBUG_INFO_BTF.</summary>
    /// <exception cref="UserErrorException">They are damaged.</exception>
    public BtfTypes? Btf => _btf.Value;

    /// <summary>The kernel's own description, <c>Linux version …</c>, without its line end; null when there is none.</summary>
    public string? Banner => _banner.Value;

    /// <summary>The release in the banner: <c>6.12.107+deb13-cloud-amd64</c>; null without a banner.</summary>
    public string? Release => Banner?.Split(' ')[2];

    /// <summary>Major and minor number of the release: <c>6.12</c>; null without a banner.</summary>
    public string? Series => Release is { } release ? KernelRelease.SeriesOf(release) : null;

    /// <summary>The entries of <c>__mcount_loc</c>, ascending, without zeros. See <see cref="PatchAddress"/>.</summary>
    public IReadOnlyList<ulong> Callsites => _callsites.Value;

    /// <summary>Whether an 8-byte literal precedes each traced function (CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS); its address is the entry.</summary>
    public bool CallsitesHaveLiterals => _callsitesHaveLiterals.Value;

    /// <summary>Reads a boot image (bzImage or arm64 Image) and the configuration beside it.</summary>
    /// <exception cref="UserErrorException">The file cannot be read or is not a kernel that RcuEmu understands.</exception>
    public static KernelImage Load(string path)
    {
        InputBytes file = InputBytes.FromFile(path, LargestFile);
        return Load(file, ConfigBeside(path));
    }

    /// <summary>Reads a boot image from memory; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="UserErrorException">The bytes are not a kernel that RcuEmu understands.</exception>
    public static KernelImage Load(string fileName, ReadOnlyMemory<byte> bytes, KernelConfig? config = null) =>
        Load(new InputBytes(fileName, bytes), config);

    /// <summary>The address that ftrace patches (<c>rec->ip</c>) for a <see cref="Callsites"/> entry.</summary>
    public ulong PatchAddress(ulong entry) => CallsiteTable.PatchAddress(this, entry, CallsitesHaveLiterals);

    /// <summary>Fills <paramref name="destination"/> from an address. False, and nothing filled, when not all of it lies in one section.</summary>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        LoadedSection? section = SectionAt(address);
        if (section is null || (ulong)destination.Length > section.End - address)
            return false;

        ulong offset = address - section.Address;
        destination.Clear();
        if (offset < (ulong)section.Bytes.Length)
        {
            ReadOnlySpan<byte> there = section.Bytes.Span[(int)offset..];
            there[..Math.Min(there.Length, destination.Length)].CopyTo(destination);
        }

        return true;
    }

    /// <summary>Reads four bytes, little-endian. False outside of every section.</summary>
    public bool TryReadUInt32(ulong address, out uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        bool read = TryRead(address, bytes);
        value = read ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return read;
    }

    /// <summary>Reads eight bytes, little-endian. False outside of every section.</summary>
    public bool TryReadUInt64(ulong address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bool read = TryRead(address, bytes);
        value = read ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return read;
    }

    /// <summary>The file's bytes at an address, not copied. False when they are not all in one section's file part.</summary>
    public bool TryGetBytes(ulong address, ulong length, out ReadOnlyMemory<byte> bytes)
    {
        LoadedSection? section = SectionAt(address);
        ulong offset = section is null ? 0 : address - section.Address;
        bool inside = section is not null && offset <= (ulong)section.Bytes.Length && length <= (ulong)section.Bytes.Length - offset;
        bytes = inside ? section!.Bytes.Slice((int)offset, (int)length) : default;
        return inside;
    }

    /// <summary>The section that holds an address, or null.</summary>
    public LoadedSection? SectionAt(ulong address)
    {
        int low = 0, high = _sections.Length; // the first that begins above the address
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_sections[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && _sections[low - 1].Contains(address) ? _sections[low - 1] : null;
    }

    /// <summary>The first section of this name, or null. arm64 images have the loader's names only (<c>.text</c>, <c>.data</c>, …).</summary>
    public LoadedSection? SectionNamed(string name) => Array.Find(_sections, section => section.Name == name);

    /// <summary>Whether kernel code lies at an address: decided by the section's rights, not by a symbol's letter.</summary>
    public bool IsCode(ulong address) => SectionAt(address) is { } section && (section.Rights & SectionRights.Execute) != 0;

    private static KernelImage Load(InputBytes file, KernelConfig? config)
    {
        if (BzImage.LooksLikeBzImage(file.Span))
            return new KernelImage(file.Name, X64ImageLayout.Read(BzImage.Unpack(file)), config);
        if (Arm64ImageLayout.LooksLikeImage(file.Span))
            return new KernelImage(file.Name, Arm64ImageLayout.Read(file), config);
        if (file.Span.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            throw file.Error(0, "a gzip file: unpack it first (gunzip)");

        throw file.Error(0, "neither a bzImage (HdrS at 0x202) nor an arm64 Image (ARMd at 0x38)");
    }

    private static KernelConfig? ConfigBeside(string path)
    {
        string name = Path.GetFileName(path);
        string config = name.StartsWith("vmlinuz-", StringComparison.Ordinal) ? "config" + name["vmlinuz".Length..] : "config";
        string beside = Path.Combine(Path.GetDirectoryName(path) ?? "", config);
        return File.Exists(beside) ? KernelConfig.Load(beside) : null;
    }

    private ulong Required(string name) => Symbols.AddressOf(name) ?? throw new UserErrorException($"{FileName}: no symbol {name}: not a kernel?");

    private PerCpuPlacement? ReadPerCpu(ulong? placedAt)
    {
        if (Symbols.AddressOf("__per_cpu_start") is not { } start || Symbols.AddressOf("__per_cpu_end") is not { } end || end < start)
            return null;

        return new PerCpuPlacement(start, end, placedAt ?? start);
    }

    /// <summary>amd64 has a section for it; in an arm64 Image it is somewhere in the read-only data.</summary>
    private BtfTypes? FindBtf()
    {
        if (SectionNamed(".BTF") is { } own)
            return new BtfTypes(new InputBytes($"{FileName}, section .BTF", own.Bytes));

        ReadOnlyMemory<byte> data = SectionNamed(".rodata")?.Bytes ?? default;
        int from = 0;
        for (int found = 0; found >= 0; from += found + 1)
        {
            found = data.Span[from..].IndexOf((ReadOnlySpan<byte>)[0x9f, 0xeb, 1, 0, 24, 0, 0, 0]);
            if (found >= 0 && BtfReader.BeginsAt(data.Span[(from + found)..], out int length))
                return new BtfTypes(new InputBytes($"{FileName}, BTF", data.Slice(from + found, length)));
        }

        return null;
    }

    private string? FindBanner()
    {
        foreach (LoadedSection section in _sections)
        {
            if (section.Name is ".rodata" && KernelRelease.FindBanner(section.Bytes.Span) is { } banner)
                return banner;
        }

        return null;
    }
}

/// <summary>Where the image's per-CPU template is. More CPUs get copies of it.</summary>
/// <param name="Start"><c>__per_cpu_start</c> as linked: 0 on amd64 6.1 and 6.12.</param>
/// <param name="End"><c>__per_cpu_end</c> as linked.</param>
/// <param name="PlacedAt">The address of the template's bytes among the sections.</param>
public sealed record PerCpuPlacement(ulong Start, ulong End, ulong PlacedAt)
{
    /// <summary>
    /// What to add to a per-CPU symbol's address to find the template's datum; the GS base (amd64) or <c>tpidr_el1</c> (arm64)
    /// of a CPU that uses the template itself.
    /// </summary>
    public ulong Base => PlacedAt - Start;

    /// <summary>Bytes in one copy.</summary>
    public ulong Length => End - Start;
}
