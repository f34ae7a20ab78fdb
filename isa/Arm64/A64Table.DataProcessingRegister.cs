namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, "Data Processing -- Register". Left out: FEAT_CSSC and FEAT_CPA.</summary>
public static partial class A64Table
{
    private static A64Row[] DataProcessingRegister =>
    [
        // Data-processing (2 source)
        new("0 0 0 11010110 mmmmm 000010 nnnnn ddddd", Of<Divide<Bits32, Unsigned>>(), "udiv {Wd}, {Wn}, {Wm}"),
        new("0 0 0 11010110 mmmmm 000011 nnnnn ddddd", Of<Divide<Bits32, Signed>>(), "sdiv {Wd}, {Wn}, {Wm}"),
        new("0 0 0 11010110 mmmmm 001000 nnnnn ddddd", Of<ShiftVariable<Bits32, Lsl>>(), "lslv {Wd}, {Wn}, {Wm}",
            new A64Alias("0 0 0 11010110 mmmmm 001000 nnnnn ddddd", "lsl {Wd}, {Wn}, {Wm}")),
        new("0 0 0 11010110 mmmmm 001001 nnnnn ddddd", Of<ShiftVariable<Bits32, Lsr>>(), "lsrv {Wd}, {Wn}, {Wm}",
            new A64Alias("0 0 0 11010110 mmmmm 001001 nnnnn ddddd", "lsr {Wd}, {Wn}, {Wm}")),
        new("0 0 0 11010110 mmmmm 001010 nnnnn ddddd", Of<ShiftVariable<Bits32, Asr>>(), "asrv {Wd}, {Wn}, {Wm}",
            new A64Alias("0 0 0 11010110 mmmmm 001010 nnnnn ddddd", "asr {Wd}, {Wn}, {Wm}")),
        new("0 0 0 11010110 mmmmm 001011 nnnnn ddddd", Of<ShiftVariable<Bits32, Ror>>(), "rorv {Wd}, {Wn}, {Wm}",
            new A64Alias("0 0 0 11010110 mmmmm 001011 nnnnn ddddd", "ror {Wd}, {Wn}, {Wm}")),
        new("1 0 0 11010110 mmmmm 000010 nnnnn ddddd", Of<Divide<Bits64, Unsigned>>(), "udiv {Xd}, {Xn}, {Xm}"),
        new("1 0 0 11010110 mmmmm 000011 nnnnn ddddd", Of<Divide<Bits64, Signed>>(), "sdiv {Xd}, {Xn}, {Xm}"),
        new("1 0 0 11010110 mmmmm 001000 nnnnn ddddd", Of<ShiftVariable<Bits64, Lsl>>(), "lslv {Xd}, {Xn}, {Xm}",
            new A64Alias("1 0 0 11010110 mmmmm 001000 nnnnn ddddd", "lsl {Xd}, {Xn}, {Xm}")),
        new("1 0 0 11010110 mmmmm 001001 nnnnn ddddd", Of<ShiftVariable<Bits64, Lsr>>(), "lsrv {Xd}, {Xn}, {Xm}",
            new A64Alias("1 0 0 11010110 mmmmm 001001 nnnnn ddddd", "lsr {Xd}, {Xn}, {Xm}")),
        new("1 0 0 11010110 mmmmm 001010 nnnnn ddddd", Of<ShiftVariable<Bits64, Asr>>(), "asrv {Xd}, {Xn}, {Xm}",
            new A64Alias("1 0 0 11010110 mmmmm 001010 nnnnn ddddd", "asr {Xd}, {Xn}, {Xm}")),
        new("1 0 0 11010110 mmmmm 001011 nnnnn ddddd", Of<ShiftVariable<Bits64, Ror>>(), "rorv {Xd}, {Xn}, {Xm}",
            new A64Alias("1 0 0 11010110 mmmmm 001011 nnnnn ddddd", "ror {Xd}, {Xn}, {Xm}")),
        new("0 0 0 11010110 mmmmm 010000 nnnnn ddddd", Of<Checksum<Bytes1, Crc32>>(), "crc32b {Wd}, {Wn}, {Wm}"),
        new("0 0 0 11010110 mmmmm 010100 nnnnn ddddd", Of<Checksum<Bytes1, Crc32c>>(), "crc32cb {Wd}, {Wn}, {Wm}"),
        new("0 0 0 11010110 mmmmm 010001 nnnnn ddddd", Of<Checksum<Bytes2, Crc32>>(), "crc32h {Wd}, {Wn}, {Wm}"),
        new("0 0 0 11010110 mmmmm 010101 nnnnn ddddd", Of<Checksum<Bytes2, Crc32c>>(), "crc32ch {Wd}, {Wn}, {Wm}"),
        new("0 0 0 11010110 mmmmm 010010 nnnnn ddddd", Of<Checksum<Bytes4, Crc32>>(), "crc32w {Wd}, {Wn}, {Wm}"),
        new("0 0 0 11010110 mmmmm 010110 nnnnn ddddd", Of<Checksum<Bytes4, Crc32c>>(), "crc32cw {Wd}, {Wn}, {Wm}"),
        new("1 0 0 11010110 mmmmm 010011 nnnnn ddddd", Of<Checksum<Bytes8, Crc32>>(), "crc32x {Wd}, {Wn}, {Xm}"),
        new("1 0 0 11010110 mmmmm 010111 nnnnn ddddd", Of<Checksum<Bytes8, Crc32c>>(), "crc32cx {Wd}, {Wn}, {Xm}"),

        // Data-processing (1 source)
        new("0 1 0 11010110 00000 000000 nnnnn ddddd", Of<ReverseBits<Bits32>>(), "rbit {Wd}, {Wn}"),
        new("0 1 0 11010110 00000 000001 nnnnn ddddd", Of<ReverseBytesIn16<Bits32>>(), "rev16 {Wd}, {Wn}"),
        new("0 1 0 11010110 00000 000010 nnnnn ddddd", Of<ReverseBytes<Bits32>>(), "rev {Wd}, {Wn}"),
        new("0 1 0 11010110 00000 000100 nnnnn ddddd", Of<CountLeadingZeros<Bits32>>(), "clz {Wd}, {Wn}"),
        new("0 1 0 11010110 00000 000101 nnnnn ddddd", Of<CountLeadingSigns<Bits32>>(), "cls {Wd}, {Wn}"),
        new("1 1 0 11010110 00000 000000 nnnnn ddddd", Of<ReverseBits<Bits64>>(), "rbit {Xd}, {Xn}"),
        new("1 1 0 11010110 00000 000001 nnnnn ddddd", Of<ReverseBytesIn16<Bits64>>(), "rev16 {Xd}, {Xn}"),
        new("1 1 0 11010110 00000 000010 nnnnn ddddd", Of<ReverseBytesIn32>(), "rev32 {Xd}, {Xn}"),
        new("1 1 0 11010110 00000 000011 nnnnn ddddd", Of<ReverseBytes<Bits64>>(), "rev {Xd}, {Xn}"),
        new("1 1 0 11010110 00000 000100 nnnnn ddddd", Of<CountLeadingZeros<Bits64>>(), "clz {Xd}, {Xn}"),
        new("1 1 0 11010110 00000 000101 nnnnn ddddd", Of<CountLeadingSigns<Bits64>>(), "cls {Xd}, {Xn}"),

        // Logical (shifted register)
        new("0 00 01010 hh 0 mmmmm 0iiiii nnnnn ddddd", ByShift<LogicalShifted<Bits32, KeepsFlags, And, Lsl>, LogicalShifted<Bits32, KeepsFlags, And, Lsr>, LogicalShifted<Bits32, KeepsFlags, And, Asr>, LogicalShifted<Bits32, KeepsFlags, And, Ror>>(), "and {Wd}, {Wn}, {Wm}{,shift}"),
        new("0 00 01010 hh 1 mmmmm 0iiiii nnnnn ddddd", ByShift<LogicalShifted<Bits32, KeepsFlags, Bic, Lsl>, LogicalShifted<Bits32, KeepsFlags, Bic, Lsr>, LogicalShifted<Bits32, KeepsFlags, Bic, Asr>, LogicalShifted<Bits32, KeepsFlags, Bic, Ror>>(), "bic {Wd}, {Wn}, {Wm}{,shift}"),
        new("0 01 01010 hh 0 mmmmm 0iiiii nnnnn ddddd", ByShift<LogicalShifted<Bits32, KeepsFlags, Orr, Lsl>, LogicalShifted<Bits32, KeepsFlags, Orr, Lsr>, LogicalShifted<Bits32, KeepsFlags, Orr, Asr>, LogicalShifted<Bits32, KeepsFlags, Orr, Ror>>(), "orr {Wd}, {Wn}, {Wm}{,shift}",
            new A64Alias("0 01 01010 00 0 mmmmm 000000 11111 ddddd", "mov {Wd}, {Wm}")),
        new("0 01 01010 hh 1 mmmmm 0iiiii nnnnn ddddd", ByShift<LogicalShifted<Bits32, KeepsFlags, Orn, Lsl>, LogicalShifted<Bits32, KeepsFlags, Orn, Lsr>, LogicalShifted<Bits32, KeepsFlags, Orn, Asr>, LogicalShifted<Bits32, KeepsFlags, Orn, Ror>>(), "orn {Wd}, {Wn}, {Wm}{,shift}",
            new A64Alias("0 01 01010 hh 1 mmmmm 0iiiii 11111 ddddd", "mvn {Wd}, {Wm}{,shift}")),
        new("0 10 01010 hh 0 mmmmm 0iiiii nnnnn ddddd", ByShift<LogicalShifted<Bits32, KeepsFlags, Eor, Lsl>, LogicalShifted<Bits32, KeepsFlags, Eor, Lsr>, LogicalShifted<Bits32, KeepsFlags, Eor, Asr>, LogicalShifted<Bits32, KeepsFlags, Eor, Ror>>(), "eor {Wd}, {Wn}, {Wm}{,shift}"),
        new("0 10 01010 hh 1 mmmmm 0iiiii nnnnn ddddd", ByShift<LogicalShifted<Bits32, KeepsFlags, Eon, Lsl>, LogicalShifted<Bits32, KeepsFlags, Eon, Lsr>, LogicalShifted<Bits32, KeepsFlags, Eon, Asr>, LogicalShifted<Bits32, KeepsFlags, Eon, Ror>>(), "eon {Wd}, {Wn}, {Wm}{,shift}"),
        new("0 11 01010 hh 0 mmmmm 0iiiii nnnnn ddddd", ByShift<LogicalShifted<Bits32, SetsFlags, And, Lsl>, LogicalShifted<Bits32, SetsFlags, And, Lsr>, LogicalShifted<Bits32, SetsFlags, And, Asr>, LogicalShifted<Bits32, SetsFlags, And, Ror>>(), "ands {Wd}, {Wn}, {Wm}{,shift}",
            new A64Alias("0 11 01010 hh 0 mmmmm 0iiiii nnnnn 11111", "tst {Wn}, {Wm}{,shift}")),
        new("0 11 01010 hh 1 mmmmm 0iiiii nnnnn ddddd", ByShift<LogicalShifted<Bits32, SetsFlags, Bic, Lsl>, LogicalShifted<Bits32, SetsFlags, Bic, Lsr>, LogicalShifted<Bits32, SetsFlags, Bic, Asr>, LogicalShifted<Bits32, SetsFlags, Bic, Ror>>(), "bics {Wd}, {Wn}, {Wm}{,shift}"),
        new("1 00 01010 hh 0 mmmmm iiiiii nnnnn ddddd", ByShift<LogicalShifted<Bits64, KeepsFlags, And, Lsl>, LogicalShifted<Bits64, KeepsFlags, And, Lsr>, LogicalShifted<Bits64, KeepsFlags, And, Asr>, LogicalShifted<Bits64, KeepsFlags, And, Ror>>(), "and {Xd}, {Xn}, {Xm}{,shift}"),
        new("1 00 01010 hh 1 mmmmm iiiiii nnnnn ddddd", ByShift<LogicalShifted<Bits64, KeepsFlags, Bic, Lsl>, LogicalShifted<Bits64, KeepsFlags, Bic, Lsr>, LogicalShifted<Bits64, KeepsFlags, Bic, Asr>, LogicalShifted<Bits64, KeepsFlags, Bic, Ror>>(), "bic {Xd}, {Xn}, {Xm}{,shift}"),
        new("1 01 01010 hh 0 mmmmm iiiiii nnnnn ddddd", ByShift<LogicalShifted<Bits64, KeepsFlags, Orr, Lsl>, LogicalShifted<Bits64, KeepsFlags, Orr, Lsr>, LogicalShifted<Bits64, KeepsFlags, Orr, Asr>, LogicalShifted<Bits64, KeepsFlags, Orr, Ror>>(), "orr {Xd}, {Xn}, {Xm}{,shift}",
            new A64Alias("1 01 01010 00 0 mmmmm 000000 11111 ddddd", "mov {Xd}, {Xm}")),
        new("1 01 01010 hh 1 mmmmm iiiiii nnnnn ddddd", ByShift<LogicalShifted<Bits64, KeepsFlags, Orn, Lsl>, LogicalShifted<Bits64, KeepsFlags, Orn, Lsr>, LogicalShifted<Bits64, KeepsFlags, Orn, Asr>, LogicalShifted<Bits64, KeepsFlags, Orn, Ror>>(), "orn {Xd}, {Xn}, {Xm}{,shift}",
            new A64Alias("1 01 01010 hh 1 mmmmm iiiiii 11111 ddddd", "mvn {Xd}, {Xm}{,shift}")),
        new("1 10 01010 hh 0 mmmmm iiiiii nnnnn ddddd", ByShift<LogicalShifted<Bits64, KeepsFlags, Eor, Lsl>, LogicalShifted<Bits64, KeepsFlags, Eor, Lsr>, LogicalShifted<Bits64, KeepsFlags, Eor, Asr>, LogicalShifted<Bits64, KeepsFlags, Eor, Ror>>(), "eor {Xd}, {Xn}, {Xm}{,shift}"),
        new("1 10 01010 hh 1 mmmmm iiiiii nnnnn ddddd", ByShift<LogicalShifted<Bits64, KeepsFlags, Eon, Lsl>, LogicalShifted<Bits64, KeepsFlags, Eon, Lsr>, LogicalShifted<Bits64, KeepsFlags, Eon, Asr>, LogicalShifted<Bits64, KeepsFlags, Eon, Ror>>(), "eon {Xd}, {Xn}, {Xm}{,shift}"),
        new("1 11 01010 hh 0 mmmmm iiiiii nnnnn ddddd", ByShift<LogicalShifted<Bits64, SetsFlags, And, Lsl>, LogicalShifted<Bits64, SetsFlags, And, Lsr>, LogicalShifted<Bits64, SetsFlags, And, Asr>, LogicalShifted<Bits64, SetsFlags, And, Ror>>(), "ands {Xd}, {Xn}, {Xm}{,shift}",
            new A64Alias("1 11 01010 hh 0 mmmmm iiiiii nnnnn 11111", "tst {Xn}, {Xm}{,shift}")),
        new("1 11 01010 hh 1 mmmmm iiiiii nnnnn ddddd", ByShift<LogicalShifted<Bits64, SetsFlags, Bic, Lsl>, LogicalShifted<Bits64, SetsFlags, Bic, Lsr>, LogicalShifted<Bits64, SetsFlags, Bic, Asr>, LogicalShifted<Bits64, SetsFlags, Bic, Ror>>(), "bics {Xd}, {Xn}, {Xm}{,shift}"),

        // Add/subtract (shifted register)
        new("0 0 0 01011 hh 0 mmmmm 0iiiii nnnnn ddddd", ByShift<AddSubShifted<Bits32, KeepsFlags, Add, Lsl>, AddSubShifted<Bits32, KeepsFlags, Add, Lsr>, AddSubShifted<Bits32, KeepsFlags, Add, Asr>>(), "add {Wd}, {Wn}, {Wm}{,shift}"),
        new("0 0 1 01011 hh 0 mmmmm 0iiiii nnnnn ddddd", ByShift<AddSubShifted<Bits32, SetsFlags, Add, Lsl>, AddSubShifted<Bits32, SetsFlags, Add, Lsr>, AddSubShifted<Bits32, SetsFlags, Add, Asr>>(), "adds {Wd}, {Wn}, {Wm}{,shift}",
            new A64Alias("0 0 1 01011 hh 0 mmmmm 0iiiii nnnnn 11111", "cmn {Wn}, {Wm}{,shift}")),
        new("0 1 0 01011 hh 0 mmmmm 0iiiii nnnnn ddddd", ByShift<AddSubShifted<Bits32, KeepsFlags, Sub, Lsl>, AddSubShifted<Bits32, KeepsFlags, Sub, Lsr>, AddSubShifted<Bits32, KeepsFlags, Sub, Asr>>(), "sub {Wd}, {Wn}, {Wm}{,shift}",
            new A64Alias("0 1 0 01011 hh 0 mmmmm 0iiiii 11111 ddddd", "neg {Wd}, {Wm}{,shift}")),
        new("0 1 1 01011 hh 0 mmmmm 0iiiii nnnnn ddddd", ByShift<AddSubShifted<Bits32, SetsFlags, Sub, Lsl>, AddSubShifted<Bits32, SetsFlags, Sub, Lsr>, AddSubShifted<Bits32, SetsFlags, Sub, Asr>>(), "subs {Wd}, {Wn}, {Wm}{,shift}",
            new A64Alias("0 1 1 01011 hh 0 mmmmm 0iiiii nnnnn 11111", "cmp {Wn}, {Wm}{,shift}"),
            new A64Alias("0 1 1 01011 hh 0 mmmmm 0iiiii 11111 ddddd", "negs {Wd}, {Wm}{,shift}")),
        new("1 0 0 01011 hh 0 mmmmm iiiiii nnnnn ddddd", ByShift<AddSubShifted<Bits64, KeepsFlags, Add, Lsl>, AddSubShifted<Bits64, KeepsFlags, Add, Lsr>, AddSubShifted<Bits64, KeepsFlags, Add, Asr>>(), "add {Xd}, {Xn}, {Xm}{,shift}"),
        new("1 0 1 01011 hh 0 mmmmm iiiiii nnnnn ddddd", ByShift<AddSubShifted<Bits64, SetsFlags, Add, Lsl>, AddSubShifted<Bits64, SetsFlags, Add, Lsr>, AddSubShifted<Bits64, SetsFlags, Add, Asr>>(), "adds {Xd}, {Xn}, {Xm}{,shift}",
            new A64Alias("1 0 1 01011 hh 0 mmmmm iiiiii nnnnn 11111", "cmn {Xn}, {Xm}{,shift}")),
        new("1 1 0 01011 hh 0 mmmmm iiiiii nnnnn ddddd", ByShift<AddSubShifted<Bits64, KeepsFlags, Sub, Lsl>, AddSubShifted<Bits64, KeepsFlags, Sub, Lsr>, AddSubShifted<Bits64, KeepsFlags, Sub, Asr>>(), "sub {Xd}, {Xn}, {Xm}{,shift}",
            new A64Alias("1 1 0 01011 hh 0 mmmmm iiiiii 11111 ddddd", "neg {Xd}, {Xm}{,shift}")),
        new("1 1 1 01011 hh 0 mmmmm iiiiii nnnnn ddddd", ByShift<AddSubShifted<Bits64, SetsFlags, Sub, Lsl>, AddSubShifted<Bits64, SetsFlags, Sub, Lsr>, AddSubShifted<Bits64, SetsFlags, Sub, Asr>>(), "subs {Xd}, {Xn}, {Xm}{,shift}",
            new A64Alias("1 1 1 01011 hh 0 mmmmm iiiiii nnnnn 11111", "cmp {Xn}, {Xm}{,shift}"),
            new A64Alias("1 1 1 01011 hh 0 mmmmm iiiiii 11111 ddddd", "negs {Xd}, {Xm}{,shift}")),

        // Add/subtract (extended register)
        new("0 0 0 01011 00 1 mmmmm ooo iii nnnnn ddddd", Extended<Bits32, KeepsFlags, Add>(), "add {Wd|sp}, {Wn|sp}, {Rm,ext32}"),
        new("0 0 1 01011 00 1 mmmmm ooo iii nnnnn ddddd", Extended<Bits32, SetsFlags, Add>(), "adds {Wd}, {Wn|sp}, {Rm,ext32s}",
            new A64Alias("0 0 1 01011 00 1 mmmmm ooo iii nnnnn 11111", "cmn {Wn|sp}, {Rm,ext32s}")),
        new("0 1 0 01011 00 1 mmmmm ooo iii nnnnn ddddd", Extended<Bits32, KeepsFlags, Sub>(), "sub {Wd|sp}, {Wn|sp}, {Rm,ext32}"),
        new("0 1 1 01011 00 1 mmmmm ooo iii nnnnn ddddd", Extended<Bits32, SetsFlags, Sub>(), "subs {Wd}, {Wn|sp}, {Rm,ext32s}",
            new A64Alias("0 1 1 01011 00 1 mmmmm ooo iii nnnnn 11111", "cmp {Wn|sp}, {Rm,ext32s}")),
        new("1 0 0 01011 00 1 mmmmm ooo iii nnnnn ddddd", Extended<Bits64, KeepsFlags, Add>(), "add {Xd|sp}, {Xn|sp}, {Rm,ext64}"),
        new("1 0 1 01011 00 1 mmmmm ooo iii nnnnn ddddd", Extended<Bits64, SetsFlags, Add>(), "adds {Xd}, {Xn|sp}, {Rm,ext64s}",
            new A64Alias("1 0 1 01011 00 1 mmmmm ooo iii nnnnn 11111", "cmn {Xn|sp}, {Rm,ext64s}")),
        new("1 1 0 01011 00 1 mmmmm ooo iii nnnnn ddddd", Extended<Bits64, KeepsFlags, Sub>(), "sub {Xd|sp}, {Xn|sp}, {Rm,ext64}"),
        new("1 1 1 01011 00 1 mmmmm ooo iii nnnnn ddddd", Extended<Bits64, SetsFlags, Sub>(), "subs {Xd}, {Xn|sp}, {Rm,ext64s}",
            new A64Alias("1 1 1 01011 00 1 mmmmm ooo iii nnnnn 11111", "cmp {Xn|sp}, {Rm,ext64s}")),

        // Add/subtract (with carry)
        new("0 0 0 11010000 mmmmm 000000 nnnnn ddddd", Of<AddSubCarry<Bits32, KeepsFlags, Add>>(), "adc {Wd}, {Wn}, {Wm}"),
        new("0 0 1 11010000 mmmmm 000000 nnnnn ddddd", Of<AddSubCarry<Bits32, SetsFlags, Add>>(), "adcs {Wd}, {Wn}, {Wm}"),
        new("0 1 0 11010000 mmmmm 000000 nnnnn ddddd", Of<AddSubCarry<Bits32, KeepsFlags, Sub>>(), "sbc {Wd}, {Wn}, {Wm}",
            new A64Alias("0 1 0 11010000 mmmmm 000000 11111 ddddd", "ngc {Wd}, {Wm}")),
        new("0 1 1 11010000 mmmmm 000000 nnnnn ddddd", Of<AddSubCarry<Bits32, SetsFlags, Sub>>(), "sbcs {Wd}, {Wn}, {Wm}",
            new A64Alias("0 1 1 11010000 mmmmm 000000 11111 ddddd", "ngcs {Wd}, {Wm}")),
        new("1 0 0 11010000 mmmmm 000000 nnnnn ddddd", Of<AddSubCarry<Bits64, KeepsFlags, Add>>(), "adc {Xd}, {Xn}, {Xm}"),
        new("1 0 1 11010000 mmmmm 000000 nnnnn ddddd", Of<AddSubCarry<Bits64, SetsFlags, Add>>(), "adcs {Xd}, {Xn}, {Xm}"),
        new("1 1 0 11010000 mmmmm 000000 nnnnn ddddd", Of<AddSubCarry<Bits64, KeepsFlags, Sub>>(), "sbc {Xd}, {Xn}, {Xm}",
            new A64Alias("1 1 0 11010000 mmmmm 000000 11111 ddddd", "ngc {Xd}, {Xm}")),
        new("1 1 1 11010000 mmmmm 000000 nnnnn ddddd", Of<AddSubCarry<Bits64, SetsFlags, Sub>>(), "sbcs {Xd}, {Xn}, {Xm}",
            new A64Alias("1 1 1 11010000 mmmmm 000000 11111 ddddd", "ngcs {Xd}, {Xm}")),

        // Rotate right into flags, evaluate into flags
        new("1 0 1 11010000 iiiiii 00001 nnnnn 0 mmmm", Of<RotateIntoFlags>(), "rmif {Xn}, {rmif6}, {mask}"),
        new("0 0 1 11010000 000000 0 0010 nnnnn 0 1101", Of<EvaluateIntoFlags<Bytes1>>(), "setf8 {Wn}"),
        new("0 0 1 11010000 000000 1 0010 nnnnn 0 1101", Of<EvaluateIntoFlags<Bytes2>>(), "setf16 {Wn}"),

        // Conditional compare (register), (immediate)
        new("0 0 1 11010010 mmmmm cccc 0 0 nnnnn 0 ffff", Of<ConditionalCompareRegister<Bits32, Add>>(), "ccmn {Wn}, {Wm}, {nzcv}, {cond}"),
        new("0 1 1 11010010 mmmmm cccc 0 0 nnnnn 0 ffff", Of<ConditionalCompareRegister<Bits32, Sub>>(), "ccmp {Wn}, {Wm}, {nzcv}, {cond}"),
        new("1 0 1 11010010 mmmmm cccc 0 0 nnnnn 0 ffff", Of<ConditionalCompareRegister<Bits64, Add>>(), "ccmn {Xn}, {Xm}, {nzcv}, {cond}"),
        new("1 1 1 11010010 mmmmm cccc 0 0 nnnnn 0 ffff", Of<ConditionalCompareRegister<Bits64, Sub>>(), "ccmp {Xn}, {Xm}, {nzcv}, {cond}"),
        new("0 0 1 11010010 iiiii cccc 1 0 nnnnn 0 ffff", Of<ConditionalCompareImmediate<Bits32, Add>>(), "ccmn {Wn}, {imm5}, {nzcv}, {cond}"),
        new("0 1 1 11010010 iiiii cccc 1 0 nnnnn 0 ffff", Of<ConditionalCompareImmediate<Bits32, Sub>>(), "ccmp {Wn}, {imm5}, {nzcv}, {cond}"),
        new("1 0 1 11010010 iiiii cccc 1 0 nnnnn 0 ffff", Of<ConditionalCompareImmediate<Bits64, Add>>(), "ccmn {Xn}, {imm5}, {nzcv}, {cond}"),
        new("1 1 1 11010010 iiiii cccc 1 0 nnnnn 0 ffff", Of<ConditionalCompareImmediate<Bits64, Sub>>(), "ccmp {Xn}, {imm5}, {nzcv}, {cond}"),

        // Conditional select
        new("0 0 0 11010100 mmmmm cccc 0 0 nnnnn ddddd", Of<ConditionalSelect<Bits32, Same>>(), "csel {Wd}, {Wn}, {Wm}, {cond}"),
        new("0 0 0 11010100 mmmmm cccc 0 1 nnnnn ddddd", Of<ConditionalSelect<Bits32, Increment>>(), "csinc {Wd}, {Wn}, {Wm}, {cond}",
            new A64Alias("0 0 0 11010100 11111 cccc 0 1 11111 ddddd", "cset {Wd}, {cond!}", IsInvertible),
            new A64Alias("0 0 0 11010100 mmmmm cccc 0 1 nnnnn ddddd", "cinc {Wd}, {Wnm}, {cond!}", IsConditionalOfOne)),
        new("0 1 0 11010100 mmmmm cccc 0 0 nnnnn ddddd", Of<ConditionalSelect<Bits32, Invert>>(), "csinv {Wd}, {Wn}, {Wm}, {cond}",
            new A64Alias("0 1 0 11010100 11111 cccc 0 0 11111 ddddd", "csetm {Wd}, {cond!}", IsInvertible),
            new A64Alias("0 1 0 11010100 mmmmm cccc 0 0 nnnnn ddddd", "cinv {Wd}, {Wnm}, {cond!}", IsConditionalOfOne)),
        new("0 1 0 11010100 mmmmm cccc 0 1 nnnnn ddddd", Of<ConditionalSelect<Bits32, Negate>>(), "csneg {Wd}, {Wn}, {Wm}, {cond}",
            new A64Alias("0 1 0 11010100 mmmmm cccc 0 1 nnnnn ddddd", "cneg {Wd}, {Wnm}, {cond!}", word => IsInvertible(word) && Rn(word) == Rm(word))),
        new("1 0 0 11010100 mmmmm cccc 0 0 nnnnn ddddd", Of<ConditionalSelect<Bits64, Same>>(), "csel {Xd}, {Xn}, {Xm}, {cond}"),
        new("1 0 0 11010100 mmmmm cccc 0 1 nnnnn ddddd", Of<ConditionalSelect<Bits64, Increment>>(), "csinc {Xd}, {Xn}, {Xm}, {cond}",
            new A64Alias("1 0 0 11010100 11111 cccc 0 1 11111 ddddd", "cset {Xd}, {cond!}", IsInvertible),
            new A64Alias("1 0 0 11010100 mmmmm cccc 0 1 nnnnn ddddd", "cinc {Xd}, {Xnm}, {cond!}", IsConditionalOfOne)),
        new("1 1 0 11010100 mmmmm cccc 0 0 nnnnn ddddd", Of<ConditionalSelect<Bits64, Invert>>(), "csinv {Xd}, {Xn}, {Xm}, {cond}",
            new A64Alias("1 1 0 11010100 11111 cccc 0 0 11111 ddddd", "csetm {Xd}, {cond!}", IsInvertible),
            new A64Alias("1 1 0 11010100 mmmmm cccc 0 0 nnnnn ddddd", "cinv {Xd}, {Xnm}, {cond!}", IsConditionalOfOne)),
        new("1 1 0 11010100 mmmmm cccc 0 1 nnnnn ddddd", Of<ConditionalSelect<Bits64, Negate>>(), "csneg {Xd}, {Xn}, {Xm}, {cond}",
            new A64Alias("1 1 0 11010100 mmmmm cccc 0 1 nnnnn ddddd", "cneg {Xd}, {Xnm}, {cond!}", word => IsInvertible(word) && Rn(word) == Rm(word))),

        // Data-processing (3 source)
        new("0 00 11011 000 mmmmm 0 aaaaa nnnnn ddddd", Of<MultiplyAdd<Bits32, Add>>(), "madd {Wd}, {Wn}, {Wm}, {Wa}",
            new A64Alias("0 00 11011 000 mmmmm 0 11111 nnnnn ddddd", "mul {Wd}, {Wn}, {Wm}")),
        new("0 00 11011 000 mmmmm 1 aaaaa nnnnn ddddd", Of<MultiplyAdd<Bits32, Sub>>(), "msub {Wd}, {Wn}, {Wm}, {Wa}",
            new A64Alias("0 00 11011 000 mmmmm 1 11111 nnnnn ddddd", "mneg {Wd}, {Wn}, {Wm}")),
        new("1 00 11011 000 mmmmm 0 aaaaa nnnnn ddddd", Of<MultiplyAdd<Bits64, Add>>(), "madd {Xd}, {Xn}, {Xm}, {Xa}",
            new A64Alias("1 00 11011 000 mmmmm 0 11111 nnnnn ddddd", "mul {Xd}, {Xn}, {Xm}")),
        new("1 00 11011 000 mmmmm 1 aaaaa nnnnn ddddd", Of<MultiplyAdd<Bits64, Sub>>(), "msub {Xd}, {Xn}, {Xm}, {Xa}",
            new A64Alias("1 00 11011 000 mmmmm 1 11111 nnnnn ddddd", "mneg {Xd}, {Xn}, {Xm}")),
        new("1 00 11011 001 mmmmm 0 aaaaa nnnnn ddddd", Of<MultiplyAddLong<Signed, Add>>(), "smaddl {Xd}, {Wn}, {Wm}, {Xa}",
            new A64Alias("1 00 11011 001 mmmmm 0 11111 nnnnn ddddd", "smull {Xd}, {Wn}, {Wm}")),
        new("1 00 11011 001 mmmmm 1 aaaaa nnnnn ddddd", Of<MultiplyAddLong<Signed, Sub>>(), "smsubl {Xd}, {Wn}, {Wm}, {Xa}",
            new A64Alias("1 00 11011 001 mmmmm 1 11111 nnnnn ddddd", "smnegl {Xd}, {Wn}, {Wm}")),
        new("1 00 11011 010 mmmmm 0 (1)(1)(1)(1)(1) nnnnn ddddd", Of<MultiplyHigh<Signed>>(), "smulh {Xd}, {Xn}, {Xm}"),
        new("1 00 11011 101 mmmmm 0 aaaaa nnnnn ddddd", Of<MultiplyAddLong<Unsigned, Add>>(), "umaddl {Xd}, {Wn}, {Wm}, {Xa}",
            new A64Alias("1 00 11011 101 mmmmm 0 11111 nnnnn ddddd", "umull {Xd}, {Wn}, {Wm}")),
        new("1 00 11011 101 mmmmm 1 aaaaa nnnnn ddddd", Of<MultiplyAddLong<Unsigned, Sub>>(), "umsubl {Xd}, {Wn}, {Wm}, {Xa}",
            new A64Alias("1 00 11011 101 mmmmm 1 11111 nnnnn ddddd", "umnegl {Xd}, {Wn}, {Wm}")),
        new("1 00 11011 110 mmmmm 0 (1)(1)(1)(1)(1) nnnnn ddddd", Of<MultiplyHigh<Unsigned>>(), "umulh {Xd}, {Xn}, {Xm}"),
    ];

    /// <summary>The operation by the shift at 23:22.</summary>
    private static A64Choice ByShift<TLsl, TLsr, TAsr>()
        where TLsl : struct, IA64Op
        where TLsr : struct, IA64Op
        where TAsr : struct, IA64Op => new(22, 3, Of<TLsl>(), Of<TLsr>(), Of<TAsr>(), null);

    /// <summary>The same where ROR is allowed.</summary>
    private static A64Choice ByShift<TLsl, TLsr, TAsr, TRor>()
        where TLsl : struct, IA64Op
        where TLsr : struct, IA64Op
        where TAsr : struct, IA64Op
        where TRor : struct, IA64Op => new(22, 3, Of<TLsl>(), Of<TLsr>(), Of<TAsr>(), Of<TRor>());

    /// <summary>The operation by the extension at 15:13.</summary>
    private static A64Choice Extended<TWidth, TFlags, TSub>()
        where TWidth : struct, IA64Width
        where TFlags : struct, IA64Flag
        where TSub : struct, IA64Flag => new(13, 7,
            Of<AddSubExtended<TWidth, TFlags, TSub, Uxtb>>(), Of<AddSubExtended<TWidth, TFlags, TSub, Uxth>>(),
            Of<AddSubExtended<TWidth, TFlags, TSub, Uxtw>>(), Of<AddSubExtended<TWidth, TFlags, TSub, Uxtx>>(),
            Of<AddSubExtended<TWidth, TFlags, TSub, Sxtb>>(), Of<AddSubExtended<TWidth, TFlags, TSub, Sxth>>(),
            Of<AddSubExtended<TWidth, TFlags, TSub, Sxtw>>(), Of<AddSubExtended<TWidth, TFlags, TSub, Sxtx>>());

    private static bool IsInvertible(uint word) => ((word >> 13) & 7) != 7;

    private static bool IsConditionalOfOne(uint word) => IsInvertible(word) && Rn(word) == Rm(word) && Rn(word) != 31;
}
