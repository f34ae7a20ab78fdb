using System.CommandLine;
using System.CommandLine.Help;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Verbs;

/// <summary>All verbs, and the options that each of them takes.</summary>
internal static class Root
{
    /// <summary>When results are coloured.</summary>
    public static Option<string> Color { get; } = MakeColor();

    /// <summary>Prints the stack behind a defect.</summary>
    public static Option<bool> Debug { get; } = new("--debug")
    {
        Description = "Print the stack where RcuEmu itself fails",
        Recursive = true,
    };

    /// <summary>The tree of verbs, which print to <paramref name="terminal"/>.</summary>
    public static RootCommand Build(Terminal terminal)
    {
        var root = new RootCommand(
            "Runs real arm64 and x86-64 kernel bytes on emulated cores, with the kernel around them, in one order or in every order.")
        {
            HelpName = "rcuemu",
        };
        foreach (Command verb in Verbs(terminal))
            root.Subcommands.Add(verb);

        root.Options.Add(Color);
        root.Options.Add(Debug);
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction(terminal);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Description = "Show this help";
        help.Action = new HelpWithExamples((HelpAction)help.Action!, terminal);
        return root;
    }

    /// <summary>The verbs in the order in which the help lists them.</summary>
    public static IEnumerable<Command> Verbs(Terminal terminal) =>
    [
        new RunVerb(terminal),
        new ExploreVerb(terminal),
        new TestVerb(terminal),
        new MutateVerb(terminal),
        new DebugVerb(terminal),
        new ExplainVerb(terminal),
        new GdbServerVerb(terminal),
        new DapVerb(terminal),
        new AsmVerb(terminal),
        new DisasmVerb(terminal),
        new LitmusVerb(terminal),
        new ModelVerb(terminal),
        KernelCommand.Build(terminal),
    ];

    private static Option<string> MakeColor()
    {
        var color = new Option<string>("--color")
        {
            HelpName = "auto|always|never",
            Description = "Colour results; auto: on a terminal, unless NO_COLOR is set",
            DefaultValueFactory = _ => "auto",
            Recursive = true,
        };
        color.AcceptOnlyFromAmong("auto", "always", "never");
        return color;
    }
}
