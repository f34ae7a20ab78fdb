using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Runs an operation on the test core through a delegate made once for each operation.</summary>
internal static class A64TestRun
{
    public delegate Flow Handler(ref A64TestCore core, in A64Insn insn);

    private static readonly Dictionary<A64Operation, Handler> Handlers = [];

    public static Handler Of(A64Operation operation)
    {
        lock (Handlers)
        {
            if (!Handlers.TryGetValue(operation, out Handler? handler))
                Handlers.Add(operation, handler = operation.Accept(new Maker()));
            return handler;
        }
    }

    private sealed class Maker : IA64OperationVisitor<Handler>
    {
        public Handler Visit<TOp>()
            where TOp : struct, IA64Op => static (ref A64TestCore core, in A64Insn insn) => TOp.Execute(ref core, insn);
    }
}
