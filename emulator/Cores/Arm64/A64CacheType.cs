using System.Numerics;
using RcuEmu.Emulator.Fetch;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>CTR_EL0: lines of 64 bytes, PIPT, and DIC, IDC and the lines of the fetch model where there is one. DDI 0487, D24.2, "CTR_EL0".</summary>
internal static class A64CacheType
{
    private const int Dic = 29;
    private const int Idc = 28;
    private const int DminLine = 16;
    private const int IminLine = 0;

    // RES1, CWG and ERG of 64 bytes, L1Ip: PIPT.
    private const ulong Fixed = 0x8440_c000;
    private const int UsualLine = 64;

    /// <summary>What MRS gives. Neither DIC nor IDC on a coherent fetch, so that code does the maintenance that it may need elsewhere.</summary>
    public static ulong Value(FetchSettings? settings)
    {
        // In words of 4 bytes, as a power of 2.
        int line = BitOperations.Log2((uint)(settings?.LineBytes ?? UsualLine) / 4);
        return Fixed | ((ulong)line << DminLine) | ((ulong)line << IminLine)
            | (settings is { Dic: true } ? 1UL << Dic : 0) | (settings is { Idc: true } ? 1UL << Idc : 0);
    }
}
