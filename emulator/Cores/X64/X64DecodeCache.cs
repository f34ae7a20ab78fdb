using System.Runtime.InteropServices;
using RcuEmu.Isa;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>A decoded instruction and what executes it in the search gear.</summary>
internal unsafe struct X64Decoded
{
    public ulong Rip;

    /// <summary>The instruction's bytes, the others 0.</summary>
    public ulong Low, High;

    /// <summary>1 bits where <see cref="Low"/> and <see cref="High"/> are bytes of the instruction.</summary>
    public ulong LowMask, HighMask;

    public X64Insn Insn;
    public delegate*<ref X64SearchCore, in X64Insn, Flow> Execute;
}

/// <summary>Decoded instructions by address; an entry is used only where memory still holds its bytes.</summary>
internal sealed unsafe class X64DecodeCache : IDisposable
{
    private const int Bits = 12;
    private readonly X64Decoded* _entries = (X64Decoded*)NativeMemory.AllocZeroed(1 << Bits, (nuint)sizeof(X64Decoded));

    /// <summary>The instruction of the first of 16 bytes, <paramref name="available"/> of which are there. Valid until the next call.</summary>
    public X64Decoded* Find(ulong rip, ulong low, ulong high, int available)
    {
        X64Decoded* entry = _entries + (rip * 0x9e3779b97f4a7c15 >> (64 - Bits));
        if (entry->Rip != rip || (((low & entry->LowMask) ^ entry->Low) | ((high & entry->HighMask) ^ entry->High)) != 0
            || entry->Insn.Length > available || entry->Execute == null)
        {
            Fill(entry, rip, low, high, available);
        }

        return entry;
    }

    public void Dispose() => NativeMemory.Free(_entries);

    private static void Fill(X64Decoded* entry, ulong rip, ulong low, ulong high, int available)
    {
        ulong* bytes = stackalloc ulong[] { low, high };
        int length = Math.Min(available, X64Decoder.MaxLength);
        X64Operation operation = X64Decoder.Decode(new ReadOnlySpan<byte>(bytes, length), rip, out entry->Insn);
        length = entry->Insn.Length;
        entry->Rip = rip;
        entry->LowMask = length >= 8 ? ulong.MaxValue : (1UL << (length * 8)) - 1;
        entry->HighMask = length <= 8 ? 0 : (1UL << ((length - 8) * 8)) - 1;
        entry->Low = low & entry->LowMask;
        entry->High = high & entry->HighMask;

        // An instruction cut off by a page that is not there is not kept: the page may come back.
        entry->Execute = (delegate*<ref X64SearchCore, in X64Insn, Flow>)operation.Accept(Handlers.Instance);
        if (ReferenceEquals(operation, X64Decoder.Incomplete))
            entry->Rip = ~rip;
    }

    private sealed class Handlers : IX64OperationVisitor<nint>
    {
        public static readonly Handlers Instance = new();

        public nint Visit<TOp>()
            where TOp : struct, IX64Op => (nint)(delegate*<ref X64SearchCore, in X64Insn, Flow>)&Execute<TOp>;

        private static Flow Execute<TOp>(ref X64SearchCore core, in X64Insn insn)
            where TOp : struct, IX64Op => TOp.Execute(ref core, insn);
    }
}
