namespace RcuEmu.Isa.Arm64;

/// <summary>A key for pointers: its registers, the bit of SCTLR_EL1 that enables it, and what it is for.</summary>
internal interface IA64PointerKey
{
    /// <summary>The register of its bits 63:0; that of bits 127:64 has the next number.</summary>
    static abstract int Register { get; }

    static abstract int EnableBit { get; }

    static abstract bool IsData { get; }

    static abstract bool IsB { get; }
}

internal readonly struct KeyIa : IA64PointerKey
{
    public static int Register => A64SystemRegisters.ApiaKeyLoEl1;

    public static int EnableBit => 31;

    public static bool IsData => false;

    public static bool IsB => false;
}

internal readonly struct KeyIb : IA64PointerKey
{
    public static int Register => A64SystemRegisters.ApibKeyLoEl1;

    public static int EnableBit => 30;

    public static bool IsData => false;

    public static bool IsB => true;
}

internal readonly struct KeyDa : IA64PointerKey
{
    public static int Register => A64SystemRegisters.ApdaKeyLoEl1;

    public static int EnableBit => 27;

    public static bool IsData => true;

    public static bool IsB => false;
}

internal readonly struct KeyDb : IA64PointerKey
{
    public static int Register => A64SystemRegisters.ApdbKeyLoEl1;

    public static int EnableBit => 13;

    public static bool IsData => true;

    public static bool IsB => true;
}

/// <summary>Where the pointer and the modifier are.</summary>
internal interface IA64PointerPlace
{
    /// <summary>In the hint space: NOP in a core without pointer authentication, not UNDEFINED.</summary>
    static abstract bool IsHint { get; }

    static abstract int Pointer(in A64Insn insn);

    static abstract int Modifier(in A64Insn insn);
}

/// <summary>PACIA Xd, Xn.</summary>
internal readonly struct InFields : IA64PointerPlace
{
    public static bool IsHint => false;

    public static int Pointer(in A64Insn insn) => insn.Rd;

    public static int Modifier(in A64Insn insn) => insn.Rn;
}

/// <summary>PACIZA Xd, XPACI Xd.</summary>
internal readonly struct InFieldWithZero : IA64PointerPlace
{
    public static bool IsHint => false;

    public static int Pointer(in A64Insn insn) => insn.Rd;

    public static int Modifier(in A64Insn insn) => A64Slot.Zero;
}

/// <summary>PACIASP.</summary>
internal readonly struct InLinkWithSp : IA64PointerPlace
{
    public static bool IsHint => true;

    public static int Pointer(in A64Insn insn) => 30;

    public static int Modifier(in A64Insn insn) => A64Slot.Sp;
}

/// <summary>PACIAZ, XPACLRI.</summary>
internal readonly struct InLinkWithZero : IA64PointerPlace
{
    public static bool IsHint => true;

    public static int Pointer(in A64Insn insn) => 30;

    public static int Modifier(in A64Insn insn) => A64Slot.Zero;
}

/// <summary>PACIA1716.</summary>
internal readonly struct In17With16 : IA64PointerPlace
{
    public static bool IsHint => true;

    public static int Pointer(in A64Insn insn) => 17;

    public static int Modifier(in A64Insn insn) => 16;
}

/// <summary>What the operations on pointers share.</summary>
internal static class A64PointerSteps
{
    /// <summary>What a core without pointer authentication makes of one.</summary>
    public static Flow Absent<TPlace, TCore>(ref TCore core, in A64Insn insn)
        where TPlace : struct, IA64PointerPlace
        where TCore : struct, IA64Core, allows ref struct =>
        TPlace.IsHint ? Flow.Next : core.Raise(GuestEventKind.Undefined, insn.Word);

    /// <summary>The form of pointers and codes now. False: an event was raised.</summary>
    public static bool TryCodes<TCore>(ref TCore core, out A64PointerCodes codes)
        where TCore : struct, IA64Core, allows ref struct
    {
        codes = default;
        if (!core.ReadSystem(A64SystemRegisters.TcrEl1, out ulong tcr)
            || !core.ReadSystem(A64SystemRegisters.IdAa64Mmfr2El1, out ulong mmfr2))
        {
            return false;
        }

        codes = new A64PointerCodes(tcr, (mmfr2 >> 16 & 0xf) != 0, core.PointerAuthentication); // VARange
        return true;
    }

    /// <summary>
    /// AuthIA and so on: <paramref name="pointer"/> as it is where SCTLR_EL1 disables the key. False: an event was raised.
    /// DDI 0487, J1.3, "aarch64/functions/pac/authia".
    /// </summary>
    public static bool TryAuthenticate<TKey, TCore>(ref TCore core, ref ulong pointer, ulong modifier, bool isCombined)
        where TKey : struct, IA64PointerKey
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!TryKey<TKey, TCore>(ref core, out bool isEnabled, out ulong high, out ulong low)
            || !TryCodes(ref core, out A64PointerCodes codes))
        {
            return false;
        }

        if (!isEnabled)
            return true;
        ulong signed = pointer;
        pointer = codes.Authenticate(signed, modifier, high, low, TKey.IsData, TKey.IsB, out bool passes);
        A64PointerAuthentication fails = isCombined ? A64PointerAuthentication.FpacCombine : A64PointerAuthentication.Fpac;
        return passes || core.PointerAuthentication < fails
            || core.Raise(GuestEventKind.PointerAuthentication, signed) != Flow.Event;
    }

    /// <summary>A key, and whether SCTLR_EL1 enables it. False: an event was raised.</summary>
    public static bool TryKey<TKey, TCore>(ref TCore core, out bool isEnabled, out ulong high, out ulong low)
        where TKey : struct, IA64PointerKey
        where TCore : struct, IA64Core, allows ref struct
    {
        (isEnabled, high, low) = (false, 0, 0);
        if (!core.ReadSystem(A64SystemRegisters.SctlrEl1, out ulong sctlr))
            return false;
        isEnabled = (sctlr >> TKey.EnableBit & 1) != 0;
        return core.ReadSystem(TKey.Register, out low) && core.ReadSystem(TKey.Register + 1, out high);
    }
}

/// <summary>PACIA, PACIZA, PACIASP and so on. DDI 0487, C6.2, "PACIA, PACIA1716, PACIASP, PACIAZ, PACIZA".</summary>
internal readonly struct SignPointer<TKey, TPlace> : IA64Op
    where TKey : struct, IA64PointerKey
    where TPlace : struct, IA64PointerPlace
{
    public static bool IsPointerAuthentication => true;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (core.PointerAuthentication == A64PointerAuthentication.None)
            return A64PointerSteps.Absent<TPlace, TCore>(ref core, insn);
        if (!A64PointerSteps.TryKey<TKey, TCore>(ref core, out bool isEnabled, out ulong high, out ulong low)
            || !A64PointerSteps.TryCodes(ref core, out A64PointerCodes codes))
        {
            return Flow.Event;
        }

        int register = TPlace.Pointer(insn);
        if (isEnabled)
            core.SetX(register, codes.Add(core.X(register), core.X(TPlace.Modifier(insn)), high, low, TKey.IsData));
        return Flow.Next;
    }
}

/// <summary>AUTIA, AUTIZA, AUTIASP and so on. DDI 0487, C6.2, "AUTIA, AUTIA1716, AUTIASP, AUTIAZ, AUTIZA".</summary>
internal readonly struct AuthenticatePointer<TKey, TPlace> : IA64Op
    where TKey : struct, IA64PointerKey
    where TPlace : struct, IA64PointerPlace
{
    public static bool IsPointerAuthentication => true;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (core.PointerAuthentication == A64PointerAuthentication.None)
            return A64PointerSteps.Absent<TPlace, TCore>(ref core, insn);
        int register = TPlace.Pointer(insn);
        ulong pointer = core.X(register);
        if (!A64PointerSteps.TryAuthenticate<TKey, TCore>(ref core, ref pointer, core.X(TPlace.Modifier(insn)), isCombined: false))
            return Flow.Event;
        core.SetX(register, pointer);
        return Flow.Next;
    }
}

/// <summary>XPACI, XPACD, XPACLRI: no key is asked, and none need be enabled.</summary>
internal readonly struct StripPointer<TKey, TPlace> : IA64Op
    where TKey : struct, IA64PointerKey
    where TPlace : struct, IA64PointerPlace
{
    public static bool IsPointerAuthentication => true;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (core.PointerAuthentication == A64PointerAuthentication.None)
            return A64PointerSteps.Absent<TPlace, TCore>(ref core, insn);
        if (!A64PointerSteps.TryCodes(ref core, out A64PointerCodes codes))
            return Flow.Event;
        int register = TPlace.Pointer(insn);
        core.SetX(register, codes.Strip(core.X(register), TKey.IsData));
        return Flow.Next;
    }
}

/// <summary>PACGA: the upper half of a code over two registers.</summary>
internal readonly struct SignGeneric : IA64Op
{
    public static bool IsPointerAuthentication => true;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (core.PointerAuthentication == A64PointerAuthentication.None)
            return core.Raise(GuestEventKind.Undefined, insn.Word);
        if (!core.ReadSystem(A64SystemRegisters.ApgaKeyLoEl1, out ulong low)
            || !core.ReadSystem(A64SystemRegisters.ApgaKeyLoEl1 + 1, out ulong high))
        {
            return Flow.Event;
        }

        core.SetX(insn.Rd, A64PointerCodes.Compute(core.X(insn.Rn), core.X(insn.Rm), high, low) & 0xffff_ffff_0000_0000);
        return Flow.Next;
    }
}
