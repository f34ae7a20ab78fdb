using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>A chosen instruction form with its operands; those that depend on addresses are filled in at the end.</summary>
internal sealed class X64Encoding
{
    private Instruction _instruction;
    private Expression? _displacement;
    private Expression? _target;
    private Expression? _immediate;
    private int _immediateOperand;
    private int _extraBytes;

    /// <summary>Makes an encoding of a form without operands.</summary>
    public X64Encoding(X64Form form)
    {
        Form = form;
        _instruction.Code = form.Code;
    }

    /// <summary>The form.</summary>
    public X64Form Form { get; }

    /// <summary>Its length in bytes with all prefixes, once <see cref="TryMeasure"/> has found it.</summary>
    public int Length { get; private set; }

    /// <summary>Prefix bytes that the text names.</summary>
    public byte[] Prefixes { get; set; } = [];

    /// <summary>True if bytes depend on the address or on a symbol.</summary>
    public bool IsMovable => _displacement is not null || _target is not null || _immediate is not null;

    /// <summary>The target of a relative branch, or null.</summary>
    public Expression? Target => _target;

    /// <summary>Makes operand <paramref name="i"/> a register.</summary>
    public void SetRegister(int i, Register register)
    {
        _instruction.SetOpKind(i, OpKind.Register);
        _instruction.SetOpRegister(i, register);
    }

    /// <summary>Makes operand <paramref name="i"/> an immediate.</summary>
    public void SetImmediate(int i, OpKind kind, Expression value)
    {
        if (kind == OpKind.Immediate8 && i > 0 && IsImmediate(_instruction.GetOpKind(i - 1)))
            kind = OpKind.Immediate8_2nd;
        _instruction.SetOpKind(i, kind);
        if (value.IsConstant)
            _instruction.SetImmediate(i, value.Constant);
        else
            (_immediate, _immediateOperand) = (value, i);
    }

    /// <summary>Makes the operand a branch target.</summary>
    public void SetTarget(Expression target)
    {
        _instruction.SetOpKind(0, OpKind.NearBranch64);
        _target = target;
    }

    /// <summary>Makes operand <paramref name="i"/> implied memory of a string instruction.</summary>
    public void SetString(int i, OpKind kind, Register segment)
    {
        _instruction.SetOpKind(i, kind);
        if (kind == OpKind.Memory) // XLATB
            (_instruction.MemoryBase, _instruction.MemoryIndex) = (Register.RBX, Register.AL);
        if (kind is OpKind.MemorySegRSI or OpKind.Memory && segment is not (Register.None or Register.DS))
            _instruction.SegmentPrefix = segment;
    }

    /// <summary>Makes operand <paramref name="i"/> memory.</summary>
    public void SetMemory(int i, X64AssemblerOperand operand, bool isOffset)
    {
        _instruction.SetOpKind(i, OpKind.Memory);
        _instruction.MemoryBase = operand.Base;
        _instruction.MemoryIndex = operand.Index;
        _instruction.MemoryIndexScale = operand.Scale;
        bool usesStack = operand.Base is Register.RSP or Register.RBP or Register.ESP or Register.EBP;
        if (operand.Segment != (usesStack ? Register.SS : Register.DS))
            _instruction.SegmentPrefix = operand.Segment;

        bool isNarrow = operand.Base.IsGPR32() || operand.Index.IsGPR32();
        bool isRelative = operand.Base is Register.RIP or Register.EIP;
        if (isRelative || operand.HasSymbolicValue)
        {
            _displacement = operand.Value ?? new Expression(operand.Offset, [new(ExpressionOperator.Number)]);
            _instruction.MemoryDisplSize = isNarrow || operand.Base == Register.EIP ? 4 : 8;
            return;
        }

        ulong value = operand.Value?.Constant ?? 0;
        bool hasRegister = operand.Base != Register.None || operand.Index != Register.None;
        _instruction.MemoryDisplacement64 = isNarrow ? (uint)value : value;
        _instruction.MemoryDisplSize = isOffset || !hasRegister || operand.Base == Register.None ? (isNarrow ? 4 : 8)
            : value == 0 ? 0
            : (long)value is >= -128 and <= 127 || (isNarrow && (int)value is >= -128 and <= 127) ? 1
            : isNarrow ? 4 : 8;
    }

    /// <summary>Finds the length. Returns the encoder's complaint, or null.</summary>
    public string? TryMeasure(X64Bytes bytes)
    {
        Instruction trial = _instruction;
        if (_instruction.MemoryBase is Register.RIP or Register.EIP)
            trial.MemoryDisplacement64 = 0;
        if (_target is not null)
            trial.NearBranch64 = 0;
        string? problem = bytes.TryEncode(trial, 0, Prefixes);
        Length = bytes.Length;
        _extraBytes = bytes.ExtraBytes;
        if (problem is null && Prefixes.Length > 0 && !bytes.IsOne(Form.Code))
            problem = "a prefix makes it another instruction";
        return problem;
    }

    /// <summary>Writes the bytes at an address.</summary>
    public void Emit(AssemblyLayout layout, X64Bytes bytes, int offset, ulong address, Span<byte> into)
    {
        Instruction final = _instruction;
        if (_target is not null)
            final.NearBranch64 = Reach(layout, address, layout.Evaluate(_target));
        if (_immediate is not null)
            final.SetImmediate(_immediateOperand, Immediate(layout));
        if (_displacement is not null)
            final.MemoryDisplacement64 = Displacement(layout, address);
        ulong codeAddress = address + (ulong)_extraBytes;
        if (bytes.TryEncode(final, codeAddress, Prefixes) is { } problem)
            throw layout.Source.Error(offset, $"an operand out of range ({problem})", "one that the instruction can encode");
        bytes.CopyTo(into);
    }

    private static bool IsImmediate(OpKind kind) => kind is >= OpKind.Immediate8 and <= OpKind.Immediate32to64;

    private ulong Reach(AssemblyLayout layout, ulong address, ulong target)
    {
        long distance = unchecked((long)(target - address - (ulong)Length));
        (long least, long most) = Form.BranchBytes == 1 ? (sbyte.MinValue, sbyte.MaxValue) : ((long)int.MinValue, int.MaxValue);
        return distance >= least && distance <= most
            ? target
            : throw layout.Source.Error(_target!.Offset, $"a target {AssemblyLayout.Show((ulong)distance)} bytes behind the instruction", $"{least} to {most}");
    }

    private ulong Immediate(AssemblyLayout layout)
    {
        ulong value = layout.Evaluate(_immediate!);
        X64Slot slot = Form.Slots[_immediateOperand];
        return X64Immediates.Fits(slot, value)
            ? value
            : throw layout.Source.Error(_immediate!.Offset, $"the value {AssemblyLayout.Show(value)}", $"one that fits {slot.Name}{(slot.Immediate == OpKind.Immediate32to64 ? ", sign-extended" : "")}");
    }

    // A symbol is the address that is meant; a number is the distance itself, as in GNU as.
    private ulong Displacement(AssemblyLayout layout, ulong address)
    {
        ulong value = layout.Evaluate(_displacement!);
        bool isRelative = _instruction.MemoryBase is Register.RIP or Register.EIP;
        ulong end = address + (ulong)Length;
        if (isRelative && _displacement!.IsConstant)
            value = unchecked(value + end);
        long field = unchecked((long)(isRelative ? value - end : value));
        bool isNarrow = _instruction.MemoryDisplSize == 4 && !isRelative;
        if (isNarrow ? field is < int.MinValue or > uint.MaxValue : field is < int.MinValue or > int.MaxValue)
            throw layout.Source.Error(_displacement!.Offset, $"the displacement {AssemblyLayout.Show((ulong)field)}", "a signed number of 32 bits");
        return _instruction.MemoryBase == Register.EIP || isNarrow ? (uint)value : value;
    }
}
