using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>Whether operands of a text can be those of an instruction form.</summary>
internal static class X64FormMatch
{
    /// <summary>True if the mnemonic as written can mean this form, whatever its operands.</summary>
    public static bool Allows(X64Form form, X64Reading reading, X64Statement statement)
    {
        if (reading.Bytes != 0 && form.Bytes != reading.Bytes)
            return false;
        if (reading.OnlyWide && !form.IsWide)
            return false;
        if (reading.SourceBytes != 0 && !IsSource(form, reading.SourceBytes))
            return false;
        return !statement.Prefixes.Contains((byte)0xf0) || form.Info.CanUseLockPrefix;
    }

    /// <summary>The form with these operands, or null if they do not fit.</summary>
    public static X64Encoding? TryBind(X64Form form, X64Reading reading, List<X64AssemblerOperand> operands, X64Statement statement)
    {
        var encoding = new X64Encoding(form);
        int[]? places = Places(form, operands.Count);
        if (places is null)
            return null;
        for (int i = 0; i < form.Slots.Length; i++)
        {
            X64AssemblerOperand? operand = places[i] < 0 ? null : operands[places[i]];
            if (!TrySet(encoding, i, operand, reading, statement))
                return null;
        }

        return IsExchangeOfEax(form, operands) ? null : encoding;
    }

    /// <summary>Which operand of the text stands at each of the form; -1 where it is implied. Null: not so many.</summary>
    public static int[]? Places(X64Form form, int count)
    {
        X64Slot[] slots = form.Slots;
        if (count == slots.Length)
            return [.. Enumerable.Range(0, count)];
        if (count == 0 && slots.Any(slot => slot.String != OpKind.Register))
            return [.. Enumerable.Repeat(-1, slots.Length)];
        if (slots is [{ String: OpKind.MemorySegRDI }, ..] && count == slots.Length - 1)
            return [-1, .. Enumerable.Range(0, count)];
        if (count == 1 && slots is [_, { Name: "1" }])
            return [0, -1];
        if (count == 1 && slots.Length == 2 && slots.Any(slot => slot.String != OpKind.Register) && slots.Any(slot => slot.Fixed != Register.None))
            return slots[0].String != OpKind.Register ? [0, -1] : [-1, 0];
        if (slots is [{ IsStack: true }, { IsStack: true }] && count < 2)
            return count == 0 ? [-1, -1] : slots[0].Fixed == Register.ST0 ? [-1, 0] : [0, -1];
        if (count == 2 && form.Code.Mnemonic() == Mnemonic.Imul && slots.Length == 3)
            return [0, 0, 1];
        return null;
    }

    /// <summary>Binds one operand; null is an implied one.</summary>
    public static bool TrySet(X64Encoding encoding, int i, X64AssemblerOperand? operand, X64Reading reading, X64Statement statement)
    {
        X64Slot slot = encoding.Form.Slots[i];
        if (operand is null)
            return TrySetImplied(encoding, i, slot);
        return operand.Kind switch
        {
            X64AssemblerOperandKind.Register => TrySetRegister(encoding, i, slot, operand),
            X64AssemblerOperandKind.Immediate => TrySetImmediate(encoding, i, slot, operand, statement),
            _ => TrySetMemory(encoding, i, slot, operand, reading, statement),
        };
    }

    // xchg eax, eax clears the upper half of RAX; 90 would not: SDM Vol. 2B, "NOP—No Operation".
    private static bool IsExchangeOfEax(X64Form form, List<X64AssemblerOperand> operands) =>
        form.Code == Code.Xchg_r32_EAX && operands.TrueForAll(operand => operand.Register == Register.EAX);

    private static bool IsSource(X64Form form, int bytes) => form.Slots.Any(slot => slot.String != OpKind.Register)
        ? form.MemoryBytes == bytes
        : form.Slots[^1].Bytes == bytes || form.MemoryBytes == bytes;

    private static bool TrySetImplied(X64Encoding encoding, int i, X64Slot slot)
    {
        if (slot.String != OpKind.Register)
            encoding.SetString(i, slot.String, Register.None);
        else if (slot.IsStack)
            encoding.SetRegister(i, slot.Fixed == Register.ST0 ? Register.ST0 : Register.ST1);
        else if (slot.Fixed != Register.None)
            encoding.SetRegister(i, slot.Fixed);
        else
            encoding.SetImmediate(i, slot.Immediate, new Expression(0, [new(ExpressionOperator.Number, 1)]));
        return true;
    }

    private static bool TrySetRegister(X64Encoding encoding, int i, X64Slot slot, X64AssemblerOperand operand)
    {
        Register register = operand.Register;
        if (slot.Fixed != Register.None ? slot.Fixed != register : !X64SlotTable.Has(slot.Class, register))
            return false;
        encoding.SetRegister(i, register);
        return true;
    }

    private static bool TrySetImmediate(X64Encoding encoding, int i, X64Slot slot, X64AssemblerOperand operand, X64Statement statement)
    {
        Expression value = operand.Value!;
        if (slot.Branch != 0)
        {
            if (operand.IsBare)
                encoding.SetTarget(value);
            return operand.IsBare;
        }

        if (slot.Immediate == OpKind.Register || (operand.IsBare && statement.IsAtt))
            return false;
        if (value.IsConstant ? !X64Immediates.Fits(slot, value.Constant) : !TakesSymbol(encoding.Form, slot, statement))
            return false;
        encoding.SetImmediate(i, slot.Immediate, value);
        return true;
    }

    // A value that is not known yet gets the widest field, except the 64 bits of movabs.
    private static bool TakesSymbol(X64Form form, X64Slot slot, X64Statement statement) => slot.Immediate switch
    {
        OpKind.Immediate8to16 or OpKind.Immediate8to32 or OpKind.Immediate8to64 => false,
        OpKind.Immediate8 => slot.Name != "1",
        OpKind.Immediate64 => statement.Readings[0].OnlyWide,
        _ => form.Slots.Length > 0,
    };

    private static bool TrySetMemory(
        X64Encoding encoding, int i, X64Slot slot, X64AssemblerOperand operand, X64Reading reading, X64Statement statement)
    {
        if (slot.Branch != 0)
        {
            if (operand.IsBare)
                encoding.SetTarget(operand.Value!);
            return operand.IsBare;
        }

        if (!slot.Memory || !SizeFits(encoding.Form, slot, operand, reading))
            return false;
        if (operand.IsBare && X64Form.Of(reading.Mnemonic).Any(form => form.BranchBytes != 0))
            return false;
        if (slot.String != OpKind.Register)
            return TrySetString(encoding, i, slot, operand);

        bool isOffset = slot.Name == "moffs";
        bool isPlain = operand is { Base: Register.None, Index: Register.None };
        if (isOffset && (!isPlain || !(reading.OnlyWide || NeedsOffset(operand))))
            return false;
        if (!isOffset && isPlain && NeedsOffset(operand))
            return false;
        if (slot.Name.StartsWith("vm", StringComparison.Ordinal) != operand.Index.IsVectorRegister() || !IsAddress(operand))
            return false;
        encoding.SetMemory(i, operand, isOffset);
        return true;
    }

    private static bool TrySetString(X64Encoding encoding, int i, X64Slot slot, X64AssemblerOperand operand)
    {
        Register pointer = slot.String switch
        {
            OpKind.MemorySegRSI => Register.RSI,
            OpKind.Memory => Register.RBX,
            _ => Register.RDI,
        };
        if (operand.Base != pointer || operand.Value is { } value && !(value.IsConstant && value.Constant == 0))
            return false;
        if (slot.String == OpKind.MemoryESRDI && operand.Segment is not (Register.None or Register.ES))
            return false;
        encoding.SetString(i, slot.String, operand.Segment);
        return true;
    }

    private static bool SizeFits(X64Form form, X64Slot slot, X64AssemblerOperand operand, X64Reading reading)
    {
        bool isFar = slot.Name == "m" && reading.Mnemonic is Mnemonic.Call or Mnemonic.Jmp;
        if (isFar)
            return operand.Bytes == form.MemoryBytes || reading.SourceBytes == form.MemoryBytes;
        bool isTable = operand.Bytes == 6 && form.Code is Code.Lgdt_m1664 or Code.Lidt_m1664 or Code.Sgdt_m1664 or Code.Sidt_m1664;
        return operand.Bytes == 0 || form.MemoryBytes == 0 || operand.Bytes == form.MemoryBytes || isTable;
    }

    private static bool NeedsOffset(X64AssemblerOperand operand) =>
        operand.Value is { IsConstant: true } value && (long)value.Constant is < int.MinValue or > int.MaxValue;

    /// <summary>True if the address of a memory operand can be encoded: SDM Vol. 2A, "64-Bit Mode Addressing".</summary>
    public static bool IsAddress(X64AssemblerOperand operand)
    {
        (Register b, Register x) = (operand.Base, operand.Index);
        if (b is Register.RIP or Register.EIP)
            return x == Register.None;
        bool narrow = b.IsGPR32() || x.IsGPR32();
        bool baseFits = b == Register.None || (narrow ? b.IsGPR32() : b.IsGPR64());
        bool indexFits = x == Register.None || x.IsVectorRegister() || (narrow ? x.IsGPR32() && x != Register.ESP : x.IsGPR64() && x != Register.RSP);
        bool valueFits = operand.Value is not { IsConstant: true } value
            || ((long)value.Constant >= int.MinValue && (long)value.Constant <= (narrow ? uint.MaxValue : int.MaxValue))
            || (b == Register.None && x == Register.None);
        return baseFits && indexFits && valueFits;
    }
}
