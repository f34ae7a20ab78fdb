using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>
/// What an instruction does with the general registers and the flags: one bit a register, RAX in bit 0 to R15 in bit 15. Memory orders
/// that know dependencies and detectors that know where a return address lies read it; execution does not.
/// </summary>
/// <param name="Address">Registers that a memory address is made of, the implicit ones of the stack and of string instructions too.</param>
/// <param name="Data">Registers whose value goes into a result, a store, a branch target or a flag. LEA's are data.</param>
/// <param name="Writes">Registers that may be written; a conditional write counts.</param>
/// <param name="ReadsFlags">Arithmetic or system flags read, as <see cref="RflagsBits"/>.</param>
/// <param name="WritesFlags">Flags written, cleared, set or left undefined.</param>
public readonly record struct X64Roles(ushort Address, ushort Data, ushort Writes, RflagsBits ReadsFlags, RflagsBits WritesFlags)
{
    [ThreadStatic]
    private static InstructionInfoFactory? _factory;

    /// <summary>The roles in the instruction at <paramref name="rip"/>; all empty for bytes that are no whole instruction. May allocate.</summary>
    public static X64Roles Of(ReadOnlySpan<byte> bytes, ulong rip)
    {
        X64Decoder.DecodeIced(bytes, rip, out Instruction iced, out bool incomplete);
        if (incomplete || iced.IsInvalid)
            return default;

        InstructionInfo info = (_factory ??= new InstructionInfoFactory()).GetInfo(iced);
        int address = 0, data = 0, writes = 0;
        foreach (UsedMemory memory in info.GetUsedMemory())
            address |= Bit(memory.Base) | Bit(memory.Index);

        foreach (UsedRegister used in info.GetUsedRegisters())
        {
            data |= IsRead(used.Access) ? Bit(used.Register) : 0;
            writes |= IsWritten(used.Access) ? Bit(used.Register) : 0;
        }

        data &= ~address;
        for (int i = 0; i < iced.OpCount; i++)
        {
            if (iced.GetOpKind(i) == OpKind.Register && IsRead(info.GetOpAccess(i)))
                data |= Bit(iced.GetOpRegister(i));
        }

        return new X64Roles((ushort)address, (ushort)data, (ushort)writes, iced.RflagsRead, iced.RflagsModified | iced.RflagsUndefined);
    }

    private static int Bit(Register register)
    {
        Register full = register.GetFullRegister();
        return full.IsGPR64() ? 1 << full.GetNumber() : 0;
    }

    private static bool IsRead(OpAccess access) =>
        access is OpAccess.Read or OpAccess.CondRead or OpAccess.ReadWrite or OpAccess.ReadCondWrite;

    private static bool IsWritten(OpAccess access) =>
        access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite or OpAccess.ReadCondWrite;
}
