namespace RcuEmu.Isa.Arm64;

/// <summary>
/// C4.1, "SVE encodings": what a kernel saves and restores the SVE state of a task with, and asks for the vector length. Left out: all
/// other SVE instructions, which kernel text does not have, and SME; they are "not modelled".
/// </summary>
public static partial class A64Table
{
    private static A64Row[] Scalable =>
    [
        // SVE stack frame adjustment, SVE stack frame size
        new("00000100 00 1 sssss 01010 iiiiii ddddd", Of<AddVectorLength>(),  "addvl {Xd|sp}, {Xs|sp}, {vectors}"),
        new("00000100 01 1 sssss 01010 iiiiii ddddd", Of<AddVectorLength>(),  "addpl {Xd|sp}, {Xs|sp}, {predicates}"),
        new("00000100 10 1 11111 01010 iiiiii ddddd", Of<MoveZero<Bits64>>(), "rdvl {Xd}, {vectors}"),

        // SVE predicate zero; SVE predicate read from FFR (unpredicated); SVE FFR write from predicate; SVE FFR initialise
        new("00100101 00 011000 111001 000000 dddd",   Of<ClearPredicate>(),          "pfalse {Pd.b}"),
        new("00100101 00 011001 111100 000000 dddd",   Of<ReadFirstFault>(),          "rdffr {Pd.b}"),
        new("00100101 00 101000 1001000 nnnn 00000",   Of<WriteFirstFault>(),         "wrffr {Pn.b}"),
        new("00100101 00 101100 1001000 0000 00000",   Of<SetFirstFault>(),           "setffr"),

        // SVE load and store predicate register, vector register
        new("1000010 110 iiiiii 000 iii nnnnn 0 tttt", Of<LoadPredicate>(),                "ldr {Pt}, [{Xn|sp}{,predicateoffset}]"),
        new("1110010 110 iiiiii 000 iii nnnnn 0 tttt", Of<StorePredicate>(),               "str {Pt:r}, [{Xn|sp}{,predicateoffset}]"),
        new("1000010 110 iiiiii 010 iii nnnnn ttttt",  Of<LoadVector<Bytes16, Offset>>(),  "ldr {Zt}, [{Xn|sp}{,vectoroffset}]"),
        new("1110010 110 iiiiii 010 iii nnnnn ttttt",  Of<StoreVector<Bytes16, Offset>>(), "str {Zt:r}, [{Xn|sp}{,vectoroffset}]"),
    ];
}
