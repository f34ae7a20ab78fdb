using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// <c>fetch: modelled</c>: text keeps its versions, and a core may fetch any that nothing has forced it past. Which one is a
/// choice of the machine. The rule is the architecture's: <see cref="A64Fetch"/>, <see cref="X64Fetch"/>.
/// </summary>
/// <remarks>
/// Text is what lies in a page that is executable when it is written. Left out: writes to a page before it becomes executable, which
/// count as seen by every core; that hides maintenance that is missing when memory is made executable. The memory model is
/// sequentially consistent: what a core read before a synchronising event happened before it.
/// </remarks>
public abstract class ModelledFetch : IFetch
{
    private readonly int _step;
    private readonly List<int> _cores = [];
    private readonly List<int> _since = [];
    private string? _fetched;

    private protected ModelledFetch(Machine machine, FetchSettings settings)
    {
        (Machine, State, Settings) = (machine, machine.State, settings);
        Log = new TextLog(State, settings.Writes);
        _step = State.AllocateRemarks(1);
    }

    /// <summary>What the machine's caches promise.</summary>
    public FetchSettings Settings { get; }

    /// <summary>
    /// The core whose writes are being made, or -1 where nobody's: set by a core's own fetch for the rest of its step, and by
    /// what writes in a core's name without executing instructions.
    /// </summary>
    public int Writer { get; set; } = -1;

    /// <summary>How many writes to text are kept because some core could still miss them.</summary>
    public int Kept => Log.Count;

    /// <summary>What the last step did that the architecture gives no meaning to, or null.</summary>
    internal string? Reported { get; private set; }

    /// <summary>The name of the property that <see cref="Reported"/> violates.</summary>
    internal abstract string Property { get; }

    /// <summary>What the step in hand did that the architecture gives no meaning to, or null.</summary>
    private protected string? Report { get; set; }

    private protected Machine Machine { get; }

    private protected State State { get; }

    private protected TextLog Log { get; }

    /// <summary>The rule of a machine's architecture.</summary>
    internal static ModelledFetch For(Machine machine, FetchSettings settings) => machine.Architecture switch
    {
        Architecture.Arm64 => new A64Fetch(machine, settings),
        _ => new X64Fetch(machine, settings),
    };

    /// <inheritdoc/>
    public abstract int Fetch(Core core, ulong address, Span<byte> bytes);

    /// <inheritdoc/>
    public abstract void Barrier(Core core, Isa.Barrier barrier);

    /// <inheritdoc/>
    public abstract void Cache(Core core, CacheOperation operation, ulong address);

    /// <inheritdoc/>
    public abstract void Executed(Core core, Flow flow, GuestEventKind raised);

    /// <summary>
    /// A context synchronisation event (arm64: exception entry or return, ISB) or a serialising event (x86-64: IRET, SERIALIZE)
    /// of this core: what it fetched ahead is gone.
    /// </summary>
    public void Synchronise(Core core)
    {
        Machine.Footprint.Cells(Log.Cell, 1, TouchKind.Read);
        Machine.Footprint.Cells(FirstCell(core.Index), CoreCells, TouchKind.Write);
        State.Remark(_since[core.Index], Now);
        if (Log.Count != 0)
            Synchronised(core.Index);
    }

    /// <summary>The addresses of the granules (4 bytes on arm64, 8 on x86-64) of which versions are kept, in order.</summary>
    public IReadOnlyList<ulong> KeptAt =>
        [.. Enumerable.Range(0, Log.Count).Where(Log.IsWrite).Select(Log.Address).Distinct().Order()];

    /// <summary>When the core synchronised last, for people: <c>step 12</c>, <c>the start</c>.</summary>
    public string SynchronisedAt(Core core) => Since(core.Index);

    /// <summary>
    /// What a fetch of up to <paramref name="bytes"/> bytes by this core could return now, newest first. For people: nothing changes.
    /// </summary>
    /// <remarks>At most 64 are listed.</remarks>
    public IReadOnlyList<byte[]> Possible(Core core, ulong address, int bytes)
    {
        var probe = new FetchProbe();
        IChooser chooser = Machine.Chooser;
        (int writer, string? fetched, string? report) = (Writer, _fetched, Report);
        Machine.Chooser = probe;
        var found = new List<byte[]>();
        Span<byte> buffer = stackalloc byte[bytes];
        do
        {
            Mark before = State.Mark();
            int length = Fetch(core, address, buffer);
            State.UndoTo(before);
            byte[] version = buffer[..Math.Min(length, bytes)].ToArray();
            if (!found.Any(known => known.AsSpan().SequenceEqual(version)))
                found.Add(version);
        }
        while (probe.MoveNext() && found.Count < FetchProbe.Most);

        (Writer, _fetched, Report) = (writer, fetched, report);
        Machine.Chooser = chooser;
        return found;
    }

    /// <summary>How many cells the rule keeps of each core.</summary>
    private protected abstract int CoreCells { get; }

    /// <summary>The step in hand is over.</summary>
    internal void EndStep()
    {
        (Reported, Report) = (Report, null);
        _fetched = null;
        Writer = -1;
        State.Remark(_step, Now);
    }

    internal void AddCore()
    {
        _cores.Add(State.Allocate(CoreCells));
        _since.Add(State.AllocateRemarks(1));
        CoreAdded();
    }

    /// <summary>The low <paramref name="bytes"/> bytes of <paramref name="value"/> are about to be written.</summary>
    internal void Write(ulong address, int bytes, ulong value)
    {
        if (!State.IsSealed)
            return;

        ulong granule = (ulong)Granule;
        ulong end = address + (ulong)bytes;
        bool continues = false;
        for (ulong at = address & ~(granule - 1); at < end; at += granule)
        {
            if ((Machine.Memory.RightsAt(at) & Rights.Execute) == 0)
                continue;

            ulong first = Math.Max(at, address), last = Math.Min(at + granule, end);
            int length = (int)(last - first);
            ulong mask = ulong.MaxValue >> (64 - (8 * length));
            int shift = 8 * (int)(first - at);
            continues |= WriteGranule(at, mask << shift, (value >> (8 * (int)(first - address)) & mask) << shift, continues);
        }
    }

    /// <summary>Bytes in a granule of the log: the unit in which a version is kept.</summary>
    private protected abstract int Granule { get; }

    /// <summary>
    /// A write to text is to be logged: <paramref name="old"/> are the bytes it replaces, under <paramref name="mask"/>.
    /// <paramref name="continues"/>: it is one write with the one logged before.
    /// </summary>
    private protected abstract void Logged(ulong granule, ulong mask, ulong old, bool continues);

    /// <summary>The core synchronised while the log holds something.</summary>
    private protected abstract void Synchronised(int core);

    private protected virtual void CoreAdded()
    {
    }

    private protected int Cores => _cores.Count;

    /// <summary>The first of the cells of a core.</summary>
    private protected int FirstCell(int core) => _cores[core];

    /// <summary>The step in hand, counted from 1.</summary>
    private protected ulong Now => State[_step] + 1;

    /// <summary>
    /// Asks for one of several versions of an instruction, or of its bytes from <paramref name="offset"/> on (-1: of all of it).
    /// </summary>
    private protected int Choose(int alternatives, int offset, in Versions versions)
    {
        if (alternatives < 2)
            return 0;

        Machine.Footprint.Cells(Log.Cell, 1, TouchKind.Read);
        if (!Machine.Chooser.ReadsReasons)
            return Machine.Choose(alternatives, "the version of text that a fetch returns");

        string what = offset < 0 ? "the version" : $"byte {offset}";
        int chosen = Machine.Choose(alternatives, $"{what} of {Steps(alternatives, in versions)}");
        string newest = chosen == 0 ? ", the newest" : $"; newest is {StepOf(versions.Of(0))}";
        _fetched = $"{(_fetched is null ? "" : $"{_fetched}, ")}{what} of {StepOf(versions.Of(chosen))}{newest}";
        Machine.Say($"core {versions.Core} fetched {_fetched}; not synchronised since {Since(versions.Core)}");
        return chosen;
    }

    /// <summary>When the core synchronised last, for people.</summary>
    private protected string Since(int core) => State[_since[core]] is var step and not 0 ? $"step {step}" : "the start";

    /// <summary>When the version that entry <paramref name="entry"/> made began, for people; -1 for the oldest.</summary>
    private protected string StepOf(int entry) => entry >= 0 ? $"step {Log.Step(entry)}" : "the start";

    private string Steps(int alternatives, in Versions versions)
    {
        var steps = new List<string>();
        for (int i = 0; i < alternatives; i++)
            steps.Add(StepOf(versions.Of(i)));

        return string.Join(" or ", steps);
    }

    // A write that changes nothing matters only behind others that could still be missed.
    private bool WriteGranule(ulong granule, ulong mask, ulong value, bool continues)
    {
        ulong old = Machine.Memory.Peek64(granule) & mask;
        if (old == value && !Log.MayHold(granule))
            return false;

        Machine.Footprint.Cells(Log.Cell, 1, TouchKind.Write);
        Logged(granule, mask, old, continues);
        return true;
    }
}

/// <summary>The distinct versions that a fetch may return, newest first: by which entry of the log each began.</summary>
internal struct Versions
{
    /// <summary>The most that are told apart.</summary>
    public const int Most = 16;

    private VersionEntries _entries;

    /// <summary>Who fetches.</summary>
    public int Core;

    /// <summary>The entry that made version <paramref name="index"/>, or -1 for the oldest that is known.</summary>
    public readonly int Of(int index) => _entries[index];

    /// <summary>Sets it.</summary>
    public void Set(int index, int entry) => _entries[index] = entry;

    [System.Runtime.CompilerServices.InlineArray(Most)]
    private struct VersionEntries
    {
        private int _first;
    }
}
