using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Tracing;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Where a function's bytes come from.</summary>
public enum CodeSource
{
    /// <summary>Assembly text in the scenario.</summary>
    Assembly,

    /// <summary>Bytes in the scenario, as hex.</summary>
    Bytes,

    /// <summary>A raw file.</summary>
    Blob,
}

/// <summary>A function of the scenario (<c>code:</c>).</summary>
/// <param name="Name"><c>function:</c></param>
/// <param name="HasCallsite"><c>callsite: fentry</c> or <c>call-ops</c>; false for <c>none</c>.</param>
/// <param name="Source">Which of <c>asm:</c>, <c>bytes:</c>, <c>blob:</c> is given.</param>
/// <param name="Text">The assembly text, the hex text, or the path of the file.</param>
/// <param name="Line">The line in the scenario file where the text begins, counted from 1.</param>
public sealed record CodeSpec(string Name, bool HasCallsite, CodeSource Source, string Text, long Line);

/// <summary>An ftrace user (<c>ops:</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>kind:</c> who owns it, and what its callsites call.</param>
/// <param name="Traces">The functions in its filter.</param>
/// <param name="Line">Where it stands.</param>
public sealed record OpsSpec(string Name, OpsKind Kind, IReadOnlyList<string> Traces, long Line)
{
    /// <summary><c>callback:</c> the callback's assembly text, or null for one that counts.</summary>
    public string? Callback { get; init; }

    /// <summary>The line where that text begins, counted from 1.</summary>
    public long CallbackLine { get; init; } = 1;
}

/// <summary>A task (<c>tasks:</c>): it calls functions and gates, or it does kernel procedures.</summary>
/// <param name="Name"><c>comm</c>.</param>
/// <param name="Core">The core that it is bound to.</param>
/// <param name="Runs">Functions to call and the words <c>schedule</c>, <c>sleep</c>, <c>quiescent</c>, <c>spin</c>; empty where it does procedures.</param>
/// <param name="Does">Procedures: <c>ftrace.register</c>, <c>ftrace.unregister</c> with the ops they are for.</param>
/// <param name="Line">Where it stands.</param>
public sealed record TaskSpec(
    string Name, int Core, IReadOnlyList<string> Runs, IReadOnlyList<(string Procedure, string Ops, long Line)> Does, long Line);

/// <summary>What a scenario expects.</summary>
/// <param name="Holds">True for <c>holds</c>.</param>
/// <param name="Property">Where it does not hold: the property that is violated, or null for any.</param>
public sealed record Expectation(bool Holds, string? Property)
{
    /// <inheritdoc/>
    public override string ToString() => Holds ? "holds" : Property is null ? "violated" : $"violated({Property})";
}

/// <summary>
/// A scenario: what is on the cores, what the kernel does meanwhile, what must hold. The C# counterpart of a scenario file.
/// </summary>
public sealed record Scenario
{
    /// <summary><c>scenario:</c> its name.</summary>
    public required string Name { get; init; }

    /// <summary>The file it came from, for messages.</summary>
    public string File { get; init; } = "<scenario>";

    /// <summary><c>about:</c> what it shows.</summary>
    public string About { get; init; } = "";

    /// <summary><c>machine: { cores: }</c></summary>
    public int Cores { get; init; } = 2;

    /// <summary><c>machine: { memory: }</c>: in which order data accesses reach other cores.</summary>
    public MemoryModel Memory { get; init; } = MemoryModel.Sc;

    /// <summary><c>machine: { fetch: }</c>: the fetch model, or null for a coherent fetch.</summary>
    public FetchSettings? Fetch { get; init; }

    /// <summary><c>kernel:</c> the build and boot choices, and <c>machine: { arch: }</c>.</summary>
    public required KernelConfig Config { get; init; }

    /// <summary><c>kernel: { ticks: }</c>: preemptions that a core sees at most in one execution.</summary>
    public int Ticks { get; init; } = 1;

    /// <summary><c>kernel: { config: { allow: impossible } }</c>: a build against Kconfig, or beside another series' image, is meant.</summary>
    public bool AllowsImpossible { get; init; }

    /// <summary><c>image:</c> the kernel image whose trampolines are used, as <c>ARCH/SERIES</c>, <c>ARCH/ABI</c> or a path; or null.</summary>
    public string? Image { get; init; }

    /// <summary>The line where <see cref="Image"/> stands, counted from 1.</summary>
    public long ImageLine { get; init; } = 1;

    /// <summary><c>code:</c></summary>
    public IReadOnlyList<CodeSpec> Code { get; init; } = [];

    /// <summary><c>data:</c> words of 64 bits, 0 at first, that guest code shares.</summary>
    public IReadOnlyList<(string Name, long Line)> Data { get; init; } = [];

    /// <summary><c>objects:</c> what a writer of the scenario's own can free.</summary>
    public IReadOnlyList<ObjectSpec> Objects { get; init; } = [];

    /// <summary><c>kernel: { classified: }</c>: text of the kernel that a proposed design counts as protected.</summary>
    public IReadOnlyList<(string Name, long Line)> Classified { get; init; } = [];

    /// <summary><c>ops:</c></summary>
    public IReadOnlyList<OpsSpec> Ops { get; init; } = [];

    /// <summary><c>tasks:</c>, and one named <c>updater</c> on the last core for <c>programs:</c>.</summary>
    public IReadOnlyList<TaskSpec> Tasks { get; init; } = [];

    /// <summary><c>drop:</c> the steps that are left out of the kernel's procedures.</summary>
    public IReadOnlyList<(string Step, long Line)> Drop { get; init; } = [];

    /// <summary><c>necessary:</c> steps without which the scenario must not hold, as <c>STEP</c> or <c>PROCEDURE/STEP</c>.</summary>
    public IReadOnlyList<(string Step, long Line)> Necessary { get; init; } = [];

    /// <summary><c>always:</c> the properties that are watched.</summary>
    public IReadOnlyList<(string Property, long Line)> Always { get; init; } = [];

    /// <summary><c>never:</c> conditions that must not come true.</summary>
    public IReadOnlyList<(string Condition, long Line)> Nevers { get; init; } = [];

    /// <summary><c>sometimes:</c> conditions that some execution must reach.</summary>
    public IReadOnlyList<(string Condition, long Line)> Sometimes { get; init; } = [];

    /// <summary>
    /// <c>eventually:</c> conditions that every execution reaches in which whoever can act all the time does so some time (weak fairness).
    /// </summary>
    public IReadOnlyList<(string Condition, long Line)> Eventually { get; init; } = [];

    /// <summary><c>expect:</c></summary>
    public Expectation Expect { get; init; } = new(true, null);

    /// <summary>Shorthand for <c>Config.Architecture</c>.</summary>
    public Architecture Architecture => Config.Architecture;

    /// <summary>Reads a scenario file without a matrix; <see cref="ScenarioMatrix"/> reads one with it.</summary>
    /// <exception cref="ScenarioException">The file says something that cannot be.</exception>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public static Scenario Load(string path) => ScenarioMatrix.Load(path).Select(null);

    /// <summary>Reads a scenario from text; <paramref name="file"/> names it in messages and is where relative paths begin.</summary>
    public static Scenario Parse(string file, string text) => ScenarioMatrix.Parse(file, text).Select(null);

    /// <summary>Searches every execution of the scenario, or as many as <paramref name="options"/> allow.</summary>
    public ExploreResult Explore(
        ExploreOptions options, IProgress<ExploreProgress>? progress = null, CancellationToken cancel = default) =>
        new Explorer(() => Build().Machine, Name).Explore(options, progress, cancel);

    /// <summary>True where <paramref name="result"/> is what the scenario expects. A search that did not finish never is.</summary>
    public bool IsExpected(ExploreResult result) => result.Verdict switch
    {
        Verdict.Holds => Expect.Holds,
        Verdict.Violated => !Expect.Holds && (Expect.Property is null || Expect.Property == result.Violation?.Property),
        _ => false,
    };

    /// <summary>Makes the kernel that the scenario describes, sealed and ready to step.</summary>
    public Kernel Build()
    {
        var kernel = new Kernel(Config, Cores, Ticks);
        try
        {
            kernel.Machine.UseMemoryModel(Memory);
            if (Fetch is not null)
                kernel.Machine.UseFetch(Fetch);

            new ScenarioBuilder(this, kernel).Build();
            return kernel;
        }
        catch
        {
            kernel.Dispose();
            throw;
        }
    }
}
