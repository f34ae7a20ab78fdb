namespace RcuEmu.Isa;

/// <summary>The instruction sets that RcuEmu executes.</summary>
public enum Architecture : byte
{
    /// <summary>A64, little-endian, as the arm64 kernel uses it at EL1.</summary>
    Arm64,

    /// <summary>x86-64 in 64-bit mode, as the kernel uses it at CPL 0.</summary>
    X64,
}
