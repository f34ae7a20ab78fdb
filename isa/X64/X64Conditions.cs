using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>A condition of Jcc, SETcc and CMOVcc. SDM Vol. 1, Appendix B, "EFLAGS Condition Codes".</summary>
internal interface IX64Condition
{
    /// <summary>True if the flags meet the condition.</summary>
    static abstract bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct;
}

/// <summary>Condition 0: O.</summary>
internal readonly struct IfO : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Of;
}

/// <summary>Condition 1: NO.</summary>
internal readonly struct IfNo : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => !core.Of;
}

/// <summary>Condition 2: B, C, NAE.</summary>
internal readonly struct IfB : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Cf;
}

/// <summary>Condition 3: AE, NB, NC.</summary>
internal readonly struct IfAe : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => !core.Cf;
}

/// <summary>Condition 4: E, Z.</summary>
internal readonly struct IfE : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Zf;
}

/// <summary>Condition 5: NE, NZ.</summary>
internal readonly struct IfNe : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => !core.Zf;
}

/// <summary>Condition 6: BE, NA.</summary>
internal readonly struct IfBe : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Cf || core.Zf;
}

/// <summary>Condition 7: A, NBE.</summary>
internal readonly struct IfA : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => !core.Cf && !core.Zf;
}

/// <summary>Condition 8: S.</summary>
internal readonly struct IfS : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Sf;
}

/// <summary>Condition 9: NS.</summary>
internal readonly struct IfNs : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => !core.Sf;
}

/// <summary>Condition A: P, PE.</summary>
internal readonly struct IfP : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Pf;
}

/// <summary>Condition B: NP, PO.</summary>
internal readonly struct IfNp : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => !core.Pf;
}

/// <summary>Condition C: L, NGE.</summary>
internal readonly struct IfL : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Sf != core.Of;
}

/// <summary>Condition D: GE, NL.</summary>
internal readonly struct IfGe : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Sf == core.Of;
}

/// <summary>Condition E: LE, NG.</summary>
internal readonly struct IfLe : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.Zf || core.Sf != core.Of;
}

/// <summary>Condition F: G, NLE.</summary>
internal readonly struct IfG : IX64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => !core.Zf && core.Sf == core.Of;
}
