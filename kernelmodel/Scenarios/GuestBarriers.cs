using RcuEmu.Emulator.Cores;
using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>A barrier or a maintenance instruction in a function of a scenario.</summary>
/// <param name="Name">As <c>drop:</c> names it behind <c>FUNCTION/</c>: <c>dsb-ish</c>, the second one <c>dsb-ish:2</c>.</param>
/// <param name="Offset">In bytes from the function's first.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Text">Its disassembly.</param>
internal sealed record GuestBarrier(string Name, int Offset, int Length, string Text)
{
    private static readonly string[] A64Mnemonics = ["dsb", "dmb", "isb", "sb", "ssbb", "pssbb", "dc", "ic", "tlbi"];

    private static readonly string[] X64Mnemonics =
        ["mfence", "lfence", "sfence", "serialize", "clflush", "clflushopt", "clwb", "wbinvd", "invlpg"];

    // SDM Vol. 2B, "NOP—No Operation", the recommended sequences of one instruction.
    private static readonly byte[][] X64Nops =
    [
        [0x90],
        [0x66, 0x90],
        [0x0f, 0x1f, 0x00],
        [0x0f, 0x1f, 0x40, 0x00],
        [0x0f, 0x1f, 0x44, 0x00, 0x00],
        [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
        [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
        [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
    ];

    /// <summary>Finds them by decoding <paramref name="bytes"/>, which lie at <paramref name="address"/>, from the first byte on.</summary>
    public static IReadOnlyList<GuestBarrier> Find(Architecture architecture, ReadOnlySpan<byte> bytes, ulong address)
    {
        string[] mnemonics = architecture == Architecture.X64 ? X64Mnemonics : A64Mnemonics;
        var found = new List<GuestBarrier>();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int offset = 0, length; offset < bytes.Length; offset += length)
        {
            string text = InstructionText.Of(architecture, bytes[offset..], address + (ulong)offset, out length);
            length = Math.Max(1, length);
            string mnemonic = text.Split(' ')[0];
            if (!mnemonics.Contains(mnemonic) || text.StartsWith("dc zva", StringComparison.Ordinal))
                continue;

            string name = architecture == Architecture.X64 ? mnemonic : text.Split(',')[0].Replace(' ', '-');
            int number = numbers[name] = numbers.GetValueOrDefault(name) + 1;
            found.Add(new GuestBarrier(number == 1 ? name : $"{name}:{number}", offset, length, text));
        }

        return found;
    }

    /// <summary>Puts NOPs of the same length in its place: one instruction, except where x86-64 has none so long.</summary>
    public void Blank(Architecture architecture, Span<byte> function)
    {
        Span<byte> place = function.Slice(Offset, Length);
        if (architecture == Architecture.Arm64)
        {
            BitConverter.TryWriteBytes(place, 0xd503201fu);
            return;
        }

        while (!place.IsEmpty)
        {
            byte[] nop = X64Nops[Math.Min(place.Length, X64Nops.Length) - 1];
            nop.CopyTo(place);
            place = place[nop.Length..];
        }
    }
}
