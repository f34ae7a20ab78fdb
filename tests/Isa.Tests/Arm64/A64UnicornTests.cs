using RcuEmu.Isa.Arm64;
using RcuEmu.Isa.Tests.Oracles;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Execution compared with Unicorn 2, instruction by instruction.</summary>
public sealed class A64UnicornTests
{
    [Fact]
    public void Twenty_thousand_instructions_do_what_Unicorn_does() => Agree(seed: 1, executions: 20_000);

    [Fact]
    [Trait("Category", "Long")]
    public void Two_million_instructions_do_what_Unicorn_does() => Agree(seed: 2, executions: 2_000_000);

    private static void Agree(int seed, long executions)
    {
        Unicorn.Require();
        using var differential = new A64Differential(seed);
        A64Row[] rows = [.. A64Table.Rows.Where(UnicornExceptions.IsCompared)];
        var differences = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; differential.Executed < executions; i++)
        {
            A64Row row = rows[i % rows.Length];
            uint word = differential.Generator.Word(row);
            if (!row.Matches(word) || UnicornExceptions.Excuses(row, word))
                continue;
            if (differential.Try(word, UnicornExceptions.IsAlignmentUnchecked(row)) is string difference)
                differences.TryAdd(row.Spelling, difference);
        }

        Assert.True(differences.Count == 0, $"{differences.Count} rows differ\n" + string.Join('\n', differences.Values.Take(100)));
    }
}
