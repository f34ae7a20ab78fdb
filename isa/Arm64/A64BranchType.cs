namespace RcuEmu.Isa.Arm64;

/// <summary>
/// PSTATE.BTYPE: what an indirect branch leaves behind and which instructions it may land on in guarded memory. DDI 0487, D8.4,
/// "PE accesses to guarded pages"; C6.2, "BTI", "BR", "BLR".
/// </summary>
public static class A64BranchType
{
    /// <summary>No indirect branch was taken: everything may follow.</summary>
    public const int None = 0b00;

    /// <summary>BR X16, BR X17, or a BR from unguarded memory.</summary>
    public const int JumpByVeneer = 0b01;

    /// <summary>BLR.</summary>
    public const int Call = 0b10;

    /// <summary>BR of another register, from guarded memory.</summary>
    public const int Jump = 0b11;

    private const uint BtiMask = 0xffff_ff3f, Bti = 0xd503_241f;
    private const uint PaciSpMask = 0xffff_ffbf, PaciSp = 0xd503_233f;
    private const uint BrkHltMask = 0xff80_001f, BrkHlt = 0xd400_0000;

    /// <summary>BTYPE behind a taken branch, made by <paramref name="word"/>.</summary>
    public static int After(uint word, BranchKind kind, bool isGuarded) => kind switch
    {
        BranchKind.IndirectCall => Call,
        BranchKind.Indirect when !isGuarded || (word >> 5 & 31) is 16 or 17 => JumpByVeneer,
        BranchKind.Indirect => Jump,
        _ => None,
    };

    /// <summary>Whether <paramref name="word"/>, in guarded memory, may be executed with this BTYPE.</summary>
    /// <param name="word">The instruction at the target.</param>
    /// <param name="branchType">PSTATE.BTYPE.</param>
    /// <param name="isStrict">SCTLR_EL1.BT1: PACIASP and PACIBSP are no place for a BR.</param>
    public static bool Accepts(uint word, int branchType, bool isStrict)
    {
        if (branchType == None)
            return true;
        if ((word & BtiMask) == Bti)
        {
            return (word >> 6 & 3) switch
            {
                0b01 => branchType != Jump, // BTI c
                0b10 => branchType != Call, // BTI j
                0b11 => true,               // BTI jc
                _ => false,
            };
        }

        if ((word & PaciSpMask) == PaciSp)
            return branchType != Jump || !isStrict;
        return (word & BrkHltMask) == BrkHlt && (word >> 21 & 3) is 1 or 2;
    }
}
