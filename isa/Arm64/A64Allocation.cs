namespace RcuEmu.Isa.Arm64;

/// <summary>
/// Which words without a row are allocated all the same. Decided by the manual's groups where a whole group is left out.
/// </summary>
/// <remarks>
/// Left out: the exact encodings inside the groups named here. An unallocated word among them counts as not modelled.
/// </remarks>
internal static class A64Allocation
{
    /// <summary>Groups of DDI 0487, C4.1, that the table leaves out.</summary>
    private static readonly A64Diagram[] Groups =
    [
        new("1 00 0000 xxxxxxxxxxxxxxxxxxxxxxxxx"), // SME encodings
        new("xxx 0010 xxxxxxxxxxxxxxxxxxxxxxxxx"),  // SVE encodings
        new("xxxx 111 xxxxxxxxxxxxxxxxxxxxxxxxx"),  // Scalar floating-point and Advanced SIMD data processing
    ];

    public static bool IsAllocated(uint word) => Array.Exists(Groups, group => group.Matches(word));
}
