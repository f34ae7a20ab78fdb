using System.Text.RegularExpressions;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;
using RcuEmu.Tools.Debugging;

namespace RcuEmu.Tools.Tests.Debugging;

/// <summary>
/// A session of the REPL as a text file: headers behind '#', then the commands behind their prompt, each followed by what it prints.
/// </summary>
/// <remarks>
/// Headers: <c># about</c> in a sentence; <c># scenario: NAME</c> at its beginning, or <c># violation: NAME</c> at the end of its shortest
/// witness; or <c># code: ARCH, N cores[, fetch modelled]</c> with the lines of the assembly text, which every core executes from its
/// beginning. Text is at 0x100000, data at 0x200000, each core's stack ends at 0x300000 plus 0x1000 times its number plus 1.
/// </remarks>
internal sealed partial class Transcript
{
    private const string Prompt = "(rcuemu) ";
    private readonly string[] _headers;
    private readonly string[] _commands;

    private Transcript(string[] lines)
    {
        _headers = [.. lines.TakeWhile(line => line.StartsWith('#'))];
        _commands = [.. lines.Where(line => line.StartsWith(Prompt, StringComparison.Ordinal)).Select(line => line[Prompt.Length..])];
    }

    public static string Folder => Path.Combine(Repository.Root, "tests", "Tools.Tests", "Transcripts");

    public IReadOnlyList<string> Commands => _commands;

    public static Transcript Read(string path) => new(File.ReadAllLines(path));

    /// <summary>The file as it should be. Escapes of colours are written <c>\e</c>.</summary>
    public string Play(bool color)
    {
        var output = new StringWriter { NewLine = "\n" };
        foreach (string header in _headers)
            output.WriteLine(header);

        // A session that would run for ever is stopped and fails, in place of all others waiting for it.
        using var watchdog = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var shell = new DebugShell(Open(), new Paint(color), output) { Cancel = watchdog.Token };
        int at = 0;
        shell.NextLine = () => at < _commands.Length ? Echo(output, _commands[at++]) : null;
        while (!shell.IsOver && shell.NextLine() is { } line)
            shell.Execute(line);

        // Where the repository lies, and the hash of all of a machine, are nobody's business here.
        string text = output.ToString().Replace("\u001b", "\\e", StringComparison.Ordinal).Replace(Repository.Root + "/", "", StringComparison.Ordinal);
        return string.Join('\n', text.Split('\n').Select(line => line.StartsWith(Prompt, StringComparison.Ordinal) ? line : Hash().Replace(line, "@........")));
    }

    private static string Echo(StringWriter output, string line)
    {
        output.WriteLine(Prompt + line);
        return line;
    }

    private DebugSession Open()
    {
        if (Header("scenario") is { } scenario)
            return Sessions.Of(scenario);
        if (Header("violation") is { } violation)
            return Sessions.AtViolation(violation);

        string[] words = Header("code")!.Split(", ");
        string code = string.Join('\n', _headers.SkipWhile(line => !line.StartsWith("# code:", StringComparison.Ordinal)).Skip(1).Select(line => line[1..]));
        Architecture architecture = words[0] == "arm64" ? Architecture.Arm64 : Architecture.X64;
        int cores = int.Parse(words[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        return new DebugSession(new BlobDebugModel("code", () => Build(architecture, code, cores, words.Length > 2)));
    }

    private static Machine Build(Architecture architecture, string code, int cores, bool modelled)
    {
        var machine = new Machine(architecture);
        if (modelled)
            machine.UseFetch(new FetchSettings());

        machine.Memory.Map("text", 0x100000, 0x1000, Rights.Read | Rights.Write | Rights.Execute);
        machine.Memory.Map("data", 0x200000, 0x1000, Rights.Read | Rights.Write);
        machine.Memory.Poke(0x100000, new EmbeddedAssembler().Assemble(architecture, code, 0x100000).Bytes);
        for (int i = 0; i < cores; i++)
        {
            machine.Memory.Map($"stack{i}", 0x300000 + (0x2000UL * (ulong)i), 0x1000, Rights.Read | Rights.Write);
            Core core = machine.AddCore();
            Context context = machine.AddContext($"t{i}");
            core.Switch(context);
            machine.Engine.SetPc(context, 0x100000);
            machine.Engine.WriteRegister(context, architecture == Architecture.X64 ? "rsp" : "sp", 0x301000 + (0x2000UL * (ulong)i));
            machine.AddAgent(new CoreAgent(machine, core));
        }

        machine.Seal();
        return machine;
    }

    [GeneratedRegex("@[0-9a-f]{8}")]
    private static partial Regex Hash();

    private string? Header(string name) => _headers.FirstOrDefault(line => line.StartsWith($"# {name}: ", StringComparison.Ordinal)) is { } line
        ? line[(name.Length + 4)..]
        : null;
}
