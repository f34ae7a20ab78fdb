namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, "Loads and Stores" with V = 1: scalar FP and SIMD registers, and vector structures.</summary>
public static partial class A64Table
{
    private static A64Row[] VectorLoadsStores =>
    [
        // Load register (literal), SIMD&FP
        new("00 011 1 00 iiiiiiiiiiiiiiiiiii ttttt", Of<LoadVector<Bytes4, Literal>>(), "ldr {St}, {label19}"),
        new("01 011 1 00 iiiiiiiiiiiiiiiiiii ttttt", Of<LoadVector<Bytes8, Literal>>(), "ldr {Dt}, {label19}"),
        new("10 011 1 00 iiiiiiiiiiiiiiiiiii ttttt", Of<LoadVector<Bytes16, Literal>>(), "ldr {Qt}, {label19}"),

        // Load/store register pair, SIMD&FP
        new("00 101 1 000 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes4, Offset>>(), "stnp {St:r}, {Su:r}, [{Xn|sp}{,simm7x4}]", NonTemporal),
        new("00 101 1 000 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes4, Offset>>(), "ldnp {St}, {Su}, [{Xn|sp}{,simm7x4}]", NonTemporal),
        new("01 101 1 000 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes8, Offset>>(), "stnp {Dt:r}, {Du:r}, [{Xn|sp}{,simm7x8}]", NonTemporal),
        new("01 101 1 000 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes8, Offset>>(), "ldnp {Dt}, {Du}, [{Xn|sp}{,simm7x8}]", NonTemporal),
        new("10 101 1 000 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes16, Offset>>(), "stnp {Qt:r}, {Qu:r}, [{Xn|sp}{,simm7x16}]", NonTemporal),
        new("10 101 1 000 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes16, Offset>>(), "ldnp {Qt}, {Qu}, [{Xn|sp}{,simm7x16}]", NonTemporal),
        new("00 101 1 001 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes4, PostIndex>>(), "stp {St:r}, {Su:r}, [{Xn|sp}], {simm7x4}"),
        new("00 101 1 001 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes4, PostIndex>>(), "ldp {St}, {Su}, [{Xn|sp}], {simm7x4}"),
        new("01 101 1 001 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes8, PostIndex>>(), "stp {Dt:r}, {Du:r}, [{Xn|sp}], {simm7x8}"),
        new("01 101 1 001 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes8, PostIndex>>(), "ldp {Dt}, {Du}, [{Xn|sp}], {simm7x8}"),
        new("10 101 1 001 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes16, PostIndex>>(), "stp {Qt:r}, {Qu:r}, [{Xn|sp}], {simm7x16}"),
        new("10 101 1 001 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes16, PostIndex>>(), "ldp {Qt}, {Qu}, [{Xn|sp}], {simm7x16}"),
        new("00 101 1 010 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes4, Offset>>(), "stp {St:r}, {Su:r}, [{Xn|sp}{,simm7x4}]"),
        new("00 101 1 010 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes4, Offset>>(), "ldp {St}, {Su}, [{Xn|sp}{,simm7x4}]"),
        new("01 101 1 010 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes8, Offset>>(), "stp {Dt:r}, {Du:r}, [{Xn|sp}{,simm7x8}]"),
        new("01 101 1 010 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes8, Offset>>(), "ldp {Dt}, {Du}, [{Xn|sp}{,simm7x8}]"),
        new("10 101 1 010 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes16, Offset>>(), "stp {Qt:r}, {Qu:r}, [{Xn|sp}{,simm7x16}]"),
        new("10 101 1 010 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes16, Offset>>(), "ldp {Qt}, {Qu}, [{Xn|sp}{,simm7x16}]"),
        new("00 101 1 011 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes4, PreIndex>>(), "stp {St:r}, {Su:r}, [{Xn|sp}, {simm7x4}]!"),
        new("00 101 1 011 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes4, PreIndex>>(), "ldp {St}, {Su}, [{Xn|sp}, {simm7x4}]!"),
        new("01 101 1 011 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes8, PreIndex>>(), "stp {Dt:r}, {Du:r}, [{Xn|sp}, {simm7x8}]!"),
        new("01 101 1 011 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes8, PreIndex>>(), "ldp {Dt}, {Du}, [{Xn|sp}, {simm7x8}]!"),
        new("10 101 1 011 0 iiiiiii uuuuu nnnnn ttttt", Of<StoreVectorPair<Bytes16, PreIndex>>(), "stp {Qt:r}, {Qu:r}, [{Xn|sp}, {simm7x16}]!"),
        new("10 101 1 011 1 iiiiiii uuuuu nnnnn ttttt", Of<LoadVectorPair<Bytes16, PreIndex>>(), "ldp {Qt}, {Qu}, [{Xn|sp}, {simm7x16}]!"),

        // Load/store register (unscaled immediate), SIMD&FP
        new("00 111 1 00 00 0 iiiiiiiii 00 nnnnn ttttt", Of<StoreVector<Bytes1, Offset>>(), "stur {Bt:r}, [{Xn|sp}{,simm9}]", new A64Alias("00 111 1 00 00 0 iiiiiiiii 00 nnnnn ttttt", "str {Bt:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("00 111 1 00 01 0 iiiiiiiii 00 nnnnn ttttt", Of<LoadVector<Bytes1, Offset>>(), "ldur {Bt}, [{Xn|sp}{,simm9}]", new A64Alias("00 111 1 00 01 0 iiiiiiiii 00 nnnnn ttttt", "ldr {Bt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("01 111 1 00 00 0 iiiiiiiii 00 nnnnn ttttt", Of<StoreVector<Bytes2, Offset>>(), "stur {Ht:r}, [{Xn|sp}{,simm9}]", new A64Alias("01 111 1 00 00 0 iiiiiiiii 00 nnnnn ttttt", "str {Ht:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("01 111 1 00 01 0 iiiiiiiii 00 nnnnn ttttt", Of<LoadVector<Bytes2, Offset>>(), "ldur {Ht}, [{Xn|sp}{,simm9}]", new A64Alias("01 111 1 00 01 0 iiiiiiiii 00 nnnnn ttttt", "ldr {Ht}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("10 111 1 00 00 0 iiiiiiiii 00 nnnnn ttttt", Of<StoreVector<Bytes4, Offset>>(), "stur {St:r}, [{Xn|sp}{,simm9}]", new A64Alias("10 111 1 00 00 0 iiiiiiiii 00 nnnnn ttttt", "str {St:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("10 111 1 00 01 0 iiiiiiiii 00 nnnnn ttttt", Of<LoadVector<Bytes4, Offset>>(), "ldur {St}, [{Xn|sp}{,simm9}]", new A64Alias("10 111 1 00 01 0 iiiiiiiii 00 nnnnn ttttt", "ldr {St}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("11 111 1 00 00 0 iiiiiiiii 00 nnnnn ttttt", Of<StoreVector<Bytes8, Offset>>(), "stur {Dt:r}, [{Xn|sp}{,simm9}]", new A64Alias("11 111 1 00 00 0 iiiiiiiii 00 nnnnn ttttt", "str {Dt:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("11 111 1 00 01 0 iiiiiiiii 00 nnnnn ttttt", Of<LoadVector<Bytes8, Offset>>(), "ldur {Dt}, [{Xn|sp}{,simm9}]", new A64Alias("11 111 1 00 01 0 iiiiiiiii 00 nnnnn ttttt", "ldr {Dt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("00 111 1 00 10 0 iiiiiiiii 00 nnnnn ttttt", Of<StoreVector<Bytes16, Offset>>(), "stur {Qt:r}, [{Xn|sp}{,simm9}]", new A64Alias("00 111 1 00 10 0 iiiiiiiii 00 nnnnn ttttt", "str {Qt:r}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),
        new("00 111 1 00 11 0 iiiiiiiii 00 nnnnn ttttt", Of<LoadVector<Bytes16, Offset>>(), "ldur {Qt}, [{Xn|sp}{,simm9}]", new A64Alias("00 111 1 00 11 0 iiiiiiiii 00 nnnnn ttttt", "ldr {Qt}, [{Xn|sp}, {simm9}]", assemblyOnly: true)),

        // Load/store register (immediate post-indexed), SIMD&FP
        new("00 111 1 00 00 0 iiiiiiiii 01 nnnnn ttttt", Of<StoreVector<Bytes1, PostIndex>>(), "str {Bt:r}, [{Xn|sp}], {simm9}"),
        new("00 111 1 00 01 0 iiiiiiiii 01 nnnnn ttttt", Of<LoadVector<Bytes1, PostIndex>>(), "ldr {Bt}, [{Xn|sp}], {simm9}"),
        new("01 111 1 00 00 0 iiiiiiiii 01 nnnnn ttttt", Of<StoreVector<Bytes2, PostIndex>>(), "str {Ht:r}, [{Xn|sp}], {simm9}"),
        new("01 111 1 00 01 0 iiiiiiiii 01 nnnnn ttttt", Of<LoadVector<Bytes2, PostIndex>>(), "ldr {Ht}, [{Xn|sp}], {simm9}"),
        new("10 111 1 00 00 0 iiiiiiiii 01 nnnnn ttttt", Of<StoreVector<Bytes4, PostIndex>>(), "str {St:r}, [{Xn|sp}], {simm9}"),
        new("10 111 1 00 01 0 iiiiiiiii 01 nnnnn ttttt", Of<LoadVector<Bytes4, PostIndex>>(), "ldr {St}, [{Xn|sp}], {simm9}"),
        new("11 111 1 00 00 0 iiiiiiiii 01 nnnnn ttttt", Of<StoreVector<Bytes8, PostIndex>>(), "str {Dt:r}, [{Xn|sp}], {simm9}"),
        new("11 111 1 00 01 0 iiiiiiiii 01 nnnnn ttttt", Of<LoadVector<Bytes8, PostIndex>>(), "ldr {Dt}, [{Xn|sp}], {simm9}"),
        new("00 111 1 00 10 0 iiiiiiiii 01 nnnnn ttttt", Of<StoreVector<Bytes16, PostIndex>>(), "str {Qt:r}, [{Xn|sp}], {simm9}"),
        new("00 111 1 00 11 0 iiiiiiiii 01 nnnnn ttttt", Of<LoadVector<Bytes16, PostIndex>>(), "ldr {Qt}, [{Xn|sp}], {simm9}"),

        // Load/store register (immediate pre-indexed), SIMD&FP
        new("00 111 1 00 00 0 iiiiiiiii 11 nnnnn ttttt", Of<StoreVector<Bytes1, PreIndex>>(), "str {Bt:r}, [{Xn|sp}, {simm9}]!"),
        new("00 111 1 00 01 0 iiiiiiiii 11 nnnnn ttttt", Of<LoadVector<Bytes1, PreIndex>>(), "ldr {Bt}, [{Xn|sp}, {simm9}]!"),
        new("01 111 1 00 00 0 iiiiiiiii 11 nnnnn ttttt", Of<StoreVector<Bytes2, PreIndex>>(), "str {Ht:r}, [{Xn|sp}, {simm9}]!"),
        new("01 111 1 00 01 0 iiiiiiiii 11 nnnnn ttttt", Of<LoadVector<Bytes2, PreIndex>>(), "ldr {Ht}, [{Xn|sp}, {simm9}]!"),
        new("10 111 1 00 00 0 iiiiiiiii 11 nnnnn ttttt", Of<StoreVector<Bytes4, PreIndex>>(), "str {St:r}, [{Xn|sp}, {simm9}]!"),
        new("10 111 1 00 01 0 iiiiiiiii 11 nnnnn ttttt", Of<LoadVector<Bytes4, PreIndex>>(), "ldr {St}, [{Xn|sp}, {simm9}]!"),
        new("11 111 1 00 00 0 iiiiiiiii 11 nnnnn ttttt", Of<StoreVector<Bytes8, PreIndex>>(), "str {Dt:r}, [{Xn|sp}, {simm9}]!"),
        new("11 111 1 00 01 0 iiiiiiiii 11 nnnnn ttttt", Of<LoadVector<Bytes8, PreIndex>>(), "ldr {Dt}, [{Xn|sp}, {simm9}]!"),
        new("00 111 1 00 10 0 iiiiiiiii 11 nnnnn ttttt", Of<StoreVector<Bytes16, PreIndex>>(), "str {Qt:r}, [{Xn|sp}, {simm9}]!"),
        new("00 111 1 00 11 0 iiiiiiiii 11 nnnnn ttttt", Of<LoadVector<Bytes16, PreIndex>>(), "ldr {Qt}, [{Xn|sp}, {simm9}]!"),

        // Load/store register (register offset), SIMD&FP
        new("00 111 1 00 00 1 mmmmm ooo S 10 nnnnn ttttt", StoreVectorByExtend<Bytes1>(), "str {Bt:r}, [{Xn|sp}, {Rm,extend1}]"),
        new("00 111 1 00 01 1 mmmmm ooo S 10 nnnnn ttttt", LoadVectorByExtend<Bytes1>(), "ldr {Bt}, [{Xn|sp}, {Rm,extend1}]"),
        new("01 111 1 00 00 1 mmmmm ooo S 10 nnnnn ttttt", StoreVectorByExtend<Bytes2>(), "str {Ht:r}, [{Xn|sp}, {Rm,extend2}]"),
        new("01 111 1 00 01 1 mmmmm ooo S 10 nnnnn ttttt", LoadVectorByExtend<Bytes2>(), "ldr {Ht}, [{Xn|sp}, {Rm,extend2}]"),
        new("10 111 1 00 00 1 mmmmm ooo S 10 nnnnn ttttt", StoreVectorByExtend<Bytes4>(), "str {St:r}, [{Xn|sp}, {Rm,extend4}]"),
        new("10 111 1 00 01 1 mmmmm ooo S 10 nnnnn ttttt", LoadVectorByExtend<Bytes4>(), "ldr {St}, [{Xn|sp}, {Rm,extend4}]"),
        new("11 111 1 00 00 1 mmmmm ooo S 10 nnnnn ttttt", StoreVectorByExtend<Bytes8>(), "str {Dt:r}, [{Xn|sp}, {Rm,extend8}]"),
        new("11 111 1 00 01 1 mmmmm ooo S 10 nnnnn ttttt", LoadVectorByExtend<Bytes8>(), "ldr {Dt}, [{Xn|sp}, {Rm,extend8}]"),
        new("00 111 1 00 10 1 mmmmm ooo S 10 nnnnn ttttt", StoreVectorByExtend<Bytes16>(), "str {Qt:r}, [{Xn|sp}, {Rm,extend16}]"),
        new("00 111 1 00 11 1 mmmmm ooo S 10 nnnnn ttttt", LoadVectorByExtend<Bytes16>(), "ldr {Qt}, [{Xn|sp}, {Rm,extend16}]"),

        // Load/store register (unsigned immediate), SIMD&FP
        new("00 111 1 01 00 iiiiiiiiiiii nnnnn ttttt", Of<StoreVector<Bytes1, Offset>>(), "str {Bt:r}, [{Xn|sp}{,pimm1}]"),
        new("00 111 1 01 01 iiiiiiiiiiii nnnnn ttttt", Of<LoadVector<Bytes1, Offset>>(), "ldr {Bt}, [{Xn|sp}{,pimm1}]"),
        new("01 111 1 01 00 iiiiiiiiiiii nnnnn ttttt", Of<StoreVector<Bytes2, Offset>>(), "str {Ht:r}, [{Xn|sp}{,pimm2}]"),
        new("01 111 1 01 01 iiiiiiiiiiii nnnnn ttttt", Of<LoadVector<Bytes2, Offset>>(), "ldr {Ht}, [{Xn|sp}{,pimm2}]"),
        new("10 111 1 01 00 iiiiiiiiiiii nnnnn ttttt", Of<StoreVector<Bytes4, Offset>>(), "str {St:r}, [{Xn|sp}{,pimm4}]"),
        new("10 111 1 01 01 iiiiiiiiiiii nnnnn ttttt", Of<LoadVector<Bytes4, Offset>>(), "ldr {St}, [{Xn|sp}{,pimm4}]"),
        new("11 111 1 01 00 iiiiiiiiiiii nnnnn ttttt", Of<StoreVector<Bytes8, Offset>>(), "str {Dt:r}, [{Xn|sp}{,pimm8}]"),
        new("11 111 1 01 01 iiiiiiiiiiii nnnnn ttttt", Of<LoadVector<Bytes8, Offset>>(), "ldr {Dt}, [{Xn|sp}{,pimm8}]"),
        new("00 111 1 01 10 iiiiiiiiiiii nnnnn ttttt", Of<StoreVector<Bytes16, Offset>>(), "str {Qt:r}, [{Xn|sp}{,pimm16}]"),
        new("00 111 1 01 11 iiiiiiiiiiii nnnnn ttttt", Of<LoadVector<Bytes16, Offset>>(), "ldr {Qt}, [{Xn|sp}{,pimm16}]"),
    ];

    private static A64Choice LoadVectorByExtend<TSize>()
        where TSize : struct, IA64Size => new(13, 7,
            null, null, Of<LoadVector<TSize, RegisterOffset<Uxtw>>>(), Of<LoadVector<TSize, RegisterOffset<Uxtx>>>(),
            null, null, Of<LoadVector<TSize, RegisterOffset<Sxtw>>>(), Of<LoadVector<TSize, RegisterOffset<Sxtx>>>());

    private static A64Choice StoreVectorByExtend<TSize>()
        where TSize : struct, IA64Size => new(13, 7,
            null, null, Of<StoreVector<TSize, RegisterOffset<Uxtw>>>(), Of<StoreVector<TSize, RegisterOffset<Uxtx>>>(),
            null, null, Of<StoreVector<TSize, RegisterOffset<Sxtw>>>(), Of<StoreVector<TSize, RegisterOffset<Sxtx>>>());

    /// <summary>LD1 to LD4 and ST1 to ST4 (multiple structures): opcode, name, registers, elements of one structure.</summary>
    private static readonly (string Opcode, string Name, int Registers, int Elements)[] Structures =
    [
        ("0111", "1", 1, 1), ("1010", "1", 2, 1), ("0110", "1", 3, 1), ("0010", "1", 4, 1),
        ("1000", "2", 2, 2), ("0100", "3", 3, 3), ("0000", "4", 4, 4),
    ];

    private static readonly bool[] StoreAndLoad = [false, true];

    private static readonly string[] Arrangements = ["8b", "4h", "2s", "1d", "16b", "8h", "4s", "2d"];

    private static IEnumerable<A64Row> VectorStructures =>
        from structure in Structures
        from arrangement in Enumerable.Range(0, Arrangements.Length)
        where structure.Elements == 1 || arrangement != 3
        from isLoad in StoreAndLoad
        from row in MultipleStructures(structure, arrangement, isLoad)
        select row;

    private static IEnumerable<A64Row> MultipleStructures(
        (string Opcode, string Name, int Registers, int Elements) structure, int arrangement, bool isLoad)
    {
        int q = arrangement >> 2, size = arrangement & 3, bytes = structure.Registers * (8 << q);
        string head = $"0 {q} 001100", load = isLoad ? "1" : "0";
        string tail = $"{structure.Opcode} {Convert.ToString(size, 2).PadLeft(2, '0')} nnnnn ttttt";
        string text = $"{(isLoad ? "ld" : "st")}{structure.Name} {{list{structure.Registers}.{Arrangements[arrangement]}{(isLoad ? "" : ":r")}}}, [{{Xn|sp}}]";
        var preset = new A64Insn { Imm2 = structure.Elements, Ra = (byte)structure.Registers, Cond = (byte)size, Option = (byte)q, Rm = A64Slot.Zero };
        A64Operation plain = isLoad ? Of<LoadStructures<Offset>>() : Of<StoreStructures<Offset>>();
        A64Operation after = isLoad ? Of<LoadStructures<PostIndex>>() : Of<StoreStructures<PostIndex>>();
        yield return new($"{head} 0 {load} 000000 {tail}", plain, text, preset);
        yield return new($"{head} 1 {load} 0 11111 {tail}", after, $"{text}, {{={bytes}}}", preset with { Imm = bytes });
        yield return new($"{head} 1 {load} 0 mmmmm {tail}", after, $"{text}, {{Xm}}", preset) { Allocated = word => Rm(word) != 31 };
    }

    /// <summary>Single structures: opcode without its last bit, size, the element and its length in bytes.</summary>
    private static readonly (string Opcode, string Size, char Element, int Bytes)[] Lanes =
        [("00", "zzz", 'b', 1), ("01", "zz0", 'h', 2), ("10", "z00", 's', 4), ("10", "001", 'd', 8)];

    private static IEnumerable<A64Row> VectorLanes =>
    [
        .. from lane in Lanes
           from elements in Enumerable.Range(1, 4)
           from isLoad in StoreAndLoad
           from row in SingleStructures(lane, elements, isLoad)
           select row,
        .. from elements in Enumerable.Range(1, 4)
           from arrangement in Enumerable.Range(0, Arrangements.Length)
           from row in Replicates(elements, arrangement)
           select row,
    ];

    private static IEnumerable<A64Row> SingleStructures(
        (string Opcode, string Size, char Element, int Bytes) lane, int elements, bool isLoad)
    {
        string load = isLoad ? "1" : "0", r = elements % 2 == 0 ? "1" : "0", last = elements > 2 ? "1" : "0";
        string tail = $"{lane.Opcode}{last} {lane.Size} nnnnn ttttt";
        string text = $"{(isLoad ? "ld" : "st")}{elements} {{list{elements}.{lane.Element}[i]{(isLoad ? "" : ":r")}}}, [{{Xn|sp}}]";
        var preset = new A64Insn { Imm2 = elements, Cond = (byte)int.Log2(lane.Bytes), Rm = A64Slot.Zero };
        A64Operation plain = isLoad ? Of<LoadLanes<Offset>>() : Of<StoreLanes<Offset>>();
        A64Operation after = isLoad ? Of<LoadLanes<PostIndex>>() : Of<StoreLanes<PostIndex>>();
        int bytes = elements * lane.Bytes;
        yield return new($"0 q 001101 0 {load} {r} 00000 {tail}", plain, text, preset);
        yield return new($"0 q 001101 1 {load} {r} 11111 {tail}", after, $"{text}, {{={bytes}}}", preset with { Ra = (byte)bytes });
        yield return new($"0 q 001101 1 {load} {r} mmmmm {tail}", after, $"{text}, {{Xm}}", preset) { Allocated = word => Rm(word) != 31 };
    }

    /// <summary>LD1R to LD4R.</summary>
    private static IEnumerable<A64Row> Replicates(int elements, int arrangement)
    {
        int q = arrangement >> 2, size = arrangement & 3, bytes = elements << size;
        string r = elements % 2 == 0 ? "1" : "0", last = elements > 2 ? "1" : "0";
        string tail = $"11{last} 0 {Convert.ToString(size, 2).PadLeft(2, '0')} nnnnn ttttt";
        string text = $"ld{elements}r {{list{elements}.{Arrangements[arrangement]}}}, [{{Xn|sp}}]";
        var preset = new A64Insn { Imm2 = elements, Cond = (byte)size, Option = (byte)q, Rm = A64Slot.Zero };
        yield return new($"0 {q} 001101 0 1 {r} 00000 {tail}", Of<LoadReplicated<Offset>>(), text, preset);
        yield return new($"0 {q} 001101 1 1 {r} 11111 {tail}", Of<LoadReplicated<PostIndex>>(), $"{text}, {{={bytes}}}", preset with { Ra = (byte)bytes });
        yield return new($"0 {q} 001101 1 1 {r} mmmmm {tail}", Of<LoadReplicated<PostIndex>>(), $"{text}, {{Xm}}", preset) { Allocated = word => Rm(word) != 31 };
    }
}
