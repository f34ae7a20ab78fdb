using System.Runtime.Intrinsics.X86;
using Iced.Intel;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>The rows of the table that this processor can run in user mode, one instruction at a time.</summary>
internal static class X64HostCodes
{
    private static readonly HashSet<Mnemonic> NotHere =
    [
        Mnemonic.In, Mnemonic.Out, Mnemonic.Insb, Mnemonic.Insw, Mnemonic.Insd, Mnemonic.Outsb, Mnemonic.Outsw, Mnemonic.Outsd, // ports
        Mnemonic.Cli, Mnemonic.Sti, Mnemonic.Clac, Mnemonic.Stac,
        Mnemonic.Ldmxcsr, Mnemonic.Stmxcsr, Mnemonic.Vldmxcsr, Mnemonic.Vstmxcsr, // a system register of the core here
    ];

    public static IEnumerable<Code> All() => X64Table.Groups
        .Where(group => group != X64TableSystem.Rows && group != X64TableBranch.Rows)
        .SelectMany(group => group())
        .Select(row => row.Code)
        .Concat([Code.Clc, Code.Stc, Code.Cmc, Code.Cld, Code.Std, Code.Lahf, Code.Sahf, Code.Nop_rm32, Code.Pause, Code.Mfence])
        .Where(code => !NotHere.Contains(code.Mnemonic()) && code.CpuidFeatures().All(IsHere));

    /// <summary>True where a misaligned memory operand would raise #GP.</summary>
    public static bool NeedsAlignment(Code code) =>
        code == Code.Cmpxchg16b_m128 || (code.Mnemonic().ToString() is var name
            && (name.Contains("movap", StringComparison.OrdinalIgnoreCase) || name.Contains("dqa", StringComparison.Ordinal) || name.Contains("movnt", StringComparison.OrdinalIgnoreCase)
                || (code.Encoding() == EncodingKind.Legacy && code.ToString().Contains("xmmm128", StringComparison.Ordinal))));

    private static bool IsHere(CpuidFeature feature) => feature switch
    {
        CpuidFeature.INTEL8086 or CpuidFeature.INTEL186 or CpuidFeature.INTEL386 or CpuidFeature.INTEL486 or CpuidFeature.X64
            or CpuidFeature.CMOV or CpuidFeature.CX8 or CpuidFeature.MULTIBYTENOP or CpuidFeature.SSE or CpuidFeature.SSE2
            or CpuidFeature.PAUSE or CpuidFeature.INTEL286 => true,
        CpuidFeature.CMPXCHG16B or CpuidFeature.MOVBE => Leaf(1, feature == CpuidFeature.MOVBE ? 22 : 13),
        CpuidFeature.SSE3 or CpuidFeature.SSSE3 or CpuidFeature.SSE4_1 or CpuidFeature.SSE4_2 or CpuidFeature.AVX or CpuidFeature.AVX2 => Avx2.IsSupported,
        CpuidFeature.POPCNT => System.Runtime.Intrinsics.X86.Popcnt.IsSupported,
        CpuidFeature.LZCNT => System.Runtime.Intrinsics.X86.Lzcnt.IsSupported,
        CpuidFeature.BMI1 => Bmi1.IsSupported,
        CpuidFeature.BMI2 => Bmi2.IsSupported,
        CpuidFeature.PCLMULQDQ => System.Runtime.Intrinsics.X86.Pclmulqdq.IsSupported,
        CpuidFeature.AES => Aes.IsSupported,
        CpuidFeature.ADX => (X86Base.CpuId(7, 0).Ebx & (1 << 19)) != 0,
        CpuidFeature.MOVDIRI => (X86Base.CpuId(7, 0).Ecx & (1 << 27)) != 0,
        _ => false,
    };

    private static bool Leaf(int leaf, int bit) => (X86Base.CpuId(leaf, 0).Ecx & (1 << bit)) != 0;
}
