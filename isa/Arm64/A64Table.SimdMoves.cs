namespace RcuEmu.Isa.Arm64;

/// <summary>Advanced SIMD copies and modified immediates, FMOV, and the names of the cryptographic instructions.</summary>
public static partial class A64Table
{
    private static IEnumerable<A64Row> SimdCopies
    {
        get
        {
            for (int log = 0; log < 4; log++)
            {
                char e = "bhsd"[log];
                string imm5 = new string('i', 4 - log) + Bits(1 << log, log + 1), imm4 = new string('j', 4 - log) + new string('0', log);
                char r = log == 3 ? 'X' : 'W';
                foreach (int q in log == 3 ? new[] { 1 } : [0, 1])
                {
                    string shape = Arrangements[(q * 4) + log];
                    yield return new($"0 {q} 0 01110000 {imm5} 0 0000 1 nnnnn ddddd", Of<DuplicateElement>(), $"dup {{Vd.{shape}}}, {{Vn.{e}[imm5]}}", Shape(log, q));
                    yield return new($"0 {q} 0 01110000 {imm5} 0 0001 1 nnnnn ddddd", Of<DuplicateGeneral>(), $"dup {{Vd.{shape}}}, {{{r}n}}", Shape(log, q));
                }

                string scalar = $"01 0 11110000 {imm5} 0 0000 1 nnnnn ddddd";
                yield return new(scalar, Of<DuplicateScalar>(), $"dup {{{char.ToUpperInvariant(e)}d}}, {{Vn.{e}[imm5]}}", Shape(log, 0),
                    new A64Alias(scalar, $"mov {{{char.ToUpperInvariant(e)}d}}, {{Vn.{e}[imm5]}}"));
                string general = $"0 1 0 01110000 {imm5} 0 0011 1 nnnnn ddddd";
                yield return new(general, Of<InsertGeneral>(), $"ins {{Vd.{e}[imm5]:rw}}, {{{r}n}}", Shape(log, 1), new A64Alias(general, $"mov {{Vd.{e}[imm5]}}, {{{r}n}}"));
                string element = $"0 1 1 01110000 {imm5} 0 {imm4} 1 nnnnn ddddd";
                yield return new(element, Of<InsertElement>(), $"ins {{Vd.{e}[imm5]:rw}}, {{Vn.{e}[imm4]}}", Shape(log, 1), new A64Alias(element, $"mov {{Vd.{e}[imm5]}}, {{Vn.{e}[imm4]}}"));
                string move = $"0 {(log == 3 ? 1 : 0)} 0 01110000 {imm5} 0 0111 1 nnnnn ddddd";
                yield return new(move, Of<MoveElement>(), $"umov {{{r}d}}, {{Vn.{e}[imm5]}}", Shape(log, 0), log < 2 ? [] : [new A64Alias(move, $"mov {{{r}d}}, {{Vn.{e}[imm5]}}")]);
                if (log < 2)
                    yield return new($"0 0 0 01110000 {imm5} 0 0101 1 nnnnn ddddd", Of<MoveElementSigned<Bits32>>(), $"smov {{Wd}}, {{Vn.{e}[imm5]}}", Shape(log, 0));
                if (log < 3)
                    yield return new($"0 1 0 01110000 {imm5} 0 0101 1 nnnnn ddddd", Of<MoveElementSigned<Bits64>>(), $"smov {{Xd}}, {{Vn.{e}[imm5]}}", Shape(log, 0));
            }
        }
    }

    /// <summary>MOVI, MVNI, ORR and BIC of an 8-bit immediate: op, cmode, name, shape.</summary>
    private static IEnumerable<A64Row> SimdImmediates =>
    [
        .. from q in Enumerable.Range(0, 2)
           from row in new[]
           {
               Immediate(q, "0", "0hh0", "movi", q == 0 ? "2s" : "4s", "imm8lsl", Of<VectorImmediate<ImmediateMove>>()),
               Immediate(q, "0", "0hh1", "orr",  q == 0 ? "2s" : "4s", "imm8lsl", Of<VectorImmediate<ImmediateOrr>>()),
               Immediate(q, "0", "10h0", "movi", q == 0 ? "4h" : "8h", "imm8lsl", Of<VectorImmediate<ImmediateMove>>()),
               Immediate(q, "0", "10h1", "orr",  q == 0 ? "4h" : "8h", "imm8lsl", Of<VectorImmediate<ImmediateOrr>>()),
               Immediate(q, "0", "110h", "movi", q == 0 ? "2s" : "4s", "imm8msl", Of<VectorImmediate<ImmediateMove>>()),
               Immediate(q, "0", "1110", "movi", q == 0 ? "8b" : "16b", "imm8b",  Of<VectorImmediate<ImmediateMove>>()),
               Immediate(q, "1", "0hh0", "mvni", q == 0 ? "2s" : "4s", "imm8lsl", Of<VectorImmediate<ImmediateMoveNot>>()),
               Immediate(q, "1", "0hh1", "bic",  q == 0 ? "2s" : "4s", "imm8lsl", Of<VectorImmediate<ImmediateBic>>()),
               Immediate(q, "1", "10h0", "mvni", q == 0 ? "4h" : "8h", "imm8lsl", Of<VectorImmediate<ImmediateMoveNot>>()),
               Immediate(q, "1", "10h1", "bic",  q == 0 ? "4h" : "8h", "imm8lsl", Of<VectorImmediate<ImmediateBic>>()),
               Immediate(q, "1", "110h", "mvni", q == 0 ? "2s" : "4s", "imm8msl", Of<VectorImmediate<ImmediateMoveNot>>()),
           }
           select row,
        new("0 0 1 0111100000 iii 1110 01 iiiii ddddd", Of<VectorImmediate<ImmediateMove>>(), "movi {Dd}, {imm8d}", Shape(3, 0)),
        new("0 1 1 0111100000 iii 1110 01 iiiii ddddd", Of<VectorImmediate<ImmediateMove>>(), "movi {Vd.2d}, {imm8d}", Shape(3, 1)),
    ];

    private static A64Row Immediate(int q, string op, string cmode, string name, string shape, string immediate, A64Operation operation) => new(
        $"0 {q} {op} 0111100000 iii {cmode} 01 iiiii ddddd", operation,
        $"{name} {{Vd.{shape}{(name is "orr" or "bic" ? ":rw" : "")}}}, {{{immediate}}}", Shape(0, q));

    private static IEnumerable<A64Row> FloatMoves =>
    [
        new("0 0 0 11110 00 1 00 110 000000 nnnnn ddddd", Of<MoveElement>(),     "fmov {Wd}, {Sn}", Shape(2, 0)),
        new("0 0 0 11110 00 1 00 111 000000 nnnnn ddddd", Of<MoveFromGeneral>(), "fmov {Sd}, {Wn}", Shape(2, 0)),
        new("1 0 0 11110 01 1 00 110 000000 nnnnn ddddd", Of<MoveElement>(),     "fmov {Xd}, {Dn}", Shape(3, 0)),
        new("1 0 0 11110 01 1 00 111 000000 nnnnn ddddd", Of<MoveFromGeneral>(), "fmov {Dd}, {Xn}", Shape(3, 0)),
        new("1 0 0 11110 10 1 01 110 000000 nnnnn ddddd", Of<MoveElement>(),     "fmov {Xd}, {Vn.d[top]}", Shape(3, 0) with { Imm2 = 1 }),
        new("1 0 0 11110 10 1 01 111 000000 nnnnn ddddd", Of<InsertGeneral>(),   "fmov {Vd.d[top]}, {Xn}", Shape(3, 1) with { Imm2 = 1 }),
        new("0 0 0 11110 00 1 0000 00 10000 nnnnn ddddd", Of<DuplicateScalar>(), "fmov {Sd}, {Sn}", Shape(2, 0)),
        new("0 0 0 11110 01 1 0000 00 10000 nnnnn ddddd", Of<DuplicateScalar>(), "fmov {Dd}, {Dn}", Shape(3, 0)),
    ];

    private static IEnumerable<A64Row> Cryptography =>
    [
        .. new[] { ("00100", "aese"), ("00101", "aesd"), ("00110", "aesmc"), ("00111", "aesimc") }.Select(row => Crypto(
            $"0100 1110 00 10100 {row.Item1} 10 nnnnn ddddd", $"{row.Item2} {{Vd.16b{(row.Item2.Length == 4 ? ":rw" : "")}}}, {{Vn.16b}}")),
        .. new[] { ("000", "sha1c", "Sn"), ("001", "sha1p", "Sn"), ("010", "sha1m", "Sn"), ("100", "sha256h", "Qn"), ("101", "sha256h2", "Qn") }.Select(row => Crypto(
            $"0101 1110 00 0 mmmmm 0 {row.Item1} 00 nnnnn ddddd", $"{row.Item2} {{Qd:rw}}, {{{row.Item3}}}, {{Vm.4s}}")),
        Crypto("0101 1110 00 0 mmmmm 0 011 00 nnnnn ddddd", "sha1su0 {Vd.4s:rw}, {Vn.4s}, {Vm.4s}"),
        Crypto("0101 1110 00 0 mmmmm 0 110 00 nnnnn ddddd", "sha256su1 {Vd.4s:rw}, {Vn.4s}, {Vm.4s}"),
        Crypto("0101 1110 00 10100 00000 10 nnnnn ddddd", "sha1h {Sd}, {Sn}"),
        Crypto("0101 1110 00 10100 00001 10 nnnnn ddddd", "sha1su1 {Vd.4s:rw}, {Vn.4s}"),
        Crypto("0101 1110 00 10100 00010 10 nnnnn ddddd", "sha256su0 {Vd.4s:rw}, {Vn.4s}"),
        Crypto("1100 1110 011 mmmmm 1 0 00 00 nnnnn ddddd", "sha512h {Qd:rw}, {Qn}, {Vm.2d}"),
        Crypto("1100 1110 011 mmmmm 1 0 00 01 nnnnn ddddd", "sha512h2 {Qd:rw}, {Qn}, {Vm.2d}"),
        Crypto("1100 1110 011 mmmmm 1 0 00 10 nnnnn ddddd", "sha512su1 {Vd.2d:rw}, {Vn.2d}, {Vm.2d}"),
        Crypto("1100 1110 110 00000 1 0 00 00 nnnnn ddddd", "sha512su0 {Vd.2d:rw}, {Vn.2d}"),
        new("0 0 0 01110 11 1 mmmmm 1110 00 nnnnn ddddd", Of<PolynomialMultiplyLong64<FirstHalf>>(), "pmull {Vd.1q}, {Vn.1d}, {Vm.1d}"),
        new("0 1 0 01110 11 1 mmmmm 1110 00 nnnnn ddddd", Of<PolynomialMultiplyLong64<SecondHalf>>(), "pmull2 {Vd.1q}, {Vn.2d}, {Vm.2d}"),
        new("0 0 0 01110 00 1 mmmmm 1110 00 nnnnn ddddd", Of<PolynomialMultiplyLong8<FirstHalf>>(), "pmull {Vd.8h}, {Vn.8b}, {Vm.8b}"),
        new("0 1 0 01110 00 1 mmmmm 1110 00 nnnnn ddddd", Of<PolynomialMultiplyLong8<SecondHalf>>(), "pmull2 {Vd.8h}, {Vn.16b}, {Vm.16b}"),
        new("0 0 1 01110 00 1 mmmmm 10011 1 nnnnn ddddd", Of<PolynomialMultiply<FirstHalf>>(), "pmul {Vd.8b}, {Vn.8b}, {Vm.8b}"),
        new("0 1 1 01110 00 1 mmmmm 10011 1 nnnnn ddddd", Of<PolynomialMultiply<SecondHalf>>(), "pmul {Vd.16b}, {Vn.16b}, {Vm.16b}"),
    ];

    private static A64Row Crypto(string bits, string spelling) => new(bits, Of<NotModelled>(), spelling);
}
