namespace RcuEmu.Isa.Arm64;

/// <summary>Which words without a row are allocated all the same: what the table leaves out.</summary>
/// <remarks>
/// Left out: the exact encodings inside the whole groups named here, so that an unallocated word among them counts as not
/// modelled; and features later than Armv9.4-A, whose words count as unallocated.
/// </remarks>
internal static class A64Allocation
{
    /// <summary>Groups and instructions of DDI 0487, C4.1, that no row has.</summary>
    private static readonly A64Diagram[] LeftOut =
    [
        new("1 xx 0000 xxxxxxxxxxxxxxxxxxxxxxxxx"),             // SME encodings
        new("xxx 0010 xxxxxxxxxxxxxxxxxxxxxxxxx"),              // SVE encodings
        new("xxx x111 xxxxxxxxxxxxxxxxxxxxxxxxx"),              // Scalar floating-point and Advanced SIMD data processing
        new("x 0 0 100011 1 00xx iiiiiiii nnnnn ddddd"),        // SMAX, SMIN, UMAX, UMIN (immediate), FEAT_CSSC
        new("x 0 0 11010110 mmmmm 0110xx nnnnn ddddd"),         // the same (register)
        new("x 1 0 11010110 00000 00011x nnnnn ddddd"),         // CTZ, CNT
        new("x 1 0 11010110 00000 001000 nnnnn ddddd"),         // ABS
        new("11010100 101 iiiiiiiiiiiiiiii 000 01"),            // DCPS1
        new("11010100 101 iiiiiiiiiiiiiiii 000 1x"),            // DCPS2, DCPS3
        new("11010100 011 iiiiiiiiiiiiiiii 000 00"),            // TCANCEL
        new("1101010100 1 00 011 0011 0000 011 ttttt"),         // TSTART
        new("1101010100 1 00 011 0011 0001 011 ttttt"),         // TTEST
        new("1101010100 0 00 011 0011 0000 011 11111"),         // TCOMMIT
        new("1101010100 0 00 011 0100 001x 011 11111"),         // SMSTART SM, SMSTOP SM
        new("1101010100 0 00 011 0100 01xx 011 11111"),         // SMSTART, SMSTOP
        new("11 111 0 00 0 0 1 11111 1 x01 00 nnnnn ttttt"),    // LD64B, ST64B
        new("11 111 0 00 0 0 1 sssss 1 01x 00 nnnnn ttttt"),    // ST64BV, ST64BV0
        new("11 111 0 00 10 1 mmmmm x0x S 10 nnnnn 11xxx"),     // RPRFM
    ];

    public static bool IsAllocated(uint word)
    {
        foreach (A64Diagram diagram in LeftOut)
        {
            if (diagram.Matches(word))
                return true;
        }

        return false;
    }
}
