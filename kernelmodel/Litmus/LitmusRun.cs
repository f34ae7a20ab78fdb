using System.Globalization;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Memory;
using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>Explores every execution of a litmus test, as real instructions on emulated cores, and collects its final states.</summary>
public sealed class LitmusRun
{
    /// <summary>States after which a search is given up.</summary>
    public const long MostStates = 20_000_000;

    private readonly LitmusTest _test;
    private readonly LitmusLayout _layout;
    private readonly MemoryModel _memory;
    private readonly SortedDictionary<string, ulong[]> _states = new(StringComparer.Ordinal);
    private string? _refusal;

    private LitmusRun(LitmusTest test, MemoryModel memory) => (_test, _layout, _memory) = (test, new LitmusLayout(test), memory);

    /// <summary>Explores.</summary>
    /// <param name="test">The test.</param>
    /// <param name="memory">The memory model; null: <c>tso</c> for x86, and for AArch64 <c>sc</c> where there is one thread only.</param>
    /// <param name="cancel">Stops the search.</param>
    /// <exception cref="UserErrorException">The code does not assemble, or names what is not there.</exception>
    public static LitmusResult Explore(LitmusTest test, MemoryModel? memory = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(test);
        MemoryModel model = memory ?? (test.Dialect == LitmusDialect.AArch64 ? MemoryModel.Sc : MemoryModel.Tso);
        string? refusal = Refuse(test, memory);
        return refusal is null ? new LitmusRun(test, model).Explore(cancel) : new LitmusResult(test, model, [], 0, refusal, null);
    }

    private static string? Refuse(LitmusTest test, MemoryModel? memory) => (test.Dialect, memory) switch
    {
        (LitmusDialect.AArch64, MemoryModel.Tso) => "tso is the order of x86-64, and arm64 allows more than that",
        (LitmusDialect.AArch64, null) when test.Threads.Count > 1 => "arm64's own order is not modelled; --memory sc explores sequential consistency",
        _ => null,
    };

    private LitmusResult Explore(CancellationToken cancel)
    {
        ExploreResult result = new Explorer(Build, _test.Name).Explore(
            new ExploreOptions { MaxStates = MostStates, Shortest = false }, null, cancel);
        if (result.Violation is { } violation && _refusal is null)
            _refusal = violation.Message;

        return new LitmusResult(
            _test, _memory, [.. _states.Keys], _states.Values.Count(Holds), _refusal, result.Bound)
        {
            Values = [.. _states.Values],
            Layout = _layout,
        };
    }

    private Machine Build()
    {
        var machine = new Machine(_layout.Architecture);
        machine.UseMemoryModel(_memory);
        machine.ExclusivesMayFail = true;
        if (_test.Dialect == LitmusDialect.AArch64)
            machine.UseFetch(_test.Fetch);

        int threads = _layout.Threads.Count;
        if (_layout.DataBytes != 0)
            machine.Memory.Map("data", LitmusLayout.Data, _layout.DataBytes, Rights.Read | Rights.Write);

        machine.Memory.Map("stacks", LitmusLayout.Stacks, (ulong)threads * LitmusLayout.StackStep, Rights.Read | Rights.Write);
        for (int i = 0; i < threads; i++)
            AddThread(machine, i);

        foreach (LitmusInit init in _test.Init)
            Initialise(machine, init);

        machine.AddMonitor(new Collector(this));
        machine.Seal();
        return machine;
    }

    // A thread may end by RET: the address behind its code is where its stack leads. A test may write to arm64 code, which it fetches then by
    // the rules for modified instructions.
    private void AddThread(Machine machine, int thread)
    {
        byte[] bytes = _layout.Threads[thread].Bytes;
        ulong start = LitmusLayout.Code + ((ulong)thread * LitmusLayout.CodeStep);
        ulong end = _layout.EndOf(thread);
        Rights write = _test.Dialect == LitmusDialect.AArch64 ? Rights.Write : 0;
        machine.Memory.Map($"code of P{thread}", start, (ulong)bytes.Length + 1, Rights.Read | Rights.Execute | write);
        machine.Memory.Poke(start, bytes);
        Core core = machine.AddCore();
        Context context = machine.AddContext($"P{thread}");
        core.Switch(context);
        machine.Engine.SetPc(context, start);
        ulong top = LitmusLayout.Stacks + (((ulong)thread + 1) * LitmusLayout.StackStep) - 8;
        if (machine.Architecture == Architecture.X64)
        {
            machine.Engine.WriteRegister(context, "rsp", top);
            machine.Memory.Poke(top, BitConverter.GetBytes(end));
        }

        machine.AddAgent(new LitmusThread(machine, core, end, _layout.HandlerOf(thread)));
    }

    private void Initialise(Machine machine, LitmusInit init)
    {
        if (init.Place.Thread >= 0)
        {
            ulong value = init.Values.Count == 0 ? 0 : _layout.Resolve(init.Values[0]);
            if (_layout.TypeOf(init.Place) is { Bytes: < 8 } type)
                value &= (1UL << (type.Bytes * 8)) - 1;

            if (!machine.Engine.WriteRegister(machine.Contexts[init.Place.Thread], init.Place.Name.ToLowerInvariant(), value))
                throw _test.Source.Error(0, $"found register '{init.Place.Name}' in the init section; there is none of that name");

            return;
        }

        LitmusType type0 = _layout.TypeOf(init.Place)!;
        ulong address = _layout.AddressOf(init.Place.Name);
        for (int i = 0; i < Math.Min(init.Values.Count, Math.Max(1, type0.Count)); i++)
            machine.Memory.Poke(address + (ulong)(i * type0.Bytes), BitConverter.GetBytes(_layout.Resolve(init.Values[i])).AsSpan(0, type0.Bytes));
    }

    private void Collect(Machine machine)
    {
        List<ulong> values = [];
        var text = new System.Text.StringBuilder();
        foreach (LitmusPlace place in _test.Observed)
        {
            ulong[] read = Read(machine, place);
            values.AddRange(read);
            text.Append(text.Length == 0 ? "" : " ").Append(Name(place)).Append('=').Append(Show(place, read)).Append(';');
        }

        _states[text.ToString()] = [.. values];
    }

    private ulong[] Read(Machine machine, LitmusPlace place)
    {
        if (place.Thread >= 0)
            return [LitmusValues.Normal(_layout.TypeOf(place), Register(machine, place))];

        LitmusType type = _layout.TypeOf(place)!;
        ulong address = _layout.AddressOf(place.Name) + (ulong)(Math.Max(0, place.Index) * type.Bytes);
        var values = new ulong[place.Index < 0 ? Math.Max(1, type.Count) : 1];
        for (int i = 0; i < values.Length; i++)
            values[i] = LitmusValues.Normal(type, machine.Memory.Peek64(address + (ulong)(i * type.Bytes)));

        return values;
    }

    private ulong Register(Machine machine, LitmusPlace place)
    {
        if (place.Name == "XZR")
            return 0;

        try
        {
            return machine.Engine.ReadRegister(machine.Contexts[place.Thread], place.Name.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            throw _test.Source.Error(0, $"found register '{place.Name}' in the condition; there is none of that name");
        }
    }

    private string Name(LitmusPlace place) => place switch
    {
        { Thread: >= 0 } => string.Create(CultureInfo.InvariantCulture, $"{place.Thread}:{place.Name}"),
        { Index: >= 0 } => string.Create(CultureInfo.InvariantCulture, $"{place.Name}[{place.Index}]"),
        _ => _layout.TypeOf(place) is { Count: > 0 } ? place.Name : $"[{place.Name}]",
    };

    private string Show(LitmusPlace place, ulong[] values)
    {
        LitmusType? type = _layout.TypeOf(place);
        string[] shown = [.. values.Select(value => LitmusValues.Show(_layout, type, value))];
        return place is { Thread: < 0, Index: < 0 } && type is { Count: > 0 } ? $"{{{string.Join(",", shown)}}}" : shown[0];
    }

    private bool IsHandled(in ExecutedInstruction executed) =>
        _test.EndsAtFault || LitmusThread.Handles(executed.Event, _layout.HandlerOf(executed.Core) is not null);

    private bool Holds(ulong[] state) => LitmusValues.Holds(_test, _layout, _test.Proposition, state);

    private sealed class Collector(LitmusRun run) : IMonitor
    {
        public string Name => "litmus";

        public string? AfterStep(Machine machine, in StepInfo step)
        {
            if (!step.IsInstruction || step.Instruction.Flow != Flow.Event || run.IsHandled(in step.Instruction))
                return null;

            return run._refusal = step.Instruction.Event == GuestEventKind.WriteFault && IsCode(step.Instruction.EventDetail)
                ? "the test writes to x86 code, whose fetching is not modelled here"
                : string.Create(CultureInfo.InvariantCulture, $"P{step.Instruction.Core} raises {step.Instruction.Event} (0x{step.Instruction.EventDetail:x})");
        }

        public string? AtEnd(Machine machine)
        {
            run.Collect(machine);
            return null;
        }

        private bool IsCode(ulong address) => address - LitmusLayout.Code < (ulong)run._layout.Threads.Count * LitmusLayout.CodeStep;
    }
}
