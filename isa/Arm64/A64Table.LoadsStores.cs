namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, "Loads and Stores". Left out: MTE tag stores, 64-byte atomics, pointer-authenticated loads, RCW.</summary>
public static partial class A64Table
{
    private static readonly A64Insn NonTemporal = new() { Option = (byte)Access.NonTemporal };

    private static readonly A64Insn Unprivileged = new() { Option = (byte)Access.Unprivileged };

    private static A64Row[] LoadsStores =>
    [
        // Load register (literal)
        new("00 011 0 00 iiiiiiiiiiiiiiiiiii ttttt", Of<Load<Bytes4, ZeroExtend, Literal>>(), "ldr {Wt}, {label19}"),
        new("01 011 0 00 iiiiiiiiiiiiiiiiiii ttttt", Of<Load<Bytes8, ZeroExtend, Literal>>(), "ldr {Xt}, {label19}"),
        new("10 011 0 00 iiiiiiiiiiiiiiiiiii ttttt", Of<Load<Bytes4, SignExtend, Literal>>(), "ldrsw {Xt}, {label19}"),
        new("11 011 0 00 iiiiiiiiiiiiiiiiiii ttttt", Of<Hint>(), "prfm {prfop}, {label19}"),

        // Load/store register pair: no-allocate, post-indexed, offset, pre-indexed
        new("00 101 0 000 0 iiiiiii uuuuu nnnnn ttttt", Of<StorePair<Bytes4, Offset>>(), "stnp {Wt:r}, {Wu:r}, [{Xn|sp}{,simm7x4}]", NonTemporal),
        new("00 101 0 000 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes4, ZeroExtend, Offset>>(), "ldnp {Wt}, {Wu}, [{Xn|sp}{,simm7x4}]", NonTemporal),
        new("10 101 0 000 0 iiiiiii uuuuu nnnnn ttttt", Of<StorePair<Bytes8, Offset>>(), "stnp {Xt:r}, {Xu:r}, [{Xn|sp}{,simm7x8}]", NonTemporal),
        new("10 101 0 000 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes8, ZeroExtend, Offset>>(), "ldnp {Xt}, {Xu}, [{Xn|sp}{,simm7x8}]", NonTemporal),
        new("00 101 0 001 0 iiiiiii uuuuu nnnnn ttttt", Of<StorePair<Bytes4, PostIndex>>(), "stp {Wt:r}, {Wu:r}, [{Xn|sp}], {simm7x4}"),
        new("00 101 0 001 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes4, ZeroExtend, PostIndex>>(), "ldp {Wt}, {Wu}, [{Xn|sp}], {simm7x4}"),
        new("01 101 0 001 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes4, SignExtend, PostIndex>>(), "ldpsw {Xt}, {Xu}, [{Xn|sp}], {simm7x4}"),
        new("10 101 0 001 0 iiiiiii uuuuu nnnnn ttttt", Of<StorePair<Bytes8, PostIndex>>(), "stp {Xt:r}, {Xu:r}, [{Xn|sp}], {simm7x8}"),
        new("10 101 0 001 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes8, ZeroExtend, PostIndex>>(), "ldp {Xt}, {Xu}, [{Xn|sp}], {simm7x8}"),
        new("00 101 0 010 0 iiiiiii uuuuu nnnnn ttttt", Of<StorePair<Bytes4, Offset>>(), "stp {Wt:r}, {Wu:r}, [{Xn|sp}{,simm7x4}]"),
        new("00 101 0 010 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes4, ZeroExtend, Offset>>(), "ldp {Wt}, {Wu}, [{Xn|sp}{,simm7x4}]"),
        new("01 101 0 010 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes4, SignExtend, Offset>>(), "ldpsw {Xt}, {Xu}, [{Xn|sp}{,simm7x4}]"),
        new("10 101 0 010 0 iiiiiii uuuuu nnnnn ttttt", Of<StorePair<Bytes8, Offset>>(), "stp {Xt:r}, {Xu:r}, [{Xn|sp}{,simm7x8}]"),
        new("10 101 0 010 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes8, ZeroExtend, Offset>>(), "ldp {Xt}, {Xu}, [{Xn|sp}{,simm7x8}]"),
        new("00 101 0 011 0 iiiiiii uuuuu nnnnn ttttt", Of<StorePair<Bytes4, PreIndex>>(), "stp {Wt:r}, {Wu:r}, [{Xn|sp}, {simm7x4}]!"),
        new("00 101 0 011 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes4, ZeroExtend, PreIndex>>(), "ldp {Wt}, {Wu}, [{Xn|sp}, {simm7x4}]!"),
        new("01 101 0 011 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes4, SignExtend, PreIndex>>(), "ldpsw {Xt}, {Xu}, [{Xn|sp}, {simm7x4}]!"),
        new("10 101 0 011 0 iiiiiii uuuuu nnnnn ttttt", Of<StorePair<Bytes8, PreIndex>>(), "stp {Xt:r}, {Xu:r}, [{Xn|sp}, {simm7x8}]!"),
        new("10 101 0 011 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadPair<Bytes8, ZeroExtend, PreIndex>>(), "ldp {Xt}, {Xu}, [{Xn|sp}, {simm7x8}]!"),

        // Load/store register (unscaled immediate)
        new("00 111 0 00 00 0 iiiiiiiii 00 nnnnn ttttt", Of<Store<Bytes1, Offset>>(), "sturb {Wt:r}, [{Xn|sp}{,simm9}]",
            new A64Alias("00 111 0 00 00 0 iiiiiiiii 00 nnnnn ttttt", "strb {Wt:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("00 111 0 00 01 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes1, ZeroExtend, Offset>>(), "ldurb {Wt}, [{Xn|sp}{,simm9}]",
            new A64Alias("00 111 0 00 01 0 iiiiiiiii 00 nnnnn ttttt", "ldrb {Wt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("00 111 0 00 10 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes1, SignExtend, Offset>>(), "ldursb {Xt}, [{Xn|sp}{,simm9}]",
            new A64Alias("00 111 0 00 10 0 iiiiiiiii 00 nnnnn ttttt", "ldrsb {Xt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("00 111 0 00 11 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes1, SignExtend32, Offset>>(), "ldursb {Wt}, [{Xn|sp}{,simm9}]",
            new A64Alias("00 111 0 00 11 0 iiiiiiiii 00 nnnnn ttttt", "ldrsb {Wt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("01 111 0 00 00 0 iiiiiiiii 00 nnnnn ttttt", Of<Store<Bytes2, Offset>>(), "sturh {Wt:r}, [{Xn|sp}{,simm9}]",
            new A64Alias("01 111 0 00 00 0 iiiiiiiii 00 nnnnn ttttt", "strh {Wt:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("01 111 0 00 01 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes2, ZeroExtend, Offset>>(), "ldurh {Wt}, [{Xn|sp}{,simm9}]",
            new A64Alias("01 111 0 00 01 0 iiiiiiiii 00 nnnnn ttttt", "ldrh {Wt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("01 111 0 00 10 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes2, SignExtend, Offset>>(), "ldursh {Xt}, [{Xn|sp}{,simm9}]",
            new A64Alias("01 111 0 00 10 0 iiiiiiiii 00 nnnnn ttttt", "ldrsh {Xt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("01 111 0 00 11 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes2, SignExtend32, Offset>>(), "ldursh {Wt}, [{Xn|sp}{,simm9}]",
            new A64Alias("01 111 0 00 11 0 iiiiiiiii 00 nnnnn ttttt", "ldrsh {Wt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("10 111 0 00 00 0 iiiiiiiii 00 nnnnn ttttt", Of<Store<Bytes4, Offset>>(), "stur {Wt:r}, [{Xn|sp}{,simm9}]",
            new A64Alias("10 111 0 00 00 0 iiiiiiiii 00 nnnnn ttttt", "str {Wt:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("10 111 0 00 01 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes4, ZeroExtend, Offset>>(), "ldur {Wt}, [{Xn|sp}{,simm9}]",
            new A64Alias("10 111 0 00 01 0 iiiiiiiii 00 nnnnn ttttt", "ldr {Wt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("10 111 0 00 10 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes4, SignExtend, Offset>>(), "ldursw {Xt}, [{Xn|sp}{,simm9}]",
            new A64Alias("10 111 0 00 10 0 iiiiiiiii 00 nnnnn ttttt", "ldrsw {Xt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("11 111 0 00 00 0 iiiiiiiii 00 nnnnn ttttt", Of<Store<Bytes8, Offset>>(), "stur {Xt:r}, [{Xn|sp}{,simm9}]",
            new A64Alias("11 111 0 00 00 0 iiiiiiiii 00 nnnnn ttttt", "str {Xt:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("11 111 0 00 01 0 iiiiiiiii 00 nnnnn ttttt", Of<Load<Bytes8, ZeroExtend, Offset>>(), "ldur {Xt}, [{Xn|sp}{,simm9}]",
            new A64Alias("11 111 0 00 01 0 iiiiiiiii 00 nnnnn ttttt", "ldr {Xt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("11 111 0 00 10 0 iiiiiiiii 00 nnnnn ttttt", Of<Hint>(), "prfum {prfop}, [{Xn|sp}{,simm9}]"),

        // Load/store register (immediate post-indexed)
        new("00 111 0 00 00 0 iiiiiiiii 01 nnnnn ttttt", Of<Store<Bytes1, PostIndex>>(), "strb {Wt:r}, [{Xn|sp}], {simm9}"),
        new("00 111 0 00 01 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes1, ZeroExtend, PostIndex>>(), "ldrb {Wt}, [{Xn|sp}], {simm9}"),
        new("00 111 0 00 10 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes1, SignExtend, PostIndex>>(), "ldrsb {Xt}, [{Xn|sp}], {simm9}"),
        new("00 111 0 00 11 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes1, SignExtend32, PostIndex>>(), "ldrsb {Wt}, [{Xn|sp}], {simm9}"),
        new("01 111 0 00 00 0 iiiiiiiii 01 nnnnn ttttt", Of<Store<Bytes2, PostIndex>>(), "strh {Wt:r}, [{Xn|sp}], {simm9}"),
        new("01 111 0 00 01 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes2, ZeroExtend, PostIndex>>(), "ldrh {Wt}, [{Xn|sp}], {simm9}"),
        new("01 111 0 00 10 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes2, SignExtend, PostIndex>>(), "ldrsh {Xt}, [{Xn|sp}], {simm9}"),
        new("01 111 0 00 11 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes2, SignExtend32, PostIndex>>(), "ldrsh {Wt}, [{Xn|sp}], {simm9}"),
        new("10 111 0 00 00 0 iiiiiiiii 01 nnnnn ttttt", Of<Store<Bytes4, PostIndex>>(), "str {Wt:r}, [{Xn|sp}], {simm9}"),
        new("10 111 0 00 01 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes4, ZeroExtend, PostIndex>>(), "ldr {Wt}, [{Xn|sp}], {simm9}"),
        new("10 111 0 00 10 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes4, SignExtend, PostIndex>>(), "ldrsw {Xt}, [{Xn|sp}], {simm9}"),
        new("11 111 0 00 00 0 iiiiiiiii 01 nnnnn ttttt", Of<Store<Bytes8, PostIndex>>(), "str {Xt:r}, [{Xn|sp}], {simm9}"),
        new("11 111 0 00 01 0 iiiiiiiii 01 nnnnn ttttt", Of<Load<Bytes8, ZeroExtend, PostIndex>>(), "ldr {Xt}, [{Xn|sp}], {simm9}"),

        // Load/store register (immediate pre-indexed)
        new("00 111 0 00 00 0 iiiiiiiii 11 nnnnn ttttt", Of<Store<Bytes1, PreIndex>>(), "strb {Wt:r}, [{Xn|sp}, {simm9}]!"),
        new("00 111 0 00 01 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes1, ZeroExtend, PreIndex>>(), "ldrb {Wt}, [{Xn|sp}, {simm9}]!"),
        new("00 111 0 00 10 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes1, SignExtend, PreIndex>>(), "ldrsb {Xt}, [{Xn|sp}, {simm9}]!"),
        new("00 111 0 00 11 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes1, SignExtend32, PreIndex>>(), "ldrsb {Wt}, [{Xn|sp}, {simm9}]!"),
        new("01 111 0 00 00 0 iiiiiiiii 11 nnnnn ttttt", Of<Store<Bytes2, PreIndex>>(), "strh {Wt:r}, [{Xn|sp}, {simm9}]!"),
        new("01 111 0 00 01 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes2, ZeroExtend, PreIndex>>(), "ldrh {Wt}, [{Xn|sp}, {simm9}]!"),
        new("01 111 0 00 10 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes2, SignExtend, PreIndex>>(), "ldrsh {Xt}, [{Xn|sp}, {simm9}]!"),
        new("01 111 0 00 11 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes2, SignExtend32, PreIndex>>(), "ldrsh {Wt}, [{Xn|sp}, {simm9}]!"),
        new("10 111 0 00 00 0 iiiiiiiii 11 nnnnn ttttt", Of<Store<Bytes4, PreIndex>>(), "str {Wt:r}, [{Xn|sp}, {simm9}]!"),
        new("10 111 0 00 01 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes4, ZeroExtend, PreIndex>>(), "ldr {Wt}, [{Xn|sp}, {simm9}]!"),
        new("10 111 0 00 10 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes4, SignExtend, PreIndex>>(), "ldrsw {Xt}, [{Xn|sp}, {simm9}]!"),
        new("11 111 0 00 00 0 iiiiiiiii 11 nnnnn ttttt", Of<Store<Bytes8, PreIndex>>(), "str {Xt:r}, [{Xn|sp}, {simm9}]!"),
        new("11 111 0 00 01 0 iiiiiiiii 11 nnnnn ttttt", Of<Load<Bytes8, ZeroExtend, PreIndex>>(), "ldr {Xt}, [{Xn|sp}, {simm9}]!"),

        // Load/store register (unprivileged)
        new("00 111 0 00 00 0 iiiiiiiii 10 nnnnn ttttt", Of<Store<Bytes1, Offset>>(), "sttrb {Wt:r}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("00 111 0 00 01 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes1, ZeroExtend, Offset>>(), "ldtrb {Wt}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("00 111 0 00 10 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes1, SignExtend, Offset>>(), "ldtrsb {Xt}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("00 111 0 00 11 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes1, SignExtend32, Offset>>(), "ldtrsb {Wt}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("01 111 0 00 00 0 iiiiiiiii 10 nnnnn ttttt", Of<Store<Bytes2, Offset>>(), "sttrh {Wt:r}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("01 111 0 00 01 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes2, ZeroExtend, Offset>>(), "ldtrh {Wt}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("01 111 0 00 10 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes2, SignExtend, Offset>>(), "ldtrsh {Xt}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("01 111 0 00 11 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes2, SignExtend32, Offset>>(), "ldtrsh {Wt}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("10 111 0 00 00 0 iiiiiiiii 10 nnnnn ttttt", Of<Store<Bytes4, Offset>>(), "sttr {Wt:r}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("10 111 0 00 01 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes4, ZeroExtend, Offset>>(), "ldtr {Wt}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("10 111 0 00 10 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes4, SignExtend, Offset>>(), "ldtrsw {Xt}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("11 111 0 00 00 0 iiiiiiiii 10 nnnnn ttttt", Of<Store<Bytes8, Offset>>(), "sttr {Xt:r}, [{Xn|sp}{,simm9}]", Unprivileged),
        new("11 111 0 00 01 0 iiiiiiiii 10 nnnnn ttttt", Of<Load<Bytes8, ZeroExtend, Offset>>(), "ldtr {Xt}, [{Xn|sp}{,simm9}]", Unprivileged),

        // Load/store register (register offset)
        new("00 111 0 00 00 1 mmmmm ooo S 10 nnnnn ttttt", StoreByExtend<Bytes1>(), "strb {Wt:r}, [{Xn|sp}, {Rm,extend1}]"),
        new("00 111 0 00 01 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes1, ZeroExtend>(), "ldrb {Wt}, [{Xn|sp}, {Rm,extend1}]"),
        new("00 111 0 00 10 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes1, SignExtend>(), "ldrsb {Xt}, [{Xn|sp}, {Rm,extend1}]"),
        new("00 111 0 00 11 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes1, SignExtend32>(), "ldrsb {Wt}, [{Xn|sp}, {Rm,extend1}]"),
        new("01 111 0 00 00 1 mmmmm ooo S 10 nnnnn ttttt", StoreByExtend<Bytes2>(), "strh {Wt:r}, [{Xn|sp}, {Rm,extend2}]"),
        new("01 111 0 00 01 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes2, ZeroExtend>(), "ldrh {Wt}, [{Xn|sp}, {Rm,extend2}]"),
        new("01 111 0 00 10 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes2, SignExtend>(), "ldrsh {Xt}, [{Xn|sp}, {Rm,extend2}]"),
        new("01 111 0 00 11 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes2, SignExtend32>(), "ldrsh {Wt}, [{Xn|sp}, {Rm,extend2}]"),
        new("10 111 0 00 00 1 mmmmm ooo S 10 nnnnn ttttt", StoreByExtend<Bytes4>(), "str {Wt:r}, [{Xn|sp}, {Rm,extend4}]"),
        new("10 111 0 00 01 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes4, ZeroExtend>(), "ldr {Wt}, [{Xn|sp}, {Rm,extend4}]"),
        new("10 111 0 00 10 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes4, SignExtend>(), "ldrsw {Xt}, [{Xn|sp}, {Rm,extend4}]"),
        new("11 111 0 00 00 1 mmmmm ooo S 10 nnnnn ttttt", StoreByExtend<Bytes8>(), "str {Xt:r}, [{Xn|sp}, {Rm,extend8}]"),
        new("11 111 0 00 01 1 mmmmm ooo S 10 nnnnn ttttt", LoadByExtend<Bytes8, ZeroExtend>(), "ldr {Xt}, [{Xn|sp}, {Rm,extend8}]"),
        new("11 111 0 00 10 1 mmmmm ooo S 10 nnnnn ttttt", Of<Hint>(), "prfm {prfop}, [{Xn|sp}, {Rm,extend8}]"),

        // Load/store register (unsigned immediate)
        new("00 111 0 01 00 iiiiiiiiiiii nnnnn ttttt", Of<Store<Bytes1, Offset>>(), "strb {Wt:r}, [{Xn|sp}{,pimm1}]"),
        new("00 111 0 01 01 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes1, ZeroExtend, Offset>>(), "ldrb {Wt}, [{Xn|sp}{,pimm1}]"),
        new("00 111 0 01 10 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes1, SignExtend, Offset>>(), "ldrsb {Xt}, [{Xn|sp}{,pimm1}]"),
        new("00 111 0 01 11 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes1, SignExtend32, Offset>>(), "ldrsb {Wt}, [{Xn|sp}{,pimm1}]"),
        new("01 111 0 01 00 iiiiiiiiiiii nnnnn ttttt", Of<Store<Bytes2, Offset>>(), "strh {Wt:r}, [{Xn|sp}{,pimm2}]"),
        new("01 111 0 01 01 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes2, ZeroExtend, Offset>>(), "ldrh {Wt}, [{Xn|sp}{,pimm2}]"),
        new("01 111 0 01 10 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes2, SignExtend, Offset>>(), "ldrsh {Xt}, [{Xn|sp}{,pimm2}]"),
        new("01 111 0 01 11 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes2, SignExtend32, Offset>>(), "ldrsh {Wt}, [{Xn|sp}{,pimm2}]"),
        new("10 111 0 01 00 iiiiiiiiiiii nnnnn ttttt", Of<Store<Bytes4, Offset>>(), "str {Wt:r}, [{Xn|sp}{,pimm4}]"),
        new("10 111 0 01 01 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes4, ZeroExtend, Offset>>(), "ldr {Wt}, [{Xn|sp}{,pimm4}]"),
        new("10 111 0 01 10 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes4, SignExtend, Offset>>(), "ldrsw {Xt}, [{Xn|sp}{,pimm4}]"),
        new("11 111 0 01 00 iiiiiiiiiiii nnnnn ttttt", Of<Store<Bytes8, Offset>>(), "str {Xt:r}, [{Xn|sp}{,pimm8}]"),
        new("11 111 0 01 01 iiiiiiiiiiii nnnnn ttttt", Of<Load<Bytes8, ZeroExtend, Offset>>(), "ldr {Xt}, [{Xn|sp}{,pimm8}]"),
        new("11 111 0 01 10 iiiiiiiiiiii nnnnn ttttt", Of<Hint>(), "prfm {prfop}, [{Xn|sp}{,pimm8}]"),
    ];

    /// <summary>A load by the extension at 15:13.</summary>
    private static A64Choice LoadByExtend<TSize, TWiden>()
        where TSize : struct, IA64Size
        where TWiden : struct, IA64Widen => new(13, 7,
            null, null, Of<Load<TSize, TWiden, RegisterOffset<Uxtw>>>(), Of<Load<TSize, TWiden, RegisterOffset<Uxtx>>>(),
            null, null, Of<Load<TSize, TWiden, RegisterOffset<Sxtw>>>(), Of<Load<TSize, TWiden, RegisterOffset<Sxtx>>>());

    /// <summary>A store by the extension at 15:13.</summary>
    private static A64Choice StoreByExtend<TSize>()
        where TSize : struct, IA64Size => new(13, 7,
            null, null, Of<Store<TSize, RegisterOffset<Uxtw>>>(), Of<Store<TSize, RegisterOffset<Uxtx>>>(),
            null, null, Of<Store<TSize, RegisterOffset<Sxtw>>>(), Of<Store<TSize, RegisterOffset<Sxtx>>>());
}
