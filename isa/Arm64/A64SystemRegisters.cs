using System.Globalization;

namespace RcuEmu.Isa.Arm64;

/// <summary>System registers: names and the encodings that MRS and MSR carry.</summary>
public static class A64SystemRegisters
{
    /// <summary>NZCV.</summary>
    public const int Nzcv = 0xda10;

    /// <summary>DAIF.</summary>
    public const int Daif = 0xda11;

    /// <summary>SPSel.</summary>
    public const int SpSel = 0xc210;

    /// <summary>CurrentEL.</summary>
    public const int CurrentEl = 0xc212;

    /// <summary>PAN.</summary>
    public const int Pan = 0xc213;

    /// <summary>UAO.</summary>
    public const int Uao = 0xc214;

    /// <summary>ALLINT.</summary>
    public const int AllInt = 0xc218;

    /// <summary>DIT.</summary>
    public const int Dit = 0xda15;

    /// <summary>SSBS.</summary>
    public const int Ssbs = 0xda16;

    /// <summary>TCO.</summary>
    public const int Tco = 0xda17;

    /// <summary>FPCR.</summary>
    public const int Fpcr = 0xda20;

    /// <summary>FPSR.</summary>
    public const int Fpsr = 0xda21;

    /// <summary>SP_EL0.</summary>
    public const int SpEl0 = 0xc208;

    /// <summary>TPIDR_EL1.</summary>
    public const int TpidrEl1 = 0xc684;

    /// <summary>TPIDR_EL2.</summary>
    public const int TpidrEl2 = 0xe682;

    /// <summary>TPIDR_EL0.</summary>
    public const int TpidrEl0 = 0xde82;

    /// <summary>CTR_EL0.</summary>
    public const int CtrEl0 = 0xd801;

    /// <summary>DCZID_EL0.</summary>
    public const int DczidEl0 = 0xd807;

    /// <summary>SCTLR_EL1.</summary>
    public const int SctlrEl1 = 0xc080;

    /// <summary>TCR_EL1.</summary>
    public const int TcrEl1 = 0xc102;

    /// <summary>ELR_EL1.</summary>
    public const int ElrEl1 = 0xc201;

    /// <summary>ID_AA64ISAR1_EL1.</summary>
    public const int IdAa64Isar1El1 = 0xc031;

    /// <summary>ID_AA64MMFR2_EL1.</summary>
    public const int IdAa64Mmfr2El1 = 0xc03a;

    /// <summary>APIAKeyLo_EL1; APIAKeyHi_EL1 follows, as with each key.</summary>
    public const int ApiaKeyLoEl1 = 0xc108;

    /// <summary>APIBKeyLo_EL1.</summary>
    public const int ApibKeyLoEl1 = 0xc10a;

    /// <summary>APDAKeyLo_EL1.</summary>
    public const int ApdaKeyLoEl1 = 0xc110;

    /// <summary>APDBKeyLo_EL1.</summary>
    public const int ApdbKeyLoEl1 = 0xc112;

    /// <summary>APGAKeyLo_EL1.</summary>
    public const int ApgaKeyLoEl1 = 0xc118;

    /// <summary>What DC ZVA zeroes, in bytes; DCZID_EL0.BS says the same.</summary>
    public const int ZeroBlockBytes = 64;

    private static readonly Dictionary<int, string> Names =
        A64SystemTable.Registers.ToDictionary(register => (int)register.Encoding, register => register.Name);

    private static readonly Dictionary<string, int> Encodings =
        A64SystemTable.Registers.ToDictionary(register => register.Name, register => (int)register.Encoding);

    /// <summary>
    /// The name of a register (op0:op1:CRn:CRm:op2 as in bits 20:5 of the instruction), lower case;
    /// <c>s3_0_c1_c2_3</c> where it has none.
    /// </summary>
    public static string Name(int register)
    {
        if (Names.TryGetValue(register, out string? name))
            return name;
        int op0 = (register >> 14) & 3, op1 = (register >> 11) & 7;
        return string.Create(CultureInfo.InvariantCulture,
            $"s{op0}_{op1}_c{(register >> 7) & 15}_c{(register >> 3) & 15}_{register & 7}");
    }

    /// <summary>The encoding of a name in lower case, generic names included. False: there is none.</summary>
    public static bool TryFind(string name, out int register)
    {
        if (name == "dbgdtrtx_el0")
            name = "dbgdtrrx_el0"; // one encoding, named after its direction
        return Encodings.TryGetValue(name, out register) || TryGeneric(name, out register);
    }

    private static bool TryGeneric(string name, out int register)
    {
        register = 0;
        string[] parts = name.Split('_');
        if (parts.Length != 5 || parts[0].Length != 2 || parts[0][0] != 's')
            return false;
        return TryField(parts[0][1..], 3, 14, ref register) && TryField(parts[1], 7, 11, ref register)
            && TryField(parts[2].TrimStart('c'), 15, 7, ref register)
            && TryField(parts[3].TrimStart('c'), 15, 3, ref register)
            && TryField(parts[4], 7, 0, ref register);
    }

    private static bool TryField(string text, int max, int shift, ref int register)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value > max)
            return false;
        register |= value << shift;
        return true;
    }
}
