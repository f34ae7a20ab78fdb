using System.Runtime.Intrinsics;

namespace RcuEmu.Isa.X64;

/// <summary>PXOR, and its floating-point spellings.</summary>
internal readonly struct Pxor : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        a ^ b;
}

/// <summary>PAND, and its floating-point spellings.</summary>
internal readonly struct Pand : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        a & b;
}

/// <summary>POR, and its floating-point spellings.</summary>
internal readonly struct Por : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        a | b;
}

/// <summary>PANDN, and its floating-point spellings.</summary>
internal readonly struct Pandn : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.AndNot(b, a);
}

/// <summary>PADDB.</summary>
internal readonly struct Paddb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        a + b;
}

/// <summary>PSUBB.</summary>
internal readonly struct Psubb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        a - b;
}

/// <summary>PADDW.</summary>
internal readonly struct Paddw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsUInt16() + b.AsUInt16()).AsByte();
}

/// <summary>PSUBW.</summary>
internal readonly struct Psubw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsUInt16() - b.AsUInt16()).AsByte();
}

/// <summary>PADDD.</summary>
internal readonly struct Paddd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsUInt32() + b.AsUInt32()).AsByte();
}

/// <summary>PSUBD.</summary>
internal readonly struct Psubd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsUInt32() - b.AsUInt32()).AsByte();
}

/// <summary>PADDQ.</summary>
internal readonly struct Paddq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsUInt64() + b.AsUInt64()).AsByte();
}

/// <summary>PSUBQ.</summary>
internal readonly struct Psubq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsUInt64() - b.AsUInt64()).AsByte();
}

/// <summary>PCMPEQB.</summary>
internal readonly struct Pcmpeqb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Equals(a, b);
}

/// <summary>PCMPGTB, signed.</summary>
internal readonly struct Pcmpgtb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.GreaterThan(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary>PCMPEQW.</summary>
internal readonly struct Pcmpeqw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Equals(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>PCMPGTW, signed.</summary>
internal readonly struct Pcmpgtw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.GreaterThan(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>PCMPEQD.</summary>
internal readonly struct Pcmpeqd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Equals(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>PCMPGTD, signed.</summary>
internal readonly struct Pcmpgtd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.GreaterThan(a.AsInt32(), b.AsInt32()).AsByte();
}

/// <summary>PCMPEQQ.</summary>
internal readonly struct Pcmpeqq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Equals(a.AsUInt64(), b.AsUInt64()).AsByte();
}

/// <summary>PCMPGTQ, signed.</summary>
internal readonly struct Pcmpgtq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.GreaterThan(a.AsInt64(), b.AsInt64()).AsByte();
}

/// <summary>PMINUB.</summary>
internal readonly struct Pminub : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Min(a, b);
}

/// <summary>PMAXUB.</summary>
internal readonly struct Pmaxub : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Max(a, b);
}

/// <summary>PMINSB.</summary>
internal readonly struct Pminsb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Min(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary>PMAXSB.</summary>
internal readonly struct Pmaxsb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Max(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary>PABSB.</summary>
internal readonly struct Pabsb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Abs(b.AsSByte()).AsByte();
}

/// <summary>PMINUW.</summary>
internal readonly struct Pminuw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Min(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>PMAXUW.</summary>
internal readonly struct Pmaxuw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Max(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>PMINSW.</summary>
internal readonly struct Pminsw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Min(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>PMAXSW.</summary>
internal readonly struct Pmaxsw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Max(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>PABSW.</summary>
internal readonly struct Pabsw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Abs(b.AsInt16()).AsByte();
}

/// <summary>PMINUD.</summary>
internal readonly struct Pminud : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Min(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>PMAXUD.</summary>
internal readonly struct Pmaxud : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Max(a.AsUInt32(), b.AsUInt32()).AsByte();
}

/// <summary>PMINSD.</summary>
internal readonly struct Pminsd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Min(a.AsInt32(), b.AsInt32()).AsByte();
}

/// <summary>PMAXSD.</summary>
internal readonly struct Pmaxsd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Max(a.AsInt32(), b.AsInt32()).AsByte();
}

/// <summary>PABSD.</summary>
internal readonly struct Pabsd : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.Abs(b.AsInt32()).AsByte();
}

/// <summary>PADDUSB.</summary>
internal readonly struct Paddusb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.AddSaturate(a, b);
}

/// <summary>PSUBUSB.</summary>
internal readonly struct Psubusb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.SubtractSaturate(a, b);
}

/// <summary>PADDSB.</summary>
internal readonly struct Paddsb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.AddSaturate(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary>PSUBSB.</summary>
internal readonly struct Psubsb : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.SubtractSaturate(a.AsSByte(), b.AsSByte()).AsByte();
}

/// <summary>PADDUSW.</summary>
internal readonly struct Paddusw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.AddSaturate(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>PSUBUSW.</summary>
internal readonly struct Psubusw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.SubtractSaturate(a.AsUInt16(), b.AsUInt16()).AsByte();
}

/// <summary>PADDSW.</summary>
internal readonly struct Paddsw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.AddSaturate(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>PSUBSW.</summary>
internal readonly struct Psubsw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        Vector128.SubtractSaturate(a.AsInt16(), b.AsInt16()).AsByte();
}

/// <summary>PMULLW: the low half of each product.</summary>
internal readonly struct Pmullw : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsInt16() * b.AsInt16()).AsByte();
}

/// <summary>PMULLD.</summary>
internal readonly struct Pmulld : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        (a.AsInt32() * b.AsInt32()).AsByte();
}

/// <summary>PMULUDQ: the even doublewords.</summary>
internal readonly struct Pmuludq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        ((a.AsUInt64() & Vector128.Create(0xffff_fffful)) * (b.AsUInt64() & Vector128.Create(0xffff_fffful))).AsByte();
}

/// <summary>PCLMULQDQ: bits 0 and 4 of the immediate choose the quadwords.</summary>
internal readonly struct Pclmulqdq : IX64VectorBinary
{
    public static Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm) =>
        X64Lanes.CarrylessMultiply(a.AsUInt64()[imm & 1], b.AsUInt64()[(imm >> 4) & 1]);
}
