using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging;

/// <summary>
/// A machine under a debugger: its timeline, its stop points, which core is looked at. The REPL, the GDB stub, the full-screen view
/// and the editor's adapter all drive this object and nothing else.
/// </summary>
public sealed class DebugSession : IDisposable
{
    private readonly List<(int Number, int Timeline, long Position)> _checkpoints = [];
    private readonly OfferedSteps _offers;
    private int _nextCheckpoint = 1;
    private Context? _task;

    /// <summary>Begins at the machine's present state.</summary>
    public DebugSession(IDebugModel model)
    {
        Model = model;
        Timeline = new Timeline(model.Machine);
        Keys = new CoreKeys(model.Machine);
        Points = new StopPoints(model.Machine, Timeline, Keys.Core);
        _offers = new OfferedSteps(model.Machine, Keys, () => StepText.Of(Model, null));
        Moves = new SessionMoves(this);
        Schedules = new SessionSchedules(this);
        Scope = new SessionScope(this);
    }

    /// <summary>What is debugged.</summary>
    public IDebugModel Model { get; }

    /// <summary>Its machine.</summary>
    public Machine Machine => Model.Machine;

    /// <summary>Where in which run it stands.</summary>
    public Timeline Timeline { get; }

    /// <summary>Breakpoints, watchpoints, catchpoints.</summary>
    public StopPoints Points { get; }

    /// <summary>Running and stepping, forwards and backwards.</summary>
    public SessionMoves Moves { get; }

    /// <summary>Schedules in and out, and searches from here.</summary>
    public SessionSchedules Schedules { get; }

    /// <summary>What expressions see.</summary>
    public SessionScope Scope { get; }

    /// <summary>The core that commands without a core are about, counted from 0.</summary>
    public int SelectedCore { get; private set; }

    /// <summary>The registers that commands are about: those of a chosen task, or of what the selected core executes; null where it executes none.</summary>
    public Context? SelectedContext => _task ?? ContextOf(SelectedCore);

    /// <summary>The task that was chosen whatever core it is on, or null.</summary>
    public Context? SelectedTask => _task;

    /// <summary>Said once where a step or a write left the recorded future; null otherwise.</summary>
    public string? ForkNotice { get; private set; }

    internal CoreKeys Keys { get; }

    /// <summary>What a core executes, or null.</summary>
    public Context? ContextOf(int core) =>
        Machine.Cores[core].ContextNumber is var number and >= 0 ? Machine.Contexts[number] : null;

    /// <summary>The program counter of a core, or null where it executes no instructions.</summary>
    public ulong? PcOf(int core) => ContextOf(core) is { } context ? Machine.Engine.Pc(context) : null;

    /// <summary>Looks at a core.</summary>
    /// <exception cref="UserErrorException">There is none of this number.</exception>
    public void SelectCore(int core)
    {
        if (core < 0 || core >= Machine.Cores.Count)
            throw new UserErrorException($"there is no core {core}; there are 0 to {Machine.Cores.Count - 1}");

        (SelectedCore, _task) = (core, null);
    }

    /// <summary>Looks at a task's registers, on whatever core.</summary>
    public void SelectTask(Context? task) => _task = task;

    /// <summary>What can happen next, each with what it would do.</summary>
    public IReadOnlyList<OfferedStep> Offered() => _offers.List();

    /// <summary>The action's key in a schedule.</summary>
    public string KeyOf(MachineAction action) => Keys.Key(action);

    /// <summary>The core that an action belongs to, or -1.</summary>
    public int CoreOf(MachineAction action) => Keys.Core(action);

    /// <summary>What the last performed step did.</summary>
    public string LastStepText => StepText.Of(Model, Timeline.LastEdit);

    /// <summary>Reads memory for people. Returns how many bytes are mapped.</summary>
    public int Read(ulong address, Span<byte> bytes) => Machine.Memory.Peek(address, bytes);

    /// <summary>Writes memory, whatever the rights of its page: text is poked through an alias. A step of the timeline.</summary>
    /// <exception cref="UserErrorException">A byte is not mapped.</exception>
    public void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        byte[] before = new byte[copy.Length];
        int mapped = Read(address, before);
        if (mapped < copy.Length)
            throw new UserErrorException($"Cannot access memory at address 0x{address + (ulong)mapped:x}");

        if (copy.Length == 0)
            return;

        string what = copy.Length > 8 ? $"{copy.Length} bytes" : Convert.ToHexStringLower(copy);
        Edit($"{what} written to {Model.Format(address) ?? $"0x{address:x}"}", (address, copy.Length), () => Machine.Memory.Poke(address, copy));
    }

    /// <summary>Writes a register. A step of the timeline. False where there is none of this name.</summary>
    public bool WriteRegister(Context context, string name, ulong value)
    {
        if (!HasRegister(context, name))
            return false;

        Edit($"{name} of {context.Name} = 0x{value:x}", default, () => Machine.Engine.WriteRegister(context, name, value));
        return true;
    }

    /// <summary>True where the architecture has a register of this name.</summary>
    public bool HasRegister(Context context, string name)
    {
        try
        {
            Machine.Engine.ReadRegister(context, name);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Remembers the present place. Returns its number.</summary>
    public int Checkpoint()
    {
        _checkpoints.Add((_nextCheckpoint, Timeline.Number, Timeline.Position));
        return _nextCheckpoint++;
    }

    /// <summary>The remembered places: number, timeline, step.</summary>
    public IReadOnlyList<(int Number, int Timeline, long Position)> Checkpoints => _checkpoints;

    /// <summary>Forgets a place. False where there is none of this number.</summary>
    public bool DeleteCheckpoint(int number) => _checkpoints.RemoveAll(known => known.Number == number) > 0;

    /// <summary>Goes to a remembered place, on the timeline it was on.</summary>
    /// <exception cref="UserErrorException">There is none, or its timeline is gone.</exception>
    public void Restart(int number)
    {
        int index = _checkpoints.FindIndex(known => known.Number == number);
        if (index < 0)
            throw new UserErrorException($"there is no checkpoint {number}; see 'info checkpoints'");

        (int _, int timeline, long position) = _checkpoints[index];
        SwitchTo(timeline, position);
    }

    /// <summary>Goes to a step of a timeline.</summary>
    public void SwitchTo(int timeline, long position)
    {
        bool isHere = timeline == Timeline.Number;
        long common = isHere ? Timeline.Length : Timeline.Others.Where(other => other.Number == timeline).Select(other => other.Common).FirstOrDefault(-1);
        if (position > common && !isHere && !Timeline.SwitchTo(timeline))
            throw new UserErrorException($"timeline {timeline} is gone; only the last ones left are kept");

        if (position > Timeline.Length)
            throw new UserErrorException($"timeline {Timeline.Number} has {Timeline.Length} steps, and not {position}");

        Timeline.Seek(position);
    }

    /// <summary>Takes <see cref="ForkNotice"/>.</summary>
    public string? TakeForkNotice()
    {
        string? notice = ForkNotice;
        ForkNotice = null;
        return notice;
    }

    internal void NoteFork(int before, long length)
    {
        if (Timeline.Number != before)
        {
            ForkNotice = $"timeline {Timeline.Number} begins here, at step {Timeline.Position - 1}; timeline {before} with its {length} steps is kept";
        }
    }

    internal void Look(int core)
    {
        if (core >= 0 && core != SelectedCore)
            SelectCore(core);
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private void Edit(string text, (ulong, int) bytes, Action write)
    {
        (int number, long length) = (Timeline.Number, Timeline.Length);
        Timeline.Edit(text, bytes, write);
        NoteFork(number, length);
        Points.Begin();
    }
}
