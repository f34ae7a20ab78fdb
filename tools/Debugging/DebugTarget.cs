using System.CommandLine;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Debugging;
using RcuEmu.Tools.Shell;
using RcuEmu.Tools.Verbs;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Debugging;

/// <summary>The options of <c>debug</c>, <c>gdbserver</c> and <c>dap</c> that say what is debugged and where it begins.</summary>
internal sealed class DebugTarget
{
    private readonly BlobOptions _blob = new();
    private readonly Option<string?> _image = new("--image") { HelpName = "I", Description = "Debug a function of a kernel image: amd64/6.12, or a boot image's path" };
    private readonly Option<string?> _schedule = new("--schedule") { HelpName = "LINE", Description = "Take this schedule first; a violation on its way ends it" };
    private readonly Option<bool> _force = new("--force") { Description = "Take a schedule of another version of the scenario too" };
    private readonly Option<string?> _variant = ScenarioFile.Variant();
    private readonly Option<string?> _at = new("--at") { HelpName = "N|end", Description = "Begin behind step N of the schedule [default: 0]" };

    /// <summary>What is debugged: for the help.</summary>
    public const string FileHelp = "A scenario (YAML), or with --image the function";

    /// <summary>The options in the order of the help.</summary>
    public IEnumerable<Option> All => [_schedule, _force, _at, _variant, _image, .. _blob.All];

    /// <summary>The file of the scenario, or null.</summary>
    public string? File { get; private set; }

    /// <summary>Sets up what a command line asks for.</summary>
    public DebugSession Open(ParseResult line, string? file, Terminal terminal)
    {
        var session = new DebugSession(Model(line, file, terminal));
        try
        {
            Begin(line, session, terminal.Stopped);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Sets up a scenario by name, with a schedule or none, at a step.</summary>
    public static DebugSession Open(Terminal terminal, string file, string? schedule, string? at)
    {
        var session = new DebugSession(new KernelDebugModel(ScenarioFile.Load(terminal, file)));
        try
        {
            Begin(session, schedule, force: false, at, terminal.Stopped);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private IDebugModel Model(ParseResult line, string? file, Terminal terminal)
    {
        bool hasBlob = line.GetValue(_blob.Blob) is not null;
        string? image = line.GetValue(_image);
        if ((hasBlob ? 1 : 0) + (file is not null ? 1 : 0) != 1 || (image is not null && hasBlob))
            throw new UserErrorException("give one of a scenario FILE, --blob FILE, or --image I with a FUNCTION");

        if (hasBlob)
            return BlobDebugModel.Of(Path.GetFileNameWithoutExtension(line.GetValue(_blob.Blob)!), _blob.Read(line, terminal));

        if (image is not null)
            return new ImageDebugModel(KernelImage.Load(KernelCache.Default.Resolve(image)), file!, _blob.ReadRegisters(line));

        File = file;
        Schedule? schedule = line.GetValue(_schedule) is { } text ? Schedule.Parse(text) : null;
        return new KernelDebugModel(ScenarioFile.LoadFor(terminal, file!, schedule, line.GetValue(_variant)));
    }

    private void Begin(ParseResult line, DebugSession session, CancellationToken stopped) =>
        Begin(session, line.GetValue(_schedule), line.GetValue(_force), line.GetValue(_at), stopped);

    private static void Begin(DebugSession session, string? schedule, bool force, string? at, CancellationToken stopped)
    {
        if (schedule is not null)
            session.Schedules.Replay(Schedule.Parse(schedule), force, stopped);

        session.Moves.GoTo(at switch
        {
            null => 0,
            "end" => session.Timeline.Length,
            _ => (long)Math.Min(Numbers.Word("--at", at), long.MaxValue),
        });
    }
}
