using System.Buffers.Binary;

namespace RcuEmu.Trampolines.Library;

/// <summary>
/// The body of an x86-64 ftrace trampoline and the places in it that change when a copy is made for one ops, as
/// arch/x86/kernel/ftrace.c (6.12): create_trampoline() knows them by labels.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="Body">The bytes up to the return, position-dependent operands as assembled for <paramref name="Origin"/>.</param>
/// <param name="Origin">The address that the body was assembled or linked at.</param>
/// <param name="OpsLoad">Offset of the 7-byte <c>mov rdx, [rip+disp32]</c> that loads the ops pointer.</param>
/// <param name="Call">Offset of the 5-byte <c>call</c> to the callback.</param>
/// <param name="ReturnThunk">The thunk that the copy returns through, or null: the copy ends in RET, INT3.</param>
public sealed record X64TrampolineTemplate(
    string Name, byte[] Body, ulong Origin, int OpsLoad, int Call, ulong? ReturnThunk)
{
    private const int OpsLoadBytes = 7;
    private const int CallBytes = 5;

    /// <summary>Bytes of a copy: body, return, and the 8-byte ops slot behind it.</summary>
    public int Length => Body.Length + ReturnBytes + sizeof(ulong);

    /// <summary>Offset of the ops slot in a copy. It is not aligned, as in the kernel.</summary>
    public int OpsSlot => Body.Length + ReturnBytes;

    private int ReturnBytes => ReturnThunk is null ? 2 : 5;

    /// <summary>
    /// The bytes of a copy at <paramref name="address"/> for the ops at <paramref name="ops"/>, calling <paramref name="callback"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The body does not have the instructions where it says, or a target is out of reach of rel32.
    /// </exception>
    public byte[] Create(ulong address, ulong ops, ulong callback)
    {
        if (Body.AsSpan(OpsLoad) is not [0x48, 0x8b, 0x15, ..])
            throw new InvalidOperationException($"{Name}+0x{OpsLoad:x} is no mov rdx, [rip+disp32]");

        if (Body[Call] != 0xe8)
            throw new InvalidOperationException($"{Name}+0x{Call:x} is no call rel32");

        byte[] copy = new byte[Length];
        Body.CopyTo(copy, 0);
        if (ReturnThunk is { } thunk)
        {
            copy[Body.Length] = 0xe9;
            Rel32(copy, address, Body.Length + 1, thunk);
        }
        else
        {
            copy[Body.Length] = 0xc3;
            copy[Body.Length + 1] = 0xcc;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(copy.AsSpan(OpsSlot), ops);
        Rel32(copy, address, OpsLoad + OpsLoadBytes - 4, address + (ulong)OpsSlot);
        Rel32(copy, address, Call + CallBytes - 4, callback);
        return copy;
    }

    private void Rel32(byte[] copy, ulong address, int at, ulong target)
    {
        long distance = (long)(target - (address + (ulong)at + 4));
        if (distance != (int)distance)
            throw new InvalidOperationException($"{Name}: 0x{target:x} is out of reach of rel32 from 0x{address:x}");

        BinaryPrimitives.WriteInt32LittleEndian(copy.AsSpan(at), (int)distance);
    }
}
