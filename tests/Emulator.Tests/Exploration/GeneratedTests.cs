using System.Numerics;
using CsCheck;
using RcuEmu.Emulator.Exploration;
using static RcuEmu.Emulator.Tests.Exploration.Toy;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>On generated programs every search must find what the search of all executions finds.</summary>
public sealed class GeneratedTests
{
    private const string Seed = "0000000000001";

    private static readonly Gen<ToyOp> Op = Gen.Frequency(
        (3, Gen.Select(Gen.Int[0, 2], Gen.Int[1, 2], (x, v) => W(x, v))),
        (3, Gen.Int[0, 2].Select(R)),
        (2, Gen.Int[0, 2].Select(x => S(x, 1))),
        (1, Gen.Int[0, 2].Select(x => new ToyOp(ToyKind.Add, x, 1))),
        (1, Gen.Int[0, 1].Select(L)),
        (1, Gen.Int[0, 1].Select(U)),
        (1, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1], (x, v) => Wait(x, v))),
        (1, Gen.Int[0, 2].Select(x => new ToyOp(ToyKind.SkipUnless, x, 0))),
        (1, Gen.Const(new ToyOp(ToyKind.Choose, 0, 2))),
        (1, Gen.Const(P)));

    // At most 10 steps in all: 10! / (3! 3! 2! 2!) = 25,200 orders.
    private static readonly Gen<ToyOp[][]> Program = Gen.OneOf(
        Op.Array[1, 4].Array[2], Op.Array[1, 3].Array[3], Op.Array[1, 2].Array[4]);

    [Fact]
    public void All_searches_agree_on_300_programs() => Check(300);

    [Fact]
    [Trait("Category", "Long")]
    public void All_searches_agree_on_3000_programs() => Check(3000);

    private static void Check(int programs) => Program.Sample(
        threads =>
        {
            Outcome plain = Outcome.Of(threads, new PlainStrategy());
            var stateful = new StatefulStrategy(new ExploreOptions { Exact = true });
            Outcome merged = Outcome.Of(threads, stateful);
            return plain.Finals.SetEquals(merged.Finals)
                && plain.Violations.SetEquals(merged.Violations)
                && stateful.Executions == (BigInteger)plain.Executions;
        },
        seed: Seed,
        iter: programs,
        threads: 1,
        print: Print);

    private static string Print(ToyOp[][] threads) =>
        string.Join(" || ", threads.Select(thread => string.Join("; ", thread.Select(op => $"{op.Kind} {op.A} {op.B}"))));

    /// <summary>What a whole search met.</summary>
    internal sealed record Outcome(HashSet<string> Finals, HashSet<string> Violations, long Executions)
    {
        public static Outcome Of(ToyOp[][] threads, IStrategy strategy)
        {
            var toy = new Toy(3, threads);
            toy.Machine.AddMonitor(new ToyProperty("x-is-not-2", _ => toy[0] == 2 ? $"x is 2 and y is {toy[1]}" : null));
            HashSet<string> finals = [], violations = [];
            var search = new Search(toy.Sealed(), new ExploreOptions(), strategy, () => 0, default, null)
            {
                OnEnd = _ => finals.Add(toy.Final()),
                OnViolation = violation => violations.Add(violation.Message) || true,
            };
            search.Run();
            return new Outcome(finals, violations, search.Ends);
        }
    }
}
