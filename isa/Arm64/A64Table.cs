namespace RcuEmu.Isa.Arm64;

/// <summary>
/// The A64 instruction set as a table: one row for each encoding, in the order of the manual's index by encoding
/// (DDI 0487, C4.1), bits in the order of its diagrams. Decoder, disassembler and assembler all read these rows.
/// </summary>
/// <remarks>Left out: most of SVE, SME, and what the head of each file names. Such words are "not modelled", not UNDEFINED.</remarks>
public static partial class A64Table
{
    /// <summary>Every row.</summary>
    public static IReadOnlyList<A64Row> Rows => All.Rows;

    /// <summary>Made when first asked for, after the lists that the parts of this class build on.</summary>
    private static class All
    {
        public static readonly A64Row[] Rows =
        [
            .. Reserved, .. DataProcessingImmediate, .. Branches, .. SystemInstructions,
            .. Exclusives, .. Atomics, .. OrderedUnscaled, .. MemoryCopy, .. FeatureRows, .. LoadsStores,
            .. VectorLoadsStores, .. VectorStructures, .. VectorLanes,
            .. DataProcessingRegister, .. Simd, .. Scalable,
        ];
    }

    private static A64Row[] Reserved =>
    [
        new("0000000000000000 iiiiiiiiiiiiiiii", A64Operation.Of<Undefined>(), "udf {udf16}"),
    ];

    private static A64Operation Of<TOp>()
        where TOp : struct, IA64Op => A64Operation.Of<TOp>();

    /// <summary>The operation by the condition at 15:12 or 3:0 (shift 0).</summary>
    private static A64Choice ByCondition() => new(0, 15,
        Of<BranchConditional<Eq>>(), Of<BranchConditional<Ne>>(), Of<BranchConditional<Cs>>(), Of<BranchConditional<Cc>>(),
        Of<BranchConditional<Mi>>(), Of<BranchConditional<Pl>>(), Of<BranchConditional<Vs>>(), Of<BranchConditional<Vc>>(),
        Of<BranchConditional<Hi>>(), Of<BranchConditional<Ls>>(), Of<BranchConditional<Ge>>(), Of<BranchConditional<Lt>>(),
        Of<BranchConditional<Gt>>(), Of<BranchConditional<Le>>(), Of<BranchConditional<Al>>(), Of<BranchConditional<Al>>());
}
