using System.Runtime.Intrinsics;

namespace RcuEmu.Isa.X64;

/// <summary>PUNPCKLBW.</summary>
internal readonly struct Punpcklbw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Unpack<byte>(a, b, high: false);
}

/// <summary>PUNPCKHBW.</summary>
internal readonly struct Punpckhbw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Unpack<byte>(a, b, high: true);
}

/// <summary>PUNPCKLWD.</summary>
internal readonly struct Punpcklwd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Unpack<ushort>(a, b, high: false);
}

/// <summary>PUNPCKHWD.</summary>
internal readonly struct Punpckhwd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Unpack<ushort>(a, b, high: true);
}

/// <summary>PUNPCKLDQ.</summary>
internal readonly struct Punpckldq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Unpack<uint>(a, b, high: false);
}

/// <summary>PUNPCKHDQ.</summary>
internal readonly struct Punpckhdq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Unpack<uint>(a, b, high: true);
}

/// <summary>PUNPCKLQDQ.</summary>
internal readonly struct Punpcklqdq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Unpack<ulong>(a, b, high: false);
}

/// <summary>PUNPCKHQDQ.</summary>
internal readonly struct Punpckhqdq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Unpack<ulong>(a, b, high: true);
}

/// <summary>PACKSSWB.</summary>
internal readonly struct Packsswb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Narrow(X64Lanes.Clamp<short>(a.AsInt16(), -128, 127), X64Lanes.Clamp<short>(b.AsInt16(), -128, 127)).AsByte();
}

/// <summary>PACKUSWB.</summary>
internal readonly struct Packuswb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Narrow(X64Lanes.Clamp<short>(a.AsInt16(), 0, 255).AsUInt16(), X64Lanes.Clamp<short>(b.AsInt16(), 0, 255).AsUInt16());
}

/// <summary>PACKSSDW.</summary>
internal readonly struct Packssdw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Narrow(X64Lanes.Clamp<int>(a.AsInt32(), -32768, 32767), X64Lanes.Clamp<int>(b.AsInt32(), -32768, 32767)).AsByte();
}

/// <summary>PACKUSDW.</summary>
internal readonly struct Packusdw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Narrow(X64Lanes.Clamp<int>(a.AsInt32(), 0, 65535).AsUInt32(), X64Lanes.Clamp<int>(b.AsInt32(), 0, 65535).AsUInt32()).AsByte();
}

/// <summary>PSHUFD.</summary>
internal readonly struct Pshufd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Select<uint>(b, b, imm, 2, 4);
}

/// <summary>PSHUFLW.</summary>
internal readonly struct Pshuflw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.ShuffleWords(b, imm, first: 0);
}

/// <summary>PSHUFHW.</summary>
internal readonly struct Pshufhw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.ShuffleWords(b, imm, first: 4);
}

/// <summary>PSHUFB: bit 7 of a selector gives 0.</summary>
internal readonly struct Pshufb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.ShuffleBytes(a, b);
}

/// <summary>SHUFPS: the low two of a, the high two of b.</summary>
internal readonly struct Shufps : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Select<uint>(a, b, imm, 2, 2);
}

/// <summary>SHUFPD.</summary>
internal readonly struct Shufpd : IX64VectorBinary
{
    public static int ImmBits => 2;

    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Select<ulong>(a, b, imm, 1, 1);
}

/// <summary>PBLENDW.</summary>
internal readonly struct Pblendw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Blend<ushort>(a, b, imm);
}

/// <summary>VPBLENDD, BLENDPS.</summary>
internal readonly struct Blendd : IX64VectorBinary
{
    public static int ImmBits => 4;

    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Blend<uint>(a, b, imm);
}

/// <summary>BLENDPD.</summary>
internal readonly struct Blendq : IX64VectorBinary
{
    public static int ImmBits => 2;

    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Blend<ulong>(a, b, imm);
}

/// <summary>MOVHLPS.</summary>
internal readonly struct Movhlps : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Create(b.AsUInt64()[1], a.AsUInt64()[1]).AsByte();
}

/// <summary>MOVSS xmm, xmm.</summary>
internal readonly struct MergeDoubleword : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        a.AsUInt32().WithElement(0, b.AsUInt32()[0]).AsByte();
}

/// <summary>MOVSD xmm, xmm.</summary>
internal readonly struct MergeQuadword : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        a.AsUInt64().WithElement(0, b.AsUInt64()[0]).AsByte();
}
