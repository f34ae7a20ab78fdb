using System.Buffers.Binary;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>Lists of single addresses that boot patches on amd64.</summary>
public enum PatchSites
{
    /// <summary><c>.return_sites</c>: a jump to <c>__x86_return_thunk</c> in place of each <c>ret</c>.</summary>
    Returns,

    /// <summary><c>.retpoline_sites</c>: a call or jump to <c>__x86_indirect_thunk_*</c>.</summary>
    Retpolines,

    /// <summary><c>.call_sites</c>: every direct call, for call depth tracking.</summary>
    Calls,

    /// <summary><c>.ibt_endbr_seal</c>: each <c>endbr64</c> that nothing needs.</summary>
    EndbrSeals,

    /// <summary><c>.smp_locks</c>: each <c>lock</c> prefix.</summary>
    LockPrefixes,
}

/// <summary>Properties of an alternative.</summary>
[Flags]
public enum AlternativeFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>For CPUs that lack the feature. ALT_FLAG_NOT (6.12), bit 15 of the feature in 6.1.</summary>
    Inverted = 1,

    /// <summary>An indirect call whose target's call replaces it. ALT_FLAG_DIRECT_CALL.</summary>
    DirectCall = 2,

    /// <summary>arm64: the replacement is a function that writes the code. ARM64_CB_BIT.</summary>
    Callback = 4,
}

/// <summary>One place where boot puts other code in, on CPUs with a feature. struct alt_instr of either architecture.</summary>
/// <param name="Site">The code that is replaced.</param>
/// <param name="Replacement">The other code, or the callback.</param>
/// <param name="Feature">X86_FEATURE_* or the ARM64_* capability. The numbers change with each release.</param>
/// <param name="Flags">How it applies.</param>
/// <param name="Length">Bytes at the site.</param>
/// <param name="ReplacementLength">Bytes of the other code; the rest is filled with <c>nop</c>.</param>
public readonly record struct Alternative(
    ulong Site, ulong Replacement, int Feature, AlternativeFlags Flags, int Length, int ReplacementLength);

/// <summary>One jump label. include/linux/jump_label.h (6.12): struct jump_entry.</summary>
/// <param name="Code">The <c>nop</c> or jump.</param>
/// <param name="Target">Where the jump goes.</param>
/// <param name="Key">The static_key.</param>
/// <param name="IsBranch">jump_entry_is_branch(): written for a key that is usually true.</param>
public readonly record struct JumpEntry(ulong Code, ulong Target, ulong Key, bool IsBranch);

/// <summary>One inline static call. include/linux/static_call_types.h (6.12): struct static_call_site.</summary>
/// <param name="Site">The call or jump.</param>
/// <param name="Key">The static_call_key.</param>
/// <param name="IsTail">A jump: STATIC_CALL_SITE_TAIL.</param>
/// <param name="IsInit">In code that boot frees: STATIC_CALL_SITE_INIT.</param>
public readonly record struct StaticCallSite(ulong Site, ulong Key, bool IsTail, bool IsInit);

/// <summary>
/// The tables by which boot patches its own text, as data. Nothing here is applied to an image: raw code is the code of a CPU that
/// has none of the features. A table that a kernel does not have is empty. A few sites lie outside of executable sections, in code
/// that runs through another mapping: kexec's template in the data of amd64 7.2, entry trampolines and the identity map of arm64.
/// </summary>
public static class PatchTables
{
    private const int JumpEntrySize = 16, StaticCallSize = 8, SiteSize = 4;

    /// <summary>A list of addresses, in the table's order.</summary>
    public static IReadOnlyList<ulong> Sites(KernelImage image, PatchSites which)
    {
        Table table = Table.OfSection(image, which switch
        {
            PatchSites.Returns => ".return_sites",
            PatchSites.Retpolines => ".retpoline_sites",
            PatchSites.Calls => ".call_sites",
            PatchSites.EndbrSeals => ".ibt_endbr_seal",
            PatchSites.LockPrefixes => ".smp_locks",
            _ => throw new ArgumentOutOfRangeException(nameof(which)),
        });
        var sites = new List<ulong>(table.Length / SiteSize);
        for (int at = 0; at + SiteSize <= table.Length; at += SiteSize)
        {
            if (table.S32(at) != 0) // .smp_locks is filled up to a page
                sites.Add(table.Relative(at));
        }

        return sites;
    }

    /// <summary>The alternatives, in the table's order. Not for arm64 6.1, whose table has no name.</summary>
    public static IReadOnlyList<Alternative> Alternatives(KernelImage image)
    {
        Table table = image.Architecture == Architecture.X64
            ? Table.OfSection(image, ".altinstructions")
            : Table.Between(image, "__alt_instructions", "__alt_instructions_end");
        int size = table.Length == 0 ? 12 : image.Btf?.StructSize("alt_instr") ?? 0;
        if (size is not (12 or 14))
            throw new UserErrorException($"{image.FileName}: struct alt_instr of {size} bytes; 12 and 14 are known");

        var entries = new List<Alternative>(table.Length / size);
        for (int at = 0; at + size <= table.Length; at += size)
            entries.Add(ReadAlternative(table, at, size, image.Architecture));
        return entries;
    }

    /// <summary>The jump labels, in the table's order, which is no order of addresses.</summary>
    public static IReadOnlyList<JumpEntry> JumpEntries(KernelImage image)
    {
        Table table = Table.Between(image, "__start___jump_table", "__stop___jump_table");
        var entries = new List<JumpEntry>(table.Length / JumpEntrySize);
        for (int at = 0; at + JumpEntrySize <= table.Length; at += JumpEntrySize)
        {
            long key = table.S64(at + 8);
            entries.Add(new JumpEntry(table.Relative(at), table.Relative(at + 4), table.AddressOf(at + 8) + (ulong)(key & ~3L), (key & 1) != 0));
        }

        return entries;
    }

    /// <summary>The static calls, in the table's order. amd64 only.</summary>
    public static IReadOnlyList<StaticCallSite> StaticCallSites(KernelImage image)
    {
        Table table = Table.Between(image, "__start_static_call_sites", "__stop_static_call_sites");
        var entries = new List<StaticCallSite>(table.Length / StaticCallSize);
        for (int at = 0; at + StaticCallSize <= table.Length; at += StaticCallSize)
        {
            ulong key = table.Relative(at + 4);
            entries.Add(new StaticCallSite(table.Relative(at), key & ~3ul, (key & 1) != 0, (key & 2) != 0));
        }

        return entries;
    }

    /// <summary>12 bytes: u16 feature with a flag on top; 14 bytes (amd64 from 6.3): u16 feature, u16 flags.</summary>
    private static Alternative ReadAlternative(Table table, int at, int size, Architecture architecture)
    {
        int feature = table.U16(at + 8), lengths = table.U16(at + size - 2);
        AlternativeFlags top = architecture == Architecture.X64 ? AlternativeFlags.Inverted : AlternativeFlags.Callback;
        AlternativeFlags flags = size == 14 ? (AlternativeFlags)(table.U16(at + 10) & 3)
            : (feature & 0x8000) != 0 ? top : AlternativeFlags.None;
        return new Alternative(
            table.Relative(at), table.Relative(at + 4), size == 14 ? feature : feature & 0x7fff, flags, lengths & 0xff, lengths >> 8);
    }

    /// <summary>The bytes of a table and where they are linked.</summary>
    private readonly record struct Table(ReadOnlyMemory<byte> Bytes, ulong Address)
    {
        public int Length => Bytes.Length;

        public static Table OfSection(KernelImage image, string name) =>
            image.SectionNamed(name) is { } section ? new Table(section.Bytes, section.Address) : default;

        public static Table Between(KernelImage image, string start, string stop)
        {
            if (image.Symbols.AddressOf(start) is not { } from || image.Symbols.AddressOf(stop) is not { } to)
                return default;
            if (to < from || !image.TryGetBytes(from, to - from, out ReadOnlyMemory<byte> bytes))
                throw new UserErrorException($"{image.FileName}: {start} 0x{from:x} .. {stop} 0x{to:x} is no range of its data");

            return new Table(bytes, from);
        }

        public ulong AddressOf(int at) => Address + (ulong)at;

        public int U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Span[at..]);

        public int S32(int at) => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[at..]);

        public long S64(int at) => BinaryPrimitives.ReadInt64LittleEndian(Bytes.Span[at..]);

        /// <summary>An address that is stored as a distance from its own place.</summary>
        public ulong Relative(int at) => AddressOf(at) + (ulong)(long)S32(at);
    }
}
