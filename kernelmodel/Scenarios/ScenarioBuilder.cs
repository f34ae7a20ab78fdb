using System.Text;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;
using RcuEmu.KernelModel.Programs;
using RcuEmu.KernelModel.Properties;
using RcuEmu.KernelModel.Rcu;
using RcuEmu.KernelModel.Scheduling;
using RcuEmu.KernelModel.Tracing;
using RcuEmu.Trampolines.Library;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Makes a kernel from a scenario: lays out code and data, adds tasks, programs and properties.</summary>
internal sealed class ScenarioBuilder
{
    private readonly Scenario _scenario;
    private readonly Kernel _kernel;
    private readonly HashSet<string> _dropped = new(StringComparer.Ordinal);
    private readonly EmbeddedAssembler _assembler = new();
    private readonly ImageTrampolines? _image;
    private AddressPlan _plan;
    private ulong _nextCode;
    private ulong _nextDynamic;
    private ulong _nextData;

    public ScenarioBuilder(Scenario scenario, Kernel kernel)
    {
        (_scenario, _kernel) = (scenario, kernel);
        if (scenario.Image is not { } name)
            return;

        _image = ImageTrampolines.Load(name, scenario.Architecture);
        if (_image.Series != scenario.Config.SeriesName && !scenario.AllowsImpossible)
        {
            throw Error(scenario.ImageLine, $"found '{name}', a kernel {_image.Series}, beside series {scenario.Config.SeriesName}; " +
                $"its trampolines go with series: \"{_image.Series}\" ('config: {{ allow: impossible }}' says that the mixture is meant)");
        }
    }

    private bool IsX64 => _scenario.Architecture == Architecture.X64;

    private Machine Machine => _kernel.Machine;

    public void Build()
    {
        Lay();
        AddTrampolines();
        AddData();
        foreach (CodeSpec code in _scenario.Code)
            AddFunction(code);

        foreach (ObjectSpec spec in _scenario.Objects)
            AddObject(spec);

        foreach (OpsSpec ops in _scenario.Ops)
            AddOps(ops);

        foreach (TaskSpec task in _scenario.Tasks)
            AddTask(task);

        if (_scenario.Config is { TASKS_RCU: true, Design: not TasksRcuDesign.Readers } && _scenario.Tasks.Any(task => task.Does.Count != 0))
            _kernel.AddRcuTasksKthread(_scenario.Cores - 1, Changed);

        if (_kernel.RcuCallbacks.IsUsed)
            _kernel.AddRcuCallbackKthread(_scenario.Cores - 1, Changed);

        CheckDrops();
        Classify();
        AddProperties();
        _kernel.Seal();
    }

    private void Lay()
    {
        _plan = AddressPlan.For(_scenario.Architecture, _image?.TextStart ?? 0);
        (_nextCode, _nextDynamic, _nextData) = (_plan.Code, _plan.Dynamic, _plan.Data);
        Machine.Memory.Map("code", _plan.Code, AddressPlan.CodeBytes, Rights.Read | Rights.Execute);
        int slots = Math.Max(1, (_scenario.Ops.Count * 2) + _scenario.Objects.Count);
        Machine.Memory.Map("dynamic code", _plan.Dynamic, (ulong)(slots * AddressPlan.DynamicSlot), Rights.Read | Rights.Execute);
        ulong objects = (ulong)((_scenario.Ops.Count + _scenario.Objects.Count + 1) * FtraceOps.ObjectBytes);
        Machine.Memory.Map("data", _plan.Data, objects, Rights.Read | Rights.Write);
        _image?.Map(_kernel);
    }

    private void AddTrampolines()
    {
        if (IsX64)
        {
            _kernel.Ftrace.Template = _image?.Template() ?? X64Library.Trampoline(Marker(true), Marker(false));
            return;
        }

        ulong stub = Put("ftrace_stub_nop", A64Library.Stub).Address;
        _kernel.Ftrace.FtraceCaller = _image?.FtraceCaller ?? Put("ftrace_caller", A64Library.FtraceCallerWith(Marker(true), Marker(false))).Address;
        ulong nopOps = TakeData();
        Machine.Memory.Poke(nopOps, BitConverter.GetBytes(stub));
        _kernel.Symbols.Add("ftrace_nop_ops", nopOps, FtraceOps.ObjectBytes);
        _kernel.Ftrace.NopOps = nopOps;
    }

    private void AddFunction(CodeSpec code)
    {
        byte[]? fixedBytes = code.Source == CodeSource.Assembly ? null : FixedBytes(code);
        string prefix = !code.HasCallsite ? "" : (IsX64 ? X64Library.FentryCallsite : A64Library.CallOpsCallsite) + "\n";
        int prefixLines = prefix.Count(c => c == '\n');
        string body = fixedBytes is null ? code.Text : ".byte " + string.Join(",", fixedBytes.Select(b => $"0x{b:x2}"));
        AssembledCode assembled = Assemble(prefix + body, code.Line - prefixLines);
        int before = code.HasCallsite && !IsX64 ? A64Library.LiteralBytes : 0;
        DropBarriers(code, assembled.Bytes.AsSpan(before), assembled.Address + (ulong)before);
        Place(code.Name, assembled, before, code.Line);
        if (!code.HasCallsite)
            return;

        ulong function = assembled.Address + (ulong)before;
        _kernel.Ftrace.Add(IsX64
            ? new Callsite(code.Name, function, function, 0, X64Library.Nop5.ToArray())
            : new Callsite(code.Name, function, function + 4, function - 8, BitConverter.GetBytes(A64Library.Nop)));
    }

    // Barriers and maintenance of guest code can be left out like steps of procedures: NOPs stand there then.
    private void DropBarriers(CodeSpec code, Span<byte> bytes, ulong address)
    {
        foreach (GuestBarrier barrier in GuestBarrier.Find(_scenario.Architecture, bytes, address))
        {
            _kernel.AddDroppable(code.Name, barrier.Name, $"{code.Name}+0x{barrier.Offset:x}: {barrier.Text}");
            foreach ((string step, _) in _scenario.Drop.Where(drop => Mutation.Names(drop.Step, code.Name, barrier.Name)))
            {
                _dropped.Add(step);
                barrier.Blank(_scenario.Architecture, bytes);
            }
        }
    }

    // Each word on a line of its own, in reach of the code.
    private void AddData()
    {
        if (_scenario.Data.Count == 0)
            return;

        ulong at = _plan.Code + AddressPlan.CodeBytes;
        Machine.Memory.Map("words", at, GuestMemory.PageBytes, Rights.Read | Rights.Write);
        foreach ((string name, long line) in _scenario.Data)
        {
            if (_kernel.Symbols.Names.ContainsKey(name))
                throw Error(line, $"there are two things named {name}");

            _kernel.Symbols.Add(name, at, 8);
            at += AddressPlan.WordStride;
        }
    }

    private byte[] FixedBytes(CodeSpec code)
    {
        if (code.Source == CodeSource.Bytes)
        {
            try
            {
                return Convert.FromHexString(string.Concat(code.Text.Where(c => !char.IsWhiteSpace(c))));
            }
            catch (FormatException)
            {
                throw Error(code.Line, $"{code.Name}: bytes are pairs of hex digits");
            }
        }

        string path = Path.Combine(Path.GetDirectoryName(_scenario.File) ?? "", code.Text);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > AddressPlan.CodeBytes } info)
                throw Error(code.Line, $"{code.Text} has {info.Length} bytes; code has at most {AddressPlan.CodeBytes}");

            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Error(code.Line, $"{code.Name}: {e.Message}");
        }
    }

    private void AddObject(ObjectSpec spec)
    {
        Allocation allocation;
        if (spec.Kind == ObjectKind.Data)
        {
            allocation = Machine.AddAllocation(spec.Name, TakeData(), FtraceOps.ObjectBytes, isCode: false);
            allocation.Allocate(new byte[FtraceOps.ObjectBytes]);
        }
        else
        {
            ulong at = TakeDynamic();
            byte[] bytes = Assemble(spec.Text, spec.Line, at).Bytes;
            if (bytes.Length is 0 or > AddressPlan.DynamicSlot)
                throw Error(spec.Line, $"{spec.Name} has {bytes.Length} bytes; an object of text has 1 to {AddressPlan.DynamicSlot}");

            allocation = Machine.AddAllocation(spec.Name, at, bytes.Length, isCode: true);
            allocation.Allocate(bytes);
            if (spec.Kind == ObjectKind.Generated)
                _kernel.AddGenerated(allocation);
        }

        if (_kernel.Symbols.Names.ContainsKey(spec.Name))
            throw Error(spec.Line, $"there are two things named {spec.Name}");

        _kernel.Symbols.Add(spec.Name, allocation.Address, (ulong)allocation.Length);
        if (spec.Published is not { } word)
            return;

        if (_scenario.Data.All(known => known.Name != word))
            throw Error(spec.Line, $"found '{word}'; words of data are {string.Join(", ", _scenario.Data.Select(known => known.Name))}");

        Machine.Memory.Poke(_kernel.Symbols.Names[word], BitConverter.GetBytes(allocation.Address));
    }

    // What a proposed design puts around a trampoline's call.
    private string Marker(bool isFirst) => _scenario.Config.Design switch
    {
        TasksRcuDesign.Markers or TasksRcuDesign.MarkersAndIp => $"gate {(isFirst ? "tramp_enter" : "tramp_leave")}",
        TasksRcuDesign.Readers => $"gate {(isFirst ? "rcu_read_lock_trace" : "rcu_read_unlock_trace")}",
        _ => "",
    } is { Length: > 0 } marker ? GateText.Expand(_kernel, marker) : "";

    private void Classify()
    {
        if (!IsX64 && _image is null && _kernel.Symbols.Range("ftrace_caller") is var (start, length))
            _kernel.Preempted.Classify(start, length);

        foreach ((string name, long line) in _scenario.Classified)
        {
            (ulong at, ulong bytes) = _kernel.Symbols.Range(name)
                ?? throw Error(line, $"found '{name}'; that is no function of the scenario or the image");
            _kernel.Preempted.Classify(at, bytes);
        }
    }

    private void AddOps(OpsSpec spec)
    {
        var traces = new List<Callsite>();
        foreach (string name in spec.Traces)
        {
            Callsite site = _kernel.Ftrace.Callsites.FirstOrDefault(site => site.Name == name)
                ?? throw Error(spec.Line, $"{spec.Name} traces '{name}'; functions with a callsite: " +
                    string.Join(", ", _kernel.Ftrace.Callsites.Select(known => known.Name)));
            if (_kernel.Ftrace.Ops.Any(other => other.Traces.Contains(site)))
                throw Error(spec.Line, $"'{name}' is traced by another ops; one ops a function is what this model has");

            if (traces.Contains(site))
                throw Error(spec.Line, $"{spec.Name} traces '{name}' twice");

            traces.Add(site);
        }

        if (traces.Count > Patching.TextPoke.BatchLimit)
            throw Error(spec.Line, $"{spec.Name} traces {traces.Count} functions; at most {Patching.TextPoke.BatchLimit} can be");

        FtraceOps ops = _kernel.Ftrace.Add(spec.Name, spec.Kind, traces);
        ops.Object = Named(spec, Machine.AddAllocation(spec.Name, TakeData(), FtraceOps.ObjectBytes, isCode: false));
        if (spec.Kind == OpsKind.Direct && !IsX64)
            throw Error(spec.Line, $"{spec.Name} is direct; direct calls are modelled on x86-64");

        if (IsX64 && spec.Kind != OpsKind.Direct)
        {
            ops.Trampoline = Named(spec, Machine.AddAllocation($"{spec.Name}.trampoline", TakeDynamic(), _kernel.Ftrace.Template!.Length, isCode: true));
            _kernel.AddGenerated(ops.Trampoline);
        }

        ulong at = TakeDynamic();
        string text = spec.Callback ?? (IsX64 ? X64Library.Callback : A64Library.Callback);
        byte[] callback = Assemble(text, spec.CallbackLine, at).Bytes;
        ops.Callback = Named(spec, Machine.AddAllocation($"{spec.Name}.func", at, callback.Length, isCode: true));
        ops.Callback.Allocate(callback);
    }

    private void AddTask(TaskSpec spec)
    {
        if (_kernel.Tasks.Any(other => other.Name == spec.Name))
            throw Error(spec.Line, $"there are two tasks named {spec.Name}");

        if (spec.Name == TasksRcu.KthreadName)
            throw Error(spec.Line, $"found '{spec.Name}'; that is the name of the grace period's kthread");

        if (spec.Does.Count != 0)
        {
            KernelProgram program = KernelProgram.Chain(spec.Name, spec.Does.Select(Procedure));
            _kernel.AddTask(spec.Name, spec.Core, _ => program);
            return;
        }

        ulong entry = Put($"{spec.Name}.main", Main(spec)).Address;
        KernelTask task = _kernel.AddTask(spec.Name, spec.Core, entry);
        ulong stack = _plan.Stacks + (ulong)(task.Number * AddressPlan.StackStride);
        Machine.Memory.Map($"stack of {spec.Name}", stack, GuestMemory.PageBytes, Rights.Read | Rights.Write);
        foreach (string register in IsX64 ? X64Arguments : A64Arguments)
            Machine.Engine.WriteRegister(task.Context!, register, 0x1000 + (ulong)register[^1]);

        Machine.Engine.WriteRegister(task.Context!, IsX64 ? "rsp" : "sp", stack + GuestMemory.PageBytes - 0x40);
    }

    private static readonly string[] X64Arguments = ["rdi", "rsi", "rdx", "rcx", "r8", "r9", "rbx", "rbp"];

    private static readonly string[] A64Arguments = ["x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x29"];

    // What the task executes: calls of functions, and gates for what the scheduler does.
    private string Main(TaskSpec spec)
    {
        var text = new StringBuilder();
        foreach (string item in spec.Runs)
        {
            text.AppendLine(item switch
            {
                _ when GateText.Find(item) is { } gate => GateCall(gate),
                "user" => GateCall(Gate.UserEnter) + "\n" + GateCall(Gate.UserExit),
                "loop" => "8:",
                "spin" => IsX64 ? "9: pause\n jmp 9b" : "9: yield\n b 9b",
                _ when _kernel.Symbols.Find(item) is not null => IsX64 ? $"call {item}\n xor eax, eax" : $"bl {item}",
                _ => throw Error(spec.Line, $"{spec.Name} runs '{item}'; that is neither a function of the scenario nor " +
                    $"one of schedule, sleep, quiescent, spin, loop, user, {string.Join(", ", Gates.All.Select(row => row.Name))}"),
            });
        }

        text.AppendLine(spec.Runs.Contains("loop") ? IsX64 ? "jmp 8b" : "b 8b" : GateCall(Gate.Exit));
        return text.ToString();
    }

    private string GateCall(Gate gate)
    {
        GateText.Note(_kernel, gate);
        return GateText.Instruction(_scenario.Architecture, gate);
    }

    private KernelProgram Procedure((string Procedure, string Ops, long Line) wanted) =>
        Changed(Procedures.Make(_kernel, wanted.Procedure, wanted.Ops, message => Error(wanted.Line, message)));

    private KernelProgram Changed(KernelProgram program)
    {
        _kernel.AddProcedure(program);
        return program.Without([.. _scenario.Drop.Select(drop => drop.Step)], _dropped);
    }

    private void CheckDrops()
    {
        var known = new SortedSet<string>(_kernel.DroppableSteps().Select(droppable => droppable.Step), StringComparer.Ordinal);
        foreach ((string step, long line) in _scenario.Drop)
        {
            if (!_dropped.Contains(step))
                throw Error(line, $"found '{step}'; steps that can be dropped: {string.Join(", ", known)}");
        }

        foreach ((string step, long line) in _scenario.Necessary)
        {
            if (!_kernel.DroppableSteps().Any(droppable => Mutation.Names(step, droppable.Procedure, droppable.Step)))
                throw Error(line, $"found '{step}'; steps that can be dropped: {string.Join(", ", known)}");
        }
    }

    private void AddProperties()
    {
        foreach ((string name, long line) in _scenario.Always)
        {
            Machine.AddMonitor(PropertyTable.Make(name, _kernel)
                ?? throw Error(line, $"found '{name}'; properties are {string.Join(", ", PropertyTable.All.Select(p => p.Name))}"));
        }

        if (_scenario.Always.All(property => property.Property != "no-oops"))
            Machine.AddMonitor(PropertyTable.Make("no-oops", _kernel)!);

        foreach ((string text, long line) in _scenario.Nevers)
            Machine.AddMonitor(new Never(Parse(text, line)));

        foreach ((string text, long line) in _scenario.Sometimes)
        {
            Condition condition = Parse(text, line);
            if (HopelessConditions.Reason(text, _scenario, _kernel) is { } reason)
                throw Error(line, $"found '{text}', which can never hold: {reason}");

            Machine.AddReach(condition);
        }

        foreach ((string text, long line) in _scenario.Eventually)
            Machine.AddGoal(Parse(text, line));
    }

    private Condition Parse(string text, long line) =>
        Condition.Parse(text, _kernel, out string error) ?? throw Error(line, error);

    private AssembledCode Put(string name, string text)
    {
        AssembledCode code = Assemble(text, 1);
        Place(name, code, 0, 1);
        return code;
    }

    // Text of the scenario is assembled behind as many empty lines as stand before it in the file, so that errors name the file's lines.
    private AssembledCode Assemble(string text, long line, ulong? address = null)
    {
        string expanded;
        try
        {
            expanded = GateText.Expand(_kernel, text);
        }
        catch (UserErrorException error) when (error is not ScenarioException)
        {
            throw Error(line, error.Message);
        }

        return _assembler.Assemble(
            _scenario.Architecture, new string('\n', (int)Math.Max(0, line - 1)) + expanded, address ?? _nextCode, _kernel.Symbols.Names, _scenario.File);
    }

    // Functions begin at multiples of 64, so that a longer body moves no other function in most edits.
    private void Place(string name, AssembledCode code, int before, long line)
    {
        if (_nextCode + (ulong)code.Bytes.Length > _plan.Code + AddressPlan.CodeBytes)
            throw Error(line, $"{name} does not fit: code has at most {AddressPlan.CodeBytes} bytes");

        if (_kernel.Symbols.Names.ContainsKey(name))
            throw Error(line, $"there are two things named {name}");

        Machine.Memory.Poke(code.Address, code.Bytes);
        _kernel.Symbols.Add(name, code.Address + (ulong)before, (ulong)(code.Bytes.Length - before));
        _nextCode = (_nextCode + (ulong)code.Bytes.Length + 63) & ~63UL;
    }

    private Allocation Named(OpsSpec spec, Allocation allocation)
    {
        if (_kernel.Symbols.Names.ContainsKey(allocation.Name))
            throw Error(spec.Line, $"there are two things named {allocation.Name}");

        _kernel.Symbols.Add(allocation.Name, allocation.Address, (ulong)allocation.Length);
        return allocation;
    }

    private ulong TakeDynamic()
    {
        ulong at = _nextDynamic;
        _nextDynamic += AddressPlan.DynamicSlot;
        return at;
    }

    private ulong TakeData()
    {
        ulong at = _nextData;
        _nextData += FtraceOps.ObjectBytes;
        return at;
    }

    private ScenarioException Error(long line, string message) => new(_scenario.File, line, 1, message);
}
