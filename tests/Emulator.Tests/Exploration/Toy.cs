using System.Globalization;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>What one step of a toy thread does. A, B: shared variables, or a constant, by operation.</summary>
internal enum ToyKind
{
    Write, // variable A becomes B
    Read, // the register becomes variable A
    Store, // variable A becomes the register + B
    Add, // variable A grows by B, in one step
    Lock, // waits until variable A is 0 and makes it 1
    Unlock, // variable A becomes 0
    Await, // waits until variable A is B
    AwaitBoth, // waits until variables A and B are both odd
    Choose, // the register becomes one of B alternatives
    SkipUnless, // goes on behind the next operation unless variable A is B
    Jump, // goes on with operation A
    Claim, // makes variable A, if it is 0, B; otherwise goes on behind the next operation
    Private, // the thread's own variable grows by one
}

internal readonly record struct ToyOp(ToyKind Kind, int A = 0, int B = 0);

/// <summary>A machine of threads over shared variables, each a cell: what a search sees, without instructions.</summary>
internal sealed class Toy
{
    private readonly int _variables;
    private readonly int[] _registers;

    public Toy(int variables, params ToyOp[][] threads)
    {
        Machine = new Machine(Architecture.Arm64);
        _variables = Machine.State.Allocate(variables);
        Variables = variables;
        _registers = new int[threads.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            var thread = new ToyThread(Machine, $"t{i}", threads[i], _variables);
            _registers[i] = thread.Register;
            Machine.AddAgent(thread);
        }
    }

    public Machine Machine { get; }

    public int Variables { get; }

    /// <summary>The value of a shared variable.</summary>
    public ulong this[int variable] => Machine.State[_variables + variable];

    /// <summary>The cell of a shared variable.</summary>
    public int Cell(int variable) => _variables + variable;

    /// <summary>Variables, then registers: <c>1,0|2</c>.</summary>
    public string Final() =>
        string.Join(',', Enumerable.Range(0, Variables).Select(i => this[i]))
        + "|" + string.Join(',', _registers.Select(cell => Machine.State[cell]));

    public Machine Sealed()
    {
        Machine.Seal();
        return Machine;
    }

    public static ToyOp W(int variable, int value = 1) => new(ToyKind.Write, variable, value);

    public static ToyOp R(int variable) => new(ToyKind.Read, variable);

    public static ToyOp S(int variable, int plus = 0) => new(ToyKind.Store, variable, plus);

    public static ToyOp L(int variable) => new(ToyKind.Lock, variable);

    public static ToyOp U(int variable) => new(ToyKind.Unlock, variable);

    public static ToyOp Wait(int variable, int value = 1) => new(ToyKind.Await, variable, value);

    public static ToyOp P => new(ToyKind.Private);
}

/// <summary>A thread: a program counter, a register and a variable of its own, and a list of operations.</summary>
internal sealed class ToyThread : IAgent
{
    private readonly Machine _machine;
    private readonly ToyOp[] _program;
    private readonly int _variables;
    private readonly int _pc;
    private readonly int _own;
    private readonly string[] _texts;

    public ToyThread(Machine machine, string name, ToyOp[] program, int variables)
    {
        (_machine, Name, _program, _variables) = (machine, name, program, variables);
        _texts = [.. program.Select(op => string.Create(CultureInfo.InvariantCulture, $"{op.Kind} {op.A} {op.B}"))];
        _pc = machine.State.Allocate(3);
        Register = _pc + 1;
        _own = _pc + 2;
    }

    public string Name { get; }

    public int Register { get; }

    public void Offer(int agent, List<MachineAction> actions)
    {
        if (_machine.State[_pc] >= (ulong)_program.Length)
            return;

        ToyOp op = _program[_machine.State[_pc]];
        bool enabled = op.Kind switch
        {
            ToyKind.Lock => Read(op.A) == 0,
            ToyKind.Await => Read(op.A) == (ulong)op.B,
            ToyKind.AwaitBoth => (Read(op.A) & Read(op.B)) != 0,
            _ => true,
        };
        if (enabled)
            actions.Add(new MachineAction(agent, 0, 0));
    }

    public void Perform(MachineAction action)
    {
        ulong pc = _machine.State[_pc];
        ToyOp op = _program[pc];
        _machine.State.Set(_pc, pc + 1);
        switch (op.Kind)
        {
            case ToyKind.Write: Write(op.A, (ulong)op.B); break;
            case ToyKind.Read: _machine.State.Set(Register, Read(op.A)); break;
            case ToyKind.Store: Write(op.A, _machine.State[Register] + (ulong)op.B); break;
            case ToyKind.Add: Write(op.A, Read(op.A) + (ulong)op.B); break;
            case ToyKind.Lock: Write(op.A, 1); break;
            case ToyKind.Unlock: Write(op.A, 0); break;
            case ToyKind.Await: _ = Read(op.A); break;
            case ToyKind.AwaitBoth: _ = Read(op.A) + Read(op.B); break;
            case ToyKind.Choose: _machine.State.Set(Register, (ulong)_machine.Choose(op.B, "toy")); break;
            case ToyKind.SkipUnless: _machine.State.Set(_pc, Read(op.A) == (ulong)op.B ? pc + 1 : pc + 2); break;
            case ToyKind.Jump: _machine.State.Set(_pc, (ulong)op.A); break;
            case ToyKind.Claim: Claim(op, pc); break;
            case ToyKind.Private: Own(); break;
        }

        _machine.Say(_texts[pc]);
    }

    public string Key(MachineAction action) => Name;

    public bool IsPreemption(MachineAction action) => false;

    private ulong Read(int variable)
    {
        _machine.Footprint.Cells(_variables + variable, 1, TouchKind.Read);
        return _machine.State[_variables + variable];
    }

    private void Write(int variable, ulong value)
    {
        _machine.Footprint.Cells(_variables + variable, 1, TouchKind.Write);
        _machine.State.Set(_variables + variable, value);
    }

    private void Claim(ToyOp op, ulong pc)
    {
        if (Read(op.A) == 0)
            Write(op.A, (ulong)op.B);
        else
            _machine.State.Set(_pc, pc + 2);
    }

    private void Own()
    {
        _machine.Footprint.Cells(_own, 1, TouchKind.Write);
        _machine.State.Set(_own, _machine.State[_own] + 1);
    }
}

/// <summary>A property or a reach in a lambda.</summary>
internal sealed class ToyProperty(string name, Func<Machine, string?> afterStep, Func<Machine, string?>? atEnd = null) : IMonitor, IReach
{
    public string Name => name;

    public string? AfterStep(Machine machine, in StepInfo step) => afterStep(machine);

    public string? AtEnd(Machine machine) => atEnd?.Invoke(machine);

    public bool Holds(Machine machine, in StepInfo step) => afterStep(machine) is not null;
}
