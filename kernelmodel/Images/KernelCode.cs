using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Images;

/// <summary>How a call of kernel code ended.</summary>
/// <param name="Value">RAX or X0 behind the call.</param>
/// <param name="Instructions">Instructions executed, those of intercepted functions not among them.</param>
/// <param name="Returned">True where the function came back; false where an event or the limit of instructions stopped it.</param>
/// <param name="Event">The event that stopped it, or None.</param>
/// <param name="Address">Where it stopped.</param>
public readonly record struct CallResult(ulong Value, long Instructions, bool Returned, GuestEventKind Event, ulong Address);

/// <summary>
/// Functions of a kernel image, called one at a time on an emulated core, without booting: the image at its link address, per-CPU
/// data of CPU 0 in its template, a stack, and memory for arguments. Everything is journaled, so a call can be taken back.
/// </summary>
/// <remarks>
/// Alternatives are not applied: this is the code of a CPU that has none of the features. What a function needs of the world
/// outside (other CPUs, sleeping, page tables) is replaced with <see cref="Intercept"/>.
/// </remarks>
public sealed class KernelCode : IDisposable
{
    private const ulong ScratchX64 = 0xffff888000000000;
    private const ulong ScratchA64 = 0xffff000000000000;
    private const ulong StackBytes = 0x8000;

    /// <summary>Instructions that one call may take.</summary>
    public const long InstructionLimit = 50_000_000;

    /// <summary>Where calls return to. Nothing is mapped there.</summary>
    public const ulong ReturnAddress = 0xffff_ffff_dead_0000;

    private readonly Dictionary<ulong, Func<KernelCode, ulong>> _intercepted = [];
    private readonly Core _core;
    private readonly Context _context;
    private readonly ulong _stackTop;
    private readonly ulong _scratchEnd;
    private readonly string[] _arguments;
    private ulong _scratch;
    private bool _isSealed;

    /// <summary>Maps the image and a core beside it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="scratchBytes">Memory for arguments, see <see cref="Take"/>.</param>
    public KernelCode(KernelImage image, int scratchBytes = 0x40000)
    {
        Image = image;
        Machine = new Machine(image.Architecture);
        ImageMapping.Map(Machine, image);
        _core = Machine.AddCore();
        _context = Machine.AddContext("caller");
        _core.Switch(_context);
        ulong scratch = IsX64 ? ScratchX64 : ScratchA64;
        Machine.Memory.Map("stack", scratch, StackBytes, Rights.Read | Rights.Write);
        _stackTop = scratch + StackBytes - 0x100;
        _scratch = scratch + 0x100000;
        _scratchEnd = _scratch + (ulong)scratchBytes;
        Machine.Memory.Map("scratch", _scratch, (ulong)scratchBytes, Rights.Read | Rights.Write);
        _arguments = IsX64 ? ["rdi", "rsi", "rdx", "rcx", "r8", "r9"] : [.. Enumerable.Range(0, 8).Select(n => $"x{n}")];
        SetUp();
    }

    /// <summary>The image.</summary>
    public KernelImage Image { get; }

    /// <summary>The machine that it lies in.</summary>
    public Machine Machine { get; }

    private bool IsX64 => Image.Architecture == Architecture.X64;

    private CoreEngine Engine => Machine.Engine;

    /// <summary>The address of a symbol.</summary>
    /// <exception cref="UserErrorException">The image has no such symbol.</exception>
    public ulong Address(string symbol) => Image.Symbols.AddressOf(symbol)
        ?? throw new UserErrorException($"{Image.FileName}: no symbol {symbol}");

    /// <summary>The address of a per-CPU variable in CPU 0's area.</summary>
    public ulong PerCpuAddress(string symbol)
    {
        ulong address = Address(symbol);
        return Image.PerCpu is { } placement && address - placement.Start < placement.Length
            ? placement.Base + address
            : address;
    }

    /// <summary>Takes zeroed memory for an argument. Before the first <see cref="Call"/> or <see cref="Mark"/> only.</summary>
    public ulong Take(int bytes)
    {
        ulong at = _scratch;
        _scratch += ((ulong)bytes + 63) & ~63UL;
        return _scratch <= _scratchEnd ? at : throw new InvalidOperationException("the scratch memory is used up");
    }

    /// <summary>Replaces a function: when it is called, <paramref name="body"/> gives the value that it returns.</summary>
    public void Intercept(string symbol, Func<KernelCode, ulong> body) => _intercepted[Address(symbol)] = body;

    /// <summary>Argument 0 to 5 of the intercepted function in hand.</summary>
    public ulong Argument(int index) => Engine.ReadRegister(_context, _arguments[index]);

    /// <summary>The task that the code sees as <c>current</c>.</summary>
    public void SetCurrent(ulong task)
    {
        if (!IsX64)
        {
            Engine.WriteSystem(_core, "sp_el0", task);
            return;
        }

        string symbol = Image.Symbols.AddressOf("pcpu_hot") is not null ? "pcpu_hot" : "current_task";
        Write(PerCpuAddress(symbol), 8, task);
    }

    /// <summary>A place to come back to with <see cref="UndoTo"/>.</summary>
    public Mark Mark()
    {
        Seal();
        return Machine.State.Mark();
    }

    /// <summary>Takes back every call and every write since <paramref name="mark"/>.</summary>
    public void UndoTo(Mark mark) => Machine.State.UndoTo(mark);

    /// <summary>Reads 1 to 8 bytes, little-endian. 0 where nothing is mapped.</summary>
    public ulong Read(ulong address, int bytes)
    {
        Span<byte> buffer = stackalloc byte[8];
        buffer.Clear();
        Machine.Memory.Peek(address, buffer[..bytes]);
        return BitConverter.ToUInt64(buffer);
    }

    /// <summary>Writes 1 to 8 bytes, whatever the page's rights.</summary>
    public void Write(ulong address, int bytes, ulong value) => Write(address, BitConverter.GetBytes(value).AsSpan(0, bytes));

    /// <summary>Writes bytes, whatever the page's rights.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        Machine.Footprint.Clear();
        Machine.Memory.Poke(address, bytes);
    }

    /// <summary>Offset and size in bytes of a member, from the image's own BTF.</summary>
    public (int Offset, int Bytes) Member(string structName, string member) =>
        Image.Btf?.FindMember(structName, member) is { } found
            ? (found.Offset, found.Size)
            : throw new UserErrorException($"{Image.FileName}: its BTF has no {structName}.{member}");

    /// <summary>Calls a function with integer arguments: 6 (x86-64) or 8 (arm64) in registers, the rest on the stack.</summary>
    /// <param name="function">Symbol.</param>
    /// <param name="arguments">In the order of the C prototype.</param>
    public CallResult Call(string function, params ReadOnlySpan<ulong> arguments) => CallAt(Address(function), arguments);

    /// <summary>Calls the function at an address.</summary>
    public CallResult CallAt(ulong function, params ReadOnlySpan<ulong> arguments)
    {
        Seal();
        SetUpCall(function, arguments);
        return Run();
    }

    /// <summary>
    /// Makes the machine ready to step through a call, with one agent that does it up to <see cref="ReturnAddress"/>, and seals it.
    /// Functions are not intercepted then.
    /// </summary>
    /// <param name="function">Symbol.</param>
    /// <param name="registers">Registers to set, by name: arguments, and whatever else.</param>
    /// <exception cref="UserErrorException">There is no such function or register.</exception>
    public void PrepareCall(string function, IReadOnlyList<KeyValuePair<string, ulong>> registers)
    {
        SetUpCall(Address(function), []);
        foreach ((string name, ulong value) in registers)
        {
            if (!Engine.WriteRegister(_context, name, value))
                throw new UserErrorException($"no register '{name}'; there are {string.Join(' ', Engine.RegisterNames)}");
        }

        Machine.AddAgent(new CoreAgent(Machine, _core, ReturnAddress));
        Seal();
    }

    private void SetUpCall(ulong function, ReadOnlySpan<ulong> arguments)
    {
        int inRegisters = Math.Min(arguments.Length, _arguments.Length);
        for (int i = 0; i < inRegisters; i++)
            Engine.WriteRegister(_context, _arguments[i], arguments[i]);

        ulong onStack = _stackTop + (IsX64 ? 8ul : 0);
        for (int i = inRegisters; i < arguments.Length; i++)
            Write(onStack + (ulong)(8 * (i - inRegisters)), 8, arguments[i]);

        if (IsX64)
        {
            Write(_stackTop, 8, ReturnAddress);
            Engine.WriteRegister(_context, "rsp", _stackTop);
        }
        else
        {
            Engine.WriteRegister(_context, "sp", _stackTop);
            Engine.WriteRegister(_context, "x29", 0);
            Engine.WriteRegister(_context, "x30", ReturnAddress);
        }

        Engine.SetPc(_context, function);
    }

    /// <inheritdoc/>
    public void Dispose() => Machine.Dispose();

    private CallResult Run()
    {
        var executed = default(ExecutedInstruction);
        long count = 0;
        while (count < InstructionLimit)
        {
            ulong pc = Engine.Pc(_context);
            if (pc == ReturnAddress)
                return new CallResult(Engine.ReadRegister(_context, IsX64 ? "rax" : "x0"), count, true, GuestEventKind.None, pc);

            if (_intercepted.Count != 0 && _intercepted.TryGetValue(pc, out Func<KernelCode, ulong>? body))
            {
                Return(body(this));
                continue;
            }

            Machine.Footprint.Clear();
            Engine.Step(_core, ref executed);
            if (executed.Flow == Flow.Event)
                return new CallResult(0, count, false, executed.Event, executed.Address);

            count++;
        }

        return new CallResult(0, count, false, GuestEventKind.None, Engine.Pc(_context));
    }

    private void Return(ulong value)
    {
        if (IsX64)
        {
            ulong rsp = Engine.ReadRegister(_context, "rsp");
            Engine.WriteRegister(_context, "rax", value);
            Engine.SetPc(_context, Read(rsp, 8));
            Engine.WriteRegister(_context, "rsp", rsp + 8);
        }
        else
        {
            Engine.WriteRegister(_context, "x0", value);
            Engine.SetPc(_context, Engine.ReadRegister(_context, "x30"));
        }
    }

    // What boot would have set and nearly all code reads: where per-CPU data is, and a current task.
    private void SetUp()
    {
        if (IsX64)
        {
            Engine.WriteRegister(_context, "gs_base", Image.PerCpu?.Base ?? 0);
            return;
        }

        SetCurrent(Image.Symbols.AddressOf("init_task") ?? Take(0x2000));
    }

    private void Seal()
    {
        if (_isSealed)
            return;

        _isSealed = true;
        Machine.Seal();
    }
}
