using Iced.Intel;
using RcuEmu.Isa.Tests.Oracles;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>
/// Every integer, string and legacy SSE row against Unicorn: also what the processor of this machine cannot be asked safely, which are
/// branches, and accesses that fault or straddle the end of memory or of what can be written.
/// </summary>
public class X64UnicornTests
{
    private const int RunsForEach = 8;

    [Fact]
    public void Twenty_thousand_executions_agree_with_Unicorn() => Run(20_000, seed: 3);

    [Fact, Trait("Category", "Long")]
    public void Two_million_executions_agree_with_Unicorn() => Run(2_000_000, seed: 4);

    private static void Run(int executions, int seed)
    {
        Unicorn.Require();
        var random = new Random(seed);
        var generator = new X64InstructionGenerator(random) { AtEdges = true };
        using var compare = new X64UnicornComparison(generator, random, X64Exceptions.Load());
        var exceptions = new X64UnicornExceptions();
        Code[] codes = [.. Codes(exceptions)];
        for (int done = 0, next = 0; done < executions; next = (next + 101) % codes.Length)
        {
            generator.Address = compare.NextPlace;
            if (!generator.Make(codes[next], X64HostCodes.NeedsAlignment(codes[next])) || exceptions.Excuses(generator.Instruction))
                continue;

            compare.SetInstruction();
            for (int i = 0; i < RunsForEach; i++)
                compare.RunOnce($"seed {seed}, execution {done++}");
        }

        compare.Finish(executions, codes);
    }

    private static IEnumerable<Code> Codes(X64UnicornExceptions exceptions) => X64Table.Groups
        .Where(group => group != X64TableSystem.Rows)
        .SelectMany(group => group())
        .Select(row => row.Code)
        .Concat([Code.Clc, Code.Stc, Code.Cmc, Code.Cld, Code.Std, Code.Lahf, Code.Sahf, Code.Nop_rm32])
        .Where(code => code.Encoding() == EncodingKind.Legacy || code.CpuidFeatures().All(IsBitManipulation))
        .Where(code => !exceptions.Excuses(code));

    /// <summary>The VEX encodings that QEMU 5.0 knows: it has no AVX.</summary>
    private static bool IsBitManipulation(CpuidFeature feature) => feature is CpuidFeature.BMI1 or CpuidFeature.BMI2;
}

/// <summary>tests/data/x64/unicorn-exceptions.txt: what is not compared with Unicorn, and why.</summary>
internal sealed class X64UnicornExceptions
{
    private readonly HashSet<string> _names = [.. File.ReadLines(TestData.Path("x64/unicorn-exceptions.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .SelectMany(line => line.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>True for a row of which nothing is compared.</summary>
    public bool Excuses(Code code) => _names.Contains(code.ToString()) || _names.Contains(Name(code.Mnemonic()));

    /// <summary>True for an instruction that is not compared: one with a prefix or an operand.</summary>
    public bool Excuses(in Instruction insn) =>
        (insn.HasLockPrefix && _names.Contains("lock-" + Name(insn.Mnemonic)))
        || (insn.IsIPRelativeMemoryOperand && _names.Contains("rip-" + Name(insn.Mnemonic)));

    private static string Name(Mnemonic mnemonic) => mnemonic.ToString().ToLowerInvariant();
}
