using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Cores;

internal sealed class A64Engine(Machine machine) : CoreEngine
{
    private readonly Machine _machine = machine;

    public override int RegisterCells => throw new NotImplementedException(_machine.Architecture.ToString());

    public override int SystemCells => throw new NotImplementedException();

    public override IReadOnlyList<string> RegisterNames => throw new NotImplementedException();

    public override void Reset(Context context) => throw new NotImplementedException();

    public override void Reset(Core core) => throw new NotImplementedException();

    public override void Step(Core core, ref ExecutedInstruction executed) => throw new NotImplementedException();

    public override long Run(Core core, long maximum, ulong? until, ref ExecutedInstruction last) => throw new NotImplementedException();

    public override ulong Pc(Context context) => throw new NotImplementedException();

    public override void SetPc(Context context, ulong value) => throw new NotImplementedException();

    public override ulong ReadRegister(Context context, string name) => throw new NotImplementedException();

    public override bool WriteRegister(Context context, string name, ulong value) => throw new NotImplementedException();
}
