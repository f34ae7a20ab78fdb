using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Images;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Tracing;

/// <summary>One executed instruction.</summary>
/// <param name="Address">Where it lies.</param>
/// <param name="Place">The same by name: <c>ftrace_caller+0x10</c>.</param>
/// <param name="Text">Its text, with branch targets named.</param>
public sealed record CallsiteStep(ulong Address, string Place, string Text);

/// <summary>What a patched callsite did.</summary>
/// <param name="Function">The traced function's name.</param>
/// <param name="Callsite">The instruction that was patched (<c>rec->ip</c>).</param>
/// <param name="Steps">All instructions from the function's first one to the last before the one behind the callsite.</param>
/// <param name="Differences">What the function would find changed: registers by name, stack bytes. Empty where nothing is.</param>
/// <param name="Trouble">Why the run did not come back behind the callsite, or null.</param>
public sealed record CallsiteResult(
    string Function, ulong Callsite, IReadOnlyList<CallsiteStep> Steps, IReadOnlyList<string> Differences, string? Trouble)
{
    /// <summary>It came back, and the function sees nothing of it.</summary>
    public bool Holds => Trouble is null && Differences.Count == 0;
}

/// <summary>
/// Runs one callsite of a kernel image, patched to the image's own <c>ftrace_caller</c>, through the trampoline and
/// <c>ftrace_stub</c> back to behind the callsite.
/// </summary>
/// <remarks>
/// Nothing of the image is replaced; alternatives are not applied. Left out: the rest of what boot sets up; ftrace_caller reads
/// only its ops and the per-CPU area, so that a function with a conditional callsite or an ops of its own is not seen.
/// </remarks>
public sealed class CallsiteRun : IDisposable
{
    private const int LongestRun = 10_000;
    private const int StackBytes = 4 * GuestMemory.PageBytes;
    private const int CheckedStackBytes = 256;

    private readonly KernelImage _image;
    private readonly FunctionCallsite _site;
    private readonly Machine _machine;
    private readonly Core _core;
    private readonly Context _context;
    private readonly ulong _stackPointer;

    private CallsiteRun(KernelImage image, string function)
    {
        _image = image;
        _site = FunctionCallsite.Find(image, function);
        _machine = new Machine(image.Architecture);
        ImageMapping.Map(_machine, image);
        ulong stack = IsArm ? 0xffff_8000_0001_0000 : 0xffff_c900_0001_0000;
        _machine.Memory.Map("stack", stack, StackBytes, Rights.Read | Rights.Write);
        _machine.Memory.Map("current", stack + (2 * StackBytes), StackBytes, Rights.Read | Rights.Write);
        // The ABI's alignment at a function's entry: 16, less the return address that CALL pushed on x86-64.
        _stackPointer = stack + StackBytes - (2 * CheckedStackBytes) - (IsArm ? 0ul : 8);
        _core = _machine.AddCore();
        _context = _machine.AddContext(function);
        _core.Switch(_context);
        SetState(stack + (2 * StackBytes));
        Patch();
        _machine.Seal();
    }

    private bool IsArm => _image.Architecture == Architecture.Arm64;

    // What a traced function may rely on. x86-64: System V ABI, arguments, RAX (vector count of variadic functions) and what a callee
    // keeps. arm64: AAPCS64, arguments, x8 and what a callee keeps; x9 to x17 are the callsite's own (x9 holds LR).
    private IEnumerable<string> Preserved => IsArm
        ? [.. Enumerable.Range(0, 9).Concat(Enumerable.Range(19, 12)).Select(i => $"x{i}"), "sp"]
        : ["rdi", "rsi", "rdx", "rcx", "r8", "r9", "rax", "rbx", "rbp", "r12", "r13", "r14", "r15", "rsp"];

    /// <summary>Runs the callsite of <paramref name="function"/>.</summary>
    /// <exception cref="UserErrorException">The image has no such function, or it has no callsite, or no ftrace_caller.</exception>
    public static CallsiteResult Run(KernelImage image, string function)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var run = new CallsiteRun(image, function);
        return run.Run();
    }

    /// <inheritdoc/>
    public void Dispose() => _machine.Dispose();

    private CallsiteResult Run()
    {
        Dictionary<string, ulong> before = Preserved.ToDictionary(name => name, Register);
        byte[] stackBefore = Stack();
        var steps = new List<CallsiteStep>();
        string? trouble = null;
        var executed = default(ExecutedInstruction);
        while (trouble is null && _machine.Engine.Pc(_context) != _site.Behind)
        {
            if (steps.Count == LongestRun)
            {
                trouble = $"not back behind the callsite after {LongestRun} instructions";
                break;
            }

            _machine.Footprint.Clear();
            _machine.Engine.Step(_core, ref executed);
            steps.Add(new CallsiteStep(executed.Address, _image.Symbols.Describe(executed.Address), InstructionText.Of(_image.Architecture, executed, Name)));
            if (executed.Flow == Flow.Event)
                trouble = $"{executed.Event} at {_image.Symbols.Describe(executed.Address)} (0x{executed.EventDetail:x})";
        }

        var differences = Preserved.Where(name => Register(name) != before[name])
            .Select(name => $"{name}: 0x{before[name]:x} before, 0x{Register(name):x} behind").ToList();
        if (!Stack().AsSpan().SequenceEqual(stackBefore))
            differences.Add($"stack: bytes from 0x{_stackPointer:x} on differ");

        return new CallsiteResult(_site.Function.Name, _site.Callsite, steps, trouble is null ? differences : [], trouble);
    }

    private void SetState(ulong current)
    {
        ulong value = 0x5a5a_0000_0000_0000;
        foreach (string name in Preserved)
            _machine.Engine.WriteRegister(_context, name, value += 0x0101);

        byte[] frame = new byte[CheckedStackBytes];
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (byte)(0xa0 + i);

        _machine.Memory.Poke(_stackPointer, frame);
        _machine.Engine.WriteRegister(_context, IsArm ? "sp" : "rsp", _stackPointer);
        _machine.Engine.SetPc(_context, _site.Function.Address);
        // The template itself stands for CPU 0's copy.
        ulong perCpu = _image.PerCpu?.Base ?? 0;
        if (IsArm)
        {
            _machine.Engine.WriteRegister(_context, "x30", _image.TextStart);
            _machine.Engine.WriteSystem(_core, "tpidr_el1", perCpu);
            _machine.Engine.WriteSystem(_core, "sp_el0", current);
        }
        else
        {
            _machine.Memory.Poke(_stackPointer, BitConverter.GetBytes(_image.TextStart));
            _machine.Engine.WriteRegister(_context, "gs_base", perCpu);
        }
    }

    private void Patch()
    {
        foreach ((ulong address, byte[] bytes) in _site.Patches(_image))
            _machine.Memory.Poke(address, bytes);
    }

    private ulong Register(string name) => _machine.Engine.ReadRegister(_context, name);

    private byte[] Stack()
    {
        byte[] bytes = new byte[CheckedStackBytes];
        _machine.Memory.Peek(_stackPointer, bytes);
        return bytes;
    }

    private string? Name(ulong address) => _image.Symbols.TryFindAt(address, out _) ? _image.Symbols.Describe(address) : null;
}
