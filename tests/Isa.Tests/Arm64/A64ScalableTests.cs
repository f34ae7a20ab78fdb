using RcuEmu.Isa.Arm64;
using RcuEmu.Isa.Tests.Oracles;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>The SVE instructions of the table against QEMU's user mode with vectors of 128 bits: Unicorn has no way to its predicates.</summary>
public sealed class A64ScalableTests
{
    private const ulong Code = 0x400000;
    private const int Instructions = 2000;

    private static readonly A64Row[] Rows = [.. A64Table.Rows.Where(row =>
        row.Mnemonic is "addvl" or "addpl" or "rdvl" or "pfalse" or "rdffr" or "wrffr" or "setffr"
        || row.Spelling.Contains("{Z", StringComparison.Ordinal) || row.Spelling.Contains("{Pt", StringComparison.Ordinal))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_thousand_instructions_do_what_qemu_does(int seed)
    {
        byte[] code = Program(seed, out byte[] data);

        byte[] theirs = QemuUser.Run("qemu-aarch64", "max,sve128=on", QemuUser.Arm64, (Code, code), (A64TestMemory.Base, data));

        Assert.Equal(11, Rows.Length);
        Assert.Equal(theirs, Run(code, data)[..A64TestMemory.Writable]);
    }

    // Loads the state, changes it, stores it where the memory begins, and writes the memory out.
    private static byte[] Program(int seed, out byte[] data)
    {
        var random = new Random(seed);
        data = new byte[A64TestMemory.Writable];
        random.NextBytes(data);
        var text = new List<string> { "movz x20, #0x20, lsl #16", "movz x21, #0x20, lsl #16", "add x20, x20, #4096", "mov sp, x20" };
        text.AddRange(Enumerable.Range(0, 32).Select(i => $"ldr z{i}, [x20, #{i}, mul vl]"));
        text.AddRange(Enumerable.Range(0, 16).Select(i => $"ldr p{i}, [x20, #{-i}, mul vl]"));
        text.AddRange(Enumerable.Range(0, 16).Select(i => $"ldr x{i}, [x21, #{i * 8}]"));
        text.Add("setffr");
        List<uint> words = [.. text.Select(Assemble), .. Enumerable.Range(0, Instructions).Select(i => Word(random, Rows[i % Rows.Length]))];
        var end = new List<string>();
        end.AddRange(Enumerable.Range(0, 16).Select(i => $"str x{i}, [x21, #{i * 8}]"));
        end.AddRange(Enumerable.Range(0, 16).Select(i => $"str p{i}, [x21, #{80 + i}, mul vl]"));
        end.AddRange(["rdffr p0.b", "str p0, [x21, #96, mul vl]"]);
        end.AddRange(Enumerable.Range(0, 32).Select(i => $"str z{i}, [x21, #{16 + i}, mul vl]"));
        end.AddRange(["mov x0, #1", "mov x1, x21", "movz x2, #8192", "mov x8, #64", "svc #0", "mov x0, #0", "mov x8, #93", "svc #0"]);
        words.AddRange(end.Select(Assemble));
        return [.. words.SelectMany(BitConverter.GetBytes)];
    }

    // Results go to X0 to X15; addresses are X20 or SP, in the middle of the memory, plus what the offset reaches.
    private static uint Word(Random random, A64Row row)
    {
        while (true)
        {
            uint word = row.Value | ((uint)random.NextInt64(1L << 32) & ~row.Mask);
            if (row.Spelling.Contains("[{Xn|sp}", StringComparison.Ordinal))
                word = (word & ~(31u << 5)) | ((random.Next(2) == 0 ? 20u : 31u) << 5);
            else if (row.Spelling.Contains("{Xd", StringComparison.Ordinal))
                word &= ~16u;
            if (row.Matches(word))
                return word;
        }
    }

    private static uint Assemble(string statement) =>
        A64Assembler.TryAssemble(statement, 0, _ => null, out uint word, out string? error, out _) ? word : throw new ArgumentException($"{statement}: {error}");

    private static unsafe byte[] Run(byte[] code, byte[] data)
    {
        using var memory = new A64TestMemory();
        data.CopyTo(new Span<byte>(memory.Bytes, A64TestMemory.Writable));
        var core = new A64TestCore(memory) { Pc = Code };
        uint word;
        while ((word = BitConverter.ToUInt32(code, (int)(core.Pc - Code))) != 0xd4000001) // svc #0
        {
            Assert.Equal(Flow.Next, A64TestRun.Of(A64Decoder.Decode(word, out A64Insn insn))(ref core, insn));
            core.Pc += 4;
        }

        return new Span<byte>(memory.Bytes, A64TestMemory.Readable).ToArray();
    }
}
