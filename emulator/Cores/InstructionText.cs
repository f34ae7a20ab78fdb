using System.Buffers.Binary;
using RcuEmu.Isa;
using RcuEmu.Isa.Arm64;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Cores;

/// <summary>Instructions as text, for either architecture.</summary>
public static class InstructionText
{
    /// <summary>What a core executed, as its fetch returned the bytes; <c>(not fetched)</c> where the fetch failed.</summary>
    /// <param name="architecture">The core's.</param>
    /// <param name="executed">The instruction.</param>
    /// <param name="symbolize">Names an address, or gives null. The name follows the target in angle brackets.</param>
    public static string Of(Architecture architecture, in ExecutedInstruction executed, Func<ulong, string?>? symbolize = null)
    {
        if (executed.Length == 0)
            return "(not fetched)";

        FetchedBytes fetched = executed.Bytes;
        return Of(architecture, ((ReadOnlySpan<byte>)fetched)[..executed.Length], executed.Address, out _, symbolize);
    }

    /// <summary>
    /// The instruction at the beginning of <paramref name="bytes"/>, which lie at <paramref name="address"/>. Bytes that are none
    /// give <c>.inst</c> (arm64) or <c>(bad)</c> (x86-64), too few <c>(bad)</c>; <paramref name="length"/> is at least 1 unless there are no bytes.
    /// </summary>
    public static string Of(
        Architecture architecture, ReadOnlySpan<byte> bytes, ulong address, out int length, Func<ulong, string?>? symbolize = null)
    {
        if (architecture == Architecture.X64)
            return X64Disassembler.Format(bytes, address, out length, symbolize);

        length = Math.Min(bytes.Length, sizeof(uint));
        return length < sizeof(uint)
            ? "(bad)"
            : A64Disassembler.Format(BinaryPrimitives.ReadUInt32LittleEndian(bytes), address, symbolize);
    }
}
