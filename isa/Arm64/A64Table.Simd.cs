namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, the floating-point and Advanced SIMD instructions that kernel text uses outside cryptography.</summary>
public static partial class A64Table
{
    private static A64Row[] Simd => [];
}
