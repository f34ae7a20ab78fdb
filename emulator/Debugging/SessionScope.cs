using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging.Expressions;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Debugging;

/// <summary>What expressions name: registers of the selected core or task, symbols, memory, the model's numbers, values kept by the user.</summary>
public sealed class SessionScope : IExpressionScope
{
    private readonly DebugSession _session;
    private readonly Dictionary<string, DebugValue> _variables = new(StringComparer.Ordinal);
    private readonly List<DebugValue> _history = [];

    internal SessionScope(DebugSession session) => _session = session;

    /// <summary>The variables that the user set.</summary>
    public IEnumerable<KeyValuePair<string, DebugValue>> Variables => _variables;

    /// <summary>Adds a value to the history. Returns its number, from 1 up.</summary>
    public int Remember(DebugValue value)
    {
        _history.Add(value);
        return _history.Count;
    }

    /// <summary>Sets a variable of the user's without a look at registers: <c>$_</c>.</summary>
    public void Keep(string name, DebugValue value) => _variables[name] = value;

    /// <inheritdoc/>
    public Func<DebugValue>? Variable(string name)
    {
        if (IsRegister(name))
            return () => Register(name);

        if (_session.Model.Values.TryGetValue(name, out Func<ulong>? value))
            return () => new DebugValue(value(), DebugType.Long);

        return name switch
        {
            "_step" => () => DebugValue.Of(_session.Timeline.Position),
            "_core" => () => DebugValue.Of(_session.SelectedCore),
            "_thread" => () => DebugValue.Of(_session.SelectedCore + 1),
            _ => SystemRegister(name) ?? UserVariable(name),
        };
    }

    /// <inheritdoc/>
    public DebugValue? History(int index, bool fromEnd)
    {
        int at = fromEnd ? _history.Count - 1 - index : index - 1;
        return at >= 0 && at < _history.Count ? _history[at] : _history.Count == 0 && fromEnd ? DebugValue.Of(0) : null;
    }

    /// <inheritdoc/>
    public ulong? Symbol(string name) => _session.Model.Find(name);

    /// <inheritdoc/>
    public ulong Read(ulong address, int bytes)
    {
        Span<byte> buffer = stackalloc byte[8];
        buffer.Clear();
        int mapped = _session.Read(address, buffer[..bytes]);
        return mapped == bytes
            ? BitConverter.ToUInt64(buffer)
            : throw new UserErrorException($"Cannot access memory at address 0x{address + (ulong)mapped:x}");
    }

    /// <inheritdoc/>
    public void SetVariable(string name, DebugValue value)
    {
        if (IsRegister(name))
            _session.WriteRegister(Context(), Spelled(name), value.Bits);
        else if (_session.Model.Values.ContainsKey(name) || name is "_step" or "_core" or "_thread")
            throw new UserErrorException($"${name} is read only");
        else if (SystemRegister(name) is not null)
            throw new UserErrorException($"${name} is a system register; those cannot be written here");
        else
            _variables[name] = value;
    }

    /// <inheritdoc/>
    public void Write(ulong address, int bytes, ulong value) => _session.Write(address, BitConverter.GetBytes(value).AsSpan(0, bytes));

    // $sp and $pc are gdb's names on every architecture; cpsr is what gdb calls the flags of arm64.
    private string Spelled(string name) => (_session.Machine.Architecture, name) switch
    {
        (Architecture.X64, "sp") => "rsp",
        (Architecture.X64, "fp") => "rbp",
        (Architecture.X64, "pc") => "rip",
        (Architecture.Arm64, "cpsr") => "nzcv",
        _ => name,
    };

    private bool IsRegister(string name) => _session.Machine.Contexts.Count > 0
        && _session.HasRegister(_session.Machine.Contexts[0], Spelled(name));

    private Context Context() => _session.SelectedContext
        ?? throw new UserErrorException($"core {_session.SelectedCore} executes no instructions now ({_session.Model.Running(_session.SelectedCore)}): it has no registers; choose a 'task' or another 'core'");

    private DebugValue Register(string name)
    {
        ulong bits = _session.Machine.Engine.ReadRegister(Context(), Spelled(name));
        return name switch
        {
            "pc" or "rip" => new DebugValue(bits, DebugType.Address, true),
            "sp" or "rsp" or "fp" or "rbp" => new DebugValue(bits, DebugType.Address),
            _ => new DebugValue(bits, DebugType.Long),
        };
    }

    private Func<DebugValue>? UserVariable(string name) =>
        _variables.TryGetValue(name, out DebugValue first) ? () => _variables.GetValueOrDefault(name, first) : null;

    private Func<DebugValue>? SystemRegister(string name) =>
        _session.Machine.Engine.SystemRegisterNames.Contains(name, StringComparer.OrdinalIgnoreCase) ? () => System(name) : null;

    private DebugValue System(string name)
    {
        Core core = _session.Machine.Cores[_session.SelectedCore];
        if (core.ContextNumber < 0)
            throw new UserErrorException($"core {core.Index} executes no instructions now: ${name} cannot be read");

        return _session.Machine.Engine.TryReadSystem(core, name, out ulong value)
            ? new DebugValue(value, DebugType.Word)
            : throw new UserErrorException($"${name} is not modelled");
    }
}
