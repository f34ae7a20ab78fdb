using System.Runtime.Intrinsics;

namespace RcuEmu.Isa.X64;

/// <summary>PSLLW.</summary>
internal readonly struct Psllw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        b.AsUInt64()[0] > 15 ? default : (a.AsUInt16() << b[0]).AsByte();
}

/// <summary>PSRLW.</summary>
internal readonly struct Psrlw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        b.AsUInt64()[0] > 15 ? default : (a.AsUInt16() >> b[0]).AsByte();
}

/// <summary>PSLLD.</summary>
internal readonly struct Pslld : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        b.AsUInt64()[0] > 31 ? default : (a.AsUInt32() << b[0]).AsByte();
}

/// <summary>PSRLD.</summary>
internal readonly struct Psrld : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        b.AsUInt64()[0] > 31 ? default : (a.AsUInt32() >> b[0]).AsByte();
}

/// <summary>PSLLQ.</summary>
internal readonly struct Psllq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        b.AsUInt64()[0] > 63 ? default : (a.AsUInt64() << b[0]).AsByte();
}

/// <summary>PSRLQ.</summary>
internal readonly struct Psrlq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        b.AsUInt64()[0] > 63 ? default : (a.AsUInt64() >> b[0]).AsByte();
}

/// <summary>PSRAW.</summary>
internal readonly struct Psraw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsInt16() >> (b.AsUInt64()[0] > 15 ? 15 : b[0])).AsByte();
}

/// <summary>PSRAD.</summary>
internal readonly struct Psrad : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsInt32() >> (b.AsUInt64()[0] > 31 ? 31 : b[0])).AsByte();
}

/// <summary>PSLLDQ: bytes to the left.</summary>
internal readonly struct Pslldq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Bytes(a, default, 16 - Math.Min((int)b[0], 16));
}

/// <summary>PSRLDQ: bytes to the right.</summary>
internal readonly struct Psrldq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Bytes(default, a, Math.Min((int)b[0], 16));
}

/// <summary>PALIGNR: the bytes of a, then b, shifted right.</summary>
internal readonly struct Palignr : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.Bytes(a, b, imm);
}
