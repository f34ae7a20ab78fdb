using System.Diagnostics;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Execution;

/// <summary>How the run of a blob ended.</summary>
public enum BlobEnd
{
    /// <summary>The program counter reached <see cref="BlobProgram.Until"/>.</summary>
    Reached,

    /// <summary>The core waits for an interrupt (WFI, HLT): nothing more would happen.</summary>
    Waits,

    /// <summary><see cref="BlobProgram.Maximum"/> instructions were executed.</summary>
    Limit,

    /// <summary>The caller cancelled it.</summary>
    Stopped,

    /// <summary>A guest event: a fault, a trap, an undefined instruction.</summary>
    Event,
}

/// <summary>A run of bytes at an address.</summary>
/// <param name="Address">First byte.</param>
/// <param name="Length">Bytes, rounded out to whole pages.</param>
public readonly record struct MappedRange(ulong Address, ulong Length);

/// <summary>One hand-assembled blob and the state in which it starts. All that is not said is zero.</summary>
/// <param name="Architecture">Its instruction set.</param>
/// <param name="Code">Its bytes. Its pages are readable, writable and executable, so that it may patch itself.</param>
/// <param name="Base">Where it lies.</param>
public sealed record BlobProgram(Architecture Architecture, ReadOnlyMemory<byte> Code, ulong Base)
{
    /// <summary>The most memory that a blob and its ranges may take together, in bytes.</summary>
    public const ulong LargestMemory = 1UL << 30;

    /// <summary>The first instruction, in bytes from <see cref="Base"/>.</summary>
    public ulong Entry { get; init; }

    /// <summary>Registers by the architecture's names, in the order in which they are set.</summary>
    public IReadOnlyList<KeyValuePair<string, ulong>> Registers { get; init; } = [];

    /// <summary>Zeroed memory, readable and writable.</summary>
    public IReadOnlyList<MappedRange> Ranges { get; init; } = [];

    /// <summary>64-bit words to write, little-endian, after everything is mapped.</summary>
    public IReadOnlyList<KeyValuePair<ulong, ulong>> Words { get; init; } = [];

    /// <summary>The address at which the run is over, or null.</summary>
    public ulong? Until { get; init; }

    /// <summary>How many instructions at most, or null.</summary>
    public long? Maximum { get; init; }
}

/// <summary>What came out.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="Instructions">Executed; one that raised an event is not counted.</param>
/// <param name="Seconds">Time spent executing, setting up not counted.</param>
/// <param name="Registers">All registers, in the order of <see cref="CoreEngine.RegisterNames"/>.</param>
/// <param name="Last">Where <see cref="End"/> is an event: the instruction and the event.</param>
public sealed record BlobResult(
    BlobEnd End,
    long Instructions,
    double Seconds,
    IReadOnlyList<KeyValuePair<string, ulong>> Registers,
    ExecutedInstruction Last);

/// <summary>Runs a blob on one core in the run gear: no journal, no kernel.</summary>
public static class BlobRun
{
    // Between two looks at the cancellation: some hundred milliseconds.
    private const long Slice = 1L << 24;

    /// <summary>Sets a machine up and runs it to its end.</summary>
    /// <exception cref="UserErrorException">The ranges do not fit together, or a register or an address does not exist.</exception>
    public static BlobResult Run(BlobProgram program, CancellationToken stopped = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        Check(program);
        using var machine = new Machine(program.Architecture);
        Context context = SetUp(machine, program);
        machine.Seal();

        var last = default(ExecutedInstruction);
        long start = Stopwatch.GetTimestamp();
        (BlobEnd end, long instructions) = Execute(machine, context, program, ref last, stopped);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new BlobResult(end, instructions, seconds, ReadRegisters(machine, context), last);
    }

    /// <summary>Sets a machine up as <see cref="Run"/> does, sealed, with one agent that steps the blob; for a debugger.</summary>
    /// <exception cref="UserErrorException">The ranges do not fit together, or a register or an address does not exist.</exception>
    public static Machine Build(BlobProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        Check(program);
        var machine = new Machine(program.Architecture);
        try
        {
            SetUp(machine, program);
            machine.AddAgent(new CoreAgent(machine, machine.Cores[0], program.Until ?? ulong.MaxValue));
            machine.Seal();
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    private static (BlobEnd End, long Instructions) Execute(
        Machine machine, Context context, BlobProgram program, ref ExecutedInstruction last, CancellationToken stopped)
    {
        long executed = 0, maximum = program.Maximum ?? long.MaxValue;
        while (true)
        {
            if (machine.Engine.Pc(context) == program.Until)
                return (BlobEnd.Reached, executed);
            if (executed >= maximum)
                return (BlobEnd.Limit, executed);
            if (stopped.IsCancellationRequested)
                return (BlobEnd.Stopped, executed);

            executed += machine.Engine.Run(machine.Cores[0], Math.Min(Slice, maximum - executed), program.Until, ref last);
            if (last.Event == GuestEventKind.WaitForInterrupt)
                return (BlobEnd.Waits, executed);
            if (last.Event != GuestEventKind.None)
                return (BlobEnd.Event, executed);
        }
    }

    private static Context SetUp(Machine machine, BlobProgram program)
    {
        Map(machine, "blob", new MappedRange(program.Base, (ulong)program.Code.Length), Rights.Read | Rights.Write | Rights.Execute);
        foreach (MappedRange range in program.Ranges)
            Map(machine, $"0x{range.Address:x}:0x{range.Length:x}", range, Rights.Read | Rights.Write);

        machine.Memory.Poke(program.Base, program.Code.Span);
        Span<byte> bytes = stackalloc byte[8];
        foreach ((ulong address, ulong value) in program.Words)
        {
            if (!machine.Memory.Check(address, 8, Rights.Read, out ulong fault))
                throw new UserErrorException($"cannot write the word at 0x{address:x}: 0x{fault:x} is not mapped; map it first");

            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            machine.Memory.Poke(address, bytes);
        }

        Core core = machine.AddCore();
        Context context = machine.AddContext("blob");
        machine.Engine.SetPc(context, program.Base + program.Entry);
        foreach ((string name, ulong value) in program.Registers)
        {
            if (!machine.Engine.WriteRegister(context, name, value))
                throw new UserErrorException($"no register '{name}'; there are {string.Join(' ', machine.Engine.RegisterNames)}");
        }

        core.Switch(context);
        return context;
    }

    private static void Check(BlobProgram program)
    {
        if (program.Code.IsEmpty)
            throw new UserErrorException("the blob is empty");
        if (program.Entry >= (ulong)program.Code.Length)
            throw new UserErrorException($"the entry 0x{program.Entry:x} lies behind the blob's {program.Code.Length} bytes");

        ulong memory = (ulong)program.Code.Length;
        foreach (MappedRange range in program.Ranges)
        {
            if (range.Length > BlobProgram.LargestMemory || (memory += range.Length) > BlobProgram.LargestMemory)
                throw new UserErrorException($"more than 0x{BlobProgram.LargestMemory:x} bytes of memory; map less");
        }
    }

    private static void Map(Machine machine, string name, MappedRange range, Rights rights)
    {
        ulong page = GuestMemory.PageBytes;
        if (range.Length == 0)
            throw new UserErrorException($"{name}: no bytes to map");
        if (range.Address > ulong.MaxValue - range.Length - page)
            throw new UserErrorException($"{name}: 0x{range.Length:x} bytes at 0x{range.Address:x} do not fit the address space");

        ulong first = range.Address & ~(page - 1), end = (range.Address + range.Length + page - 1) & ~(page - 1);
        foreach (MemoryRegion region in machine.Memory.Regions)
        {
            if (first >= region.Address + region.Length || region.Address >= end)
                continue;

            throw new UserErrorException($"{name}: its pages 0x{first:x}..0x{end:x} overlap {region.Name} "
                + $"(0x{region.Address:x}..0x{region.Address + region.Length:x})");
        }

        machine.Memory.Map(name, range.Address, range.Length, rights);
    }

    private static KeyValuePair<string, ulong>[] ReadRegisters(Machine machine, Context context) =>
        [.. machine.Engine.RegisterNames.Select(name => KeyValuePair.Create(name, machine.Engine.ReadRegister(context, name)))];
}
