using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>What an operand of the text is.</summary>
internal enum X64AssemblerOperandKind : byte
{
    Register,
    Immediate,
    Memory,
}

/// <summary>An operand as the text has it, before an instruction form is chosen. Operands are in Intel's order.</summary>
internal sealed class X64AssemblerOperand
{
    /// <summary>Which of the three.</summary>
    public X64AssemblerOperandKind Kind { get; init; }

    /// <summary>Where the text has it.</summary>
    public int Offset { get; init; }

    /// <summary>The register of a register operand.</summary>
    public Register Register { get; set; }

    /// <summary>The immediate, or the displacement; null where there is no displacement.</summary>
    public Expression? Value { get; set; }

    /// <summary>Base of a memory operand, RIP and EIP included.</summary>
    public Register Base { get; set; }

    /// <summary>Index of a memory operand.</summary>
    public Register Index { get; set; }

    /// <summary>Scale of the index: 1, 2, 4 or 8.</summary>
    public int Scale { get; set; } = 1;

    /// <summary>The segment that the text names, or none.</summary>
    public Register Segment { get; set; }

    /// <summary>The bytes that the text says are accessed (<c>dword ptr</c>), or 0.</summary>
    public int Bytes { get; set; }

    /// <summary>One past its last character in the text.</summary>
    public int End { get; set; }

    /// <summary>True for a symbol or a number without any sign of what it is: a branch target where the instruction has one.</summary>
    public bool IsBare { get; set; }

    /// <summary><c>short</c> in front of a branch target.</summary>
    public bool IsShort { get; set; }

    /// <summary>A displacement must be 32 bits: it is not known yet.</summary>
    public bool HasSymbolicValue => Value is { IsConstant: false };
}
