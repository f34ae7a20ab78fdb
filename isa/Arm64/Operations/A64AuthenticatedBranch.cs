namespace RcuEmu.Isa.Arm64;

/// <summary>A branch to a pointer that is authenticated first.</summary>
internal interface IA64AuthenticatedBranch
{
    static abstract BranchKind Kind { get; }

    static abstract int Target(in A64Insn insn);

    static abstract int Modifier(in A64Insn insn);
}

/// <summary>BRAA Xn, Xm.</summary>
internal readonly struct AuthenticatedJump : IA64AuthenticatedBranch
{
    public static BranchKind Kind => BranchKind.Indirect;

    public static int Target(in A64Insn insn) => insn.Rn;

    public static int Modifier(in A64Insn insn) => insn.Rd;
}

/// <summary>BRAAZ Xn.</summary>
internal readonly struct AuthenticatedJumpZero : IA64AuthenticatedBranch
{
    public static BranchKind Kind => BranchKind.Indirect;

    public static int Target(in A64Insn insn) => insn.Rn;

    public static int Modifier(in A64Insn insn) => A64Slot.Zero;
}

/// <summary>BLRAA Xn, Xm.</summary>
internal readonly struct AuthenticatedCall : IA64AuthenticatedBranch
{
    public static BranchKind Kind => BranchKind.IndirectCall;

    public static int Target(in A64Insn insn) => insn.Rn;

    public static int Modifier(in A64Insn insn) => insn.Rd;
}

/// <summary>BLRAAZ Xn.</summary>
internal readonly struct AuthenticatedCallZero : IA64AuthenticatedBranch
{
    public static BranchKind Kind => BranchKind.IndirectCall;

    public static int Target(in A64Insn insn) => insn.Rn;

    public static int Modifier(in A64Insn insn) => A64Slot.Zero;
}

/// <summary>RETAA.</summary>
internal readonly struct AuthenticatedReturn : IA64AuthenticatedBranch
{
    public static BranchKind Kind => BranchKind.Return;

    public static int Target(in A64Insn insn) => 30;

    public static int Modifier(in A64Insn insn) => A64Slot.Sp;
}

/// <summary>
/// BRAA, BLRAA, RETAA and so on: the target and the modifier are read before the link register is written. DDI 0487, C6.2,
/// "BRAA, BRAAZ, BRAB, BRABZ".
/// </summary>
internal readonly struct BranchAuthenticated<TKey, TBranch> : IA64Op
    where TKey : struct, IA64PointerKey
    where TBranch : struct, IA64AuthenticatedBranch
{
    public static Course Course => Course.Other;

    public static bool IsPointerAuthentication => true;

    public static bool ReadsPc => TBranch.Kind == BranchKind.IndirectCall;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (core.PointerAuthentication == A64PointerAuthentication.None)
            return core.Raise(GuestEventKind.Undefined, insn.Word);
        ulong target = core.X(TBranch.Target(insn));
        if (!A64PointerSteps.TryAuthenticate<TKey, TCore>(ref core, ref target, core.X(TBranch.Modifier(insn)), isCombined: true))
            return Flow.Event;
        if (TBranch.Kind == BranchKind.IndirectCall)
            core.SetX(30, core.Pc + 4);
        return core.BranchTo(target, TBranch.Kind);
    }
}

/// <summary>ERETAA and ERETAB: ELR_EL1 is authenticated with SP; the event's detail is the target.</summary>
internal readonly struct ExceptionReturnAuthenticated<TKey> : IA64Op
    where TKey : struct, IA64PointerKey
{
    public static bool IsPointerAuthentication => true;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (core.PointerAuthentication == A64PointerAuthentication.None)
            return core.Raise(GuestEventKind.Undefined, insn.Word);
        if (!core.ReadSystem(A64SystemRegisters.ElrEl1, out ulong target)
            || !A64PointerSteps.TryAuthenticate<TKey, TCore>(ref core, ref target, core.X(A64Slot.Sp), isCombined: true))
        {
            return Flow.Event;
        }

        return core.Raise(GuestEventKind.ExceptionReturn, target);
    }
}

/// <summary>LDRAA and LDRAB: the base is authenticated with 0, and written back without its code.</summary>
internal readonly struct LoadAuthenticated<TKey, TMode> : IA64Op
    where TKey : struct, IA64PointerKey
    where TMode : struct, IA64AddressMode
{
    public static bool IsPointerAuthentication => true;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (core.PointerAuthentication == A64PointerAuthentication.None)
            return core.Raise(GuestEventKind.Undefined, insn.Word);
        ulong address = core.X(insn.Rn);
        if (!A64PointerSteps.TryAuthenticate<TKey, TCore>(ref core, ref address, 0, isCombined: true))
            return Flow.Event;
        address += (ulong)insn.Imm;
        if (!core.Load(address, 8, Access.Plain, out ulong value))
            return Flow.Event;
        core.SetX(insn.Rd, value);
        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}
