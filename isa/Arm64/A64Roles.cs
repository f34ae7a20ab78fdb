namespace RcuEmu.Isa.Arm64;

/// <summary>What an instruction reads and writes: bit n of a mask is slot n (31 is SP; XZR never appears).</summary>
/// <param name="AddressReads">General registers that make an address or a branch target.</param>
/// <param name="DataReads">General registers that are read for anything else.</param>
/// <param name="Writes">General registers that are written, a written-back base among them.</param>
/// <param name="VectorReads">Vector registers read.</param>
/// <param name="VectorWrites">Vector registers written.</param>
/// <param name="ReadsFlags">Whether NZCV matter.</param>
/// <param name="WritesFlags">Whether NZCV are written.</param>
public readonly record struct A64Roles(
    uint AddressReads, uint DataReads, uint Writes, uint VectorReads, uint VectorWrites, bool ReadsFlags, bool WritesFlags)
{
    /// <summary>General registers read for whatever purpose.</summary>
    public uint Reads => AddressReads | DataReads;

    internal static A64Roles Of(A64Row row, uint word)
    {
        var roles = default(A64Roles);
        foreach (A64Operand operand in row.Operands)
            roles = roles.And(operand.Roles(word));
        if (row.PlainSpelling.WritesBack)
            roles = roles with { Writes = roles.Writes | (1u << (int)((word >> 5) & 31)) };
        if (row.PlainSpelling.BranchesToRegister)
            roles = roles with { AddressReads = roles.Reads, DataReads = 0 };
        return Implied(roles, row.Mnemonic);
    }

    private static A64Roles Implied(A64Roles roles, string mnemonic) => mnemonic switch
    {
        "adds" or "subs" or "ands" or "bics" or "setf8" or "setf16" or "fcmp" or "fcmpe" =>
            roles with { WritesFlags = true },
        "adcs" or "sbcs" or "ccmp" or "ccmn" or "rmif" or "cfinv" or "axflag" or "xaflag" or "fccmp" or "fccmpe" =>
            roles with { ReadsFlags = true, WritesFlags = true },
        "adc" or "sbc" or "b." or "csel" or "csinc" or "csinv" or "csneg" or "fcsel" => roles with { ReadsFlags = true },
        "bl" or "blr" or "blraa" or "blrab" or "blraaz" or "blrabz" => roles with { Writes = roles.Writes | (1u << 30) },
        _ => roles,
    };

    internal A64Roles And(A64Roles other) => new(
        AddressReads | other.AddressReads,
        DataReads | other.DataReads,
        Writes | other.Writes,
        VectorReads | other.VectorReads,
        VectorWrites | other.VectorWrites,
        ReadsFlags || other.ReadsFlags,
        WritesFlags || other.WritesFlags);
}
