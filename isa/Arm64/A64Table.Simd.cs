namespace RcuEmu.Isa.Arm64;

/// <summary>
/// C4.1, "Data Processing -- Scalar Floating-Point and Advanced SIMD": the integer instructions that kernel text uses,
/// and FMOV. Left out: floating-point arithmetic and what no row below names; cryptography has names and no operations.
/// </summary>
public static partial class A64Table
{
    private static IEnumerable<A64Row> Simd =>
    [
        .. SimdThreeSame, .. SimdLogic, .. SimdTwoMisc, .. SimdShifts, .. SimdPermute, .. SimdTables, .. SimdCopies,
        .. SimdImmediates, .. FloatMoves, .. Cryptography,
    ];

    /// <summary>The arrangements of 1, 2, 4 and 8 byte elements by size and Q; 1d is only for LD1 and ST1.</summary>
    private static IEnumerable<(string Name, int Log, int Q)> VectorShapes(int maxLog = 3) =>
        from q in Enumerable.Range(0, 2)
        from log in Enumerable.Range(0, maxLog + 1)
        where log < 3 || q == 1
        select (Arrangements[(q * 4) + log], log, q);

    private static string Bits(int value, int count) => Convert.ToString(value, 2).PadLeft(count, '0');

    /// <summary>Cond is log2 of the element's bytes, Option is 1 for 128 bits.</summary>
    private static A64Insn Shape(int log, int q) => new() { Cond = (byte)log, Option = (byte)q };

    private static IEnumerable<A64Row> SimdThreeSame =>
    [
        .. ThreeSame("0", "10000", "add",   Of<VectorLanes2<LaneAdd>>(), hasScalar: true),
        .. ThreeSame("1", "10000", "sub",   Of<VectorLanes2<LaneSub>>(), hasScalar: true),
        .. ThreeSame("0", "10011", "mul",   Of<VectorLanes2<LaneMul>>(), maxLog: 2),
        .. ThreeSame("0", "00110", "cmgt",  Of<VectorLanes2<LaneGreater>>(), hasScalar: true),
        .. ThreeSame("1", "00110", "cmhi",  Of<VectorLanes2<LaneHigher>>(), hasScalar: true),
        .. ThreeSame("0", "00111", "cmge",  Of<VectorLanes2<LaneGreaterEqual>>(), hasScalar: true),
        .. ThreeSame("1", "00111", "cmhs",  Of<VectorLanes2<LaneHigherSame>>(), hasScalar: true),
        .. ThreeSame("0", "10001", "cmtst", Of<VectorLanes2<LaneTest>>(), hasScalar: true),
        .. ThreeSame("1", "10001", "cmeq",  Of<VectorLanes2<LaneEqual>>(), hasScalar: true),
        .. ThreeSame("0", "01000", "sshl",  Of<VectorLanes2<LaneShiftSigned>>(), hasScalar: true),
        .. ThreeSame("1", "01000", "ushl",  Of<VectorLanes2<LaneShiftUnsigned>>(), hasScalar: true),
        .. ThreeSame("0", "01100", "smax",  Of<VectorLanes2<LaneUpdate<AtomicSignedMax>>>(), maxLog: 2),
        .. ThreeSame("0", "01101", "smin",  Of<VectorLanes2<LaneUpdate<AtomicSignedMin>>>(), maxLog: 2),
        .. ThreeSame("1", "01100", "umax",  Of<VectorLanes2<LaneUpdate<AtomicUnsignedMax>>>(), maxLog: 2),
        .. ThreeSame("1", "01101", "umin",  Of<VectorLanes2<LaneUpdate<AtomicUnsignedMin>>>(), maxLog: 2),
        .. ThreeSame("0", "10111", "addp",  Of<VectorAddPairs>()),
    ];

    private static IEnumerable<A64Row> ThreeSame(string u, string opcode, string name, A64Operation operation, int maxLog = 3, bool hasScalar = false)
    {
        foreach ((string shape, int log, int q) in VectorShapes(maxLog))
            yield return new($"0 {q} {u} 01110 {Bits(log, 2)} 1 mmmmm {opcode} 1 nnnnn ddddd", operation, $"{name} {{Vd.{shape}}}, {{Vn.{shape}}}, {{Vm.{shape}}}", Shape(log, q));
        if (hasScalar)
            yield return new($"01 {u} 11110 11 1 mmmmm {opcode} 1 nnnnn ddddd", operation, $"{name} {{Dd}}, {{Dn}}, {{Dm}}", Shape(3, 0));
    }

    private static IEnumerable<A64Row> SimdLogic =>
    [
        .. Logic("0", "00", "and", "", Of<VectorBitwise<BitsAnd>>()), .. Logic("0", "01", "bic", "", Of<VectorBitwise<BitsBic>>()),
        .. Logic("0", "10", "orr", "", Of<VectorBitwise<BitsOrr>>()), .. Logic("0", "11", "orn", "", Of<VectorBitwise<BitsOrn>>()),
        .. Logic("1", "00", "eor", "", Of<VectorBitwise<BitsEor>>()), .. Logic("1", "01", "bsl", ":rw", Of<VectorBitwise<BitsBsl>>()),
        .. Logic("1", "10", "bit", ":rw", Of<VectorBitwise<BitsBit>>()), .. Logic("1", "11", "bif", ":rw", Of<VectorBitwise<BitsBif>>()),
    ];

    private static IEnumerable<A64Row> Logic(string u, string size, string name, string role, A64Operation operation) =>
        from shape in new[] { (Name: "8b", Q: 0), (Name: "16b", Q: 1) }
        let bits = $"0 {shape.Q} {u} 01110 {size} 1 mmmmm 00011 1 nnnnn ddddd"
        select new A64Row(bits, operation, $"{name} {{Vd.{shape.Name}{role}}}, {{Vn.{shape.Name}}}, {{Vm.{shape.Name}}}", Shape(0, shape.Q),
            name != "orr" ? [] : [new A64Alias(bits, $"mov {{Vd.{shape.Name}}}, {{Vnm.{shape.Name}}}", word => Rn(word) == Rm(word))]);

    private static IEnumerable<A64Row> SimdTwoMisc =>
    [
        .. TwoMisc("0", "00000", "rev64", Of<VectorReverse>(), 0, 2, 8), .. TwoMisc("0", "00001", "rev16", Of<VectorReverse>(), 0, 0, 2),
        .. TwoMisc("1", "00000", "rev32", Of<VectorReverse>(), 0, 1, 4),
        .. TwoMisc("0", "00101", "cnt", Of<VectorLanes1<LaneCount>>(), 0, 0), .. TwoMisc("1", "00101", "mvn", Of<VectorLanes1<LaneNot>>(), 0, 0),
        .. TwoMisc("0", "01011", "abs", Of<VectorLanes1<LaneAbs>>(), 0, 3), .. TwoMisc("1", "01011", "neg", Of<VectorLanes1<LaneNeg>>(), 0, 3),
        .. TwoMisc("1", "00100", "clz", Of<VectorLanes1<LaneLeadingZeros>>(), 0, 2),
    ];

    private static IEnumerable<A64Row> TwoMisc(string u, string opcode, string name, A64Operation operation, int minLog, int maxLog, int container = 0) =>
        from shape in VectorShapes(maxLog)
        where shape.Log >= minLog
        select new A64Row($"0 {shape.Q} {u} 01110 {Bits(shape.Log, 2)} 10000 {opcode} 10 nnnnn ddddd", operation,
            $"{name} {{Vd.{shape.Name}}}, {{Vn.{shape.Name}}}", Shape(shape.Log, shape.Q) with { Imm2 = container },
            name != "mvn" ? [] : [new A64Alias($"0 {shape.Q} {u} 01110 {Bits(shape.Log, 2)} 10000 {opcode} 10 nnnnn ddddd", $"not {{Vd.{shape.Name}}}, {{Vn.{shape.Name}}}", assemblyOnly: true)]);

    private static IEnumerable<A64Row> SimdShifts =>
    [
        .. Shifts("0", "00000", "sshr", "right", Of<VectorShift<ShiftRightSigned>>()), .. Shifts("1", "00000", "ushr", "right", Of<VectorShift<ShiftRightUnsigned>>()),
        .. Shifts("0", "00010", "ssra", "right", Of<VectorShift<ShiftAddSigned>>()),   .. Shifts("1", "00010", "usra", "right", Of<VectorShift<ShiftAddUnsigned>>()),
        .. Shifts("0", "01010", "shl", "left", Of<VectorShift<ShiftLeft>>()),          .. Shifts("1", "01010", "sli", "left", Of<VectorShift<ShiftLeftInsert>>()),
        .. Shifts("1", "01000", "sri", "right", Of<VectorShift<ShiftRightInsert>>()),
    ];

    /// <summary>immh marks the element's size with its highest bit.</summary>
    private static IEnumerable<A64Row> Shifts(string u, string opcode, string name, string direction, A64Operation operation)
    {
        string role = name is "sli" or "sri" or "ssra" or "usra" ? ":rw" : "";
        foreach ((string shape, int log, int q) in VectorShapes())
        {
            string immediate = $"{Bits(1, 4 - log)}{new string('i', log + 3)}";
            yield return new($"0 {q} {u} 011110 {immediate} {opcode} 1 nnnnn ddddd", operation, $"{name} {{Vd.{shape}{role}}}, {{Vn.{shape}}}, {{{direction}{8 << log}}}", Shape(log, q));
        }

        yield return new($"01 {u} 111110 1iiiiii {opcode} 1 nnnnn ddddd", operation, $"{name} {{Dd{role}}}, {{Dn}}, {{{direction}64}}", Shape(3, 0));
    }

    private static IEnumerable<A64Row> SimdPermute =>
        from permute in new (string Opcode, string Name, A64Operation Operation)[]
        {
            ("001", "uzp1", Of<VectorPermute<Unzip, FirstHalf>>()), ("010", "trn1", Of<VectorPermute<Transpose, FirstHalf>>()),
            ("011", "zip1", Of<VectorPermute<Zip, FirstHalf>>()),   ("101", "uzp2", Of<VectorPermute<Unzip, SecondHalf>>()),
            ("110", "trn2", Of<VectorPermute<Transpose, SecondHalf>>()), ("111", "zip2", Of<VectorPermute<Zip, SecondHalf>>()),
        }
        from shape in VectorShapes()
        select new A64Row($"0 {shape.Q} 001110 {Bits(shape.Log, 2)} 0 mmmmm 0 {permute.Opcode} 10 nnnnn ddddd", permute.Operation,
            $"{permute.Name} {{Vd.{shape.Name}}}, {{Vn.{shape.Name}}}, {{Vm.{shape.Name}}}", Shape(shape.Log, shape.Q));

    private static IEnumerable<A64Row> SimdTables =>
    [
        new("0 0 101110 00 0 mmmmm 0 0iii 0 nnnnn ddddd", Of<VectorExtract>(), "ext {Vd.8b}, {Vn.8b}, {Vm.8b}, {ext4}", Shape(0, 0)),
        new("0 1 101110 00 0 mmmmm 0 iiii 0 nnnnn ddddd", Of<VectorExtract>(), "ext {Vd.16b}, {Vn.16b}, {Vm.16b}, {ext4}", Shape(0, 1)),
        .. from count in Enumerable.Range(1, 4)
           from shape in new[] { (Name: "8b", Q: 0), (Name: "16b", Q: 1) }
           from isExtension in Enumerable.Range(0, 2)
           select new A64Row($"0 {shape.Q} 001110 00 0 mmmmm 0 {Bits(count - 1, 2)} {isExtension} 00 nnnnn ddddd",
               isExtension == 0 ? Of<VectorTable<KeepsFlags>>() : Of<VectorTable<SetsFlags>>(),
               $"{(isExtension == 0 ? "tbl" : "tbx")} {{Vd.{shape.Name}{(isExtension == 0 ? "" : ":rw")}}}, {{list{count}.16b:rn}}, {{Vm.{shape.Name}}}",
               Shape(0, shape.Q) with { Imm2 = count }),
    ];
}
