using System.CommandLine;
using System.Globalization;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>The options that bound a search, for <c>explore</c> and <c>test</c>.</summary>
internal sealed class ExploreOptionSet
{
    private readonly Option<string?> _preemptions = Valued("--preemptions", "N", "At most N preemptions in one execution");
    private readonly Option<string?> _depth = Valued("--depth", "N", "At most N steps in one execution");
    private readonly Option<string?> _time = Valued("--time", "S", "Stop after S seconds");
    private readonly Option<string?> _executions = Valued("--executions", "N", "At most N executions");
    private readonly Option<string?> _states = Valued("--states", "N", "Keep at most N states");
    private readonly Option<string?> _memory = Valued("--max-memory", "MIB", "Stop where the search takes more than MIB MiB [default: 3/4 of what there is]");
    private readonly Option<bool> _noReduction = new("--no-reduction") { Description = "Go through every execution, without any memory of states" };
    private readonly Option<string?> _strategy = Valued("--strategy", "NAME", "reduced, stateful, plain, dpor, deepening, random or pct [default: reduced]");
    private readonly Option<string?> _seed = Valued("--seed", "N", "Where random executions start from [default: 1]");
    private readonly Option<string?> _jobs = Valued("--jobs", "N", "N threads, for dpor, plain, random and pct [default: 1]");
    private readonly Option<bool> _exact = new("--exact") { Description = "Compare whole states where two hashes are equal" };

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All => [_preemptions, _depth, _time, _executions, _states, _memory, _noReduction, _strategy, _seed, _jobs, _exact];

    /// <summary>What a command line asks for.</summary>
    public ExploreOptions Read(ParseResult line) => new()
    {
        Preemptions = Number(line, _preemptions, 0, int.MaxValue) is { } preemptions ? (int)preemptions : null,
        Depth = Number(line, _depth, 1, int.MaxValue) is { } depth ? (int)depth : null,
        Seconds = Seconds(line),
        MaxExecutions = Number(line, _executions, 1, long.MaxValue),
        MaxStates = Number(line, _states, 1, long.MaxValue),
        MaxMemory = Number(line, _memory, 1, long.MaxValue >> 20) << 20,
        Reduction = !line.GetValue(_noReduction),
        Strategy = Strategy(line),
        Seed = line.GetValue(_seed) is { } seed ? Numbers.Word(_seed.Name, seed) : 1,
        Jobs = (int)(Number(line, _jobs, 1, 64) ?? 1),
        Exact = line.GetValue(_exact),
    };

    private static Option<string?> Valued(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };

    private static long? Number(ParseResult line, Option<string?> option, long least, long most)
    {
        if (line.GetValue(option) is not { } text)
            return null;

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
            ? value
            : throw new UserErrorException($"{option.Name}: '{text}' is no whole number from {least} up");
    }

    private double? Seconds(ParseResult line)
    {
        if (line.GetValue(_time) is not { } text)
            return null;

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value
            : throw new UserErrorException($"{_time.Name}: '{text}' is no time; write seconds, as 10 or 0.5");
    }

    private SearchStrategy Strategy(ParseResult line) => line.GetValue(_strategy) switch
    {
        null or "reduced" => SearchStrategy.Reduced,
        "stateful" => SearchStrategy.Stateful,
        "plain" => SearchStrategy.Plain,
        "dpor" => SearchStrategy.Dpor,
        "deepening" => SearchStrategy.Deepening,
        "random" => SearchStrategy.Random,
        "pct" => SearchStrategy.Pct,
        var other => throw new UserErrorException($"{_strategy.Name}: '{other}' is none; write reduced, stateful, plain, dpor, deepening, random or pct"),
    };
}
