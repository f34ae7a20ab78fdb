namespace RcuEmu.Emulator.Cores.X64;

/// <summary>
/// What CPUID says: a virtual model of vendor "RcuEmuX86-64" with the features that RcuEmu executes and a kernel's
/// text patching, entry and scheduling code asks for. SDM Vol. 2A, "CPUID—CPU Identification".
/// </summary>
internal static class X64CpuidModel
{
    private const uint MaxBasic = 0xd;
    private const uint MaxExtended = 0x8000_0008;

    /// <summary>EAX, EBX, ECX, EDX of a leaf and subleaf on the core with index <paramref name="core"/>; zero beyond the tables.</summary>
    public static (uint Eax, uint Ebx, uint Ecx, uint Edx) Read(uint leaf, uint subleaf, int core) => (leaf, subleaf) switch
    {
        // Vendor: EBX, EDX, ECX in this order.
        (0, _) => (MaxBasic, Text("RcuE"), Text("6-64"), Text("muX8")),

        // Family 6; EBX: CLFLUSH line 64 bytes, initial APIC id.
        // ECX: SSE3, SSSE3, CX16, SSE4.1, SSE4.2, MOVBE, POPCNT, XSAVE, OSXSAVE, hypervisor.
        // EDX: FPU, DE, PSE, TSC, MSR, PAE, MCE, CX8, APIC, SEP, MTRR, PGE, MCA, CMOV, PAT, CLFSH, MMX, FXSR, SSE, SSE2.
        (1, _) => (0x0000_0610, ((uint)core << 24) | 0x800, 0x8cd8_2201, 0x0789_fb7d),

        // EBX: FSGSBASE, BMI1, SMEP, BMI2, ERMS, SMAP, CLFLUSHOPT, CLWB. ECX: PKU, OSPKE. EDX: FSRM, SERIALIZE, IBT.
        (7, 0) => (0, 0x0190_0389, 0x0000_0018, 0x0010_4010),

        // State components x87, SSE, AVX.
        (0xd, 0) => (7, 832, 832, 0),
        (0xd, 1) => (0, 0, 0, 0),
        (0xd, 2) => (256, 576, 0, 0),

        // One thread a core: EDX is the x2APIC id.
        (0xb, 0) => (0, 1, 0x100, (uint)core),
        (0xb, 1) => (6, 64, 0x201, (uint)core),

        (0x8000_0000, _) => (MaxExtended, 0, 0, 0),

        // ECX: LAHF, LZCNT. EDX: SYSCALL, NX, PDPE1GB, RDTSCP, LM.
        (0x8000_0001, _) => (0, 0, 0x0000_0021, 0x2c10_0800),
        (0x8000_0007, _) => (0, 0, 0, 0x100), // invariant TSC
        (0x8000_0008, _) => (0x3030, 0, 0, 0), // 48 bits of address
        _ => default,
    };

    private static uint Text(string four) => four[0] | ((uint)four[1] << 8) | ((uint)four[2] << 16) | ((uint)four[3] << 24);
}
