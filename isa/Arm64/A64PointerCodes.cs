using System.Numerics;

namespace RcuEmu.Isa.Arm64;

/// <summary>How much of pointer authentication a core has, each with all before it. DDI 0487, D24.2, "ID_AA64ISAR1_EL1", API.</summary>
public enum A64PointerAuthentication : byte
{
    /// <summary>Nothing: hints are NOP, everything else is UNDEFINED.</summary>
    None,

    /// <summary>FEAT_PAuth: a code replaces the extension bits; a failed authentication leaves an error code in the pointer.</summary>
    PAuth,

    /// <summary>FEAT_PAuth2: a code is exclusive-ored with the extension bits; a failed authentication leaves what is left over.</summary>
    PAuth2,

    /// <summary>FEAT_FPAC: a failed AUT* raises <see cref="GuestEventKind.PointerAuthentication"/>.</summary>
    Fpac,

    /// <summary>FEAT_FPACCOMBINE: so does a failed RETAA, BRAA, BLRAA, LDRAA and so on.</summary>
    FpacCombine,
}

/// <summary>
/// Puts codes into pointers and takes them out again: AddPAC, Auth and Strip of DDI 0487, J1.3, "aarch64/functions/pac", for the
/// translation regime of EL1 and EL0.
/// </summary>
/// <param name="tcr">TCR_EL1: T0SZ, T1SZ, TBI0, TBI1, TBID0 and TBID1 count.</param>
/// <param name="has52Bits">Whether TxSZ may be less than 16 (FEAT_LVA, FEAT_LPA2).</param>
/// <param name="kind">At least <see cref="A64PointerAuthentication.PAuth"/>.</param>
/// <remarks>
/// Left out: TCR_EL1.DS and the granule, which decide where 52 bits are allowed; FEAT_EPAC (a code of 0 for a pointer that is
/// not canonical); logical tags that FEAT_MTX takes away from the code.
/// </remarks>
public readonly struct A64PointerCodes(ulong tcr, bool has52Bits, A64PointerAuthentication kind)
{
    private const int UpperHalf = 55, MaximumSize = 39;
    private const int T1Sz = 16, Tbi0 = 37, Tbi1 = 38, Tbid0 = 51, Tbid1 = 52;
    private const ulong Odd = 0x9e37_79b9_7f4a_7c15;

    /// <summary>
    /// The code of a pointer: the toy cipher that stands for the IMPLEMENTATION DEFINED algorithm. Four rounds, each of which
    /// exclusive-ors a word in, multiplies by an odd constant and folds the upper half onto the lower one: the key's low half, the
    /// modifier, the key's high half, the low half again. Every input bit reaches every bit of the result.
    /// </summary>
    /// <remarks>Left out: any strength. Whoever sees a few codes finds the key; no code under study does that.</remarks>
    public static ulong Compute(ulong pointer, ulong modifier, ulong keyHigh, ulong keyLow)
    {
        ulong code = Round(pointer, keyLow);
        code = Round(code, modifier);
        code = Round(code, keyHigh);
        return Round(code, BitOperations.RotateLeft(keyLow, 32));
    }

    /// <summary>AddPAC: <paramref name="pointer"/> with its code. The code of a pointer that is not canonical is made wrong.</summary>
    public ulong Add(ulong pointer, ulong modifier, ulong keyHigh, ulong keyLow, bool isData)
    {
        // Where tags are in use anywhere, bit 55 selects the range, else bit 63.
        bool anyTag = isData
            ? Bit(tcr, Tbi0) || Bit(tcr, Tbi1)
            : (Bit(tcr, Tbi0) && !Bit(tcr, Tbid0)) || (Bit(tcr, Tbi1) && !Bit(tcr, Tbid1));
        bool isUpper = Bit(pointer, anyTag ? UpperHalf : 63);
        ulong field = Field(pointer, isUpper, isData);
        ulong code = Compute(Extend(pointer, field, isUpper), modifier, keyHigh, keyLow);
        bool isCanonical = (pointer & field) == 0 || (pointer & field) == field;
        if (!isCanonical && kind < A64PointerAuthentication.PAuth2)
            code ^= 1UL << (BitOperations.Log2(field) - 1);
        if (kind >= A64PointerAuthentication.PAuth2)
            code ^= pointer;
        ulong changed = field & ~(1UL << UpperHalf);
        return (pointer & ~field) | (code & changed) | (isUpper ? 1UL << UpperHalf : 0);
    }

    /// <summary>
    /// Auth: <paramref name="pointer"/> without its code, or, where the code is wrong, a pointer that is not canonical and
    /// <paramref name="passes"/> false.
    /// </summary>
    public ulong Authenticate(ulong pointer, ulong modifier, ulong keyHigh, ulong keyLow, bool isData, bool isKeyB, out bool passes)
    {
        bool isUpper = Bit(pointer, UpperHalf);
        ulong field = Field(pointer, isUpper, isData);
        ulong original = Extend(pointer, field, isUpper);
        ulong compared = field & ~(1UL << UpperHalf);
        ulong code = Compute(original, modifier, keyHigh, keyLow);
        if (kind >= A64PointerAuthentication.PAuth2)
        {
            ulong result = pointer ^ (code & compared);
            passes = result == original;
            return result;
        }

        passes = ((code ^ pointer) & compared) == 0;
        int error = BitOperations.Log2(field) - 2; // bits 62:61, or 54:53 below a tag
        return passes ? original : (original & ~(3UL << error)) | ((isKeyB ? 2UL : 1) << error);
    }

    /// <summary>Strip (XPACI, XPACD): <paramref name="pointer"/> with its extension bits in place of a code.</summary>
    public ulong Strip(ulong pointer, bool isData)
    {
        bool isUpper = Bit(pointer, UpperHalf);
        return Extend(pointer, Field(pointer, isUpper, isData), isUpper);
    }

    private static ulong Round(ulong value, ulong word)
    {
        value = (value ^ word) * Odd;
        return (value ^ (value >> 32)) * Odd;
    }

    private static bool Bit(ulong value, int bit) => (value >> bit & 1) != 0;

    private static ulong Extend(ulong pointer, ulong field, bool isUpper) => isUpper ? pointer | field : pointer & ~field;

    // From the lowest bit that is no address (CalculateBottomPACBit) to bit 63, or to bit 55 below a tag (EffectiveTBI).
    private ulong Field(ulong pointer, bool isUpper, bool isData)
    {
        int size = (int)(tcr >> (isUpper ? T1Sz : 0) & 0x3f);
        int bottom = 64 - Math.Clamp(size, has52Bits ? 12 : 16, MaximumSize);
        bool upperTag = Bit(pointer, UpperHalf);
        bool hasTag = Bit(tcr, upperTag ? Tbi1 : Tbi0) && (isData || !Bit(tcr, upperTag ? Tbid1 : Tbid0));
        return (hasTag ? (1UL << 56) - 1 : ulong.MaxValue) & ~((1UL << bottom) - 1);
    }
}
