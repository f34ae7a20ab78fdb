using System.Reflection;
using CsCheck;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>
/// On generated programs of real instructions every search that <see cref="ExploreOptions"/> can ask for finds what the search of all
/// executions finds: the same final states, by the hash of all that there is, and the same kinds of violations.
/// </summary>
public sealed class GeneratedCodeTests
{
    private const long MostExecutions = 15_000;

    // Options that choose bounds: they make a search incomplete, so that there is nothing to compare. What a checkpoint does: CheckpointTests.
    private static readonly string[] Bounds =
        [nameof(ExploreOptions.Checkpoint), nameof(ExploreOptions.Depth), nameof(ExploreOptions.Seconds), nameof(ExploreOptions.MaxStates), nameof(ExploreOptions.MaxMemory), nameof(ExploreOptions.MaxExecutions)];

    private static readonly ExploreOptions All = new() { AllViolations = true, Shortest = false };
    private static readonly ExploreOptions Plain = All with { Strategy = SearchStrategy.Plain };

    // What each program is searched with; the others take turns.
    private static readonly ExploreOptions[] Always =
    [
        All,
        All with { Strategy = SearchStrategy.Stateful },
        All with { Strategy = SearchStrategy.Dpor },
    ];

    private static readonly ExploreOptions[] Others = [.. Combinations()];

    [Fact]
    public void All_searches_agree_on_60_programs() => Check(60, stream: 11);

    [Fact]
    [Trait("Category", "Long")]
    public void All_searches_agree_on_2400_programs() => Check(2400, stream: 12);

    // The interrupt changes what core 0 does next: the handler's instruction instead of the one at f, which the updater changes. A reduction
    // that forgot the latter where the interrupt was taken first missed the executions in which core 0 traps and never takes it.
    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void An_interrupt_before_an_instruction_that_changes_hides_nothing(Architecture architecture) => Assert.Equal(
        "",
        Difference(
            new CodeProgram(architecture, [[CodeOp.Call]], [(UpdateOp.Interrupt, 0), (UpdateOp.PokeFirst, 0)], false, 0, false, DeliversApart: true),
            turn: 0));

    // A choice that is added to the options and that no combination here takes would go unchecked.
    [Fact]
    public void Every_option_is_either_a_bound_or_tried_out()
    {
        string[] tried = [.. typeof(ExploreOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => Others.Select(property.GetValue).Distinct().Count() > 1)
            .Select(property => property.Name)];
        string[] all = [.. typeof(ExploreOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name)];

        Assert.Empty(all.Except(tried).Except(Bounds).Except([nameof(ExploreOptions.AllViolations)]));
    }

    // Each strategy by itself, with each switch turned, with two threads, and with a bound of preemptions that nothing reaches.
    private static IEnumerable<ExploreOptions> Combinations()
    {
        PropertyInfo[] switches = [.. typeof(ExploreOptions).GetProperties()
            .Where(property => property.PropertyType == typeof(bool) && property.Name != nameof(ExploreOptions.AllViolations))];
        foreach (SearchStrategy strategy in Enum.GetValues<SearchStrategy>())
        {
            ExploreOptions one = All with { Strategy = strategy };
            yield return one;
            yield return one with { Jobs = 2 };
            if (strategy != SearchStrategy.Dpor)
                yield return one with { Preemptions = 1000 };

            foreach (PropertyInfo turned in switches)
            {
                ExploreOptions other = one with { };
                turned.SetValue(other, !(bool)turned.GetValue(other)!);
                yield return other;
            }
        }

        yield return All with { Strategy = SearchStrategy.Random, Seed = 7 };
        yield return All with { Strategy = SearchStrategy.Pct, PctDepth = 5 };
    }

    // Each program has a seed of its own: only the first sample of a series is made from the seed that is given.
    private static void Check(int programs, uint stream)
    {
        int compared = 0;
        for (int i = 0; compared < programs; i++)
        {
            int turn = i;
            CodeProgram.Generator.Sample(
                program =>
                {
                    string? difference = Difference(program, turn);
                    compared += difference is null ? 0 : 1;
                    Assert.Equal("", difference ?? "");
                },
                seed: new PCG(stream, (ulong)i).ToString(), iter: 1, threads: 1);
        }
    }

    // Null where there are more executions than are gone through here one by one.
    private static string? Difference(CodeProgram program, int turn)
    {
        AssembledCode code = CodeMachine.Assemble(program);
        Met all = Met.By(program, code, Plain with { MaxExecutions = MostExecutions });
        if (all.Result.Verdict == Verdict.NotFinished || all.Result.Bound is not null)
            return null;

        ExploreOptions[] turns = [Others[turn % Others.Length], Others[((turn * 7) + 3) % Others.Length]];
        return string.Concat(Always.Concat(turns).Select(options => all.Difference(Met.By(program, code, options), options)))
            + VerdictDifference(program, code, all, Always[turn % Always.Length] with { AllViolations = false, Shortest = true });
    }

    // A search that stops at the first violation finds one where there is one, and its witness shows it.
    private static string VerdictDifference(CodeProgram program, AssembledCode code, Met all, ExploreOptions options)
    {
        Met one = Met.By(program, code, options);
        if (one.Result.Violation is not { } violation)
            return all.Violations.Count == 0 ? "" : $"no violation by {options}; ";

        using Machine machine = CodeMachine.Build(program, code, _ => { });
        Violation? replayed = new Replay(machine, Schedule.Parse(one.Result.Witness!.ToString())).Run();
        bool isKnown = all.Violations.Contains(DistinctViolations.Kind(violation).ToString());
        return isKnown && replayed == violation ? "" : $"{violation} by {options}, replayed {replayed}; ";
    }

    /// <summary>What a search met.</summary>
    private sealed record Met(HashSet<StateHash> Finals, HashSet<string> Violations, ExploreResult Result)
    {
        public static Met By(CodeProgram program, AssembledCode code, ExploreOptions options)
        {
            HashSet<StateHash> finals = [];
            bool isPart = options.Strategy is SearchStrategy.Random or SearchStrategy.Pct && options.Reduction;
            Machine Build() => CodeMachine.Build(program, code, machine =>
            {
                lock (finals)
                    finals.Add(machine.State.Hash);
            });
            ExploreResult result = new Explorer(Build, "generated").Explore(isPart ? options with { MaxExecutions = 50 } : options);
            return new Met(finals, [.. result.Violations.Select(one => DistinctViolations.Kind(one.Violation).ToString())], result);
        }

        public string Difference(Met other, ExploreOptions options)
        {
            bool isPart = options.Strategy is SearchStrategy.Random or SearchStrategy.Pct && options.Reduction;
            bool same = isPart
                ? other.Finals.IsSubsetOf(Finals) && other.Violations.IsSubsetOf(Violations)
                : other.Finals.SetEquals(Finals) && other.Violations.SetEquals(Violations) && other.Result.Verdict == Result.Verdict;
            return same ? "" : $"{options.Strategy} found {other.Finals.Count} final states of {Finals.Count} and "
                + $"{string.Join(" | ", other.Violations.Order())} of {string.Join(" | ", Violations.Order())}, {other.Result.Bound}, with {options}; ";
        }
    }
}
