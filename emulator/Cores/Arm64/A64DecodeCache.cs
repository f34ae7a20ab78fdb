using System.Runtime.InteropServices;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>A decoded word and what executes it in the search gear.</summary>
internal unsafe struct A64Decoded
{
    public A64Insn Insn;
    public delegate*<ref A64SearchCore, in A64Insn, Flow> Execute;
}

/// <summary>Decoded words by their value: what a word means does not depend on where it lies.</summary>
internal sealed unsafe class A64DecodeCache : IDisposable
{
    private const int Bits = 12;
    private readonly A64Decoded* _entries = (A64Decoded*)NativeMemory.AllocZeroed(1 << Bits, (nuint)sizeof(A64Decoded));

    /// <summary>The word, decoded. Valid until the next call.</summary>
    public A64Decoded* Find(uint word)
    {
        A64Decoded* entry = _entries + (word * 0x9e3779b1 >> (32 - Bits));
        if (entry->Insn.Word != word || entry->Execute == null)
            Fill(entry, word);

        return entry;
    }

    public void Dispose() => NativeMemory.Free(_entries);

    private static void Fill(A64Decoded* entry, uint word)
    {
        A64Operation operation = A64Decoder.Decode(word, out entry->Insn);
        entry->Insn.Word = word;
        entry->Execute = (delegate*<ref A64SearchCore, in A64Insn, Flow>)operation.Accept(Handlers.Instance);
    }

    private sealed class Handlers : IA64OperationVisitor<nint>
    {
        public static readonly Handlers Instance = new();

        public nint Visit<TOp>()
            where TOp : struct, IA64Op => (nint)(delegate*<ref A64SearchCore, in A64Insn, Flow>)&Execute<TOp>;

        private static Flow Execute<TOp>(ref A64SearchCore core, in A64Insn insn)
            where TOp : struct, IA64Op => TOp.Execute(ref core, insn);
    }
}
