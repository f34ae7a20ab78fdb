using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Cores;

/// <summary>Executes instructions of one architecture on a machine's cores, in both gears.</summary>
public abstract class CoreEngine : IDisposable
{
    /// <summary>How many cells a register file has.</summary>
    public abstract int RegisterCells { get; }

    /// <summary>How many cells a core's system registers have.</summary>
    public abstract int SystemCells { get; }

    /// <summary>Gives a register file its starting values.</summary>
    public abstract void Reset(Context context);

    /// <summary>Gives a core's system registers their starting values.</summary>
    public abstract void Reset(Core core);

    /// <summary>Search gear: executes one instruction of the core's context, journaled, with its footprint.</summary>
    public abstract void Step(Core core, ref ExecutedInstruction executed);

    /// <summary>
    /// Run gear: executes up to <paramref name="maximum"/> instructions without journal or footprint, until the program
    /// counter reaches <paramref name="until"/> or an event is raised. Returns how many were executed; the event, if any,
    /// is in <paramref name="last"/> (its instruction is not counted).
    /// </summary>
    public abstract long Run(Core core, long maximum, ulong? until, ref ExecutedInstruction last);

    /// <summary>The engine for a machine's architecture.</summary>
    public static CoreEngine For(Machine machine) => machine.Architecture switch
    {
        Architecture.Arm64 => new A64Engine(machine),
        _ => new X64Engine(machine),
    };

    /// <summary>The program counter of a context.</summary>
    public abstract ulong Pc(Context context);

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

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees native memory.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
