using System.Buffers.Binary;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>Reads <c>__start_mcount_loc .. __stop_mcount_loc</c>: where the compiler left room for ftrace's calls.</summary>
internal static class CallsiteTable
{
    private const uint Nop = 0xd503201f;
    private const uint BtiC = 0xd503245f;
    private const int FewestByShape = 64;
    private const int MostEntries = 1 << 20;

    /// <summary>The entries in ascending order, without the zeros that overridden weak functions leave.</summary>
    public static ulong[] Read(KernelImage image)
    {
        ulong? start = image.Symbols.AddressOf("__start_mcount_loc"), stop = image.Symbols.AddressOf("__stop_mcount_loc");
        ReadOnlySpan<byte> table = start is null || stop is null ? FindByShape(image) : Bytes(image, start.Value, stop.Value);
        var entries = new List<ulong>(table.Length / 8);
        for (int at = 0; at + 8 <= table.Length; at += 8)
        {
            ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(table[at..]);
            if (entry != 0)
                entries.Add(entry);
        }

        entries.Sort();
        return [.. entries];
    }

    /// <summary>The instruction that ftrace patches. arch/arm64/kernel/ftrace.c (6.12): ftrace_call_adjust(); amd64 patches the entry itself.</summary>
    public static ulong PatchAddress(KernelImage image, ulong entry, bool hasLiterals)
    {
        if (image.Architecture == Architecture.X64)
            return entry;

        ulong function = hasLiterals ? entry + 8 : entry;
        return image.TryReadUInt32(function, out uint first) && first == BtiC ? function + 8 : function + 4;
    }

    /// <summary>Whether entries point to the 8-byte literal before a function (CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS): most do or none does.</summary>
    public static bool HasLiterals(KernelImage image, IReadOnlyList<ulong> entries)
    {
        if (image.Architecture == Architecture.X64)
            return false;

        int atFunction = 0, beforeFunction = 0;
        foreach (ulong entry in entries.Take(256))
        {
            atFunction += StartsSymbol(image, entry) ? 1 : 0;
            beforeFunction += StartsSymbol(image, entry + 8) ? 1 : 0;
        }

        return beforeFunction > atFunction;
    }

    private static bool StartsSymbol(KernelImage image, ulong address) =>
        image.Symbols.TryFindAt(address, out KernelSymbol symbol) && symbol.Address == address;

    private static ReadOnlySpan<byte> Bytes(KernelImage image, ulong start, ulong stop)
    {
        if (stop < start || stop - start > MostEntries * 8ul || !image.TryGetBytes(start, stop - start, out ReadOnlyMemory<byte> bytes))
            throw new UserErrorException($"{image.FileName}: __start_mcount_loc 0x{start:x} .. __stop_mcount_loc 0x{stop:x} is no range of its data");

        return bytes.Span;
    }

    /// <summary>Without data symbols (arm64 6.1): the longest run of addresses that point to two <c>nop</c>s of the text.</summary>
    private static ReadOnlySpan<byte> FindByShape(KernelImage image)
    {
        ReadOnlySpan<byte> best = default;
        if (image.Architecture != Architecture.Arm64)
            return best;

        foreach (LoadedSection section in image.Sections)
        {
            if ((section.Rights & SectionRights.Execute) != 0)
                continue;

            ReadOnlySpan<byte> bytes = section.Bytes.Span;
            int start = (int)(-(long)section.Address & 7);
            for (int at = start; at + 8 <= bytes.Length; at += 8)
            {
                bool points = PointsToNops(image, BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
                if (points && at + 8 - start > best.Length)
                    best = bytes[start..(at + 8)];
                if (!points)
                    start = at + 8;
            }
        }

        return best.Length >= 8 * FewestByShape ? best : default;
    }

    private static bool PointsToNops(KernelImage image, ulong address) =>
        (address & 3) == 0 && image.TryReadUInt32(address, out uint first) && first == Nop &&
        image.TryReadUInt32(address + 4, out uint second) && second == Nop;
}
