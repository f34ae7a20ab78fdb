using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Cores.Arm64;
using RcuEmu.Emulator.Cores.Running;
using RcuEmu.Emulator.Cores.X64;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Cores;

/// <summary>Executes instructions of one architecture on a machine's cores, in both gears.</summary>
public abstract class CoreEngine : IDisposable
{
    private readonly State _state;

    private readonly int _pcCell;

    private protected CoreEngine(Machine machine, int pcCell) => (_state, _pcCell) = (machine.State, pcCell);

    /// <summary>What instruction fetches see; null for memory as it is now. Set before the first step.</summary>
    public IFetch? Fetch
    {
        get;
        set
        {
            field = value;
            Gear.Unready();
        }
    }

    /// <summary>What the cores have; see <see cref="Machine.UseFeatures"/>.</summary>
    public CoreFeatures Features { get; internal set; } = CoreFeatures.None;

    /// <summary>How many cells a register file has.</summary>
    public abstract int RegisterCells { get; }

    /// <summary>How many cells a core's system registers have.</summary>
    public abstract int SystemCells { get; }

    /// <summary>Gives a register file its starting values.</summary>
    public abstract void Reset(Context context);

    /// <summary>Gives a core's system registers their starting values.</summary>
    public abstract void Reset(Core core);

    /// <summary>Sets in a core's system registers what its <see cref="Core.Features"/> switch on.</summary>
    internal virtual void Enable(Core core) => Reset(core);

    /// <summary>
    /// Search gear: executes one instruction of the core's context, journaled, with its footprint: the register file, the bytes
    /// fetched, read and written. A fault changes nothing; behind any other event the program counter is where
    /// <see cref="GuestEventKind"/> says.
    /// </summary>
    /// <exception cref="InvalidOperationException">The core executes nothing.</exception>
    public abstract void Step(Core core, ref ExecutedInstruction executed);

    /// <summary>
    /// Run gear: executes up to <paramref name="maximum"/> instructions (each iteration of a repeated one counts) without
    /// journal or footprint, until the program counter is <paramref name="until"/> or an event is raised. Returns how many were
    /// executed; the event, if any, is in <paramref name="last"/> (its instruction is not counted), whose
    /// <see cref="ExecutedInstruction.Event"/> is None otherwise.
    /// </summary>
    /// <remarks>
    /// What it did cannot be taken back: marks of the state from before are void, and its hash counts from here. Behind a run of
    /// exactly one instruction the flags' cells may have another form than the search gear's, until the engine's next call.
    /// </remarks>
    public abstract long Run(Core core, long maximum, ulong? until, ref ExecutedInstruction last);

    /// <summary>
    /// Run gear: executes one instruction as <see cref="Run"/> does, for whoever looks at the state after each. False where it raised the event in
    /// <paramref name="last"/>.
    /// </summary>
    /// <remarks>Small enough to become a part of the caller: where nothing changed since the core's last instruction, all that remains is its handler.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe bool RunOne(Core core, ref ExecutedInstruction last)
    {
        var cpu = (RunCpu*)core.RunCpu;
        if (cpu == null || cpu->Ready != _state.Settled)
            return RunOneAnew(core, ref last);

        RunOp* next = cpu->Next->Run(cpu->Registers, cpu->Next, 1, cpu);
        if (next == null)
            return RunOneStopped(core, ref last);

        cpu->Next = next;
        *cpu->RegistersPc = next->Pc;
        last.Event = GuestEventKind.None;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunOneAnew(Core core, ref ExecutedInstruction last) => Run(core, 1, null, ref last) == 1;

    // The handler did not go on to another one: what it stopped before is done the slow way, unless it branched to a page not seen yet.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunOneStopped(Core core, ref ExecutedInstruction last) => Gear.TryLand(core, ref last) || RunOneAnew(core, ref last);

    /// <summary>The run gear.</summary>
    internal abstract RunGear Gear { get; }

    /// <summary>The engine for a machine's architecture.</summary>
    public static CoreEngine For(Machine machine) => machine.Architecture switch
    {
        Architecture.Arm64 => new A64Engine(machine),
        _ => new X64Engine(machine),
    };

    /// <summary>The program counter of a context.</summary>
    public ulong Pc(Context context) => _state[context.FirstCell + _pcCell];

    /// <summary>The stack pointer of a context: SP of the current exception level, RSP.</summary>
    public abstract ulong StackPointer(Context context);

    /// <summary>Sets the program counter, journaled.</summary>
    public abstract void SetPc(Context context, ulong value);

    /// <summary>
    /// A register by the architecture's name (x0 … x30, sp, pc, nzcv; rax … r15, rip, rflags; also w and e forms), journaled
    /// when written.
    /// </summary>
    public abstract ulong ReadRegister(Context context, string name);

    /// <summary>Writes a register by name, journaled. False where the architecture has no such register.</summary>
    public abstract bool WriteRegister(Context context, string name, ulong value);

    /// <summary>The register names in the order in which people expect them.</summary>
    public abstract IReadOnlyList<string> RegisterNames { get; }

    /// <summary>The system registers that a core has, by the architecture's names in lower case.</summary>
    public abstract IReadOnlyList<string> SystemRegisterNames { get; }

    /// <summary>A core's system register by name. False where it is not modelled.</summary>
    public abstract bool TryReadSystem(Core core, string name, out ulong value);

    /// <summary>Writes a core's system register by name, journaled. False where it is not modelled or cannot be written.</summary>
    public abstract bool WriteSystem(Core core, string name, ulong value);

    /// <summary>The context that a core executes.</summary>
    internal static Context Executing(Machine machine, Core core)
    {
        int number = core.ContextNumber;
        return number >= 0
            ? machine.ContextAt(number)
            : throw new InvalidOperationException($"core {core.Index} executes nothing");
    }

    /// <summary>Starts the record of a step and its footprint: which context it is depends on the core's choice of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static void Begin(Machine machine, Core core, Context context, ulong pc, ref ExecutedInstruction executed)
    {
        executed = default;
        executed.Core = core.Index;
        executed.Context = context.Number;
        executed.Address = pc;
        machine.Footprint.Cells(core.ContextCell, 1, TouchKind.Read);
        machine.Footprint.Cells(context.FirstCell, machine.Engine.RegisterCells, TouchKind.Write);
    }

    /// <summary>Completes the record of a step and returns the next program counter.</summary>
    private protected static ulong Finish(Flow flow, ulong target, bool behindBreakpoint, ref ExecutedInstruction executed)
    {
        executed.Flow = flow;
        executed.Next = flow switch
        {
            Flow.Branch => target,
            Flow.Again => executed.Address,
            Flow.Event when !IsTrap(executed.Event, behindBreakpoint) => executed.Address,
            _ => executed.Address + (ulong)executed.Length,
        };
        return executed.Next;
    }

    /// <summary>Steps in place of a run, for what the run gear does not do itself.</summary>
    private protected long RunBySteps(Machine machine, Core core, long maximum, ulong? until, ref ExecutedInstruction last)
    {
        Context context = Executing(machine, core);
        last.Event = GuestEventKind.None;
        long done = 0;
        machine.State.Pause();
        while (done < maximum && Pc(context) != until)
        {
            machine.Footprint.Clear();
            Step(core, ref last);
            if (last.Flow == Flow.Event)
                break;

            done++;
        }

        machine.Footprint.Clear();
        machine.State.Restart();
        return done;
    }

    private protected static ArgumentException NoRegister(string name) => new($"there is no register {name}", nameof(name));

    // Traps and calls leave the program counter behind the instruction, faults on it.
    private protected static bool IsTrap(GuestEventKind kind, bool behindBreakpoint) => kind switch
    {
        GuestEventKind.SupervisorCall or GuestEventKind.HypervisorCall or GuestEventKind.SecureMonitorCall
            or GuestEventKind.SoftwareInterrupt or GuestEventKind.WaitForInterrupt => true,
        GuestEventKind.Breakpoint or GuestEventKind.DebugTrap => behindBreakpoint,
        _ => false,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees native memory.</summary>
    protected abstract void Dispose(bool disposing);
}
