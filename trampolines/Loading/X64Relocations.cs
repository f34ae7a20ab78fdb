using static RcuEmu.Trampolines.Loading.Relocation;

namespace RcuEmu.Trampolines.Loading;

/// <summary>The relocations of x86-64 kernel-style code. System V ABI, AMD64 supplement, "Relocation Types".</summary>
/// <remarks>There is no PLT: PLT32 goes to the function itself, as the kernel's module loader does it.</remarks>
internal static class X64Relocations
{
    private static readonly Int128 Two8 = 1 << 8, Two16 = 1 << 16, Two31 = 1L << 31, Two32 = 1L << 32, Two64 = Int128.One << 64;

    /// <summary>Those that are applied.</summary>
    public static IReadOnlyList<Relocation> All { get; } =
    [
        new(1,  "R_X86_64_64",    Target,       0,           Two64 - 1,     1, WriteNumber, 8),
        new(2,  "R_X86_64_PC32",  Distance,     -Two31,      Two31 - 1,     1, WriteNumber, 4),
        new(4,  "R_X86_64_PLT32", Distance,     -Two31,      Two31 - 1,     1, WriteNumber, 4),
        new(10, "R_X86_64_32",    Target,       0,           Two32 - 1,     1, WriteNumber, 4),
        new(11, "R_X86_64_32S",   SignedTarget, -Two31,      Two31 - 1,     1, WriteNumber, 4),
        new(12, "R_X86_64_16",    SignedTarget, -Two16 / 2,  Two16 - 1,     1, WriteNumber, 2),
        new(13, "R_X86_64_PC16",  Distance,     -Two16 / 2,  Two16 / 2 - 1, 1, WriteNumber, 2),
        new(14, "R_X86_64_8",     SignedTarget, -Two8 / 2,   Two8 - 1,      1, WriteNumber, 1),
        new(15, "R_X86_64_PC8",   Distance,     -Two8 / 2,   Two8 / 2 - 1,  1, WriteNumber, 1),
        new(24, "R_X86_64_PC64",  Distance,     -Two64 / 2,  Two64 / 2 - 1, 1, WriteNumber, 8),
    ];

    /// <summary>Why a relocation that is not in the table is refused.</summary>
    public static string Refusal(uint type) => type switch
    {
        3 or 9 or 25 or 26 or 27 or 28 or 29 or 30 or 31 or 41 or 42 or 43 =>
            $"relocation type {type} needs a global offset table, which a kernel has none of: refer to the symbol itself (without @GOT…, -fno-pic)",
        16 or 17 or 18 or 19 or 20 or 21 or 22 or 23 or 34 or 35 or 36 => $"relocation type {type} is for thread-local storage, which a kernel has none of",
        _ => $"relocation type {type} is not one that GNU as emits for kernel code",
    };
}
