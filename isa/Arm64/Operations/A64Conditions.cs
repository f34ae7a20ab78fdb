using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>A condition of B.cond, as a type. DDI 0487, C1.2.4, "Condition code".</summary>
internal interface IA64Condition
{
    static abstract bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct;
}

internal readonly struct Eq : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => core.Z;
}

internal readonly struct Ne : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => !core.Z;
}

internal readonly struct Cs : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => core.C;
}

internal readonly struct Cc : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => !core.C;
}

internal readonly struct Mi : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => core.N;
}

internal readonly struct Pl : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => !core.N;
}

internal readonly struct Vs : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => core.Overflow;
}

internal readonly struct Vc : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => !core.Overflow;
}

internal readonly struct Hi : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => core.C && !core.Z;
}

internal readonly struct Ls : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => !core.C || core.Z;
}

internal readonly struct Ge : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => core.N == core.Overflow;
}

internal readonly struct Lt : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => core.N != core.Overflow;
}

internal readonly struct Gt : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => !core.Z && core.N == core.Overflow;
}

internal readonly struct Le : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => core.Z || core.N != core.Overflow;
}

internal readonly struct Al : IA64Condition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<TCore>(ref TCore core)
        where TCore : struct, IA64Core, allows ref struct => true;
}
